"""Presence: the agent's state as attributes of its participant, for any LiveKit client.

Attributes must never hold up speech: to set one usually takes milliseconds, but now and then
seconds. So ``show`` only notes the newest state, and one task writes what has changed since the
last writing that the room has confirmed; states that come and go meanwhile are never written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from livekit import rtc

from roomhand.coordination.background import Background
from roomhand.room import attributes
from roomhand.turns.visible import Visible

STATE_ATTRIBUTE = "lk.agent.state"
"""LiveKit's name for what an agent is doing; its front ends show it."""
FLOOR_ATTRIBUTE = "roomhand.floor"
"""Where the agent stands with the floor."""


class Presence:
    """Writes one participant's attributes."""

    def __init__(
        self,
        room: rtc.Room,
        *,
        write_limit_s: float = attributes.WRITE_LIMIT_S,
        again_s: float = attributes.AGAIN_S,
    ) -> None:
        """``write_limit_s``: for one writing; ``again_s``: between a failed one and the next."""
        self._room = room
        self._write_limit_s = write_limit_s
        self._again_s = again_s
        self._wanted: dict[str, str] = {}
        self._confirmed: dict[str, str] = {}
        self._wake = asyncio.Event()
        self._task: Background | None = None
        self.written = 0
        self.failed = 0
        """Writings that the room did not confirm in time; each was followed by another."""

    def open(self) -> None:
        """Begin to write."""
        self._room.on("reconnected", self._write_all_again)
        self._task = Background(self._write_for_ever(), "presence")

    def show(self, seen: Visible) -> None:
        """This is the state now. Returns at once."""
        wanted = {STATE_ATTRIBUTE: str(seen.agent), FLOOR_ATTRIBUTE: seen.floor}
        if wanted != self._wanted:
            self._wanted = wanted
            self._wake.set()

    async def close(self) -> None:
        """Write no more. Calling again does nothing."""
        if self._task is not None:
            self._room.off("reconnected", self._write_all_again)
            await self._task.end()
            self._task = None

    def _write_all_again(self) -> None:
        """A new connection begins with the attributes of its token."""
        self._confirmed.clear()
        self._wake.set()

    async def _write_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            changed = _changes(self._wanted, self._confirmed)
            if changed and not await self._write(changed):
                await asyncio.sleep(self._again_s)
                self._wake.set()

    async def _write(self, changed: Mapping[str, str]) -> bool:
        self._confirmed |= changed
        if await attributes.write(self._room, changed, self._write_limit_s):
            self.written += 1
            return True
        self.failed += 1
        self._confirmed.clear()
        return False


def _changes(wanted: Mapping[str, str], confirmed: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if confirmed.get(name) != value}
