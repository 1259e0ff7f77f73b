"""What people put into the agent's speech: sentences, short calls, listeners' sounds, coughs.

All of it is synthesised here; the packaged voice speaks every language with an English mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.sim.voices import VOICES, speak
from tests.worker.room.listening_person import RATE

SENTENCES = (
    "No, wait a moment please, that is not what I meant at all.",
    "Excuse me, could we go back to the budget for a second?",
    "Actually, Anna said the opposite about the delivery date.",
    "Before you go on, what does that cost us every month?",
    "Let us talk about the second point first.",
    "I think we have heard that already this morning.",
    "Can somebody write this down for the others?",
    "The figures for March are not in there yet.",
)
CALLS = ("Stop.", "Wait.", "No, no.", "Hold on.", "Excuse me.")
BACKCHANNELS = {
    "en": ("Mm-hm.", "Yeah.", "Right.", "Okay.", "I see.", "Uh-huh.", "Sure.", "Got it."),
    "de": ("Genau.", "Ja.", "Klar.", "Stimmt.", "Ach so."),
    "fr": ("D'accord.", "Ouais.", "Oui.", "Bien s\u00fbr."),
    "es": ("Vale.", "Claro.", "S\u00ed.", "Exacto."),
}
AGENT = (
    "I have looked at the figures of the last three months, and they are better than we thought, "
    "mostly because of the new shop in the north, which opened in the spring.",
    "There are two things to decide today: whether we hire another engineer before the summer, "
    "and who writes the report that Anna promised to the board.",
)
AUDIBLE = 1000
"""A sample from which on a voice can be heard (-30 dB of full scale)."""


@dataclass(frozen=True)
class Sound:
    """What is said, how it sounds from its first audible sample on, and what it should do."""

    text: str
    language: str
    samples: NDArray[np.int16]

    @property
    def ms(self) -> int:
        """Length, to the last audible sample."""
        loud = np.flatnonzero(np.abs(self.samples) > AUDIBLE)
        return int(loud[-1]) * 1000 // RATE if len(loud) else 0


def spoken(texts: tuple[str, ...], language: str = "en") -> list[Sound]:
    """Each text in each voice."""
    return [
        Sound(text, language, _from_onset(speak(text, voice)))
        for text in texts
        for voice in VOICES.values()
    ]


def backchannels() -> list[Sound]:
    """Of all languages."""
    return [sound for tag, texts in BACKCHANNELS.items() for sound in spoken(texts, tag)]


def coughs(count: int, seed: int = 1) -> list[Sound]:
    """Bursts of noise with a throat's resonances, one to three in a row; and plain knocks."""
    random = np.random.default_rng(seed)
    return [Sound("", "en", _cough(random)) for _ in range(count)]


def _cough(random: np.random.Generator) -> NDArray[np.int16]:
    pieces = []
    for _ in range(random.integers(1, 4)):
        length = int(RATE * random.uniform(0.06, 0.16))
        noise = random.standard_normal(length)
        kernel = random.uniform(0.5, 0.95) ** np.arange(40)
        burst = np.convolve(noise, kernel)[:length] * np.exp(-np.arange(length) / (length / 4))
        pieces += [burst / np.abs(burst).max(), np.zeros(int(RATE * random.uniform(0.05, 0.2)))]
    return _from_onset((np.concatenate(pieces) * 0.5 * 32767).astype(np.int16))


def _from_onset(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    begin = int(np.argmax(np.abs(samples) > AUDIBLE))
    kept = samples[begin:]
    return kept[: len(kept) // 240 * 240]
