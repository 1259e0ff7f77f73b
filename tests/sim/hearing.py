"""What the local recogniser makes of a synthetic voice, as a listener in a room would hear it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence

import av
import jiwer
import numpy as np
import numpy.typing as npt

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.local.recogniser import Recogniser
from roomhand_plugins.local.resampling import resample
from roomhand_plugins.local.wire import HEADER, Kind, unpack_header

OPUS_RATE = 48_000
OPUS_BITS_PER_S = 32_000
PREROLL_SAMPLES = SAMPLE_RATE // 4


def plain(text: str) -> str:
    """Text as it is compared: lower case, words only."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def word_errors(said: str, heard: str) -> float:
    """Word error rate of one line: substituted, dropped and added words by words said."""
    return float(jiwer.wer(plain(said), plain(heard) or "-"))


def through_opus(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """The samples after one Opus encoder and decoder, as a room's listener gets them."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = OPUS_RATE, "mono", "s16"
    encoder.bit_rate = OPUS_BITS_PER_S
    decoder = av.CodecContext.create("libopus", "r")
    to_mono = av.AudioResampler(format="s16", layout="mono", rate=OPUS_RATE)
    wide = resample(samples.astype(np.float32), OPUS_RATE, SAMPLE_RATE)
    wide = np.concatenate((wide, np.zeros(-len(wide) % 960 + 1920, np.float32)))
    pieces = []
    for start in range(0, len(wide), 960):
        block = np.clip(wide[start : start + 960], -32768, 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(block[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts = OPUS_RATE, start
        for packet in encoder.encode(frame):
            for out in decoder.decode(packet):
                pieces += [made.to_ndarray()[0] for made in to_mono.resample(out)]
    heard = np.concatenate(pieces).astype(np.float32)
    return resample(heard, SAMPLE_RATE, OPUS_RATE).astype(np.int16)


class Listener:
    """The recogniser, in this process, one line at a time and each as if it were the first."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._answers = io.BytesIO()
        self._recogniser = Recogniser(self._answers, SAMPLE_RATE * 60)
        self._names = list(names)

    def hear(self, samples: npt.NDArray[np.int16]) -> str:
        """The words of 24 kHz samples."""
        begin = json.dumps({"names": self._names, "state": ""}).encode()
        self._recogniser.take(Kind.BEGIN, begin)
        self._recogniser.take(Kind.AUDIO, np.pad(samples, PREROLL_SAMPLES).tobytes())
        self._recogniser.take(Kind.END, b"")
        return self._final()

    def _final(self) -> str:
        self._answers.seek(0)
        text = ""
        while len(header := self._answers.read(HEADER.size)) == HEADER.size:
            kind, length = unpack_header(header)
            fields = json.loads(self._answers.read(length))
            if kind is Kind.FINAL:
                text = fields["text"]
        self._answers.seek(0)
        self._answers.truncate()
        return text
