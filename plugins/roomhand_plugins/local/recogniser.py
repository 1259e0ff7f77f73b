"""A recogniser process: pocketsphinx behind a socket, because decoding holds Python's global lock.

Run by ``recognition`` as ``python -m roomhand_plugins.local.recogniser FD``. Ends when the other
side of the socket does, however that happened.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.local.resampling import Resampler
from roomhand_plugins.local.spelling import pronunciation
from roomhand_plugins.local.wire import HEADER, Kind, pack_json, unpack_header

DECODER_RATE = 16_000
STEP_BYTES = DECODER_RATE // 20 * 2
PADDING = np.random.default_rng(7).normal(0, 3, DECODER_RATE // 3).astype(np.int16).tobytes()
"""A third of a second of near silence around a turn: the decoder wants to hear it begin and end."""
INTERIM_SAMPLES = SAMPLE_RATE * 6 // 10
NAME_MARK = "_name"
"""Ends a word that was added for a name; no dictionary word has it."""

MAX_NAMES = 500
"""Words learned in the life of a process: people come and go, and choose their names freely."""


class Recogniser:
    """One decoder and the turn it is hearing."""

    def __init__(self, answers: BinaryIO, max_turn_samples: int) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=DECODER_RATE, loglevel="FATAL")
        self._answers = answers
        self._max_turn_samples = max_turn_samples
        self._names: dict[str, str] = {}
        self._fresh_cmn = str(self._decoder.get_cmn(False))
        self._begin_piece()
        self._decoder.end_utt()

    def take(self, kind: Kind, body: bytes) -> None:
        """One message. Raises ValueError for a kind that only a recogniser sends."""
        match kind:
            case Kind.BEGIN:
                self._begin(json.loads(body))
            case Kind.AUDIO:
                self._hear(body)
            case Kind.END:
                self._end()
            case Kind.DISCARD:
                self._decoder.end_utt()
                self.answer(Kind.FINAL, {})
            case _:
                raise ValueError(f"{kind.name} is not for a recogniser")

    def answer(self, kind: Kind, fields: dict[str, Any]) -> None:
        """Send one message back."""
        self._answers.write(pack_json(kind, fields))
        self._answers.flush()

    def _begin(self, setup: dict[str, Any]) -> None:
        self._learn(setup["names"])
        self._decoder.set_cmn(setup["state"] or self._fresh_cmn)
        self._pieces: list[str] = []
        self._begin_piece()

    def _begin_piece(self) -> None:
        self._resampler = Resampler(DECODER_RATE, SAMPLE_RATE)
        self._samples = 0
        self._next_interim = INTERIM_SAMPLES
        self._decoder.start_utt()
        self._decoder.process_raw(PADDING, False, False)

    def _hear(self, pcm: bytes) -> None:
        samples = np.frombuffer(pcm, np.int16).astype(np.float32)
        self._decode(self._resampler.feed(samples))
        self._samples += len(samples)
        if self._samples >= self._max_turn_samples:
            self._end_piece()
            self._begin_piece()
        elif self._samples >= self._next_interim:
            self._next_interim = self._samples + INTERIM_SAMPLES
            self.answer(Kind.INTERIM, {"text": self._text_so_far()})

    def _end(self) -> None:
        confidence = self._end_piece()
        state = self._decoder.get_cmn(True)
        text = " ".join(filter(None, self._pieces))
        self.answer(Kind.FINAL, {"text": text, "confidence": confidence, "state": state})

    def _end_piece(self) -> float | None:
        self._decode(self._resampler.flush())
        self._decoder.process_raw(PADDING, False, False)
        self._decoder.end_utt()
        words = [(part.word, part.prob) for part in self._decoder.seg() or ()]
        self._pieces.append(self._spoken(word for word, _ in words))
        return self._confidence([prob for word, prob in words if _is_word(word)])

    def _decode(self, samples: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        audio = np.clip(np.rint(samples), -32768, 32767).astype(np.int16).tobytes()
        for start in range(0, len(audio), STEP_BYTES):
            self._decoder.process_raw(audio[start : start + STEP_BYTES], False, False)

    def _text_so_far(self) -> str:
        hypothesis = self._decoder.hyp()
        now = self._spoken(hypothesis.hypstr.split()) if hypothesis else ""
        return " ".join(filter(None, [*self._pieces, now]))

    def _spoken(self, words: Iterable[str]) -> str:
        plain = (re.sub(r"\(\d+\)$", "", word) for word in words if _is_word(word))
        return re.sub(r"\bi\b", "I", " ".join(self._names.get(word, word) for word in plain))

    def _confidence(self, probabilities: list[float]) -> float | None:
        if not probabilities:
            return None
        return round(float(np.exp(np.mean(np.log(np.clip(probabilities, 1e-6, 1.0))))), 3)

    def _learn(self, names: list[str]) -> None:
        """Make names likely words. A name is a word of its own beside the dictionary's: the
        language model gives a new word far more weight than it gives a rare name."""
        new = {
            f"{word.lower()}{NAME_MARK}": word
            for name in names
            for word in re.findall(r"[A-Za-z']+", name)
            if len(word) > 1
        }
        room = MAX_NAMES - len(self._names)
        new = dict([each for each in new.items() if each[0] not in self._names][:room])
        for number, (mark, word) in enumerate(new.items(), 1):
            known = self._decoder.lookup_word(word.lower())
            phones = known or pronunciation(word)
            self._decoder.add_word(mark, phones, number == len(new))
        self._names |= new


def _is_word(word: str) -> bool:
    return not word.startswith(("<", "[", "+"))


def serve(connection: socket.socket, max_turn_samples: int) -> None:
    """Answer messages until the other side goes away."""
    with connection, connection.makefile("rwb") as stream:
        recogniser = Recogniser(stream, max_turn_samples)  # type: ignore[arg-type]
        recogniser.answer(Kind.READY, {})
        while len(header := stream.read(HEADER.size)) == HEADER.size:
            kind, length = unpack_header(header)
            recogniser.take(kind, stream.read(length))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
