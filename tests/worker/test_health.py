"""The three pages: alive whatever is away, ready only when all is well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from roomhand.errors import ConfigError
from roomhand.health import HealthServer
from roomhand.job_metrics import JobMetrics, exposition

pytestmark = pytest.mark.unit

FAULTS: dict[str, str] = {}


async def look() -> dict[str, str]:
    """What is wrong now."""
    return FAULTS


def served(folder: Path) -> HealthServer:
    """As a worker has it."""
    return HealthServer(
        setting="ROOMHAND_HTTP_PORT",
        checks=look,
        exposition=lambda: exposition(JobMetrics(folder)),
    )


@pytest.fixture
async def health(tmp_path: Path) -> AsyncIterator[HealthServer]:
    """A server on a free port."""
    FAULTS.clear()
    server = served(tmp_path)
    await server.start("127.0.0.1", 0)
    yield server
    await server.close()


async def get(health: HealthServer, page: str) -> tuple[int, str]:
    """Status and text."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{health.port}{page}") as answer,
    ):
        return answer.status, await answer.text()


async def test_ready_when_nothing_is_wrong(health: HealthServer) -> None:
    """And not ready, with each cause on a line, when something is."""
    assert await get(health, "/readyz") == (200, "ok\n")
    FAULTS.update(redis="ConnectionError", livekit="not registered yet")
    expected = "livekit: not registered yet\nredis: ConnectionError\n"
    assert await get(health, "/readyz") == (503, expected)
    FAULTS.clear()
    assert await get(health, "/readyz") == (200, "ok\n")


async def test_alive_whatever_is_wrong(health: HealthServer) -> None:
    """To kill a worker because Redis is away would kill live rooms."""
    FAULTS.update(redis="away", livekit="away", worker="draining")
    assert await get(health, "/livez") == (200, "ok\n")


async def test_metrics_are_prometheus_text(health: HealthServer) -> None:
    """With the worker's own even where no job ever ran."""
    status, text = await get(health, "/metrics")
    assert status == 200
    names = [family.name for family in text_string_to_metric_families(text)]
    assert "roomhand_worker_slots" in names
    assert len(names) == len(set(names))


async def test_a_port_that_is_taken_is_named(health: HealthServer, tmp_path: Path) -> None:
    """With the setting that changes it; the other goes on."""
    with pytest.raises(ConfigError, match=f"ROOMHAND_HTTP_PORT: port {health.port} of 127"):
        await served(tmp_path).start("127.0.0.1", health.port)
    assert await get(health, "/livez") == (200, "ok\n")


async def test_a_name_that_is_nobodys_is_named(tmp_path: Path) -> None:
    """With the setting that changes it."""
    server = served(tmp_path)
    with pytest.raises(ConfigError, match="ROOMHAND_HTTP_HOST: cannot listen on"):
        await server.start("no.such.invalid", 0)
