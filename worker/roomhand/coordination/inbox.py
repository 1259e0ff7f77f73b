"""Carries out an agent's commands, each at most once, in the process that owns it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from roomhand.coordination.background import Background
from roomhand.coordination.commands import Command, Outcome, Status, parse_command
from roomhand.coordination.connection import reported
from roomhand.coordination.entry import entries_of, fields_of
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Answer, Scripts, text
from roomhand.errors import (
    CommandError,
    LeaseUnknownError,
    RedisError,
    RoomhandError,
    ServiceError,
    StaleEpochError,
)

log = logging.getLogger(__name__)

_BLOCK_MS = 500
_PAGE = 16
_RETRY_S = 0.5

Handler = Callable[[Command], Awaitable[Outcome]]

_EXPIRED = Outcome(status=Status.EXPIRED, detail="nobody took it in time")
_LOST = Outcome(status=Status.LOST, detail="the process that began it ended; it may have happened")


class CommandInbox:
    """Reads the agent's commands in order and gives each to ``handler``, one at a time.

    A handler only sets things going (a long speech must not keep an interrupt waiting); after
    ``handle_s`` it is cancelled and the outcome is *failed*, as where a service is away that it
    needs. Any other RoomhandError of the handler is the outcome *refused* with its message. Before
    a command is begun it is claimed in Redis, so that neither a lost answer nor a takeover ever
    repeats one.
    """

    def __init__(
        self, scripts: Scripts, keys: RoomKeys, fence: Fence, handler: Handler, handle_s: float = 5
    ) -> None:
        self._scripts = scripts
        self._fence = fence
        self._handler = handler
        self._handle_s = handle_s
        self._commands = keys.commands(fence.agent)
        self._keys = {
            "agents": keys.agents,
            "commands": self._commands,
            "results": keys.results(fence.agent),
        }
        self._closing = asyncio.Event()
        self._reading: Background | None = None
        self._closed = False
        self._begun: tuple[str, Outcome] | None = None

    def start(self) -> None:
        """Read from now on, beginning with what waits; again after ``pause``, never after
        ``close``."""
        if self._closed:
            return
        self._closing.clear()
        self._reading = Background(self._read_for_ever(), f"inbox of {self._fence.agent}")

    async def pause(self, grace_s: float = 1.0) -> None:
        """Take nothing more until ``start``. A command in work has ``grace_s`` to end; after that
        it is cancelled, and its outcome is *lost*: to the successor, or here after ``start``."""
        self._closing.set()
        if self._reading:
            await self._reading.end(grace_s)

    async def close(self, grace_s: float = 1.0) -> None:
        """Pause for good."""
        self._closed = True
        await self.pause(grace_s)

    async def _read_for_ever(self) -> None:
        after = "0-0"
        while not self._closing.is_set():
            try:
                with reported():
                    reply = await self._scripts.client.xread(
                        {self._commands: after}, count=_PAGE, block=_BLOCK_MS
                    )
            except RedisError as error:
                log.warning("commands of %s wait: %s", self._fence.agent, error)
                await asyncio.sleep(_RETRY_S)
                continue
            for raw in entries_of(reply):
                after = text(raw[0])
                if self._closing.is_set() or not await self._settle(after, fields_of(raw)):
                    return

    async def _settle(self, entry: str, fields: dict[str, str]) -> bool:
        """Deal with one command. False where the agent is another's."""
        names = {"entry": entry, "request_id": fields["request_id"]}
        claim = names | {
            "expires_us": fields["expires_us"],
            "expired": _EXPIRED.model_dump_json(),
            "lost": _LOST.model_dump_json(),
        }
        answer = await self._insist("command_claim", claim)
        if answer is None or answer.word != "claimed":
            return answer is not None
        outcome = await self._once(entry, fields["body"])
        finish = names | {"outcome": outcome.model_dump_json()}
        return await self._insist("command_finish", finish) is not None

    async def _once(self, entry: str, body: str) -> Outcome:
        """Redis lets the same process claim again, for an answer may be lost: what was begun before
        a pause is not begun anew."""
        if self._begun is None or self._begun[0] != entry:
            self._begun = (entry, _LOST)
            self._begun = (entry, await self._carry_out(body))
        return self._begun[1]

    async def _carry_out(self, body: str) -> Outcome:
        try:
            command = parse_command(body)
            async with asyncio.timeout(self._handle_s):
                return await self._handler(command)
        except CommandError as error:
            return Outcome(status=Status.REFUSED, detail=str(error))
        except TimeoutError:
            return Outcome(status=Status.FAILED, detail=f"not done within {self._handle_s:g} s")
        except ServiceError as error:
            return Outcome(status=Status.FAILED, detail=str(error))
        except RoomhandError as error:
            return Outcome(status=Status.REFUSED, detail=str(error))
        except Exception:
            log.exception("a command of %s failed", self._fence.agent)
            return Outcome(status=Status.FAILED, detail="an internal error; see the agent's log")

    async def _insist(self, name: str, args: dict[str, str]) -> Answer | None:
        """Run a script until Redis answers. None where the epoch is over."""
        fenced: dict[str, str | int] = {
            "agent": self._fence.agent,
            "epoch": self._fence.epoch,
            **args,
        }
        while True:
            try:
                return accepted(await self._scripts.run(name, self._keys, fenced), self._fence)
            except StaleEpochError:
                log.warning("commands of %s are another's", self._fence.agent)
                return None
            except (RedisError, LeaseUnknownError) as error:
                log.warning("commands of %s wait: %s", self._fence.agent, error)
                await asyncio.sleep(_RETRY_S)
