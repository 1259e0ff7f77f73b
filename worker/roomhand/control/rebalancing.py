"""Has one agent at a time go from the fullest worker to the emptiest: ``balance`` decides whom.

The agent's own process hands it over, at a quiet moment, and only the worker that was chosen takes
it. Where that one is gone or full by then, nobody comes, and the agent stays where it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from roomhand import metrics
from roomhand.control.balance import Balancer, BalanceTerms, Transfer
from roomhand.coordination.commands import CommandSender, Move, Status
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.workers import SeenWorker, WorkerBoard
from roomhand.errors import RoomhandError

logger = logging.getLogger(__name__)

SHARD = 0
"""Whoever watches it moves agents, and nobody else."""
LOOK_S = 15.0
"""A gap has to last from one look to the next: an agent is asked 15 to 30 s after it opened."""


class Rebalancing:
    """Among the workers of one name. ``is_ours``: whether this instance is the one that does it."""

    def __init__(
        self,
        scripts: Scripts,
        worker_name: str,
        is_ours: Callable[[], bool],
        *,
        terms: BalanceTerms | None = None,
        look_s: float = LOOK_S,
    ) -> None:
        self._scripts = scripts
        self._board = WorkerBoard(scripts)
        self._worker_name = worker_name
        self._is_ours = is_ours
        self._terms = terms
        self._look_s = look_s
        self._balancer = Balancer(terms)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except RoomhandError as error:
                logger.warning("agents not rebalanced", extra={"error": str(error)})
            await asyncio.sleep(self._look_s)

    async def look(self) -> None:
        """Once. Raises RedisError."""
        if not self._is_ours():
            self._balancer = Balancer(self._terms)
            return
        workers = [one for one in await self._board.all() if one.record.name == self._worker_name]
        now_s = await self._board.now_s()
        self._settle(now_s, workers)
        transfer = self._balancer.choose(now_s, workers)
        if transfer is not None and self._is_ours():
            await self._ask(transfer)

    def _settle(self, now_s: float, workers: Sequence[SeenWorker]) -> None:
        if (settled := self._balancer.settle(now_s, workers)) is None:
            return
        transfer, came = settled
        outcome = "moved" if came else "stayed"
        metrics.AGENTS_REBALANCED.labels(outcome).inc()
        logger.info("rebalanced", extra=_told(transfer) | {"outcome": outcome})

    async def _ask(self, transfer: Transfer) -> None:
        """What becomes of it is seen on the board."""
        logger.info("a worker is fuller than another: moving an agent", extra=_told(transfer))
        sender = CommandSender(self._scripts, RoomKeys(transfer.place.room))
        outcome = await sender.send(transfer.place.agent, Move(worker=transfer.target))
        if outcome.status is not Status.DONE:
            told = {"status": outcome.status, "error": outcome.detail}
            logger.warning("the agent does not move", extra=_told(transfer) | told)


def _told(transfer: Transfer) -> dict[str, object]:
    place = transfer.place
    return {
        "room": place.room,
        "agent": place.agent,
        "from": transfer.source,
        "to": transfer.target,
        "from_load": round(transfer.source_load, 2),
        "to_load": round(transfer.target_load, 2),
    }
