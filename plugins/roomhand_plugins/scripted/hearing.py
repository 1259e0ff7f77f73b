"""The turns of one session: audio in; commit and transcript out."""

from __future__ import annotations

import asyncio

from roomhand_plugins.base import (
    SAMPLE_RATE,
    PluginError,
    Role,
    TextTurn,
    Transcript,
    TurnCommitted,
    TurnFailed,
    TurnId,
)
from roomhand_plugins.scripted.director import Director
from roomhand_plugins.scripted.memory import Memory
from roomhand_plugins.scripted.wire import Wire


class Hearing:
    """At most one turn is open. Positions count the samples of the session."""

    def __init__(self, wire: Wire, director: Director, memory: Memory, speaker: str) -> None:
        self.samples_sent = 0
        self._wire = wire
        self._director = director
        self._memory = memory
        self._speaker = speaker
        self._turn: TurnId | None = None
        self._start = 0
        self._audio = bytearray()
        self._words_shown = 0

    def begin(self, turn_id: TurnId) -> None:
        """Audio from here on belongs to ``turn_id``."""
        if self._turn is not None:
            raise PluginError(f"turn {self._turn} is still open; end or discard it first")
        self._turn, self._start, self._words_shown = turn_id, self.samples_sent, 0
        self._audio.clear()

    async def hear(self, pcm: bytes) -> None:
        """Take audio, and show interim words where the script has them."""
        if self._turn is None and not self._director.capabilities.unbroken_input:
            raise PluginError("no turn is open; call begin_turn first")
        await self._wire.carry(pcm)
        self.samples_sent += len(pcm) // 2
        if self._director.transcribe is not None and not self._too_long():
            self._audio += pcm
        if self._turn is not None and self._director.capabilities.interim_transcripts:
            await self._show_interim(self._turn)

    def end(self, turn_id: TurnId) -> None:
        """Commit; the outcome follows."""
        self._leave(turn_id)
        if not self._director.script.automatic:
            return
        if self.samples_sent == self._start or self._too_long():
            reason = "too long" if self._too_long() else "no audio"
            self._wire.start(self._wire.emit(TurnFailed(turn_id, reason)), "turn-failed")
            return
        text = self._director.words(self._speaker, bytes(self._audio))
        self._director.next_turn(self._speaker)
        span = (self._start, self.samples_sent)
        self._wire.start(self._report(turn_id, text, span), "turn")

    def discard(self, turn_id: TurnId) -> None:
        """Forget the turn."""
        self._leave(turn_id)

    async def _report(self, turn_id: TurnId, text: str, span: tuple[int, int]) -> None:
        script = self._director.script
        item_id = f"item-{turn_id}"
        await asyncio.sleep(script.commit_ms / 1000)
        role, speaker = Role.PERSON, self._speaker
        self._memory.tell(TextTurn(turn_id=turn_id, role=role, speaker=speaker, text=text), None)
        await self._wire.emit(TurnCommitted(turn_id, item_id))
        if not self._director.capabilities.transcripts:
            return
        await asyncio.sleep(script.transcript_ms / 1000)
        await self._director.transcripts_released.wait()
        await self._wire.emit(
            Transcript(turn_id=turn_id, text=text, final=True, item_id=item_id, span=span)
        )

    async def _show_interim(self, turn_id: TurnId) -> None:
        heard_ms = (self.samples_sent - self._start) * 1000 // SAMPLE_RATE
        count = heard_ms // self._director.script.interim_word_ms
        if count <= self._words_shown:
            return
        self._words_shown = count
        words = self._director.words(self._speaker, bytes(self._audio)).split()[:count]
        if words:
            text = " ".join(words)
            await self._wire.emit(Transcript(turn_id=turn_id, text=text, final=False))

    def _leave(self, turn_id: TurnId) -> None:
        if self._turn != turn_id:
            raise PluginError(f"turn {turn_id} is not open")
        self._turn = None

    def _too_long(self) -> bool:
        limit = self._director.script.max_turn_s * SAMPLE_RATE
        return self.samples_sent - self._start > limit
