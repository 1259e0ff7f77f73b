"""One scenario, two floors: what is done to the pure floor is done to the scripts on a real Redis.

Both take an ``Action`` at a time, by a clock that only the scenario moves: in the scripts just the
line that asks Redis for the time is another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import Any, Protocol
from uuid import uuid4

import redis.asyncio

from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore, Grant
from roomhand.coordination.floor_view import FloorView
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Script, Scripts
from roomhand.turns.floor import Floor
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import FloorRequest
from roomhand.turns.questions import Reason
from tests.worker.floor_in_memory import MemoryFloor

START_S = 1_700_000_000
TTL_S = 2.0
TICK_S = 1
Action = tuple[str, ...]
"""What is done, and by or to whom: ("ask", "sage"), ("tick",), ("speech", "sage")."""
TRACK = "TR_1"
OLD_NUMBER = 1
"""Of a grant from before the scenario."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the requests of one agent are like. Short, so that few states are reachable."""

    reason: Reason = Reason.ADDRESS
    priority: int = 5
    worth_ms: int = 3000
    begin_ms: int = 1
    max_talk_ms: int = 2000
    grace_ms: int = 1000
    turns_limit: int = 1

    def request(self, request_id: str) -> FloorRequest:
        """The request with an id."""
        return FloorRequest(
            id=request_id,
            reason=self.reason,
            priority=self.priority,
            worth_ms=self.worth_ms,
            begin_ms=self.begin_ms,
            max_talk_ms=self.max_talk_ms,
            grace_ms=self.grace_ms,
            turns_limit=self.turns_limit,
        )


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = float(START_S)

    def __call__(self) -> float:
        return self.now_s


class Stage(Protocol):
    """What differs between the two."""

    store: Any

    async def tick(self) -> None:
        """A second passes."""

    async def crash(self, agent: str) -> None:
        """The agent's epoch is over; it has another owner."""

    async def forget(self) -> None:
        """Redis loses its data; every agent has its lease again before anything else happens."""

    async def log(self) -> list[Event]:
        """Everything that was told."""

    def fence(self, agent: str) -> Fence:
        """Under which the agent writes now."""


class InMemory:
    """The pure floor."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = MemoryFloor(self.clock, TTL_S)

    async def tick(self) -> None:
        self.clock.now_s += TICK_S

    async def crash(self, agent: str) -> None:
        self.store.floor.lose(agent)

    async def forget(self) -> None:
        now_us = round(self.clock() * 1_000_000)
        self.store.floor = Floor(self.store.floor.ttl_us, now_us=now_us, forgot_us=now_us)

    async def log(self) -> list[Event]:
        return self.store.floor.log

    def fence(self, agent: str) -> Fence:
        return Fence(agent, 1)


class InRedis:
    """The scripts, by a clock of the test."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self.client = client
        self.clock = Clock()
        self.keys = RoomKeys(f"scenario-{uuid4().hex[:12]}")
        scripts = ClockedScripts(client, f"{self.keys.floor}:clock")
        self.scripts = scripts
        self.leases = LeaseStore(scripts, self.keys)
        self.store = FloorStore(scripts, self.keys, TTL_S, self.clock)
        self.fences: dict[str, Fence] = {}

    async def own(self, *agents: str) -> None:
        """Every agent has an owner."""
        await self.scripts.set_clock(START_S)
        for agent in agents:
            epoch = await self.leases.reserve(agent)
            await self.leases.acquire(agent, epoch, "owner", 600)
            self.fences[agent] = Fence(agent, epoch)

    async def tick(self) -> None:
        self.clock.now_s += TICK_S
        await self.scripts.set_clock(round(self.clock.now_s))

    async def crash(self, agent: str) -> None:
        epoch = await self.leases.reserve(agent)
        await self.leases.transfer(agent, self.fences[agent].epoch, epoch, "owner", 600)
        self.fences[agent] = Fence(agent, epoch)

    async def forget(self) -> None:
        await self._delete()
        for agent, fence in self.fences.items():
            await self.leases.acquire(agent, fence.epoch, "owner", 600)

    async def log(self) -> list[Event]:
        return await logged(self.client, self.keys)

    def fence(self, agent: str) -> Fence:
        return self.fences[agent]

    async def clear(self) -> None:
        """Leave nothing behind."""
        await self._delete()
        await self.client.delete(self.scripts.clock)

    async def _delete(self) -> None:
        keys = self.keys
        await self.client.delete(
            keys.agents, keys.floor, keys.floor_queue, keys.floor_requests, keys.floor_log,
            keys.speaking,
        )  # fmt: skip


