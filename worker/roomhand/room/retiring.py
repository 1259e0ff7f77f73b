"""The end of what is written in a process's name, before its agent is given to another."""

from __future__ import annotations

import logging

from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import CommandError
from roomhand.room.accounts import Accounts
from roomhand.room.inheritance import Inheritance
from roomhand.room.reading import Reading
from roomhand.room.sessions import Sessions

logger = logging.getLogger(__name__)

FLUSH_S = 5.0
"""For the transcript to be written."""


class Retirement:
    """One for an agent."""

    def __init__(
        self,
        commands: CommandInbox,
        reading: Reading,
        sessions: Sessions,
        inheritance: Inheritance,
        accounts: Accounts,
        writer: TranscriptWriter,
    ) -> None:
        self._commands = commands
        self._reading = reading
        self._sessions = sessions
        self._inheritance = inheritance
        self._accounts = accounts
        self._writer = writer

    async def begin(self) -> None:
        """Write what there is and take nothing more: commands that come now are the successor's.

        Raises CommandError where not all can be written: whoever owns the agent then can write it
        no more. ``undo`` follows that, and whatever else keeps the agent here.
        """
        await self._commands.pause()
        logger.info("retired")
        self._reading.takes_duty = False
        self._sessions.hears = False
        await self._inheritance.leave()
        self._accounts.leave(to_others=True)
        await self._accounts.write()
        if not await self._writer.flush(FLUSH_S):
            raise CommandError(
                f"{self._writer.pending} segments are not written yet; "
                "see why in the log, and hand over when they are"
            )

    def undo(self) -> None:
        """The agent stays here."""
        self._inheritance.stay()
        self._accounts.leave(to_others=False)
        self._reading.takes_duty = True
        self._commands.start()
