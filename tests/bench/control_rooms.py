"""Simulated rooms for the control bench: each has an agent that is wanted, owned and renewed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import redis.asyncio
from redis.asyncio.lock import Lock

from roomhand.coordination.commands import Command, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Granted, LeaseStore
from roomhand.coordination.ownership import LeaseTerms
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Answer, Scripts, load_script
from roomhand.coordination.wanted import WantedStore

AGENT, OWNER = "sage", "AW_bench/AJ_bench"
TERMS = LeaseTerms()
TTL_MS = round(TERMS.ttl_s * 1000)
EVERY_S = 0.9 * TERMS.renew_s
"""Between two renewals of a keeper, on average."""
BATCHES = 20
"""Into which the renewals of all rooms are divided, so that they do not come at once."""
BLOCK_MS = 500


@dataclass(frozen=True, slots=True)
class Owned:
    """A room and the epoch under which its agent is owned."""

    room: str
    keys: RoomKeys
    fence: Fence
    lock: Lock
    """Of redis-py, for comparison."""


async def want(client: redis.asyncio.Redis, count: int) -> list[str]:
    """So many new rooms that want an agent, which is due now."""
    rooms = [f"bench-control-{uuid4().hex[:12]}" for _ in range(count)]
    for room in rooms:
        await WantedStore(Scripts(client), RoomKeys(room)).start(AGENT, "bench")
        await Hints(client).due_at(Place(room, AGENT), 0)
    return rooms


async def own(client: redis.asyncio.Redis, rooms: Sequence[str]) -> list[Owned]:
    """Own the agent of each, and be its scribe."""
    owned = []
    for room in rooms:
        keys = RoomKeys(room)
        leases = LeaseStore(Scripts(client), keys)
        fence = Fence(AGENT, await leases.reserve(AGENT))
        await leases.acquire(AGENT, fence.epoch, OWNER, 600)
        await ScribeStore(Scripts(client), keys).claim(fence, 600)
        lock = Lock(client, f"lock:{room}", timeout=600, thread_local=False)
        await lock.acquire()
        owned.append(Owned(room, keys, fence, lock))
    return owned


async def as_keeper(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """What a keeper does in its turn: lease and scribe of one agent in one request."""
    scripts = Scripts(client)
    for one in rooms:
        claiming = ScribeStore(scripts, one.keys).claiming(
            one.fence, TERMS.ttl_s, able=True, heard_to_s=0.0
        )
        lease, scribe = await LeaseStore(scripts, one.keys).renew_beside(
            AGENT, one.fence.epoch, OWNER, TERMS.ttl_s, claiming
        )
        assert isinstance(lease, Granted), lease
        assert isinstance(scribe, Answer), scribe
        assert scribe.word == "granted", scribe


async def one_by_one(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """The lease, then the scribe, one call after the other."""
    for one in rooms:
        await _renew_lease(client, one)
        await ScribeStore(Scripts(client), one.keys).claim(one.fence, TERMS.ttl_s)


async def lease_alone(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """Without the scribe."""
    for one in rooms:
        await _renew_lease(client, one)


async def _renew_lease(client: redis.asyncio.Redis, one: Owned) -> None:
    leases = LeaseStore(Scripts(client), one.keys)
    answer = await leases.renew(AGENT, one.fence.epoch, OWNER, TERMS.ttl_s)
    assert isinstance(answer, Granted), answer


async def pipelined(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """The same two scripts of all rooms in one request, as a process with many agents might."""
    lease, scribe = load_script("lease_renew"), load_script("scribe_claim")
    pipe = client.pipeline(transaction=False)
    for one in rooms:
        epoch, agents = one.fence.epoch, one.keys.agents
        pipe.evalsha(lease.sha, 1, agents, AGENT, epoch, OWNER, TTL_MS)
        pipe.evalsha(scribe.sha, 2, agents, one.keys.scribe, AGENT, epoch, TTL_MS, 1, 0)
    for answer in await pipe.execute():
        assert answer[0] == b"granted", answer


async def get_and_set(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """The naive way, which is not safe: look who owns it, then move the expiry."""
    for one in rooms:
        key, owner = f"naive:{one.room}", OWNER.encode()
        if await client.get(key) in (None, owner):
            await client.set(key, owner, px=TTL_MS)


async def redis_lock(_: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """redis-py's own lock: a script, which knows neither epochs nor Redis time."""
    for one in rooms:
        await one.lock.reacquire()


WAYS: Mapping[str, Callable[[redis.asyncio.Redis, Sequence[Owned]], Awaitable[None]]] = {
    "keeper": as_keeper,
    "one_by_one": one_by_one,
    "pipelined": pipelined,
    "lease_alone": lease_alone,
    "get_and_set": get_and_set,
    "redis_lock": redis_lock,
}
"""How the leases of some rooms can be renewed, once each. Raises AssertionError where one of ours
is refused."""


@asynccontextmanager
async def living(
    client: redis.asyncio.Redis, port: int, rooms: Sequence[Owned], obeying: Sequence[Owned]
) -> AsyncIterator[None]:
    """All rooms renew in their rhythm, and wait for commands; those of ``obeying`` obey them."""
    inboxes = [CommandInbox(Scripts(client), one.keys, one.fence, _obey) for one in obeying]
    for inbox in inboxes:
        inbox.start()
    waiting = [_Waiting(one.keys.commands(AGENT)) for one in rooms if one not in obeying]
    loop = asyncio.get_running_loop()
    for one in waiting:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)  # type: ignore[misc]
    renewing = asyncio.create_task(_renew_for_ever(client, rooms))
    try:
        yield
        if renewing.done():
            renewing.result()
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        for one in waiting:
            one.close()
        for inbox in inboxes:
            await inbox.close()


async def _obey(_: Command) -> Outcome:
    return Outcome(status=Status.DONE, detail="done")


async def _renew_for_ever(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    parts = [part for at in range(BATCHES) if (part := rooms[at::BATCHES])]
    loop = asyncio.get_running_loop()
    next_s = loop.time()
    while True:
        for part in parts:
            await as_keeper(client, part)
            next_s += EVERY_S / len(parts)
            await asyncio.sleep(max(0.0, next_s - loop.time()))


@dataclass
class _Waiting(asyncio.Protocol):
    """Reads a command stream in which nothing comes, as an inbox does: its own connection, and a
    blocking read after the other. A client for each room would cost more than what is measured."""

    stream: str
    _read: bytes = field(init=False, repr=False)
    _transport: asyncio.Transport | None = None

    def __post_init__(self) -> None:
        words = ["XREAD", "COUNT", "16", "BLOCK", str(BLOCK_MS), "STREAMS", self.stream, "0-0"]
        sent = [b"$%d\r\n%s\r\n" % (len(word), word) for word in map(str.encode, words)]
        self._read = b"*%d\r\n%s" % (len(words), b"".join(sent))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Read."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._read)

    def data_received(self, data: bytes) -> None:
        """Nothing has come: read again."""
        assert data == b"*-1\r\n", data
        assert self._transport is not None
        self._transport.write(self._read)

    def close(self) -> None:
        """Read no more."""
        if self._transport is not None:
            self._transport.abort()
