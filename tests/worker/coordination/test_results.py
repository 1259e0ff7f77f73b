"""What became of requests is kept for a sender that asks again, and is bounded in a long room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import uuid4

import pytest

from roomhand.coordination.floor import FloorStore
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from tests.worker.coordination.conftest import Own

pytestmark = pytest.mark.redis

Carry: TypeAlias = Callable[[str], Awaitable[object]]
KEPT = 1000


async def settle(scripts: Scripts, keys: RoomKeys, carry: Carry, key: str) -> int:
    """Carry out more requests than are kept; how long the hash of results is then."""
    first, newest = uuid4().hex, uuid4().hex
    await carry(first)
    for _ in range(KEPT - 1):
        await carry(uuid4().hex)
    known = await scripts.client.hlen(key)
    await carry(first)
    assert await scripts.client.hlen(key) == known, "it was among the newest thousand"
    for _ in range(50):
        await carry(newest)
        newest = uuid4().hex
    assert await scripts.client.hlen(key) == known, "as many are forgotten as are new"
    return int(known)


async def test_answers_to_moderators_are_bounded(scripts: Scripts, keys: RoomKeys) -> None:
    """Of a front end that holds and resumes for weeks."""
    floor = FloorStore(scripts, keys)

    async def carry(request_id: str) -> None:
        await floor.hold("ann", request_id)

    assert await settle(scripts, keys, carry, keys.floor_results) == 2 * KEPT + 1


async def test_outcomes_of_commands_are_bounded(scripts: Scripts, keys: RoomKeys, own: Own) -> None:
    """Each is sent and finished; what else is asked of an agent counts among them."""
    sage = await own("sage")
    wanted = WantedStore(scripts, keys)
    await wanted.start("sage", "test")
    there = {"agents": keys.agents, "commands": keys.commands("sage")}
    there |= {"results": keys.results("sage")}

    async def carry(request_id: str) -> None:
        if request_id.endswith("0"):
            await wanted.instruct("sage", "be brief", request_id)
            return
        args: dict[str, str | int] = {"agent": "sage", "request_id": request_id}
        told = args | {"body": "{}", "ttl_ms": 60_000, "limit": 10_000, "waits": 0}
        sent = await scripts.run("command_send", there | {"wanted": keys.wanted}, told)
        if sent.word == "sent":
            done = args | {"epoch": sage.epoch, "entry": "0-1", "outcome": '{"status": "done"}'}
            await scripts.run("command_finish", there, done)

    assert await settle(scripts, keys, carry, keys.results("sage")) == 2 * KEPT + 1
    assert await scripts.client.hget(keys.results("sage"), "~last") is not None
