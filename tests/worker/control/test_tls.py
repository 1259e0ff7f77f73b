"""The API behind a certificate, on real sockets."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
import redis.asyncio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from roomhand.control.tls import certificates
from roomhand.errors import ConfigError
from tests.worker.control.certificates import Authority, Issued
from tests.worker.control.served import configured, serving

pytestmark = pytest.mark.redis


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    """Who signs the certificate of the API."""
    return Authority(tmp_path, "ours")


@pytest.fixture
def theirs(tmp_path: Path) -> Authority:
    """Who signs the certificates of callers."""
    return Authority(tmp_path, "theirs")


def settings_for(api: Issued, client_ca: Path | None = None) -> dict[str, Any]:
    """Of a control plane with this certificate."""
    return {
        "control_tls_cert": api.cert,
        "control_tls_key": api.key,
        "control_tls_client_ca": client_ca,
    }


def trusting(authority: Authority, own: Issued | None = None) -> grpc.ChannelCredentials:
    """Of a caller that knows this authority, and may have a certificate of its own."""
    pair = (own.key.read_bytes(), own.cert.read_bytes()) if own else (None, None)
    return grpc.ssl_channel_credentials(authority.cert.read_bytes(), *pair)


async def answered(address: str, credentials: grpc.ChannelCredentials | None) -> bool:
    """Whether a new connection comes to be and a call on it is answered."""
    alone = [("grpc.use_local_subchannel_pool", 1)]
    if credentials is None:
        channel = grpc.aio.insecure_channel(address, alone)
    else:
        channel = grpc.aio.secure_channel(address, credentials, alone)
    async with channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        call = stub.Check(health_pb2.HealthCheckRequest(), timeout=20)
        code = await call.code()
        assert code in {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE}
        return bool(code == grpc.StatusCode.OK)


async def test_with_a_certificate_the_port_speaks_nothing_else(
    redis_client: redis.asyncio.Redis, room_name: str, ours: Authority, theirs: Authority
) -> None:
    """And a caller finds out who is there."""
    tls = settings_for(ours.issue("api"))
    async with serving(redis_client, room_name, credentials=trusting(ours), **tls) as served:
        await served.call("ListAgents")
        assert not await answered(served.address, None)
        assert not await answered(served.address, trusting(theirs))


async def test_a_caller_may_have_to_show_a_certificate_too(
    redis_client: redis.asyncio.Redis, room_name: str, ours: Authority, theirs: Authority
) -> None:
    """Of the authority that is named; and its token is asked for as before."""
    tls = settings_for(ours.issue("api"), theirs.cert)
    known = trusting(ours, theirs.issue("backend"))
    async with serving(redis_client, room_name, credentials=known, **tls) as served:
        await served.call("ListAgents")
        assert await served.refused("ListAgents", "") == ("UNAUTHENTICATED", "TOKEN_MISSING")
        assert not await answered(served.address, trusting(ours))
        assert not await answered(served.address, trusting(ours, ours.issue("backend")))


async def test_a_certificate_is_exchanged_while_the_api_runs(
    redis_client: redis.asyncio.Redis, room_name: str, ours: Authority, theirs: Authority
) -> None:
    """New connections have the new one, and those that are there go on."""
    used = ours.issue("api")
    async with serving(
        redis_client, room_name, credentials=trusting(ours), **settings_for(used)
    ) as served:
        await served.call("ListAgents")
        used.replace(theirs.issue("api"))
        assert await answered(served.address, trusting(theirs))
        assert not await answered(served.address, trusting(ours))
        await served.call("ListAgents")


async def test_who_may_connect_is_exchanged_while_the_api_runs(
    redis_client: redis.asyncio.Redis, room_name: str, ours: Authority, theirs: Authority
) -> None:
    """A caller whose authority is struck out does not come back."""
    client_ca = ours.cert.with_name("clients.pem")
    client_ca.write_bytes(theirs.cert.read_bytes())
    tls = settings_for(ours.issue("api"), client_ca)
    before, after = trusting(ours, theirs.issue("old")), trusting(ours, ours.issue("new"))
    async with serving(redis_client, room_name, credentials=before, **tls) as served:
        assert await answered(served.address, before)
        assert not await answered(served.address, after)
        client_ca.write_bytes(ours.cert.read_bytes())
        assert await answered(served.address, after)
        assert not await answered(served.address, before)


async def test_half_an_exchange_is_not_taken_and_told_once(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    ours: Authority,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The certificate is there and its key not yet, or one is gone, or half written."""
    caplog.set_level(logging.INFO, "roomhand.control.tls")
    used, later = ours.issue("api"), ours.issue("later")
    key = used.key.read_bytes()
    async with serving(
        redis_client, room_name, credentials=trusting(ours), **settings_for(used)
    ) as served:
        used.cert.write_bytes(later.cert.read_bytes())
        assert await answered(served.address, trusting(ours))
        assert await answered(served.address, trusting(ours))
        used.key.unlink()
        assert await answered(served.address, trusting(ours))
        used.key.write_bytes(key[: len(key) // 2])
        assert await answered(served.address, trusting(ours))
        used.key.write_bytes(later.key.read_bytes())
        assert await answered(served.address, trusting(ours))
    told = [one.getMessage() for one in caplog.records if one.name == "roomhand.control.tls"]
    assert told == ["certificate not read anew"] * 3 + ["certificate read anew"]


def fault(**tls: Path | None) -> str:
    """What is told of these settings."""
    with pytest.raises(ConfigError) as raised:
        certificates(configured(**tls))
    return str(raised.value)


def test_a_setting_that_goes_with_another_is_missed_by_its_name(tmp_path: Path) -> None:
    assert certificates(configured()) is None
    told = fault(control_tls_cert=tmp_path / "api.pem")
    assert told.startswith("ROOMHAND_CONTROL_TLS_KEY: is not set")
    told = fault(control_tls_client_ca=tmp_path / "ca.pem")
    assert [line.split(":")[0] for line in told.splitlines()] == [
        "ROOMHAND_CONTROL_TLS_CERT",
        "ROOMHAND_CONTROL_TLS_KEY",
    ]


def test_a_file_of_no_use_is_told_by_its_setting(tmp_path: Path, ours: Authority) -> None:
    """Which one, and what is wrong with it; all that is wrong at once."""
    api, other = ours.issue("api"), ours.issue("other")
    none, empty, locked = (tmp_path / name for name in ("none.pem", "empty.pem", "locked.key"))
    empty.write_text("")
    api.lock(locked)
    told = fault(**settings_for(Issued(none, tmp_path)))
    assert f"CERT: {none} cannot be read (No such file or directory)" in told
    assert f"KEY: {tmp_path} cannot be read (Is a directory)" in told
    assert f"TLS_CERT: {empty} holds no certificate" in fault(
        **settings_for(Issued(empty, api.key))
    )
    assert f"CLIENT_CA: {empty} holds no certificate" in fault(**settings_for(api, empty))
    assert f"TLS_CERT: {api.key} holds no cert" in fault(**settings_for(Issued(api.key, api.cert)))
    mismatched = fault(**settings_for(Issued(api.cert, other.key)))
    assert f"TLS_KEY: {other.key} is not the key of {api.cert}" in mismatched
    for unusable in (empty, api.cert, locked):
        assert "without a password" in fault(**settings_for(Issued(api.cert, unusable)))
