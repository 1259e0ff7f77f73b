"""Captions: bounded and unblocking here, attributed and in order there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from livekit import rtc
from livekit.rtc._ffi_client import FfiClient

from roomhand.room import text_streams
from roomhand.room.captions import (
    AT_ONCE,
    INTERIM_AT_ONCE,
    INTERIM_WAIT_S,
    TOPIC,
    Caption,
    CaptionQueue,
    Captions,
)
from tests.sim import servers
from tests.virtual_time import in_virtual_time
from tests.worker.room.listening_person import join


def caption(segment: str, text: str = "words", *, final: bool = False) -> Caption:
    return Caption(segment=segment, identity="ann", track="TR_ann", text=text, final=final)


@pytest.mark.unit
class TestCaptionQueue:
    """What waits while the room is slow."""

    def test_only_the_newest_text_of_a_segment_waits(self) -> None:
        queue = CaptionQueue(10)
        queue.put(caption("s1", "I"), 0)
        queue.put(caption("s2", "Well"), 0)
        queue.put(caption("s1", "I think"), 0)
        assert queue.take(1) == caption("s1", "I think")
        assert queue.take(1) == caption("s2", "Well")
        assert queue.take(1) is None
        assert not queue.dropped

    def test_interim_text_never_replaces_the_final_one(self) -> None:
        queue = CaptionQueue(10)
        queue.put(caption("s1", "Done.", final=True), 0)
        queue.put(caption("s1", "Do"), 0)
        assert queue.take(1) == caption("s1", "Done.", final=True)

    def test_final_text_goes_first_and_a_segment_one_at_a_time(self) -> None:
        queue = CaptionQueue(10)
        queue.put(caption("s1"), 0)
        queue.put(caption("s2", final=True), 0)
        queue.put(caption("s3"), 0)
        assert queue.take(1) == caption("s2", final=True)
        assert queue.take(1, {"s1"}) == caption("s3")
        assert queue.take(1, {"s1"}) is None
        assert queue.take(1) == caption("s1")

    def test_interim_text_waits_a_moment_for_the_final_one(self) -> None:
        queue = CaptionQueue(10)
        queue.put(caption("s1", "I"), 10)
        queue.put(caption("s2", "Well"), 10.02)
        queue.put(caption("s1", "I th"), 10.04)
        assert queue.take(10.04) is None
        assert queue.due_s(10.04) == 10 + INTERIM_WAIT_S
        queue.put(caption("s2", "Well, no.", final=True), 10.04)
        assert queue.take(10.04) == caption("s2", "Well, no.", final=True)
        assert queue.take(10 + INTERIM_WAIT_S) == caption("s1", "I th")
        assert queue.due_s(11) is None

    def test_when_full_the_oldest_interim_goes_first(self) -> None:
        queue = CaptionQueue(2)
        queue.put(caption("s1", final=True), 0)
        queue.put(caption("s2"), 0)
        queue.put(caption("s3", final=True), 0)
        assert [queue.take(1), queue.take(1)] == [
            caption("s1", final=True),
            caption("s3", final=True),
        ]
        assert queue.dropped == {"interim": 1}

    def test_finals_go_only_when_nothing_else_is_left_and_are_counted(self) -> None:
        queue = CaptionQueue(2)
        for segment in ("s1", "s2", "s3"):
            queue.put(caption(segment, final=True), 0)
        assert len(queue) == 2
        assert queue.dropped == {"final": 1}


class DeafParticipant:
    """A fake local participant that never takes a stream."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def stream_text(self, **options: object) -> rtc.TextStreamWriter:
        self.asked.set()
        never: asyncio.Future[rtc.TextStreamWriter] = asyncio.get_running_loop().create_future()
        return await never


class DeafRoom:
    """A fake room that hangs, as LiveKit does now and then for seconds."""

    def __init__(self) -> None:
        self.local_participant = DeafParticipant()


@pytest.mark.unit
@in_virtual_time
async def test_an_interim_text_is_left_out_where_the_final_one_comes_right_behind_it() -> None:
    """Its way would be in the way."""
    room = SlowRoom()
    captions = Captions(room)  # type: ignore[arg-type]
    captions.open()
    room.local_participant.let.set()
    captions.caption(caption("s1", "I"))
    await asyncio.sleep(INTERIM_WAIT_S / 2)
    captions.caption(caption("s1", "I see.", final=True))
    await asyncio.sleep(0.001)
    assert room.local_participant.begun == ["s1", "I see."]
    captions.caption(caption("s2", "No"))
    await asyncio.sleep(INTERIM_WAIT_S + 0.001)
    assert room.local_participant.begun == ["s1", "I see.", "s2", "No"]
    await captions.close()


@pytest.mark.unit
async def test_a_room_that_hangs_holds_nobody_up() -> None:
    room = DeafRoom()
    captions = Captions(room, limit=2, send_limit_s=0.05)  # type: ignore[arg-type]
    captions.open()
    for number in range(100):
        captions.caption(caption(f"s{number}"))
    await asyncio.wait_for(room.local_participant.asked.wait(), 1)
    await asyncio.wait_for(captions.close(), 1)
    assert captions.sent == 0
    assert captions.failed == 2
    assert captions.dropped["interim"] == 98


