"""What a record of a meeting must say, computed from its script alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.sim.script import Script, Turn, Window

SUBSCRIPTION_LOST = "reconnect"
"""The reason that the ledger gives for the time between two subscriptions to one track."""


class Fate(StrEnum):
    """Whether a turn can be heard."""

    HEARD = "heard"
    MUTED = "muted"
    """Said to nobody: no hole."""
    UNHEARD = "unheard"
    """Nobody subscribed: a hole."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn, as the record must have it. ``publication`` counts the tracks of its speaker."""

    identity: str
    name: str
    publication: int
    start_ms: int
    end_ms: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrackTime:
    """One published track: how long it was there, how much of that nobody subscribed to it, by
    reason, and how much speech was to be heard on it."""

    identity: str
    publication: int
    published_s: float
    absent_s: Mapping[str, float]
    spoken_s: float


def fate(script: Script, turn: Turn) -> Fate:
    """A turn is wholly one or the other; a scenario in which it is not is refused."""
    role = script.cast[turn.person]
    if any(mute.meets(turn.window) for mute in role.mutes):
        return Fate.MUTED
    if any(window.meets(turn.window) for window in role.unheard):
        return Fate.UNHEARD
    return Fate.HEARD


def expected_transcript(script: Script) -> tuple[Said, ...]:
    """Every turn that can be heard, by onset."""
    heard = (turn for turn in script.turns if fate(script, turn) is Fate.HEARD)
    return tuple(said(script, turn) for turn in sorted(heard, key=lambda turn: turn.start_s))


def said(script: Script, turn: Turn) -> Said:
    """One turn, under the name that its speaker had then."""
    published = script.published(turn.person)
    return Said(
        identity=script.cast[turn.person].identity,
        name=name_at(script, turn.person, turn.start_s),
        publication=next(at for at, part in enumerate(published) if part.meets(turn.window)),
        start_ms=round(turn.start_s * 1000),
        end_ms=round(turn.end_s * 1000),
        words=turn.words,
    )


def name_at(script: Script, person: int, at_s: float) -> str:
    """The display name of a person at a time."""
    role = script.cast[person]
    past = [rename for rename in role.renames if rename.at_s <= at_s]
    return max(past, key=lambda rename: rename.at_s).name if past else role.name


def expected_ledger(script: Script) -> tuple[TrackTime, ...]:
    """Every track of every person."""
    return tuple(
        _track_time(script, person, number, part)
        for person in range(script.people)
        for number, part in enumerate(script.published(person))
    )


def _track_time(script: Script, person: int, number: int, part: Window) -> TrackTime:
    role = script.cast[person]
    lost_s = sum(
        min(window.to_s, part.to_s) - max(window.from_s, part.from_s)
        for window in role.unheard
        if window.meets(part)
    )
    turns = [turn for turn in script.turns_of(person) if part.holds(turn.window)]
    return TrackTime(
        identity=role.identity,
        publication=number,
        published_s=part.to_s - part.from_s,
        absent_s={SUBSCRIPTION_LOST: lost_s} if lost_s else {},
        spoken_s=sum(
            turn.end_s - turn.start_s for turn in turns if fate(script, turn) is Fate.HEARD
        ),
    )
