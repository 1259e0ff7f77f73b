"""A real worker process and the command line, from start to drain."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from pathlib import Path

import numpy as np
import pysubs2
import pytest

from roomhand.admin import livekit_admin
from roomhand.remote import RoomControl
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.system.hearing import AgentListener
from tests.system.office import Office, eventually_true, office
from tests.system.stage import RATE, Venue, people
from tests.worker.room.speaking_person import Person, hush
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

WORDS = tones.speaker_words(0, 6)
SAID = tones.speaker_words(40, 4)


async def say_until_recorded(venue: Venue, anna: Person, words: list[str]) -> int:
    """Say it until the transcript has it whole: a busy machine damages words on their way.

    Returns how many segments there are.
    """
    lead, end = hush(400, rate=RATE), hush(900, rate=RATE)
    async with RoomControl.open(venue.settings()) as control:

        async def said() -> bool:
            await anna.say(np.concatenate([lead, tones.encode(words), end]), step_ms=50)
            return await has_words(control, venue.room, words)

        await eventually_true(said)
        segments, _ = await control.transcript(venue.room, None)
        return len(segments)


async def has_words(control: RoomControl, room: str, words: list[str]) -> bool:
    segments, _ = await control.transcript(room, None)
    return " ".join(words) in (one.text for one in segments)


async def assert_every_format_holds(office: Office, words: list[str]) -> None:
    """Each export is whole and has the words under Anna's name."""
    formats = ("text", "json", "md", "srt", "vtt")
    exports = await asyncio.gather(
        *(office.run("transcript", office.venue.room, "--format", form) for form in formats)
    )
    by_format = dict(zip(formats, exports, strict=True))
    text = " ".join(words)
    assert re.search(rf"Anna.*{text}", by_format["text"])
    assert re.search(rf"Anna.*{text}", by_format["md"])
    assert "p-anna" in by_format["json"]
    assert text in json.dumps(json.loads(by_format["json"]))
    for form in ("srt", "vtt"):
        cues = [one for one in pysubs2.SSAFile.from_string(by_format[form]) if text in one.text]
        assert "Anna" in by_format[form]
        assert cues[0].duration == pytest.approx(len(words) * 500, abs=300)


async def test_a_worker_from_start_to_drain(venue: Venue, tmp_path: Path) -> None:
    """Join, twice but once; hear, write, export in every form; say; drain while a job goes on."""
    room = venue.room
    behaviour = Behaviour(answer=lambda prompt: " ".join(SAID))
    async with RealtimeServer(behaviour) as server, office(venue, server, tmp_path) as worker:
        assert (await worker.page("livez"))[0] == 200
        first = await worker.run("join", room, "--agent", "sage", "--create")
        again = await worker.run("join", room, "--agent", "sage")
        assert first == again
        async with livekit_admin(venue.settings()) as admin:
            assert list(await admin.agents(room)) == ["sage"]

        async with people(venue, "Anna") as [(anna, _)]:
            listener = await AgentListener.enter(venue)
            recorded = await say_until_recorded(venue, anna, WORDS[:3])
            await assert_every_format_holds(worker, WORDS[:3])
            await worker.run("say", room, "--agent", "sage", "good morning")
            await eventually(lambda: SAID[-1] in listener.words)
            await worker.until_metric("roomhand_worker_rooms", 1)
            await worker.until_metric("roomhand_ears_tracks", 1)
            speech = 'roomhand_transcript_segments_total{kind="speech"}'
            await worker.until_metric(speech, recorded)
            await worker.until_metric('roomhand_mouth_replies_total{outcome="completed"}', 1)

            worker.process.send_signal(signal.SIGTERM)
            assert "draining" in await worker.until_page("readyz", 503)
            assert (await worker.page("livez"))[0] == 200
            await say_until_recorded(venue, anna, WORDS[3:])
            await worker.run("leave", room, "--agent", "sage")
            assert await asyncio.wait_for(worker.process.wait(), 15) == 0
            await listener.close()
    log = (tmp_path / "worker.log").read_text()
    assert not any(word in log for word in (*WORDS, *SAID)), "speech in the log"
