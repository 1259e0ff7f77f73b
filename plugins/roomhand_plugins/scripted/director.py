"""The director: knows the script, counts the moments, and says what is due at each."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from roomhand_plugins.base import Capabilities, ReplyRequest
from roomhand_plugins.scripted.memory import Memory
from roomhand_plugins.scripted.script import Cue, Fault, Moment, Reply, Script

Transcribe: TypeAlias = Callable[[bytes], str]
"""The words of a turn's audio."""
Answer: TypeAlias = Callable[[ReplyRequest, Memory], Reply]
"""What the model says."""
Speak: TypeAlias = Callable[[str], bytes]
"""Audio of a text."""
MAX_CALLS = 10_000

ThingT = TypeVar("ThingT")


@dataclass(frozen=True, slots=True)
class Call:
    """One moment of one session: when (loop time), which session (from 1), what, about whom."""

    at_s: float
    session: int
    moment: Moment
    subject: str


class Director:
    """One per plugin; its counts run over all sessions."""

    def __init__(
        self,
        script: Script,
        capabilities: Capabilities,
        transcribe: Transcribe | None,
        answer: Answer | None,
        speak: Speak | None,
    ) -> None:
        self.script = script
        self.capabilities = capabilities
        self.speak = speak
        self.transcribe = transcribe
        self.calls: deque[Call] = deque(maxlen=MAX_CALLS)
        self.transcripts_released = asyncio.Event()
        self.transcripts_released.set()
        self._answer = answer
        self._moments: Counter[Moment] = Counter()
        self._turns: Counter[str] = Counter()
        self._replies = 0

    def reached(self, moment: Moment, session: int, subject: str) -> tuple[list[Fault], list[Cue]]:
        """Count a moment; the faults and cues that are due at it."""
        self._moments[moment] += 1
        nth = self._moments[moment]
        now_s = asyncio.get_running_loop().time()
        self.calls.append(Call(now_s, session, moment, subject))
        faults = [f for f in self.script.faults if f.at is moment and f.nth == nth]
        cues = [c for c in self.script.cues if c.on is moment and c.nth in {None, nth}]
        return faults, cues

    def words(self, speaker: str, audio: bytes) -> str:
        """The text of this speaker's present turn."""
        if self.transcribe is not None:
            return self.transcribe(audio)
        texts = self.script.transcripts
        if not isinstance(texts, list):
            texts = texts.get(speaker, [])
        return _nth(texts, self._turns[speaker]) if texts else ""

    def next_turn(self, speaker: str) -> None:
        """The speaker's present turn is over."""
        self._turns[speaker] += 1

    def next_reply(self, request: ReplyRequest, memory: Memory) -> Reply:
        """What to say to ``request``."""
        if request.verbatim is not None:
            return self.script.replies[0].model_copy(
                update={"text": request.verbatim, "tool": None, "audio_ms": None}
            )
        if self._answer is not None:
            return self._answer(request, memory)
        self._replies += 1
        return _nth(self.script.replies, self._replies - 1)


def _nth(things: Sequence[ThingT], index: int) -> ThingT:
    """The thing at ``index``; the last one again when they run out."""
    return things[min(index, len(things) - 1)]
