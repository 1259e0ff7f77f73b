"""Which instance of the control plane watches which part of all rooms."""

from __future__ import annotations

from roomhand.coordination.keys import SHARDS, control_shard
from roomhand.coordination.lease import whole_ms
from roomhand.coordination.scripts import Scripts


class ShardClaims:
    """The shards of one instance. Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts, instance: str, ttl_s: float) -> None:
        self._scripts = scripts
        self._instance = instance
        self._ttl_s = ttl_s

    async def claim(self) -> list[int]:
        """Watch every shard that nobody else watches: those that are ours for ``ttl_s`` now."""
        mine: list[int] = []
        for shard in range(SHARDS):
            answer = await self._scripts.run(
                "control_claim",
                {"shard": control_shard(shard)},
                {"instance": self._instance, "ttl_ms": whole_ms(self._ttl_s)},
            )
            if answer.word == "watching":
                mine.append(shard)
        return mine

    async def leave(self) -> None:
        """Let another instance begin at once."""
        for shard in range(SHARDS):
            await self._scripts.run(
                "control_leave", {"shard": control_shard(shard)}, {"instance": self._instance}
            )
