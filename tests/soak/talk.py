"""A person who talks tone words without end, and what was said when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from tests.sim import tones
from tests.sim.script import SAID_EACH_S
from tests.system.stage import RATE
from tests.worker.room.speaking_person import Person, hush

SENTENCE = 4
STEP_MS = 200
LEAD_MS = 1_500
"""Of a track that is published, until everybody is subscribed to it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and when it was said, by the wall clock, which is Redis', too."""

    text: str
    at_s: float


def too_damaged(damaged: int, said: int) -> bool:
    """Whether so many of these words did not come whole to a witness that the others prove
    nothing."""
    return 4 * damaged > said


@dataclass
class Talk:
    """A person who goes on, whatever happens."""

    person: Person
    stock: list[str]
    """No word twice."""
    pause_ms: int = 700
    """Between two sentences."""
    said: list[Word] = field(default_factory=list)
    listens: bool = False
    """Nothing is said meanwhile."""
    stopped: bool = False

    async def run(self) -> None:
        """Sentences of other words each, until told to stop, which ends no sentence."""
        await self.person.say(hush(LEAD_MS, rate=RATE), step_ms=STEP_MS)
        for at in range(0, len(self.stock), SENTENCE):
            while self.listens and not self.stopped:
                await self.person.say(hush(200, rate=RATE), step_ms=STEP_MS)
            if self.stopped:
                return
            await self._say(self.stock[at : at + SENTENCE])
        raise AssertionError("there are not enough words for so long a meeting")

    async def _say(self, words: list[str]) -> None:
        at_s = time.time()
        self.said += [Word(word, at_s + n * SAID_EACH_S) for n, word in enumerate(words)]
        sound = np.concatenate([tones.encode(words), hush(self.pause_ms, rate=RATE)])
        await self.person.say(sound, step_ms=STEP_MS)
