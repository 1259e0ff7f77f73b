"""Items of the service find their turns, and words that cannot be tied belong to nobody."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from roomhand_plugins.base import PluginError, Transcript, TurnCommitted, TurnFailed
from roomhand_plugins.openai.committed_turns import CommittedTurns
from roomhand_plugins.openai.detected_turns import DetectedTurns
from roomhand_plugins.openai.effects import Send
from roomhand_plugins.openai.turns import Words

pytestmark = pytest.mark.unit


def committed() -> CommittedTurns:
    """Turns that we commit."""
    return CommittedTurns(30.0, transcripts=True, counts=Counter())


def detected() -> DetectedTurns:
    """Turns that the service finds."""
    return DetectedTurns(30.0, transcripts=True, counts=Counter())


def _said(turns: CommittedTurns, *names: str) -> None:
    for number, name in enumerate(names):
        turns.begin(name, number * 1000)
        turns.end(name, number * 1000 + 500, 0.0)


def _finals(effects: list[Any]) -> list[tuple[str | None, str]]:
    return [(e.turn_id, e.text) for e in effects if isinstance(e, Transcript) and e.final]


def test_commits_are_tied_in_their_order() -> None:
    """First commit, first item; transcripts in any order find their turn."""
    turns = committed()
    _said(turns, "t1", "t2")

    ties = turns.committed("i1") + turns.committed("i2")
    late = turns.completed("i2", Words("two")) + turns.completed("i1", Words("one"))

    assert ties == [TurnCommitted("t1", "i1"), TurnCommitted("t2", "i2")]
    assert _finals(late) == [("t2", "two"), ("t1", "one")]
    assert turns.item_of("t1") == "i1"
    assert turns.due is None


def test_the_span_is_that_of_the_turn() -> None:
    """In samples sent."""
    turns = committed()
    _said(turns, "t0", "t1")
    turns.committed("i0")
    turns.committed("i1")

    final: Any = turns.completed("i1", Words("x", "en", 0.5))[0]

    assert (final.span, final.language, final.confidence) == ((1000, 1500), "en", 0.5)


def test_a_refused_commit_fails_its_turn_and_moves_no_other() -> None:
    """The next item belongs to the next turn."""
    turns = committed()
    _said(turns, "t1", "t2")

    refused = turns.commit_refused("turn_1", "input_audio_buffer_commit_empty")

    assert refused == [TurnFailed("t1", "input_audio_buffer_commit_empty")]
    assert turns.committed("i1") == [TurnCommitted("t2", "i1")]
    assert turns.commit_refused("turn_9", "x") is None


def test_a_failed_transcript_blocks_no_other() -> None:
    """Each turn has its own outcome."""
    turns = committed()
    _said(turns, "t1", "t2")
    turns.committed("i1")
    turns.committed("i2")

    outcomes = turns.failed("i1", "unintelligible") + turns.completed("i2", Words("two"))

    assert outcomes[0] == TurnFailed("t1", "unintelligible")
    assert _finals(outcomes) == [("t2", "two")]


def test_interim_text_is_the_whole_text_so_far() -> None:
    """Pieces add up."""
    turns = committed()
    _said(turns, "t1")
    turns.committed("i1")

    said: list[Any] = turns.words("i1", "good") + turns.words("i1", " morning")

    assert [(e.turn_id, e.text, e.final) for e in said] == [
        ("t1", "good", False),
        ("t1", "good morning", False),
    ]


def test_words_before_the_commit_are_of_the_oldest_open_audio() -> None:
    """Models that transcribe live name the item before they commit it."""
    turns = committed()
    turns.begin("t1", 0)

    early: list[Any] = turns.words("i1", "good")
    turns.end("t1", 500, 0.0)
    turns.begin("t2", 600)
    second: list[Any] = turns.words("i2", "well")

    assert (early[0].turn_id, second[0].turn_id) == ("t1", "t2")
    assert turns.committed("i1")[0] == TurnCommitted("t1", "i1")


def test_words_of_a_discarded_turn_are_not_reported() -> None:
    """Not even the ones on their way."""
    turns = committed()
    turns.begin("t1", 0)
    turns.words("i1", "a")
    turns.discard("t1", 100)

    assert turns.words("i1", " cough") == []


def test_a_transcript_of_an_unknown_item_is_nobodys() -> None:
    """Unknown beats wrong, even where only one turn is waiting."""
    turns = committed()
    _said(turns, "t1")

    assert _finals(turns.completed("i9", Words("hm"))) == [(None, "hm")]
    assert turns.committed("i1") == [TurnCommitted("t1", "i1")]
    assert _finals(turns.completed("i1", Words("one"))) == [("t1", "one")]


def test_repeated_news_change_nothing() -> None:
    """Committed twice, completed twice."""
    turns = committed()
    _said(turns, "t1", "t2")
    turns.committed("i1")

    assert turns.committed("i1") == []
    assert turns.committed("i2") == [TurnCommitted("t2", "i2")]
    turns.completed("i1", Words("one"))
    assert turns.completed("i1", Words("one")) == []
    assert turns.failed("i1", "x") == []


def test_a_turn_without_a_transcript_fails_in_time_and_a_later_one_is_nobodys() -> None:
    """One outcome only; the words are not lost."""
    turns = committed()
    _said(turns, "t1")
    turns.committed("i1")
    assert turns.due == 30.0
    assert turns.overdue(29.0) == []

    assert turns.overdue(30.0) == [TurnFailed("t1", "no transcript in time")]
    assert _finals(turns.completed("i1", Words("late"))) == [(None, "late")]


def test_a_commit_that_is_acknowledged_after_its_turn_failed_still_takes_its_place() -> None:
    """Or every later turn would be one off."""
    turns = committed()
    _said(turns, "t1")
    turns.overdue(30.0)
    turns.begin("t2", 5000)
    turns.end("t2", 6000, 31.0)

    assert turns.committed("i1") == []
    assert turns.committed("i2") == [TurnCommitted("t2", "i2")]


def test_without_transcripts_a_turn_is_settled_by_its_commit() -> None:
    """Nothing more is waited for."""
    turns = CommittedTurns(30.0, transcripts=False, counts=Counter())
    _said(turns, "t1")
    turns.committed("i1")

    assert turns.due is None


@pytest.mark.parametrize("kind", [committed, detected])
def test_calls_out_of_order_raise(kind: Any) -> None:
    """They are our own mistakes."""
    turns = kind()
    with pytest.raises(PluginError, match="begin it first"):
        turns.end("t1", 0, 0.0)
    turns.begin("t1", 0)
    with pytest.raises(PluginError, match="is open"):
        turns.begin("t2", 0)
    with pytest.raises(PluginError, match="is not open"):
        turns.discard("t2", 0)
    turns.end("t1", 0, 0.0)
    with pytest.raises(PluginError, match="used before"):
        turns.begin("t1", 0)


def test_memory_of_items_is_bounded() -> None:
    """A session of many hours does not grow."""
    turns = committed()
    for number in range(2000):
        turns.words(f"i{number}", "x")
        _said_at(turns, number)

    assert len(turns._items) <= 128
    assert len(turns._turns) <= 128


def _said_at(turns: CommittedTurns, number: int) -> None:
    turns.begin(f"t{number}", number)
    turns.end(f"t{number}", number, 0.0)
    turns.committed(f"c{number}")
    turns.completed(f"c{number}", Words("x"))


def _heard(turns: DetectedTurns, item: str, start: int, end: int) -> list[Any]:
    turns.speech_started(item, start)
    turns.speech_stopped(item, end)
    return turns.committed(item)


def test_a_detected_item_belongs_to_the_turn_it_overlaps_most() -> None:
    """By sample positions, not by order."""
    turns = detected()
    turns.begin("t1", 0)
    turns.end("t1", 1000, 0.0)
    turns.begin("t2", 1000)
    turns.end("t2", 9000, 0.0)

    effects = _heard(turns, "i1", 900, 5000)

    assert TurnCommitted("t2", "i1") in effects
    assert turns.item_of("t2") == "i1"


def test_a_turn_that_the_service_splits_has_the_words_of_both_items_in_order() -> None:
    """One commit, one final, whatever the order of the transcripts."""
    turns = detected()
    turns.begin("t1", 0)
    first = _heard(turns, "i1", 0, 1000)
    second = _heard(turns, "i2", 1500, 2500)
    ended = turns.end("t1", 3000, 0.0)
    late = turns.completed("i2", Words("two")) + turns.completed("i1", Words("one"))

    assert first == second == []
    assert ended == [TurnCommitted("t1", "i2")]
    assert _finals(late) == [("t1", "one two")]


def test_a_turn_that_the_service_joins_with_another_has_no_words_of_its_own() -> None:
    """It is settled, empty; the words are in the other, once."""
    turns = detected()
    turns.begin("t1", 0)
    turns.end("t1", 1000, 0.0)
    turns.begin("t2", 1200)
    turns.end("t2", 4000, 0.0)

    effects = _heard(turns, "i1", 0, 4000) + turns.completed("i1", Words("all of it"))

    assert _finals(effects) == [("t1", ""), ("t2", "all of it")]


def test_a_turn_waits_for_speech_that_the_service_has_not_committed() -> None:
    """Ended here, still open there."""
    turns = detected()
    turns.begin("t1", 0)
    turns.speech_started("i1", 100)
    assert turns.end("t1", 1000, 0.0) == []
    turns.speech_stopped("i1", 900)

    assert turns.committed("i1") == [TurnCommitted("t1", "i1")]


def test_a_turn_in_which_the_service_heard_nothing_fails_in_time() -> None:
    """With a reason of its own."""
    turns = detected()
    turns.begin("t1", 0)
    turns.end("t1", 1000, 0.0)

    assert turns.overdue(30.0) == [TurnFailed("t1", "the service heard no speech in it")]


def test_a_discarded_detected_turn_is_taken_out_of_the_memory() -> None:
    """Also the item that is committed only later; its words are not reported."""
    turns = detected()
    turns.begin("t1", 0)
    _heard(turns, "i1", 0, 500)
    turns.speech_started("i2", 600)
    sent: list[Any] = turns.discard("t1", 1000)
    turns.speech_stopped("i2", 900)
    later: list[Any] = turns.committed("i2")

    assert [s.message["type"] for s in sent] == [
        "input_audio_buffer.clear",
        "conversation.item.delete",
    ]
    assert [s.message.get("item_id") for s in later if isinstance(s, Send)] == ["i2"]
    assert turns.completed("i1", Words("x")) == turns.completed("i2", Words("x")) == []


def test_a_detected_item_outside_every_turn_is_nobodys() -> None:
    """With its own span."""
    turns = detected()
    _heard(turns, "i1", 100, 200)

    final: Any = turns.completed("i1", Words("hm"))[0]

    assert (final.turn_id, final.span) == (None, (100, 200))
