"""Who may call each method of every service: by every kind of token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import redis.asyncio

from roomhand.coordination.floor import FloorStore
from tests.worker.control.api_stage import api_stage
from tests.worker.control.methods import METHODS, Known
from tests.worker.control.served import Served, reason_of, token
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.redis

NAMES = tuple(METHODS)
SCOPES = ("floor", "transcript", "operator")


@pytest.fixture
async def served(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[Served]:
    """A room with a past: whatever is told one by one has something to tell at once."""
    async with api_stage(redis_client, room_name, tmp_path) as stage:
        floor = FloorStore(stage.scripts, stage.keys)
        await floor.hold("ann")
        await floor.resume("ann")
        await stage.end(await stage.meet(spoken(1)))
        await stage.go()
        yield stage.served


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_calls_without_a_token_that_is_good(served: Served, name: str) -> None:
    """None, expired, of another key, of another secret, or no token at all."""
    assert await served.refused(name, "") == ("UNAUTHENTICATED", "TOKEN_MISSING")
    grants: dict[str, Any] = {"room_admin": True, "room_list": True, "room": served.room}
    wrong = (
        token(ttl_s=-3600, **grants),
        token(key="other", **grants),
        token(secret="another-secret-that-is-long-enough", **grants),
        "no.token.atall",
    )
    for auth in wrong:
        assert await served.refused(name, auth) == ("UNAUTHENTICATED", "TOKEN_INVALID")


def grants_of(room: str) -> Mapping[str, dict[str, Any]]:
    """Tokens of all kinds, by what they are."""
    every = " ".join(SCOPES)
    scoped = {f"{scope} here": {"room": room, "scopes": scope} for scope in SCOPES}
    listing = {f"{scope} lists": {"room_list": True, "scopes": scope} for scope in SCOPES}
    return {
        "admin here": {"room_admin": True, "room": room},
        "admin there": {"room_admin": True, "room": "another", "scopes": every},
        "admin nowhere": {"room_admin": True, "scopes": every},
        "all there": {"room": "another", "scopes": every},
        "joins with all": {"room_join": True, "room": room, "room_list": True, "scopes": every},
        "joins": {"room_join": True, "room": room},
        "lists": {"room_list": True},
        "nothing": {},
        **scoped,
        **listing,
    }


def may(known: Known, kind: str) -> bool:
    """Whether a token of this kind is enough, by the protocol."""
    if known.of_room:
        return kind == "admin here" or (kind == f"{known.scope} here")
    return kind == f"{known.scope} lists"


@pytest.mark.parametrize("name", NAMES)
async def test_who_may_call_it_is_as_the_protocol_says(served: Served, name: str) -> None:
    """Of every method by every kind of token: another room, another scope, one who joins."""
    known = METHODS[name].known
    for kind, grants in grants_of(served.room).items():
        try:
            await served.call(name, token(**grants))
            told = ("OK", "")
        except grpc.aio.AioRpcError as error:
            told = reason_of(error)
        refused = told == ("PERMISSION_DENIED", "GRANT_MISSING")
        assert refused is not may(known, kind), (kind, told)


async def test_who_may_list_rooms_lists_the_agents_of_all(served: Served) -> None:
    """Every kind of token again: ListAgents without a room needs ``video.roomList``, and no more.
    An admin of one room, and all scopes without it, are not enough."""
    for kind, grants in grants_of(served.room).items():
        may_list = grants.get("room_list", False)
        try:
            await served.call("ListAgents", token(**grants), room="")
            told = ("OK", "")
        except grpc.aio.AioRpcError as error:
            told = reason_of(error)
        expected = ("OK", "") if may_list else ("PERMISSION_DENIED", "GRANT_MISSING")
        assert told == expected, kind
