"""From probabilities of speech, window by window, to the beginnings and ends of speech.

Two thresholds (hysteresis) tell a window *voiced*, *unclear* or *silent*; durations tell a click
from speech and a breath from an end:

    QUIET -voiced-> RISING -enough speech-> SPEAKING -silent-> FALLING -enough silence-> QUIET
                    RISING -silent-> QUIET                     FALLING -voiced-> SPEAKING

Positions are samples of one subscription. Nothing here knows a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from roomhand.errors import IllegalInputError


class State(StrEnum):
    """What is known of the present moment."""

    QUIET = "quiet"
    RISING = "rising"
    """Voiced, but not yet for long enough."""
    SPEAKING = "speaking"
    FALLING = "falling"
    """Silent, but not yet for long enough."""


class Input(StrEnum):
    """What one window says, or what its duration completes."""

    VOICED = "voiced"
    UNCLEAR = "unclear"
    SILENT = "silent"
    SPEECH_PROVEN = "speech proven"
    SILENCE_PROVEN = "silence proven"


TRANSITIONS: dict[tuple[State, Input], State] = {
    (State.QUIET, Input.VOICED): State.RISING,
    (State.QUIET, Input.UNCLEAR): State.QUIET,
    (State.QUIET, Input.SILENT): State.QUIET,
    (State.RISING, Input.VOICED): State.RISING,
    (State.RISING, Input.UNCLEAR): State.RISING,
    (State.RISING, Input.SILENT): State.QUIET,
    (State.RISING, Input.SPEECH_PROVEN): State.SPEAKING,
    (State.SPEAKING, Input.VOICED): State.SPEAKING,
    (State.SPEAKING, Input.UNCLEAR): State.SPEAKING,
    (State.SPEAKING, Input.SILENT): State.FALLING,
    (State.FALLING, Input.VOICED): State.SPEAKING,
    (State.FALLING, Input.UNCLEAR): State.FALLING,
    (State.FALLING, Input.SILENT): State.FALLING,
    (State.FALLING, Input.SILENCE_PROVEN): State.QUIET,
}


class Change(StrEnum):
    """What a listener learns."""

    NOTHING = "nothing"
    """What may have been speech was none."""
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Edge:
    """A change, and the sample at which it happened (which lies in the past). ``voiced``: with an
    end, the samples of voice since the start."""

    change: Change
    at: int
    voiced: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SpeechLimits:
    """Durations in samples; thresholds of probability with ``silent_below <= voiced_from``."""

    speech_samples: int
    silence_samples: int
    voiced_from: float = 0.5
    silent_below: float = 0.35

    def __post_init__(self) -> None:
        if not 0 <= self.silent_below <= self.voiced_from <= 1:
            raise ValueError("thresholds must hold 0 <= silent_below <= voiced_from <= 1")
        if self.speech_samples < 1 or self.silence_samples < 1:
            raise ValueError("durations must be at least one sample")


class SpeechEdges:
    """Finds the edges of speech on one track. Windows are given in order, without gaps."""

    def __init__(self, limits: SpeechLimits) -> None:
        self.state = State.QUIET
        self._limits = limits
        self._position = 0
        self._onset = 0
        self._voiced = 0
        self._silence_from = 0

    @property
    def speaking(self) -> bool:
        """A START was given and its END was not."""
        return self.state in (State.SPEAKING, State.FALLING)

    @property
    def voiced(self) -> int:
        """Samples of voiced windows since the onset of what rises or speaks now; 0 in quiet."""
        return 0 if self.state is State.QUIET else self._voiced

    @property
    def decided(self) -> int:
        """No edge will ever be given before this sample, except the END of an open speech."""
        return self._onset if self.state is State.RISING else self._position

    def may_end(self, upto: int) -> bool:
        """Whether silence up to this sample would prove the end of an open speech."""
        silent_from = self._silence_from if self.state is State.FALLING else self._position
        return self.speaking and upto - silent_from >= self._limits.silence_samples

    def judge(self, probability: float, samples: int) -> Edge | None:
        """Take the next window of ``samples``; give the edge that it proves, if any."""
        begin, self._position = self._position, self._position + samples
        before = self.state
        self._apply(self._classify(probability))
        voiced = samples if self._voiced_window(probability) else 0
        if self.state is State.RISING:
            return self._rise(before, begin, voiced)
        self._voiced += voiced
        if self.state is State.FALLING:
            return self._fall(before, begin)
        if before is State.RISING:
            return Edge(Change.NOTHING, self._position)
        return None

    def finish(self, at: int) -> Edge | None:
        """The track ended at sample ``at``: an open speech ends there, or where it fell silent."""
        before, self.state = self.state, State.QUIET
        if before is State.RISING:
            return Edge(Change.NOTHING, at)
        if before is State.QUIET:
            return None
        silent_from = self._silence_from if before is State.FALLING else at
        return Edge(Change.END, silent_from, self._voiced)

    def _voiced_window(self, probability: float) -> bool:
        return probability >= self._limits.voiced_from

    def _classify(self, probability: float) -> Input:
        if self._voiced_window(probability):
            return Input.VOICED
        return Input.SILENT if probability < self._limits.silent_below else Input.UNCLEAR

    def _rise(self, before: State, begin: int, voiced: int) -> Edge | None:
        if before is State.QUIET:
            self._onset, self._voiced = begin, 0
        self._voiced += voiced
        if self._voiced >= self._limits.speech_samples:
            self._apply(Input.SPEECH_PROVEN)
            return Edge(Change.START, self._onset)
        return None

    def _fall(self, before: State, begin: int) -> Edge | None:
        if before is State.SPEAKING:
            self._silence_from = begin
        if self._position - self._silence_from < self._limits.silence_samples:
            return None
        self._apply(Input.SILENCE_PROVEN)
        return Edge(Change.END, self._silence_from, self._voiced)

    def _apply(self, given: Input) -> None:
        try:
            self.state = TRANSITIONS[self.state, given]
        except KeyError:
            raise IllegalInputError("speech", self.state, given) from None