async def logged(client: redis.asyncio.Redis, keys: RoomKeys) -> list[Event]:
    """All that the log of a room's floor keeps, the oldest first."""
    entries: list[Any] = await client.xrange(keys.floor_log) or []
    return [Event.from_json(fields[b"event"]) for _, fields in entries]


class ClockedScripts(Scripts):
    """Scripts whose Redis time is what a key holds."""

    def __init__(self, client: redis.asyncio.Redis, clock: str) -> None:
        super().__init__(client)
        self.clock = clock

    async def set_clock(self, seconds: int) -> None:
        """It is so many seconds now."""
        await self.client.set(self.clock, seconds)

    async def _evaluate(self, script: Script, ordered: list[str]) -> list[bytes | str]:
        asked = "redis.call('TIME')"
        assert script.source.count(asked) == 1
        told = f"{{redis.call('GET', '{self.clock}'), '0'}}"
        return await super()._evaluate(
            changed(script, source=script.source.replace(asked, told)), ordered
        )


@dataclass
class Player:
    """Plays actions on one stage, as agents that remember what they asked and were granted."""

    stage: Stage
    wishes: Mapping[str, Wish]
    asked: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    heard: dict[str, set[str]] = field(default_factory=dict)

    async def play(self, action: Action) -> tuple[object, FloorView]:
        """Do it; the answer in words that can be compared, and what anybody sees then."""
        what, *on = action
        answer = await getattr(self, f"_{what}")(*on)
        view: FloorView = await self.stage.store.view()
        if view.holder:
            self.numbers[view.holder.agent] = view.holder.number
        return _comparable(answer), view

    async def _ask(self, agent: str) -> object:
        self.asked[agent] = self.asked.get(agent, 0) + 1
        return await self._poll(agent)

    async def _poll(self, agent: str) -> object:
        wish = self.wishes[agent].request(self._request_id(agent))
        return await self.stage.store.request(self.stage.fence(agent), wish)

    async def _renew(self, agent: str, *, begun: bool = False) -> object:
        grant = Grant(self.numbers.get(agent, 0), agent, 0.0)
        return await self.stage.store.renew(self.stage.fence(agent), grant, begun=begun)

    async def _begin(self, agent: str) -> object:
        return await self._renew(agent, begun=True)

    async def _late(self, agent: str) -> object:
        """What the agent sent about its request before this one comes only now."""
        fence, store = self.stage.fence(agent), self.stage.store
        released = await store.release(fence, self._request_id(agent, before=1))
        return released, await store.renew(fence, Grant(OLD_NUMBER, agent, 0.0), begun=True)

    async def _release(self, agent: str) -> object:
        return await self.stage.store.release(self.stage.fence(agent), self._request_id(agent))

    def _request_id(self, agent: str, *, before: int = 0) -> str:
        """Of the agent's newest request, or of one that came before it."""
        return f"{agent}-{self.asked.get(agent, 0) - before}"

    async def _speech(self, reporter: str) -> object:
        heard = self.heard.setdefault(reporter, set())
        heard ^= {TRACK}
        return await self.stage.store.report(self.stage.fence(reporter), heard)

    async def _refresh(self, reporter: str) -> object:
        heard = self.heard.get(reporter, set())
        return await self.stage.store.report(self.stage.fence(reporter), heard)

    async def _crash(self, agent: str) -> None:
        self.heard.pop(agent, None)
        await self.stage.crash(agent)

    async def _forget(self) -> None:
        await self.stage.forget()

    async def _tick(self) -> None:
        await self.stage.tick()

    async def _hold(self) -> object:
        return await self.stage.store.hold("ann")

    async def _resume(self) -> object:
        return await self.stage.store.resume("ann")

    async def _give(self, agent: str) -> object:
        return await self.stage.store.give(agent, "ann")

    async def _take(self) -> object:
        return await self.stage.store.take("ann")


def _comparable(answer: object) -> object:
    if not isinstance(answer, Grant):
        return answer
    times = (answer.valid_until_s, answer.talk_until_s, answer.ends_s)
    return answer.number, answer.agent, [round(at_s, 3) for at_s in times]


async def replay(actions: Sequence[Action], wishes: Mapping[str, Wish], there: InRedis) -> None:
    """Play on both. Raises AssertionError where they disagree, with what was done until then."""
    here = InMemory()
    await there.own(*wishes)
    pure, real = Player(here, wishes), Player(there, wishes)
    for number, action in enumerate(actions, 1):
        done = actions[:number]
        assert await pure.play(action) == await real.play(action), done
    for player in (pure, real):
        await player.play(("resume",))
    assert await here.log() == await there.log(), actions
    await there.clear()
