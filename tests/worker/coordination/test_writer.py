"""The buffer in front of the transcript."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.fencing import Fence
from roomhand.coordination.transcript import (
    ErasedError,
    NoScribeError,
    NotScribeError,
    TranscriptStore,
)
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import LeaseUnknownError, RedisError, StaleEpochError
from tests.worker.coordination.samples import answered, spoken

pytestmark = pytest.mark.unit

FENCE = Fence("sage", 7)


class FakeTranscript(TranscriptStore):
    """Keeps what it is given, and fails as it is told."""

    def __init__(self) -> None:
        self.kept: list[Segment] = []
        self.fault: Callable[[Segment], Exception | None] = lambda segment: None
        self.tried = asyncio.Event()

    async def append(self, fence: Fence, meeting_id: str, segment: Segment) -> str:
        assert (fence, meeting_id) == (FENCE, "m1")
        self.tried.set()
        fault = self.fault(segment)
        if fault:
            raise fault
        self.kept.append(segment)
        return f"{len(self.kept)}-0"

    @property
    def ids(self) -> list[str]:
        """What it has, in order."""
        return [segment.id for segment in self.kept]


@pytest.fixture
def fake() -> FakeTranscript:
    """A transcript that works until told otherwise."""
    return FakeTranscript()


@pytest.fixture
async def writer(
    fake: FakeTranscript, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TranscriptWriter]:
    """A writer with room for three, that tries again at once."""
    monkeypatch.setattr("roomhand.coordination.writer.RETRY_S", 0.001)
    writer = TranscriptWriter(fake, FENCE, "m1", capacity=3)
    yield writer
    await writer.close(0)


async def test_segments_are_written_in_order(
    writer: TranscriptWriter, fake: FakeTranscript
) -> None:
    """And the buffer is empty after it."""
    writer.start()
    for number in range(3):
        assert writer.add(spoken(number))
    assert await writer.flush(5)
    assert fake.ids == ["s0", "s1", "s2"]
    assert (writer.pending, writer.written, writer.dropped) == (0, 3, 0)


@pytest.mark.parametrize(
    "error", [RedisError("away"), LeaseUnknownError("unknown"), NoScribeError("none")]
)
async def test_segments_wait_while_nobody_can_take_them(
    writer: TranscriptWriter, fake: FakeTranscript, error: Exception
) -> None:
    """Then they are written, each once, in order."""
    fake.fault = lambda segment: error
    writer.start()
    for number in range(3):
        writer.add(spoken(number))
    await asyncio.wait_for(fake.tried.wait(), 5)
    assert not await writer.flush(0.01)
    assert writer.pending == 3

    fake.fault = lambda segment: None

    assert await writer.flush(5)
    assert fake.ids == ["s0", "s1", "s2"]


async def test_a_lease_that_is_unknown_holds_segments_back(fake: FakeTranscript) -> None:
    """Redis is not even asked."""
    may_write = False
    writer = TranscriptWriter(fake, FENCE, "m1", 10, may_write=lambda: may_write)
    writer.start()
    writer.add(spoken(1))
    assert not await writer.flush(0.05)
    assert not fake.tried.is_set()

    may_write = True

    assert await writer.close(5) == 0
    assert fake.ids == ["s1"]


async def test_a_full_buffer_drops_counts_and_leaves_a_gap(
    writer: TranscriptWriter, fake: FakeTranscript
) -> None:
    """The gap stands where the dropped segments were, and says how long they were."""
    assert [writer.add(spoken(number)) for number in range(6)] == [True] * 3 + [False] * 3
    assert writer.dropped == 3
    writer.start()
    assert await writer.flush(5)
    writer.add(spoken(7))
    assert await writer.flush(5)

    assert fake.ids == ["s0", "s1", "s2", "s3.gap", "s7"]
    gap = fake.kept[3]
    assert gap.kind is SegmentKind.GAP
    assert (gap.start_ms, gap.end_ms) == (3000, 5800)


async def test_own_words_dropped_are_an_own_gap(
    writer: TranscriptWriter, fake: FakeTranscript
) -> None:
    """An agent that is not the scribe may write it."""
    for number in range(3):
        writer.add(answered(number))
    writer.add(answered(3))
    writer.add(spoken(4))
    writer.start()
    assert await writer.flush(5)
    assert [segment.speaker_kind for segment in fake.kept[3:]] == [Kind.AGENT, Kind.PERSON]


async def test_words_of_another_scribe_are_left_to_it(
    writer: TranscriptWriter, fake: FakeTranscript
) -> None:
    """They are counted, and no hole: what follows is written."""
    fake.fault = lambda s: NotScribeError("echo") if s.kind is SegmentKind.SPEECH else None
    writer.start()
    writer.add(spoken(1))
    writer.add(answered(2))
    assert await writer.flush(5)
    assert fake.ids == ["a2"]
    assert (writer.not_ours, writer.dropped) == (1, 0)


async def test_an_epoch_that_is_over_ends_writing(fake: FakeTranscript) -> None:
    """The job is told once; what waited is counted as dropped."""
    told: list[str] = []
    writer = TranscriptWriter(fake, FENCE, "m1", 10, on_lost=lambda: told.append("lost"))
    fake.fault = lambda segment: StaleEpochError("over")
    writer.start()
    writer.add(spoken(1))
    writer.add(spoken(2))
    assert not await writer.flush(5)
    assert not writer.add(spoken(3))

    assert await writer.close(5) == 3
    assert told == ["lost"]
    assert writer.lost


async def test_closing_is_bounded_and_says_what_is_missing(
    writer: TranscriptWriter, fake: FakeTranscript
) -> None:
    """Redis away at the end costs the time given, not more."""
    fake.fault = lambda segment: RedisError("away")
    writer.start()
    writer.add(spoken(1))
    assert await writer.close(0.05) == 1
    assert writer.pending == 0


async def test_interim_text_is_refused_at_the_door(writer: TranscriptWriter) -> None:
    """A caller's bug shows at the caller."""
    with pytest.raises(ValueError, match="final"):
        writer.add(spoken(1, final=False))


async def test_words_of_a_meeting_that_was_erased_are_not_tried_again(
    fake: FakeTranscript, writer: TranscriptWriter
) -> None:
    """They are counted, and hold up nobody."""
    fake.fault = lambda segment: ErasedError("erased") if segment.id == "s1" else None
    writer.start()
    writer.add(spoken(1))
    writer.add(spoken(2))
    assert await writer.flush(5)
    assert (fake.ids, writer.dropped, writer.written) == (["s2"], 1, 1)


async def test_a_bug_that_ends_the_writing_is_told(fake: FakeTranscript) -> None:
    """Whoever hears on would say words into the void."""
    told: list[str] = []
    fake.fault = lambda segment: ZeroDivisionError()
    writer = TranscriptWriter(fake, Fence("sage", 1), "m1", 5, on_bug=told.append)
    writer.start()
    writer.add(spoken(1))
    assert not await writer.flush(0.05)
    assert told == ["transcript writer"]
    await writer.close(0)
