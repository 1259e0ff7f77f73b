"""Barge-in: what an agent does when a person speaks into its own speech.

    silent ──BEGIN──► speaking ──VOICE: duck──► ducked ──LONG_VOICE: pause──► paused
                        ▲   ▲                     │                             │
                        │   └────QUIET: restore───┘                             │
                        └────────────────────GO_ON: resume──────────────────────┘

    speaking, ducked, paused ──REAL_SPEECH: stop──► stopped          any ──END──► silent

It ducks at the first sign of a voice, falls silent when the voice has lasted, and stops when it is
real speech: by its length, or by its words. After a cough, or what a listener says without wanting
the floor ("mm-hm"), it goes on where it was. Words tell a short "stop" from a short "yes"; where
none come in time, the length decides, and in doubt the person wins.

Voices are judged by the voiced time that a detector really found, because a detector declares the
end of speech only after a long silence: a cough must not become speech by waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomhand.attribution.conversation import SAME_ONSET_MS
from roomhand.errors import IllegalInputError
from roomhand.turns.interjection import Words


class State(StrEnum):
    """What the agent is doing."""

    SILENT = "silent"
    SPEAKING = "speaking"
    DUCKED = "ducked"
    PAUSED = "paused"
    """Nothing of it is audible; it keeps the floor and its reply, for a bounded time."""
    STOPPED = "stopped"
    """Cut off; its reply is being ended."""


class Input(StrEnum):
    """What happens to it."""

    BEGIN = "begin"
    VOICE = "voice"
    LONG_VOICE = "long voice"
    REAL_SPEECH = "real speech"
    QUIET = "quiet"
    GO_ON = "go on"
    """Nobody wanted the floor."""
    END = "end"


class Action(StrEnum):
    """What the mouth has to do."""

    DUCK = "duck"
    RESTORE = "restore"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


_Row = tuple[State, Action | None]

TABLE: Mapping[tuple[State, Input], _Row] = {
    (State.SILENT, Input.BEGIN): (State.SPEAKING, None),
    (State.SILENT, Input.VOICE): (State.SILENT, None),
    (State.SILENT, Input.LONG_VOICE): (State.SILENT, None),
    (State.SILENT, Input.REAL_SPEECH): (State.SILENT, None),
    (State.SILENT, Input.QUIET): (State.SILENT, None),
    (State.SPEAKING, Input.VOICE): (State.DUCKED, Action.DUCK),
    (State.SPEAKING, Input.LONG_VOICE): (State.PAUSED, Action.PAUSE),
    (State.SPEAKING, Input.REAL_SPEECH): (State.STOPPED, Action.STOP),
    (State.SPEAKING, Input.QUIET): (State.SPEAKING, None),
    (State.SPEAKING, Input.END): (State.SILENT, None),
    (State.DUCKED, Input.VOICE): (State.DUCKED, None),
    (State.DUCKED, Input.LONG_VOICE): (State.PAUSED, Action.PAUSE),
    (State.DUCKED, Input.REAL_SPEECH): (State.STOPPED, Action.STOP),
    (State.DUCKED, Input.QUIET): (State.SPEAKING, Action.RESTORE),
    (State.DUCKED, Input.END): (State.SILENT, Action.RESTORE),
    (State.PAUSED, Input.VOICE): (State.PAUSED, None),
    (State.PAUSED, Input.LONG_VOICE): (State.PAUSED, None),
    (State.PAUSED, Input.REAL_SPEECH): (State.STOPPED, Action.STOP),
    (State.PAUSED, Input.GO_ON): (State.SPEAKING, Action.RESUME),
    (State.PAUSED, Input.END): (State.SILENT, None),
    (State.STOPPED, Input.VOICE): (State.STOPPED, None),
    (State.STOPPED, Input.LONG_VOICE): (State.STOPPED, None),
    (State.STOPPED, Input.REAL_SPEECH): (State.STOPPED, None),
    (State.STOPPED, Input.QUIET): (State.STOPPED, None),
    (State.STOPPED, Input.END): (State.SILENT, None),
}
"""What is not here is a bug of the caller: beginning twice, ending what never began, going on
without a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much voice, and how much time, it takes. In milliseconds."""

    yield_after_ms: float = 320.0
    """Voice that pauses the agent; less only ducks it. From 384 ms on, who begins with a short word
    and a breath ("No, ...") is heard 300 ms later; coughs end before 200 ms of voice."""
    stop_after_ms: float = 900.0
    """Voice that is real speech whatever its words."""
    doubt_ms: float = 600.0
    """Voice that is taken for real speech where no words tell."""
    words_within_ms: float = 1500.0
    """After the last sound of a voice, words that come later come too late."""
    pause_ms: float = 2000.0
    """Longest pause: it holds the floor while nobody is heard."""
    hold_ms: float = 200.0
    """Without a report for so long, a voice has ended."""


@dataclass(slots=True, eq=False)
class _Utterance:
    """What one person says on one track, from its first sign to its last words."""

    at_s: float
    """Of the last report."""
    voiced_ms: float = 0.0
    """Of it, within the agent's speech."""
    over: bool = False
    turn: tuple[str, int] | None = None
    """Its track and onset, if words of it may come."""
    words: Words = Words.UNKNOWN
    judged: bool = False
    """The agent went on after it: it counts no more, unless it goes on too."""


