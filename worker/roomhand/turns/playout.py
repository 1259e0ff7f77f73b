"""The playout clock of one reply: what was really played, and which words that was.

Audio is *received* from the model faster than real time, *captured* into the SDK's queue a little
ahead, and *played* when it leaves that queue. The queue plays in real time and its length is known,
so what was played needs no report from anybody. Silence while the queue is empty is not the
reply's and never counts.

Times are seconds of any steady clock, positions are samples at 24 kHz from the reply's start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from roomhand.errors import IllegalInputError
from roomhand_plugins.base import SAMPLE_RATE, Heard

STEP_SAMPLES = SAMPLE_RATE // 100
"""The SDK's queue plays steps of 10 ms."""

LAST_SOUND = SAMPLE_RATE * 60 // 1000
"""A word of which no more than this is missing was understood."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
"""A run without spaces; or one sign of a script that writes none between words."""


class Ending(StrEnum):
    """Why a reply is over."""

    PLAYED = "played"
    STOPPED = "stopped"
    TRUNCATED = "truncated"
    """Played as far as ``max_reply_s`` allows."""
    REFUSED = "refused"
    """The gate no longer admitted its grant."""
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    """The SDK did not take the audio."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class _Mark:
    """The first ``length`` characters of the text have been spoken by ``audio_ms``."""

    length: int
    audio_ms: float
    told: bool
    """The provider said so; otherwise it is our guess."""


@dataclass(slots=True)
class SpokenText:
    """The words of a reply and where in its audio they are, as far as the provider says."""

    text: str = ""
    _marks: list[_Mark] = field(default_factory=lambda: [_Mark(0, 0.0, True)])

    def add(self, piece: str, audio_ms: int | None) -> None:
        """The next piece of text, spoken by ``audio_ms`` (None: unknown)."""
        self.text += piece
        if audio_ms is not None:
            latest = max(float(audio_ms), self._marks[-1].audio_ms)
            self._marks.append(_Mark(len(self.text), latest, True))

    def heard(self, played_ms: float, received_ms: float, finished: bool) -> tuple[str, bool]:
        """The whole words within ``played_ms`` of audio, and whether that is an estimate.

        Words without a position are spread evenly over the audio that they must share.
        """
        if played_ms <= 0:
            return "", False
        if finished and played_ms >= received_ms:
            return self.text.strip(), False
        before, after = self._around(played_ms, received_ms)
        if after is None or played_ms == before.audio_ms:
            return self._whole_words(before.length), not before.told
        if after.told and len(_WORD.findall(self.text[before.length : after.length])) <= 1:
            return self._whole_words(before.length), False
        share = (played_ms - before.audio_ms) / (after.audio_ms - before.audio_ms)
        length = before.length + int(share * (after.length - before.length))
        return self._whole_words(length), True

    def word_at(self, position_ms: float) -> tuple[float, float] | None:
        """Where the word at a position begins and ends, where the provider told exactly that."""
        if position_ms <= 0 or not self._marks:
            return None
        before, after = self._around(position_ms, position_ms)
        if after is None or not (before.told and after.told) or position_ms == before.audio_ms:
            return None
        if len(_WORD.findall(self.text[before.length : after.length])) != 1:
            return None
        return before.audio_ms, after.audio_ms

    def _around(self, played_ms: float, received_ms: float) -> tuple[_Mark, _Mark | None]:
        marks = self._marks
        if marks[-1].length < len(self.text):
            end_ms = max(received_ms, marks[-1].audio_ms)
            marks = [*marks, _Mark(len(self.text), end_ms, False)]
        before = max((mark for mark in marks if mark.audio_ms <= played_ms), key=_position)
        after = min(
            (mark for mark in marks if mark.audio_ms > played_ms), key=_position, default=None
        )
        return before, after

    def _whole_words(self, length: int) -> str:
        end = 0
        for word in _WORD.finditer(self.text):
            if word.end() > length:
                break
            end = word.end()
        return self.text[:end].strip()


def _position(mark: _Mark) -> tuple[float, int]:
    return mark.audio_ms, mark.length