class SlowParticipant:
    """A fake local participant that takes a stream when it is let, and notes what was begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let = asyncio.Event()

    async def stream_text(self, **options: dict[str, str]) -> SlowParticipant:
        self.begun.append(options["attributes"]["lk.segment_id"])
        await self.let.wait()
        return self

    async def write(self, text: str) -> None:
        self.begun.append(text)

    async def aclose(self) -> None:
        return


class SlowRoom:
    """A fake room with that participant."""

    def __init__(self) -> None:
        self.local_participant = SlowParticipant()


@pytest.mark.unit
@in_virtual_time
async def test_one_slow_segment_does_not_hold_up_another() -> None:
    """They go side by side, the updates of each in order."""
    room = SlowRoom()
    captions = Captions(room)  # type: ignore[arg-type]
    captions.open()
    for update in (caption("s1", "I"), caption("s2", "Well", final=True)):
        captions.caption(update)
    await asyncio.sleep(INTERIM_WAIT_S)
    captions.caption(caption("s1", "I see.", final=True))
    await asyncio.sleep(0)
    assert room.local_participant.begun == ["s2", "s1"]
    room.local_participant.let.set()
    await captions.close()
    assert room.local_participant.begun == ["s2", "s1", "Well", "I", "s1", "I see."]
    assert captions.sent == 3


@pytest.mark.unit
@in_virtual_time
async def test_interim_text_on_its_way_does_not_hold_up_final_text() -> None:
    room = SlowRoom()
    captions = Captions(room)  # type: ignore[arg-type]
    captions.open()
    for number in range(10):
        captions.caption(caption(f"i{number}"))
    await asyncio.sleep(INTERIM_WAIT_S)
    for number in range(10):
        captions.caption(caption(f"f{number}", final=True))
    await asyncio.sleep(0)
    interim = [f"i{number}" for number in range(INTERIM_AT_ONCE)]
    assert room.local_participant.begun == [
        *interim,
        *(f"f{number}" for number in range(AT_ONCE - INTERIM_AT_ONCE)),
    ]
    room.local_participant.let.set()
    await captions.close()
    assert captions.sent == 20


@dataclass(frozen=True)
class Shown:
    """One stream as a client gets it."""

    speaker: str
    text: str
    segment: str
    track: str
    final: str


class Reader:
    """A participant whose client shows captions."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.shown: asyncio.Queue[Shown] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        room.register_text_stream_handler(TOPIC, self._on_stream)

    def _on_stream(self, reader: rtc.TextStreamReader, speaker: str) -> None:
        task = asyncio.create_task(self._read(reader, speaker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, reader: rtc.TextStreamReader, speaker: str) -> None:
        text = await reader.read_all()
        about = reader.info.attributes or {}
        self.shown.put_nowait(
            Shown(
                speaker,
                text,
                about["lk.segment_id"],
                about["lk.transcribed_track_id"],
                about["lk.transcription_final"],
            )
        )

    async def next(self) -> Shown:
        """The next caption."""
        return await asyncio.wait_for(self.shown.get(), 5)


@pytest.fixture
async def people(
    livekit_server: servers.LiveKit, room_name: str
) -> AsyncIterator[tuple[Captions, Reader]]:
    """Captions of an agent, and a second participant who reads them."""
    agent = await join(livekit_server, room_name, "sage~1", kind="agent")
    reader = Reader(await join(livekit_server, room_name, "bob"))
    captions = Captions(agent)
    captions.open()
    yield captions, reader
    await captions.close()
    for room in (agent, reader.room):
        await asyncio.wait_for(room.disconnect(), 10)


@pytest.mark.livekit
async def test_captions_arrive_in_the_speakers_name_and_track(
    people: tuple[Captions, Reader],
) -> None:
    captions, reader = people
    captions.caption(caption("m.TR_ann.1200", "I promised"))
    assert await reader.next() == Shown("ann", "I promised", "m.TR_ann.1200", "TR_ann", "false")
    captions.caption(caption("m.TR_ann.1200", "I promised the report.", final=True))
    assert await reader.next() == Shown(
        "ann", "I promised the report.", "m.TR_ann.1200", "TR_ann", "true"
    )


@pytest.mark.unit
def test_the_installed_sdk_takes_a_text_in_one_request() -> None:
    """Three requests show it, too, but later."""
    assert text_streams.takes_one_request()


@pytest.mark.livekit
async def test_the_sdk_has_a_caption_before_the_loop_goes_on(
    people: tuple[Captions, Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else its words bring about, like the question whom they were said to, comes later."""
    captions, reader = people
    asked: list[str] = []
    request = FfiClient.request

    def noted(client: FfiClient, given: Any) -> Any:
        asked.append(given.send_text.text)
        return request(client, given)

    monkeypatch.setattr(FfiClient, "request", noted)
    captions.caption(caption("m.TR_ann.1200", "I promised the report.", final=True))
    assert asked == ["I promised the report."]
    assert (await reader.next()).text == "I promised the report."


@pytest.mark.livekit
async def test_captions_arrive_through_an_sdk_that_changed(
    people: tuple[Captions, Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_streams, "takes_one_request", lambda: False)
    captions, reader = people
    captions.caption(caption("m.TR_ann.1200", "I promised the report.", final=True))
    assert await reader.next() == Shown(
        "ann", "I promised the report.", "m.TR_ann.1200", "TR_ann", "true"
    )


@pytest.mark.livekit
async def test_the_agents_own_words_come_in_its_own_name(people: tuple[Captions, Reader]) -> None:
    captions, reader = people
    own = Caption(segment="r1", identity="sage~1", track="TR_voice", text="By Friday.", final=True)
    captions.caption(own)
    assert (await reader.next()).speaker == "sage~1"


@pytest.mark.livekit
async def test_what_waits_at_the_close_is_still_sent(people: tuple[Captions, Reader]) -> None:
    captions, reader = people
    for number in range(20):
        captions.caption(caption(f"s{number}", final=True))
    await captions.close()
    assert captions.sent == 20
    shown = [await reader.next() for _ in range(20)]
    assert {one.segment for one in shown} == {f"s{number}" for number in range(20)}
