"""What a successor of an agent's owner needs that is in no transcript."""

from __future__ import annotations

from roomhand.coordination.connection import reported
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts, text


class MemoryStore:
    """Of the agents of one room. Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._scripts = scripts
        self._keys = keys

    async def write(self, fence: Fence, mind: str) -> None:
        """Keep this instead of what is kept; empty: nothing. Raises as ``fencing.accepted``."""
        answer = await self._scripts.run(
            "memory_write",
            {"agents": self._keys.agents, "memory": self._keys.memory(fence.agent)},
            {"agent": fence.agent, "epoch": fence.epoch, "mind": mind},
        )
        accepted(answer, fence)

    async def forget(self, agent: str, meeting: str) -> None:
        """Keep nothing of a meeting that is erased."""
        await self._scripts.run(
            "memory_forget", {"memory": self._keys.memory(agent)}, {"meeting": meeting}
        )

    async def read(self, agent: str) -> str:
        """What is kept; empty where nothing is."""
        with reported():
            mind = await self._scripts.client.hget(self._keys.memory(agent), "mind")
        return "" if mind is None else text(mind)
