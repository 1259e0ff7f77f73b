"""A caller that calls too often, on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import grpc.aio
import pytest
import redis.asyncio
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc

from roomhand.control.refusals import DETAILS
from tests.worker.control.served import Served, reason_of, serving, token

pytestmark = pytest.mark.redis

LIMITED = ("RESOURCE_EXHAUSTED", "RATE_LIMITED")
SLOW: dict[str, Any] = {"control_rate_per_s": 0.01, "control_burst": 2}


@pytest.fixture
async def slow(redis_client: redis.asyncio.Redis, room_name: str) -> AsyncIterator[Served]:
    """Two calls, and then one in a hundred seconds."""
    async with serving(redis_client, room_name, **SLOW) as served:
        yield served


async def test_who_calls_too_often_is_told_when_to_call_again(slow: Served) -> None:
    """Whatever it calls, and as google.rpc.RetryInfo."""
    await slow.call("ListAgents")
    await slow.call("FloorService.GetFloor")
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await slow.call("ListAgents")
    assert reason_of(raised.value) == LIMITED
    metadata = dict(raised.value.trailing_metadata() or ())
    status, retry = Status.FromString(cast(bytes, metadata[DETAILS])), RetryInfo()
    assert status.details[1].Unpack(retry)
    assert 90_000 < retry.retry_delay.ToMilliseconds() <= 100_000
    assert await slow.refused("TranscriptsService.StreamSegments") == LIMITED


async def test_one_who_calls_too_often_costs_another_nothing(slow: Served) -> None:
    """Not a backend of another name, and not a participant of the same one."""

    async def spend(auth: str) -> None:
        for _ in range(2):
            await slow.call("ListAgents", auth)
        assert await slow.refused("ListAgents", auth) == LIMITED

    grants: dict[str, Any] = {"room_admin": True, "room": slow.room}
    await spend(token(room_join=True, **grants))
    await spend(token(**grants))
    await slow.call("ListAgents", token(identity="another", **grants))


async def test_a_token_that_is_not_good_costs_nobody_a_call(slow: Served) -> None:
    """But those who have none, for whom all such calls are counted together."""
    stranger = token(secret="another-secret-that-is-long-enough")
    assert await slow.refused("ListAgents", stranger) == ("UNAUTHENTICATED", "TOKEN_INVALID")
    assert await slow.refused("ListAgents", "") == ("UNAUTHENTICATED", "TOKEN_MISSING")
    for bearer in (stranger, ""):
        assert await slow.refused("ListAgents", bearer) == LIMITED
    await slow.call("ListAgents")


async def test_health_is_asked_for_as_often_as_one_likes(slow: Served) -> None:
    stub: Any = health_pb2_grpc.HealthStub(slow.channel)
    for _ in range(5):
        await stub.Check(health_pb2.HealthCheckRequest(), timeout=20)
