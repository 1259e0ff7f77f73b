"""One open session of a lane, with what it has been told and what its model does by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from roomhand.room.briefing import Briefing
from roomhand.room.session_end import end_session
from roomhand.room.session_unasked import SessionUnasked
from roomhand_plugins.base import Session


@dataclass(slots=True, eq=False)
class OpenSession:
    """``reader`` is the task that takes its events."""

    session: Session
    briefing: Briefing
    unasked: SessionUnasked
    reader: asyncio.Task[None] | None = None

    async def end(self, limit_s: float) -> None:
        """Close it; see ``end_session``."""
        await end_session(self.session, self.reader, limit_s)
        await self.unasked.aclose()
