"""What a listener takes for sound."""

from __future__ import annotations

import asyncio
import time

import pytest
from livekit import rtc

from roomhand.attribution.identity import agent_identity
from tests.sim import servers
from tests.soak.audience import Audience, adjacent
from tests.worker.room.listening_person import RATE, join, tone

OWNERS = 6
"""One after the other: the SDK takes an old transceiver again only now and then."""
ENOUGH = 40
"""Steps of 10 ms."""


@pytest.mark.unit
@pytest.mark.parametrize(
    ("times_s", "count"),
    [([], 0), ([1.0], 0), ([1.0, 2.0], 0), ([1.0, 1.01], 2), ([1.0, 1.01, 1.02, 5.0], 3)],
)
def test_a_lone_step_is_no_frame(times_s: list[float], count: int) -> None:
    assert adjacent(times_s) == count


@pytest.mark.livekit
async def test_who_is_gone_is_not_heard_when_another_speaks(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """The SDK may give the stream of a track that is gone what comes over its transceiver next."""
    audience = Audience(await join(livekit_server, room_name, "audience"))
    audience.listen()
    for epoch in range(1, OWNERS + 1):
        owner = await join(livekit_server, room_name, agent_identity("sage", epoch), kind="agent")
        began_s = time.time()
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("voice", source)
        await owner.local_participant.publish_track(track)
        await _speak_until_heard(source, audience, epoch)
        await asyncio.wait_for(owner.disconnect(), 5)
        others = {one: at_s[-1] for one, at_s in audience.heard_s.items() if one != epoch and at_s}
        assert all(at_s < began_s for at_s in others.values())
    await audience.close()


async def _speak_until_heard(source: rtc.AudioSource, audience: Audience, epoch: int) -> None:
    frame = rtc.AudioFrame(tone(440, 100), RATE, 1, RATE // 10)
    for _ in range(100):
        await source.capture_frame(frame)
        if len(audience.heard_s.get(epoch, ())) >= ENOUGH:
            return
    pytest.fail(f"owner {epoch} was never heard")
