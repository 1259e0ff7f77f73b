"""Health of the API as load balancers ask for it, on real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from roomhand.control import readiness
from roomhand.control.api import SERVICES
from roomhand.control.readiness import Readiness
from tests.sim import servers
from tests.worker.command_line import CommandLine
from tests.worker.control.served import Served

NAMES = ("", *SERVICES)
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def shown(channel: grpc.aio.Channel, name: str = "") -> Any:
    """What it tells of a service."""
    stub: Any = health_pb2_grpc.HealthStub(channel)
    return (await stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=20)).status


@pytest.mark.redis
async def test_the_health_of_every_service_is_served(served: Served) -> None:
    """As Kubernetes asks for it."""
    assert [await shown(served.channel, name) for name in NAMES] == [SERVING] * len(NAMES)


@pytest.mark.unit
async def test_who_watches_is_told_of_what_is_wrong_and_of_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of each service, once for each change, and at last that it ends."""
    monkeypatch.setattr(readiness, "LOOK_S", 0.01)
    faults: dict[str, str] = {}

    async def look() -> Mapping[str, str]:
        return faults

    shows = Readiness(SERVICES, look)
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(shows.servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    await shows.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        requests = [health_pb2.HealthCheckRequest(service=name) for name in NAMES]
        watching = [stub.Watch(one, timeout=20) for one in requests]

        async def told() -> set[Any]:
            return {(await one.read()).status for one in watching}

        assert await told() == {SERVING}
        for found, expected in (({"redis": "away"}, NOT_SERVING), ({}, SERVING)):
            faults.clear()
            faults.update(found)
            assert await told() == {expected}
        await shows.close()
        assert await told() == {NOT_SERVING}
    await server.stop(0)


@pytest.fixture
async def alone(
    roomhand: CommandLine,
) -> AsyncIterator[tuple[servers.Redis, grpc.aio.Channel]]:
    """A control plane that runs on a Redis of its own."""
    port = servers.free_port()
    ports = {"ROOMHAND_CONTROL_GRPC_PORT": str(port), "ROOMHAND_CONTROL_HTTP_PORT": "0"}
    with servers.redis_server(port=servers.free_port()) as own:
        process = roomhand.start("control", **ports, REDIS_URL=own.url)
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                async with asyncio.timeout(60):
                    await channel.channel_ready()
                yield own, channel
                assert process.poll() is None
        finally:
            process.kill()
            process.communicate(timeout=10)


async def until_shown(channel: grpc.aio.Channel, status: Any, limit_s: float = 30) -> None:
    """All services show it."""
    deadline_s = time.monotonic() + limit_s
    while {await shown(channel, name) for name in NAMES} != {status}:
        assert time.monotonic() < deadline_s, f"not shown within {limit_s:g} s"
        await asyncio.sleep(0.1)


@pytest.mark.redis
@pytest.mark.livekit
async def test_while_redis_is_away_nothing_is_served_and_all_is_again_after_it(
    alone: tuple[servers.Redis, grpc.aio.Channel],
) -> None:
    """By the process as it is started."""
    own, channel = alone
    await until_shown(channel, SERVING)
    assert own.process is not None
    await asyncio.to_thread(_ended, own)
    await until_shown(channel, NOT_SERVING)
    port = int(own.url.rpartition(":")[2].partition("/")[0])
    with servers.redis_server(port=port):
        await until_shown(channel, SERVING)


def _ended(own: servers.Redis) -> None:
    assert own.process is not None
    own.process.terminate()
    own.process.wait(10)
