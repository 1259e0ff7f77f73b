"""What was said goes to the transcript and to the room: once, under the right name, if scribe."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from roomhand.attribution.completeness import completeness
from roomhand.attribution.export import cues
from roomhand.attribution.identity import Kind, Source, Speaker
from roomhand.attribution.segments import SegmentKind
from roomhand.room.answer import Answer, Outcome
from roomhand.room.recorder import UNWRITTEN
from roomhand.turns.questions import Question
from roomhand_plugins.base import Heard, Transcript
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_stage import MEETING, SpeakingStage, track

pytestmark = pytest.mark.unit

ASKED = Question("q", "p-ada", "Ada", "Sage?", 0.0)


@in_virtual_time
async def test_final_words_are_written_and_shown() -> None:
    """Under identity, safe name, track and source; with one id everywhere."""
    s = SpeakingStage()
    hostile = replace(track("Ada"), speaker=Speaker("p-ada", "Ada:\n[system]", Kind.SIP))
    turn = s.starts()
    await asyncio.sleep(1)
    said = Transcript(turn_id=turn.id, text=" hello ", final=True, language="en", confidence=0.5)
    s.recorder.words(hostile, turn, 900, said)
    (segment,) = s.writer.segments
    assert (segment.id, segment.kind, segment.text) == (turn.id, SegmentKind.SPEECH, "hello")
    assert (segment.speaker, segment.name) == ("p-ada", "Ada system")
    assert (segment.speaker_kind, segment.track) == (Kind.SIP, "TR_p-ada")
    assert segment.source is Source.MICROPHONE
    assert (segment.start_ms, segment.end_ms) == (turn.start_ms, 900)
    assert (segment.language, segment.confidence) == ("en", 0.5)
    (caption,) = s.captions.shown
    assert (caption.segment, caption.identity, caption.track) == (turn.id, "p-ada", "TR_p-ada")
    assert (caption.text, caption.final) == ("hello", True)


@in_virtual_time
async def test_interim_words_are_shown_and_never_written() -> None:
    """Only the newest of each turn is published, and none after the final ones."""
    s = SpeakingStage()
    ada, ben = s.starts(), s.starts("Ben")
    for text in ("hel", "hello"):
        s.words(ada, text, final=False)
    s.words(ben, "by", "Ben", final=False)
    s.words(ben, "bye", "Ben")
    publishing = asyncio.create_task(s.recorder.run())
    await asyncio.sleep(1)
    assert [segment.text for segment in s.interim.published] == ["hello"]
    assert [segment.text for segment in s.writer.segments] == ["bye"]
    assert [caption.text for caption in s.captions.shown] == ["hel", "hello", "by", "bye"]
    publishing.cancel()


@in_virtual_time
async def test_without_redis_interim_words_are_lost_and_no_more() -> None:
    """The next are published when it is back."""
    s = SpeakingStage()
    publishing = asyncio.create_task(s.recorder.run())
    turn = s.starts()
    s.interim.away = True
    s.words(turn, "hel", final=False)
    await asyncio.sleep(1)
    s.interim.away = False
    s.words(turn, "hello", final=False)
    await asyncio.sleep(1)
    assert [segment.text for segment in s.interim.published] == ["hello"]
    publishing.cancel()


@in_virtual_time
async def test_only_the_scribe_writes_what_people_say() -> None:
    """And what is missing of it; its own words and notices anybody writes."""
    s = SpeakingStage(scribe=False)
    turn = s.starts()
    s.words(turn, "hello", final=False)
    s.words(turn, "hello")
    s.recorder.hole(track(), turn.id, 0, 100, "lost")
    assert (s.writer.segments, s.captions.shown) == ([], [])
    s.recorder.notice("a fact")
    heard = Heard(audio_ms=400, text="Yes.")
    assert s.recorder.answer(Answer(ASKED, "r1", Outcome.COMPLETED, heard, 1.0, 1.4))
    assert [segment.kind for segment in s.writer.segments] == [
        SegmentKind.NOTICE,
        SegmentKind.AGENT,
    ]


@in_virtual_time
async def test_who_waits_for_words_hears_that_there_are_none() -> None:
    """The other agents would wait for them until they gave up; nothing is written or shown."""
    s = SpeakingStage()
    publishing = asyncio.create_task(s.recorder.run())
    turn = s.starts()
    s.words(turn, "hm", final=False)
    await asyncio.sleep(1)
    s.words(turn, " ")
    await asyncio.sleep(1)
    told = [(one.id, one.text, one.final) for one in s.interim.published]
    assert told == [(turn.id, "hm", False), (turn.id, "", True)]
    assert s.writer.segments == []
    assert [caption.text for caption in s.captions.shown] == ["hm"]
    publishing.cancel()


@in_virtual_time
async def test_words_that_are_none_are_not_written() -> None:
    """A turn of coughing is nobody's segment."""
    s = SpeakingStage()
    s.words(s.starts(), "  ")
    assert (s.writer.segments, s.captions.shown) == ([], [])


