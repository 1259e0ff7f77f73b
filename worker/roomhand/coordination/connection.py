"""The way to Redis: a client with bounded waits, and errors that say what to do."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import redis.asyncio
from redis import exceptions
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from roomhand.errors import RedisError

MINIMUM = (7, 0)
CONNECT_TIMEOUT_S = 2.0
ANSWER_TIMEOUT_S = 3.0
"""Longer than any blocking read that we make."""
PING_S = 1.0


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """What answers at the address."""

    product: str
    """``redis`` or ``valkey``."""
    version: str
    cluster: bool
    eviction: str
    """``noeviction`` is the safe policy: any other may throw a lease away."""
    durable: bool
    """Writes an append-only file."""


def open_client(url: str) -> redis.asyncio.Redis:
    """A client that never waits without bound. It connects at its first command.

    A command is tried once more on a fresh connection, which heals a pool after a restart; every
    script stands being run twice. Raises RedisError for an address that is none.
    """
    try:
        client = redis.asyncio.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=ANSWER_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),
            health_check_interval=15,
        )
        client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):  # their messages quote the address, password and all
        raise RedisError(
            "REDIS_URL is not an address of Redis. Write redis://USER:PASSWORD@HOST:PORT/DB, "
            "with special characters in the password percent-encoded"
        ) from None
    return client


async def connect(url: str) -> tuple[redis.asyncio.Redis, RedisFacts]:
    """A client of a Redis that is fit for use. Raises RedisError that says what is wrong."""
    client = open_client(url)
    try:
        return client, await inspect(client, where=shown(url))
    except RedisError:
        await client.aclose()
        raise


async def inspect(client: redis.asyncio.Redis, where: str = "Redis") -> RedisFacts:
    """What this Redis is. Raises RedisError where it cannot be used; ``where`` names it."""
    with reported(where):
        info = await client.info("everything")
        facts = RedisFacts(
            product="valkey" if "valkey_version" in info else "redis",
            version=str(info.get("valkey_version") or info["redis_version"]),
            cluster=bool(info.get("cluster_enabled")),
            eviction=str(info.get("maxmemory_policy", "noeviction")),
            durable=bool(info.get("aof_enabled")),
        )
        _require_version(str(info["redis_version"]), where)
        if info.get("role") != "master":
            raise RedisError(f"{where} is a replica. Set REDIS_URL to the primary")
        await _require_scripts(client, where)
    return facts


def _require_version(version: str, where: str) -> None:
    found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if found < MINIMUM:
        raise RedisError(f"{where} is version {version}. Use Redis 7.0 or newer, or Valkey")


async def _require_scripts(client: redis.asyncio.Redis, where: str) -> None:
    try:
        await client.eval("return redis.call('TIME')", 0)
    except exceptions.ResponseError as error:
        raise RedisError(
            f"{where} refuses Lua scripts ({error}). Allow EVAL and EVALSHA to this user"
        ) from None


@contextlib.contextmanager
def reported(where: str = "Redis") -> Iterator[None]:
    """Turns whatever the client raises into a RedisError for a person. No password is shown."""
    try:
        yield
    except exceptions.NoPermissionError as error:
        raise RedisError(f"{where} does not allow this user to do that: {error}") from error
    except exceptions.AuthenticationError as error:
        raise RedisError(
            f"{where} refuses the user or password: {error}. Mend them in REDIS_URL"
        ) from error
    except (TimeoutError, exceptions.TimeoutError) as error:
        raise RedisError(f"{where} does not answer in time") from error
    except (exceptions.ConnectionError, OSError) as error:
        raise RedisError(
            f"{where} cannot be reached ({_last_cause(error)}). Start Redis or mend REDIS_URL"
        ) from error
    except exceptions.RedisError as error:
        raise RedisError(f"{where} refuses: {error}") from error


def _last_cause(error: BaseException) -> str:
    while (earlier := error.__cause__ or error.__context__) is not None:
        error = earlier
    known = isinstance(error, OSError) and error.strerror
    return str(known or error).rstrip(".")


def shown(url: str) -> str:
    """The address without user and password, for messages."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"Redis at {parts.path}"
    return f"Redis at {parts.hostname or 'localhost'}:{parts.port or 6379}"


async def faults_of(client: redis.asyncio.Redis) -> dict[str, str]:
    """For a page of health: empty where Redis answers at once, else why not, under ``redis``."""
    try:
        await asyncio.wait_for(client.ping(), PING_S)
    except (exceptions.RedisError, OSError, TimeoutError) as error:
        return {"redis": type(error).__name__}
    return {}


async def redis_now_s(client: redis.asyncio.Redis) -> float:
    """Redis time in seconds. Raises RedisError without an answer."""
    with reported():
        seconds, microseconds = await client.time()
    return int(seconds) + int(microseconds) / 1_000_000
