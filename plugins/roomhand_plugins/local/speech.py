"""Sentences spoken on a thread of their own, and cut into the events of a reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from roomhand_plugins.base import SAMPLE_RATE, ReplyAudio, ReplyText
from roomhand_plugins.local.options import VoiceSettings
from roomhand_plugins.local.synthesis import Speech, load_voice, sentences, speak

CHUNK_SAMPLES = SAMPLE_RATE // 5
PAUSE_SAMPLES = SAMPLE_RATE // 8
"""Silence between sentences."""

P = ParamSpec("P")
T = TypeVar("T")


class VoiceThread:
    """The thread on which everything slow of a plugin's replies runs: one sentence at a time."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="local-voice")

    def warm(self) -> None:
        """Load the voice in the background; a fault comes back from the first sentence."""
        self._executor.submit(load_voice)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do ``work`` on the thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))

    async def close(self) -> None:
        """Waits for the sentence being spoken, about a second at most; drops what is queued."""
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)


class SpokenReply:
    """One reply's audio and words, with one clock over all its sentences."""

    def __init__(self, reply_id: str, thread: VoiceThread, voice: VoiceSettings) -> None:
        self._reply_id = reply_id
        self._thread = thread
        self._voice = voice
        self._samples = 0
        self.text = ""
        """The words given out so far."""

    async def say(self, text: str) -> AsyncIterator[ReplyAudio | ReplyText]:
        """The events of more text; audio comes before the words that end in it."""
        for sentence in sentences(text):
            speech = await self._thread.run(speak, sentence, self._voice)
            for event in self._events(speech):
                yield event
            yield self._audio(bytes(2 * PAUSE_SAMPLES))

    def _events(self, speech: Speech) -> list[ReplyAudio | ReplyText]:
        first = self._samples
        words = list(zip(speech.words, speech.ends, strict=True))
        events: list[ReplyAudio | ReplyText] = []
        for start in range(0, len(speech.samples), CHUNK_SAMPLES):
            chunk = speech.samples[start : start + CHUNK_SAMPLES]
            events.append(self._audio(chunk.tobytes()))
            while words and words[0][1] <= start + len(chunk):
                events.append(self._word(*words.pop(0), first))
        events.extend(self._word(word, end, first) for word, end in words)
        return events

    def _audio(self, pcm: bytes) -> ReplyAudio:
        self._samples += len(pcm) // 2
        return ReplyAudio(self._reply_id, pcm)

    def _word(self, word: str, end: int, first: int) -> ReplyText:
        text = f" {word}" if self.text else word
        self.text += text
        return ReplyText(self._reply_id, text, audio_ms=(first + end) * 1000 // SAMPLE_RATE)
