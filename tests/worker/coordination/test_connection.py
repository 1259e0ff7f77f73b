"""The way to Redis, and what is said when it is barred."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from roomhand.coordination.connection import (
    _require_version,
    connect,
    faults_of,
    open_client,
    shown,
)
from roomhand.errors import RedisError
from tests.sim import servers


@pytest.mark.redis
async def test_a_fit_redis_says_what_it_is(redis_server: servers.Redis) -> None:
    """Doctor prints these."""
    client, facts = await connect(redis_server.url)
    assert facts.product in ("redis", "valkey")
    assert int(facts.version.split(".")[0]) >= 7
    assert facts.eviction == "noeviction"
    assert not facts.cluster
    await client.aclose()


@pytest.mark.redis
async def test_whether_redis_answers_is_told_for_a_page_of_health(
    redis_client: redis.asyncio.Redis, unused_tcp_port: int
) -> None:
    """By the kind of the error alone: the page is anybody's to read."""
    assert await faults_of(redis_client) == {}
    async with open_client(f"redis://:secret@127.0.0.1:{unused_tcp_port}") as nowhere:
        assert await faults_of(nowhere) == {"redis": "ConnectionError"}


@pytest.mark.redis
async def test_a_port_where_nobody_is(unused_tcp_port: int) -> None:
    """Named without the password."""
    with pytest.raises(RedisError, match=f"127.0.0.1:{unused_tcp_port} cannot be reached") as said:
        await connect(f"redis://user:s3cret@127.0.0.1:{unused_tcp_port}/0")
    assert "s3cret" not in str(said.value)


@pytest.mark.redis
async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is bounded."""
    monkeypatch.setattr("roomhand.coordination.connection.ANSWER_TIMEOUT_S", 0.1)
    monkeypatch.setattr("roomhand.coordination.connection.CONNECT_TIMEOUT_S", 0.1)
    closing = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await closing.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(10):
        with pytest.raises(RedisError, match="does not answer in time"):
            await connect(f"redis://127.0.0.1:{port}/0")
    closing.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def admin(redis_server: servers.Redis) -> AsyncIterator[redis.asyncio.Redis]:
    """Makes users that may not do everything, and removes them."""
    client = redis.asyncio.Redis.from_url(redis_server.url)
    yield client
    await client.acl_deluser("barred")
    await client.aclose()


@pytest.mark.redis
@pytest.mark.parametrize(
    ("barred", "password", "message"),
    [
        ([], "wrong", "refuses the user or password"),
        (["-eval", "-evalsha"], "right", "does not allow this user|Lua scripts"),
        (["-info"], "right", "does not allow this user"),
    ],
)
async def test_a_user_who_may_not_is_told_so(
    redis_server: servers.Redis,
    admin: redis.asyncio.Redis,
    barred: list[str],
    password: str,
    message: str,
) -> None:
    """What is missing, and where to mend it."""
    await admin.acl_setuser(
        "barred",
        enabled=True,
        reset=True,
        passwords="+right",
        keys=["*"],
        categories=["+@all"],
        commands=barred,
    )
    address = redis_server.url.removeprefix("redis://")
    with pytest.raises(RedisError, match=message):
        await connect(f"redis://barred:{password}@{address}")


@pytest.mark.unit
@pytest.mark.parametrize("version", ["6.2.14", "5.0.3"])
def test_an_old_redis_is_refused(version: str) -> None:
    """Scripts and streams are used as Redis 7.0 has them."""
    with pytest.raises(RedisError, match=r"Use Redis 7\.0"):
        _require_version(version, "Redis")
    _require_version("7.0.15", "Redis")
    _require_version("10.1", "Redis")


@pytest.mark.unit
def test_an_address_that_is_none_is_an_error() -> None:
    """Not a traceback of the client."""
    with pytest.raises(RedisError, match="REDIS_URL"):
        open_client("http://example")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://u:p@10.0.0.1:7000/3", "Redis at 10.0.0.1:7000"),
        ("rediss://cache", "Redis at cache:6379"),
        ("unix:///run/redis.sock", "Redis at /run/redis.sock"),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, name: str) -> None:
    """Messages end up in logs."""
    assert shown(url) == name
