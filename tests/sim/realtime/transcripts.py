"""The recogniser: what it hears in an item, and when the client is told."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from tests.sim.realtime.behaviour import Behaviour
from tests.sim.realtime.conversation import BYTES_PER_MS
from tests.sim.realtime.link import Link
from tests.sim.tones import as_words, decode

_PREFIX = "conversation.item.input_audio_transcription"
_BILLED_BY_TIME = ("whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper")


class Recogniser:
    """Reads tone words; a word of ``vocabulary`` is written as the plain word it stands for."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        self._plain: Mapping[str, str] = {
            tone: plain for plain in vocabulary for tone in as_words(plain)
        }

    def written(self, word: str) -> str:
        """How a heard tone word is written."""
        return self._plain.get(word, word)

    async def hear(self, pcm: bytes) -> tuple[str, ...]:
        """All whole words, off the event loop."""
        samples = np.frombuffer(pcm, dtype="<i2")
        words = await asyncio.to_thread(decode, samples)
        return tuple(self.written(word.word) for word in words)


class Transcripts:
    """Sends the transcripts of one session, each in its own time."""

    def __init__(self, link: Link, behaviour: Behaviour) -> None:
        self._link = link
        self._behaviour = behaviour
        self._finished: dict[int, asyncio.Event] = {}

    async def send(
        self, number: int, item_id: str, pcm_bytes: int, words: tuple[str, ...], model: str
    ) -> None:
        """Send what the behaviour says about item ``number`` of the session."""
        plan = self._behaviour.transcribing_of(number)
        if plan.outcome == "never":
            return
        if plan.after_items:
            await self._finish_of(number + plan.after_items).wait()
        await asyncio.sleep(plan.delay_s)
        text = plan.text if plan.text is not None else " ".join(words)
        names = {"item_id": item_id, "content_index": 0}
        if plan.outcome == "failed":
            await self._fail(names)
        else:
            if plan.deltas and not self._behaviour.live_deltas:
                for place, word in enumerate(text.split()):
                    await self._link.emit(
                        f"{_PREFIX}.delta", **names, delta=" " * (place > 0) + word
                    )
            usage = _usage(model, pcm_bytes / BYTES_PER_MS, text)
            await self._link.emit(f"{_PREFIX}.completed", **names, transcript=text, usage=usage)
        self._finish_of(number).set()

    async def live(self, item_id: str, word: str, *, is_first: bool) -> None:
        """Send a word that was heard before its item is committed."""
        delta = word if is_first else f" {word}"
        await self._link.emit(f"{_PREFIX}.delta", item_id=item_id, content_index=0, delta=delta)

    async def _fail(self, names: Mapping[str, Any]) -> None:
        error = {
            "type": "transcription_error",
            "code": "audio_unintelligible",
            "message": "The audio could not be transcribed.",
        }
        await self._link.emit(f"{_PREFIX}.failed", **names, error=error)

    def _finish_of(self, number: int) -> asyncio.Event:
        return self._finished.setdefault(number, asyncio.Event())


def _usage(model: str, audio_ms: float, text: str) -> dict[str, Any]:
    if model in _BILLED_BY_TIME:
        return {"type": "duration", "seconds": audio_ms / 1000}
    heard, written = round(audio_ms / 100), len(text.split())
    return {
        "type": "tokens",
        "input_tokens": heard,
        "output_tokens": written,
        "total_tokens": heard + written,
        "input_token_details": {"audio_tokens": heard, "text_tokens": 0},
    }
