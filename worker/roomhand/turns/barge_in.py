"""Barge-in: what an agent does when a person speaks into its own speech.

    silent ──BEGIN──► speaking ──VOICE: duck──► ducked ──LONG_VOICE: stop──► stopped ──END──► silent
                          ▲                       │
                          └────QUIET: restore─────┘

It ducks at the first sign of a voice, stops when the voice has lasted, and goes on at full level
after a cough. What a person says without wanting the floor ("mm-hm") will be one more input beside
LONG_VOICE. Voices are judged by the voiced time that a detector really found, because a detector
declares the end of speech only after a long silence: a cough must not become speech by waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomhand.errors import IllegalInputError


class State(StrEnum):
    """What the agent is doing."""

    SILENT = "silent"
    SPEAKING = "speaking"
    DUCKED = "ducked"
    STOPPED = "stopped"
    """Cut off; its reply is being ended."""


class Input(StrEnum):
    """What happens to it."""

    BEGIN = "begin"
    VOICE = "voice"
    LONG_VOICE = "long voice"
    QUIET = "quiet"
    END = "end"


class Action(StrEnum):
    """What the mouth has to do."""

    DUCK = "duck"
    RESTORE = "restore"
    STOP = "stop"


_Row = tuple[State, Action | None]

TABLE: Mapping[tuple[State, Input], _Row] = {
    (State.SILENT, Input.BEGIN): (State.SPEAKING, None),
    (State.SILENT, Input.VOICE): (State.SILENT, None),
    (State.SILENT, Input.LONG_VOICE): (State.SILENT, None),
    (State.SILENT, Input.QUIET): (State.SILENT, None),
    (State.SPEAKING, Input.VOICE): (State.DUCKED, Action.DUCK),
    (State.SPEAKING, Input.LONG_VOICE): (State.STOPPED, Action.STOP),
    (State.SPEAKING, Input.QUIET): (State.SPEAKING, None),
    (State.SPEAKING, Input.END): (State.SILENT, None),
    (State.DUCKED, Input.VOICE): (State.DUCKED, None),
    (State.DUCKED, Input.LONG_VOICE): (State.STOPPED, Action.STOP),
    (State.DUCKED, Input.QUIET): (State.SPEAKING, Action.RESTORE),
    (State.DUCKED, Input.END): (State.SILENT, Action.RESTORE),
    (State.STOPPED, Input.VOICE): (State.STOPPED, None),
    (State.STOPPED, Input.LONG_VOICE): (State.STOPPED, None),
    (State.STOPPED, Input.QUIET): (State.STOPPED, None),
    (State.STOPPED, Input.END): (State.SILENT, None),
}
"""What is not here is a bug of the caller: beginning twice, ending what never began."""


@dataclass(slots=True)
class _Voice:
    """One person's speech, as of the last report."""

    voiced_ms: float
    at_s: float


class BargeIn:
    """Judges every voice in the room against one agent's speech.

    Each call returns what the mouth has to do now, if anything. Times are seconds of one clock.
    """

    def __init__(self, yield_after_ms: float, hold_ms: float = 200.0) -> None:
        """Stop after ``yield_after_ms`` of voice; ``hold_ms`` without a report ends a voice."""
        self._yield_after_ms = yield_after_ms
        self._hold_s = hold_ms / 1000
        self._voices: dict[str, _Voice] = {}
        self._began_s = 0.0
        self.state = State.SILENT

    def begin(self, now_s: float) -> Action | None:
        """The agent's reply is heard from now on; a voice may be there already."""
        self._began_s = now_s
        self._apply(Input.BEGIN)
        self._forget_quiet(now_s)
        return self._apply(Input.VOICE) if self._voices else None

    def end(self) -> Action | None:
        """The reply is over, in whatever way."""
        return self._apply(Input.END)

    def voice(self, track: str, voiced_ms: float, now_s: float) -> Action | None:
        """A voice was heard on a track just now, ``voiced_ms`` of it since its speech began.

        The first sign of it counts: 0 ms ducks. Only what overlaps the agent's speech can stop it.
        """
        self._voices[track] = _Voice(voiced_ms, now_s)
        overlap_ms = min(voiced_ms, (now_s - self._began_s) * 1000)
        return self._apply(Input.LONG_VOICE if overlap_ms >= self._yield_after_ms else Input.VOICE)

    def quiet(self, track: str, now_s: float) -> Action | None:
        """The detector says that the speech on a track has ended."""
        self._voices.pop(track, None)
        return self.tick(now_s)

    def tick(self, now_s: float) -> Action | None:
        """Time has passed; call it at ``due_s``, or as often as you like."""
        self._forget_quiet(now_s)
        return None if self._voices else self._apply(Input.QUIET)

    @property
    def due_s(self) -> float | None:
        """When the next ``tick`` can change something."""
        if self.state is not State.DUCKED or not self._voices:
            return None
        return max(voice.at_s + self._hold_s for voice in self._voices.values())

    def _forget_quiet(self, now_s: float) -> None:
        self._voices = {
            track: voice
            for track, voice in self._voices.items()
            if now_s < voice.at_s + self._hold_s
        }

    def _apply(self, given: Input) -> Action | None:
        row = TABLE.get((self.state, given))
        if row is None:
            raise IllegalInputError("barge-in", self.state, given)
        self.state, action = row
        return action
