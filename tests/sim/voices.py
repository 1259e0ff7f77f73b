"""Synthetic people for tests and the demo: the one packaged piper voice, made to sound like three.

The voices differ in pitch and tempo and use no random variation, so that the same text always
gives the same samples and what was measured once stays true. Word error rates of the offline
recogniser on ten sentences that nobody chose, after Opus: low 12.7 %, middle 10.8 %, high 14.7 %
(``python -m tests.sim.vetting`` makes them, ``lines.json`` keeps them). Shifted down by 2, 3 and 4
semitones the same sentences gave 45, 77 and 96 %, so no voice is lower than the packaged one.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from roomhand_plugins.local import synthesis
from roomhand_plugins.local.options import VoiceSettings


def _voice(semitones: float, length_scale: float) -> VoiceSettings:
    return VoiceSettings(
        semitones=semitones, length_scale=length_scale, noise_scale=0.0, noise_w=0.0
    )


VOICES: dict[str, VoiceSettings] = {
    "low": _voice(0.0, 1.2),
    "middle": _voice(2.0, 1.25),
    "high": _voice(4.0, 1.2),
}


@lru_cache(maxsize=256)
def speak(text: str, voice: VoiceSettings) -> npt.NDArray[np.int16]:
    """``text`` spoken: mono int16 at 24 kHz, read-only because it is shared."""
    pieces = [synthesis.speak(piece, voice).samples for piece in synthesis.sentences(text)]
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    samples.flags.writeable = False
    return samples
