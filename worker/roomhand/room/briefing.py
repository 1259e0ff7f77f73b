"""What one session knows of the conversation, and how it is told the rest before it answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from roomhand.attribution.condensing import Lengths, condense
from roomhand.attribution.conversation import DEFAULT_LIMIT, Conversation, Entry
from roomhand_plugins.base import (
    Capabilities,
    ReplyRequest,
    Role,
    Session,
    SessionSetup,
    TextTurn,
    TurnId,
)

MOST_KNOWN = 256
"""Turns and replies remembered per session: older ones lie before every mark."""


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as text, and what it comes after in the session's memory (None: at the end)."""

    text: TextTurn
    after: TurnId | None = None


class Briefing:
    """One per session. ``own`` turns reach it as audio and replies are its own words: neither is
    told. Everything else of the memory is told once."""

    def __init__(
        self, memory: Conversation, setup: SessionSetup, limit: int, own: Iterable[Entry]
    ) -> None:
        self._memory = memory
        self._limit = limit
        self._own: deque[Entry] = deque(own, maxlen=MOST_KNOWN)
        self._mark = memory.mark
        history = memory.history(DEFAULT_LIMIT, besides=self.is_own)
        self._placed: deque[Entry] = deque([*history, *self._own], maxlen=MOST_KNOWN)
        self.setup = replace(setup, history=condense(history, Lengths(whole=limit)))
        self._told: deque[TextTurn] = deque(self.setup.history, maxlen=limit)

    def is_own(self, entry: Entry) -> bool:
        """Whether the session has it already, as audio or as its own reply."""
        return any(own.is_turn_of(entry) for own in self._own)

    def add_own(self, entry: Entry) -> None:
        """The session gets this turn as audio, or is asked for this reply."""
        if all(own.turn_id != entry.turn_id for own in self._own):
            self._own.append(entry)
            self._placed.append(entry)

    def answered(self, reply_id: str) -> bool:
        """Whether this session was asked for that reply."""
        return any(own.turn_id == reply_id for own in self._own)

    async def bring_up_to_date(
        self, session: Session, can: Capabilities, request: ReplyRequest, pending: Sequence[Entry]
    ) -> ReplyRequest:
        """Tell what is new and whose words are ``pending``; the request may carry some of it.

        Raises SessionClosedError.
        """
        mark = self._memory.mark
        news = self._memory.since(self._mark, besides=self.is_own)
        lines = [self._line(entry) for entry in news]
        if pending:
            lines.append(Line(_notice(request.reply_id, pending)))
        request = await self._tell(session, can, request, lines)
        self._mark = mark
        return request

    async def _tell(
        self, session: Session, can: Capabilities, request: ReplyRequest, lines: Sequence[Line]
    ) -> ReplyRequest:
        if not lines:
            return request
        if can.text_injection:
            for line in lines:
                await session.add_text(line.text, line.after)
            return request
        self._told.extend(line.text for line in lines if line.text.role is not Role.NOTICE)
        if can.mutable_instructions:
            told = list(self._told) + [line.text for line in lines if line.text.role is Role.NOTICE]
            await session.update(instructions=_with_lines(self.setup.instructions, told))
            return request
        told = [line.text for line in lines]
        return replace(request, instructions=_with_lines(request.instructions or "", told))

    def _line(self, entry: Entry) -> Line:
        """Where it was said: behind what came before it, if anything that is known came after."""
        earlier = [known for known in self._placed if known.start_ms <= entry.start_ms]
        at_end = not earlier or len(earlier) == len(self._placed)
        after = None if at_end else max(earlier, key=lambda known: known.start_ms).turn_id
        self._placed.append(entry)
        return Line(entry.as_text(), after)


def _notice(reply_id: str, pending: Sequence[Entry]) -> TextTurn:
    names = ", ".join(dict.fromkeys(entry.name for entry in pending))
    return TextTurn(
        turn_id=f"{reply_id}.pending",
        role=Role.NOTICE,
        speaker="",
        text=f"Not yet transcribed: the latest words of {names}",
        at_ms=max(entry.start_ms for entry in pending),
    )


def _with_lines(instructions: str, told: Sequence[TextTurn]) -> str:
    lines = [f"{turn.speaker}: {turn.text}" if turn.speaker else turn.text for turn in told]
    return "\n".join([instructions, "", "Said in the room meanwhile:", *lines]).strip()