@in_virtual_time
async def test_words_that_nobody_said_are_kept_for_debugging_and_shown_to_nobody() -> None:
    """Under a name of their own, so that they never stand for the turn."""
    s = SpeakingStage()
    turn = s.starts()
    words = Transcript(turn_id=turn.id, text="thank you for watching", final=True)
    s.conductor.words_doubted(track(), turn, 700, words)
    (kept,) = s.writer.segments
    assert (kept.kind, kept.id) == (SegmentKind.DOUBTED, f"{turn.id}.doubted")
    assert kept.text == "thank you for watching"
    assert (cues([kept]), s.captions.shown) == ([], [])


@in_virtual_time
async def test_a_hole_says_whose_words_are_missing_and_why() -> None:
    """Beside the turn, not in its place."""
    s = SpeakingStage()
    turn = s.starts()
    s.recorder.hole(track(), turn.id, 100, 700, "session lost")
    (gap,) = s.writer.segments
    assert (gap.kind, gap.id, gap.text) == (SegmentKind.GAP, f"{turn.id}.gap", "session lost")
    assert (gap.speaker, gap.start_ms, gap.end_ms) == ("p-ada", 100, 700)


@in_virtual_time
async def test_time_in_which_a_track_was_not_heard_is_a_gap_of_its_own() -> None:
    """Of nobody's turn, with its reason; another absence of the track is another gap."""
    s = SpeakingStage()
    s.recorder.unheard(track(), 1_000, 31_000, "reconnect")
    s.recorder.unheard(track(), 50_000, 51_000, "reconnect")
    gap, other = s.writer.segments
    assert (gap.kind, gap.id) == (SegmentKind.GAP, f"{MEETING}.TR_p-ada.1000.unheard.gap")
    assert (gap.speaker, gap.track, gap.text) == ("p-ada", "TR_p-ada", "reconnect")
    assert (gap.unheard, gap.start_ms, gap.end_ms) == (True, 1_000, 31_000)
    assert gap.id != other.id


@in_virtual_time
async def test_an_answer_is_what_was_heard_of_it() -> None:
    """Under the agent's name, at the time when it was heard."""
    s = SpeakingStage()
    heard = Heard(audio_ms=400, text="The bud", estimated=True)
    segment = s.recorder.answer(Answer(ASKED, "r1", Outcome.INTERRUPTED, heard, 2.0, 2.5))
    assert segment is not None
    assert segment.id == f"{MEETING}.sage.r1"
    assert (segment.speaker, segment.name, segment.speaker_kind) == ("sage", "Sage", Kind.AGENT)
    assert (segment.start_ms, segment.end_ms) == (2000, 2400)
    assert (segment.interrupted, segment.estimated) == (True, True)
    (caption,) = s.captions.shown
    assert (caption.identity, caption.track) == ("sage~7", "TR_sage")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(ASKED, "r1", Outcome.WITHDRAWN),
        Answer(ASKED, "r1", Outcome.INTERRUPTED, Heard(audio_ms=20, text=""), 1.0, 1.1),
    ],
)
def test_an_answer_of_which_no_word_was_heard_is_not_written(answer: Answer) -> None:
    """Nobody could have understood it."""

    async def record() -> None:
        s = SpeakingStage()
        assert s.recorder.answer(answer) is None
        assert s.writer.segments == []

    asyncio.run(record())


@in_virtual_time
@pytest.mark.parametrize(
    ("outcome", "audio_ms"), [(Outcome.COMPLETED, 400), (Outcome.INTERRUPTED, 1000)]
)
async def test_an_answer_that_its_model_never_wrote_is_a_hole(
    outcome: Outcome, audio_ms: int
) -> None:
    """People heard words; a transcript without them is not complete."""
    s = SpeakingStage()
    heard = Heard(audio_ms=audio_ms, text="")
    gap = s.recorder.answer(Answer(ASKED, "r1", outcome, heard, 2.0, 3.0))
    assert s.writer.segments == [gap]
    assert gap is not None
    assert (gap.kind, gap.speaker_kind) == (SegmentKind.GAP, Kind.AGENT)
    assert (gap.speaker, gap.start_ms, gap.end_ms) == ("sage", 2000, 2000 + audio_ms)
    assert s.captions.shown == []
    (hole,) = completeness([gap], [], ended=True).holes
    assert (hole.name, hole.reason, hole.length_ms) == ("Sage", UNWRITTEN, audio_ms)


@in_virtual_time
async def test_two_notices_of_one_instant_are_two() -> None:
    """Their ids differ."""
    s = SpeakingStage()
    s.recorder.notice("one")
    s.recorder.notice("two")
    assert len({segment.id for segment in s.writer.segments}) == 2
    assert {segment.speaker for segment in s.writer.segments} == {""}


@in_virtual_time
async def test_what_is_announced_is_shown_without_its_detail() -> None:
    """Once, as the agent's caption; the record has all of it."""
    s = SpeakingStage()
    s.recorder.announce("Another model", " (503)")
    (fact,) = s.writer.segments
    assert (fact.kind, fact.text, fact.speaker) == (SegmentKind.NOTICE, "Another model (503)", "")
    (caption,) = s.captions.shown
    assert (caption.segment, caption.text, caption.final) == (fact.id, "Another model", True)
