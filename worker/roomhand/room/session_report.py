"""What became of a turn, told to the memory and to the sink."""

from __future__ import annotations

from dataclasses import replace

from roomhand.attribution.conversation import Entry
from roomhand.attribution.identity import safe_name
from roomhand.bridge import steps
from roomhand.bridge.spoken import SpokenTurn
from roomhand.room.session_contract import SessionContext
from roomhand_plugins.base import Role

SCRIBE_WAIT_MS = 10_000
"""Words that another agent has not written so long after the end of a turn are not waited for: it
may have taken for noise what was speech here."""


def entry_of(spoken: SpokenTurn, text: str = "") -> Entry:
    """A spoken turn for the memory."""
    speaker = spoken.run.track.speaker
    return Entry(
        turn_id=spoken.turn.id,
        identity=speaker.identity,
        name=safe_name(speaker.name, fallback=speaker.identity),
        role=Role.PERSON,
        text=text,
        start_ms=spoken.turn.start_ms,
        track=spoken.run.track.sid,
    )


def tell_fact(context: SessionContext, fact: steps.Fact) -> None:
    """The memory first, so that whoever acts on the news finds it there."""
    sink, memory, spoken = context.sink, context.memory, fact.spoken
    track, turn, end_ms = spoken.run.track, spoken.turn, spoken.end_ms or spoken.turn.start_ms
    match fact:
        case steps.Started():
            memory.expect(entry_of(spoken))
            sink.speech_started(track, turn)
        case steps.Stopped(_, void):
            if void:
                memory.forget(turn.id)
            elif not context.withheld.hears:
                memory.expect_until(turn.id, end_ms + SCRIBE_WAIT_MS)
            sink.speech_ended(track, turn, end_ms)
        case steps.Worded() | steps.Missed() if spoken.recorded:
            return
        case steps.Worded() | steps.Missed() if not context.withheld.hears:
            context.withheld.keep(fact)
        case steps.Worded(_, words):
            if spoken.doubtful and words.text.strip():
                sink.words_doubted(track, turn, end_ms, words)
                words = replace(words, text="")
            memory.say(entry_of(spoken, words.text))
            sink.words(track, turn, end_ms, words)
        case steps.Missed(_, reason):
            memory.forget(turn.id)
            sink.turn_lost(track, turn, end_ms, reason)
