"""What an agent takes over from the process before, and leaves to the next: how it is minded, what
it keeps to say, and what it is about to answer.

A reply that has begun is not among it: its sound ended with its process, and nobody knows where.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from roomhand.room.answering import Answering
from roomhand.room.checkpoint import Checkpoint
from roomhand.room.conductor import Conductor
from roomhand.room.reading import Reading
from roomhand.turns.mind import Mind

logger = logging.getLogger(__name__)

REST_S = 1.0
"""Until what is being said has ended and is recorded."""
READ_S = 5.0
"""What the owner before was asked waits so long for what was said around it."""


class Inheritance:
    """One for an agent."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        conductor: Conductor,
        answering: Answering,
        reading: Reading,
    ) -> None:
        self._checkpoint = checkpoint
        self._conductor = conductor
        self._answering = answering
        self._reading = reading

    async def take_over(self) -> None:
        """From the owner before, if there was one in this meeting. Raises RedisError."""
        mind = await self._checkpoint.read()
        if mind is not None:
            self._conductor.take_over(mind)
            self._reading.judge_after(mind.judged_to)

    async def answer(self) -> None:
        """Answer until cancelled; what the owner before was asked not before it is known what was
        said around it."""
        if self._answering.busy:
            logger.info("go on with what the owner before was asked")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._reading.read_up.wait(), READ_S)
        await self._answering.run()

    async def run(self) -> None:
        """Write what is noted, until cancelled."""
        await self._checkpoint.run()

    def note(self) -> None:
        """Leave what there is now to the next owner, soon."""
        obeying = self._conductor.obeying
        mind = Mind(
            self._checkpoint.meeting,
            obeying.policy,
            obeying.state,
            obeying.kept,
            self._conductor.pending,
            self._reading.judged_to,
        )
        self._checkpoint.note(mind)

    async def keep(self) -> bool:
        """Leave it now. False where that could not be written."""
        self.note()
        return await self._checkpoint.flush()

    async def leave(self) -> None:
        """The next owner stands by: nothing more is begun here."""
        await self._answering.rest(REST_S)
        await self.keep()

    def stay(self) -> None:
        """It was not given the agent."""
        self._answering.go_on()

    async def forget(self) -> None:
        """Nobody is to take the agent over."""
        await self._checkpoint.forget()
