"""What a scripted model remembers: enough for a test to see what it was told and what was cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

from roomhand_plugins.base import Heard, Role, SessionSetup, TextTurn

MAX_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the conversation; ``audio_ms`` of a reply is what the model has produced."""

    id: str
    role: Role
    speaker: str
    text: str
    audio_ms: int = 0


class Memory:
    """The conversation as the model sees it, oldest first, at most ``MAX_ENTRIES``."""

    def __init__(self, setup: SessionSetup) -> None:
        self.entries: list[Entry] = []
        for turn in setup.history:
            self.tell(turn, after=None)

    def tell(self, turn: TextTurn, after: str | None) -> None:
        """A text turn, put after the entry ``after`` (at the end, if None or unknown)."""
        entry = Entry(turn.turn_id, turn.role, turn.speaker, turn.text)
        place = self._place(after) if after is not None else None
        self.entries.insert(len(self.entries) if place is None else place + 1, entry)
        del self.entries[:-MAX_ENTRIES]

    def grow(self, reply_id: str, text: str, audio_ms: int) -> None:
        """The model said more of a reply."""
        place = self._place(reply_id)
        if place is None:
            self.entries.append(Entry(reply_id, Role.AGENT, "", text, audio_ms))
            del self.entries[:-MAX_ENTRIES]
            return
        old = self.entries[place]
        grown = replace(old, text=old.text + text, audio_ms=old.audio_ms + audio_ms)
        self.entries[place] = grown

    def cut(self, reply_id: str, heard: Heard) -> None:
        """Keep of a reply what was heard; nothing heard removes it."""
        place = self._place(reply_id)
        if place is None:
            return
        if heard.audio_ms <= 0:
            del self.entries[place]
            return
        old = self.entries[place]
        kept = min(heard.audio_ms, old.audio_ms)
        text = old.text if kept == old.audio_ms else heard.text
        self.entries[place] = replace(old, text=text, audio_ms=kept)

    def _place(self, entry_id: str) -> int | None:
        places = (n for n, entry in enumerate(self.entries) if entry.id == entry_id)
        return next(places, None)