class BargeIn:
    """Judges every voice in the room against one agent's speech.

    Each call returns what the mouth has to do now, if anything. Times are seconds of one clock.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._voices: dict[str, _Utterance] = {}
        """By track: what may still be going on."""
        self._said: list[_Utterance] = []
        """All that was said into this speech."""
        self._began_s = self._paused_s = 0.0
        self.state = State.SILENT

    def begin(self, now_s: float) -> Action | None:
        """The agent's reply is heard from now on; a voice may be there already."""
        self._began_s = now_s
        self._apply(Input.BEGIN, now_s)
        self._voices = {
            track: said for track, said in self._voices.items() if self._lasts(said, now_s)
        }
        self._said = list(self._voices.values())
        return self._apply(Input.VOICE, now_s) if self._voices else None

    def end(self, now_s: float) -> Action | None:
        """The reply is over, in whatever way."""
        return self._apply(Input.END, now_s)

    def voice(self, track: str, voiced_ms: float, now_s: float) -> Action | None:
        """A voice was heard on a track just now, ``voiced_ms`` of it since its speech began.

        The first sign of it counts: 0 ms ducks. Only what overlaps the agent's speech can stop it.
        """
        said = self._utterance(track, now_s)
        said.at_s, said.judged = now_s, False
        said.voiced_ms = min(voiced_ms, (now_s - self._began_s) * 1000)
        if said.voiced_ms >= self._patience.stop_after_ms:
            return self._apply(Input.REAL_SPEECH, now_s)
        long = said.voiced_ms >= self._patience.yield_after_ms
        return self._apply(Input.LONG_VOICE if long else Input.VOICE, now_s)

    def turn(self, track: str, start_ms: int, now_s: float) -> None:
        """The voice on a track is a turn since ``start_ms`` (meeting time): words may come."""
        if self.state is not State.SILENT:
            self._utterance(track, now_s).turn = (track, start_ms)

    def quiet(self, track: str, now_s: float) -> Action | None:
        """The detector says that the speech on a track has ended."""
        said = self._voices.pop(track, None)
        if said is not None:
            said.over = True
        return self.tick(now_s)

    def words(self, track: str, start_ms: int, words: Words, now_s: float) -> Action | None:
        """What the words of a turn, so far, say about it; NOTHING where none will come."""
        said = self._turn(track, start_ms)
        if said is None:
            return None
        said.words = words
        if words is Words.SPEECH:
            return self._apply(Input.REAL_SPEECH, now_s)
        return self.tick(now_s)

    def backchannel(self, track: str, start_ms: int) -> bool:
        """Whether a turn, said into the speech that goes on now, only told that it is heard."""
        said = self._turn(track, start_ms) if self.state is not State.SILENT else None
        return said is not None and said.words is Words.BACKCHANNEL

    def tick(self, now_s: float) -> Action | None:
        """Time has passed; call it often: an end of a voice is noticed by it."""
        if self.state is State.PAUSED:
            given = self._judge_pause(now_s)
            return self._apply(given, now_s) if given else None
        anybody = any(self._lasts(said, now_s) for said in self._voices.values())
        return None if anybody else self._apply(Input.QUIET, now_s)

    def _turn(self, track: str, start_ms: int) -> _Utterance | None:
        """That began within the agent's speech, whoever told its onset."""
        for said in self._said:
            if said.turn is None or said.turn[0] != track:
                continue
            if abs(said.turn[1] - start_ms) <= SAME_ONSET_MS:
                return said
        return None

    def _utterance(self, track: str, now_s: float) -> _Utterance:
        said = self._voices.get(track)
        if said is None:
            said = self._voices[track] = _Utterance(now_s)
            if self.state is not State.SILENT:
                self._said.append(said)
        return said

    def _judge_pause(self, now_s: float) -> Input | None:
        """Whether the pause is over: None while somebody speaks or words are to be waited for."""
        if now_s >= self._paused_s + self._patience.pause_ms / 1000:
            return Input.REAL_SPEECH
        open_ones = [said for said in self._said if not said.judged]
        if any(self._lasts(said, now_s) for said in open_ones):
            return None
        if any(self._is_speech(said, now_s) for said in open_ones):
            return Input.REAL_SPEECH
        if any(self._waits(said, now_s) for said in open_ones):
            return None
        return Input.GO_ON

    def _lasts(self, said: _Utterance, now_s: float) -> bool:
        return not said.over and now_s < said.at_s + self._patience.hold_ms / 1000

    def _waits(self, said: _Utterance, now_s: float) -> bool:
        """Words may still tell what an utterance was; one that only ducked is not waited for."""
        unknown = said.turn is not None and said.words is Words.UNKNOWN
        in_time = now_s < said.at_s + self._patience.words_within_ms / 1000
        return unknown and in_time and said.voiced_ms >= self._patience.yield_after_ms

    def _is_speech(self, said: _Utterance, now_s: float) -> bool:
        """In a pause a single unknown word is speech; without words the length decides."""
        if said.words in (Words.ONE_WORD, Words.BACKCHANNEL):
            long = said.voiced_ms >= self._patience.yield_after_ms
            return said.words is Words.ONE_WORD and long
        return said.voiced_ms >= self._patience.doubt_ms and not self._waits(said, now_s)

    def _apply(self, given: Input, now_s: float) -> Action | None:
        row = TABLE.get((self.state, given))
        if row is None:
            raise IllegalInputError("barge-in", self.state, given)
        self.state, action = row
        if action is Action.PAUSE:
            self._paused_s = now_s
        elif action is Action.RESUME:
            for said in self._said:
                said.judged = True
        return action