class Playout:
    """One reply on its way through the SDK's queue."""

    def __init__(self) -> None:
        self.received = 0
        self.captured = 0
        self.finished = False
        """All audio has been received."""
        self.underruns = 0
        """How often the queue ran dry in the middle of the reply."""
        self._empty_at_s = 0.0
        self._refilling = False
        self._cut: int | None = None
        self._spoken = SpokenText()

    def receive(self, samples: int) -> None:
        """The model sent audio."""
        self._need(not self.finished and self._cut is None, "receive")
        self.received += samples

    def say(self, text: str, audio_ms: int | None) -> None:
        """The model sent words that end at ``audio_ms`` of the reply (None: not told)."""
        self._spoken.add(text, audio_ms)

    def finish(self) -> None:
        """The model has sent all audio. Saying so again changes nothing."""
        self.finished = True

    def capture(self, samples: int, now_s: float) -> None:
        """The next samples went into the SDK's queue."""
        self._need(self._cut is None and self.captured + samples <= self.received, "capture")
        if self.captured and now_s > self._empty_at_s and not self._refilling:
            self.underruns += 1
        self._refilling = False
        self.captured += samples
        self._empty_at_s = max(self._empty_at_s, now_s) + samples / SAMPLE_RATE

    def queued(self, now_s: float) -> int:
        """Samples that still wait in the SDK's queue."""
        waiting = round((self._empty_at_s - now_s) * SAMPLE_RATE)
        return min(max(waiting, 0), self.captured)

    def played(self, now_s: float) -> int:
        """Samples that have left the SDK's queue, or had when the reply was cut."""
        return self.captured - self.queued(now_s) if self._cut is None else self._cut

    def pending(self) -> int:
        """Samples received and not captured yet."""
        return self.received - self.captured

    def rewind(self, now_s: float) -> int:
        """The SDK's queue was cleared to be filled again; returns the first unplayed sample.

        That is a whole number of steps from the start, so the nearest one is taken: measured, this
        leaves no gap and no echo in most cases, and one step in the others.
        """
        self._need(self._cut is None, "rewind")
        steps = round(self.played(now_s) / STEP_SAMPLES)
        self.captured = min(steps * STEP_SAMPLES, self.captured)
        self._empty_at_s = now_s
        self._refilling = True
        return self.captured

    def mend(self, now_s: float, silent: Callable[[int, int], bool]) -> None:
        """Go back to the beginning of the word in whose middle the queue was cleared.

        Only where the provider told the word's place, and more than its last sound is missing:
        ``silent`` tells whether the samples from one to another are. Otherwise it goes on with what
        was not heard.
        """
        word = self._broken_word()
        if word is None or silent(min(self.captured + LAST_SOUND, word[1]), word[1]):
            return
        self._need(self._cut is None and not self.queued(now_s), "mend")
        self.captured = word[0]

    def _broken_word(self) -> tuple[int, int] | None:
        """From a whole step, as everything that is captured, to its end."""
        word = self._spoken.word_at(self.captured * 1000 / SAMPLE_RATE)
        if word is None:
            return None
        begin, end = (int(ms * SAMPLE_RATE / 1000) for ms in word)
        begin -= begin % STEP_SAMPLES
        return (begin, end) if begin < self.captured < end <= self.received else None

    def cut(self, now_s: float) -> None:
        """The SDK's queue was cleared for good: nothing more of this reply is played."""
        if self._cut is None:
            self._cut = self.played(now_s)

    def done(self, now_s: float) -> bool:
        """Everything has been received and played."""
        return self.finished and self.played(now_s) == self.received

    def heard(self, now_s: float) -> Heard:
        """What people heard of the reply until now, or until the cut."""
        played_ms = self.played(now_s) * 1000 / SAMPLE_RATE
        received_ms = self.received * 1000 / SAMPLE_RATE
        text, estimated = self._spoken.heard(played_ms, received_ms, self.finished)
        return Heard(audio_ms=int(played_ms), text=text, estimated=estimated)

    def _need(self, legal: bool, given: str) -> None:
        if not legal:
            state = "cut" if self._cut is not None else "finished" if self.finished else "receiving"
            raise IllegalInputError("playout", state, given)
