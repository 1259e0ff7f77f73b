"""What the doctor finds, and what it advises where a worker can do without."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis.asyncio

from roomhand import doctor
from roomhand.doctor import Finding, examine
from roomhand.settings import Settings
from tests.sim import servers

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


@pytest.fixture
def settings(
    livekit_server: servers.LiveKit, redis_server: servers.Redis, tmp_path: Path
) -> Settings:
    """Right settings, and one agent of each bundled kind."""
    (tmp_path / "agents.yaml").write_text(
        "agents:\n"
        "  - {name: sage, plugin: local}\n"
        "  - {name: nova, plugin: openai, options: {api_key: sk-test}}\n"
    )
    return Settings(
        livekit_url=livekit_server.url,
        livekit_api_key=livekit_server.api_key,
        livekit_api_secret=livekit_server.api_secret,  # type: ignore[arg-type]
        redis_url=redis_server.url,  # type: ignore[arg-type]
        profiles=tmp_path / "agents.yaml",
    )


async def findings(settings: Settings) -> dict[str, Finding]:
    """By subject."""
    return {finding.subject: finding for finding in await examine(settings)}


async def test_all_is_well(settings: Settings) -> None:
    """Everything that a worker needs has been looked at."""
    found = await findings(settings)
    assert [subject for subject, finding in found.items() if not finding.ok] == []
    assert set(found) >= {"network", "livekit-server", "Redis", "agent sage", "agent nova"}
    assert set(found) >= {"plugin local", "plugin openai", "plugin scripted"}


async def test_a_missing_extra_fails_who_needs_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the plugin alone it is advice."""
    find = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "pocketsphinx" else find(name, package)

    monkeypatch.setattr("roomhand_plugins.local.plugin.find_spec", without)
    found = await findings(settings)
    for subject, code in (("agent sage", 78), ("plugin local", 0)):
        assert found[subject].exit_code == code
        assert "pocketsphinx is not installed" in found[subject].detail
        assert "roomhand[local]" in found[subject].detail + found[subject].fix
    assert found["agent nova"].ok


async def test_a_missing_key_fails_who_needs_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the words of the plugin itself."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    settings.profiles.write_text("agents:\n  - {name: nova, plugin: openai}\n")
    found = await findings(settings)
    assert found["agent nova"] == Finding(
        "agent nova",
        "openai: no key",
        "Set OPENAI_API_KEY, or base_url to a server that needs none",
        78,
    )


async def test_profiles_are_looked_at_though_servers_are_away(settings: Settings) -> None:
    """And the other way round: every fault at once."""
    settings.profiles.write_text("agents:\n  - {name: sage, plugn: local}\n")
    away: dict[str, Any] = {"livekit_url": "ws://127.0.0.1:9", "redis_url": "redis://127.0.0.1:9"}
    found = await findings(Settings(**(settings.model_dump() | away)))
    failed = {subject: finding.exit_code for subject, finding in found.items() if not finding.ok}
    file = settings.profiles
    assert failed == {
        "livekit-server": 69,
        "Redis": 69,
        f"{file}:2 agents.0.plugn": 78,
        f"{file}:2 agents.0.plugin": 78,
    }
    assert all(finding.fix for finding in found.values() if not finding.ok)


async def test_a_service_that_never_answers_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while that a person waits."""
    monkeypatch.setattr(doctor, "CHECK_S", 0.0)
    found = await findings(settings)
    for subject, variable in (("livekit-server", "LIVEKIT_URL"), ("Redis", "REDIS_URL")):
        assert found[subject].exit_code == 69
        assert found[subject].detail == "no answer within 0 s"
        assert variable in found[subject].fix


async def test_an_archive_is_written_and_read(settings: Settings, tmp_path: Path) -> None:
    """None is well, too; one that cannot be used is not."""
    (tmp_path / "file").write_text("no folder")

    async def with_archive(url: str | None) -> Finding:
        return (await findings(settings.model_copy(update={"archive_url": url})))["archive"]

    assert (await with_archive(None)).ok
    good = await with_archive(f"file://{tmp_path}/archive")
    assert (good.ok, good.detail) == (True, f"file://{tmp_path}/archive can be written and read")
    bad = await with_archive(f"file://{tmp_path}/file/archive")
    assert bad.exit_code == 69
    assert "cannot be used" in bad.detail
    assert "ROOMHAND_ARCHIVE_URL" in bad.fix


async def test_a_redis_that_throws_keys_away_is_advised_against(settings: Settings) -> None:
    """It works until memory is short."""
    with servers.redis_server(port=servers.free_port()) as own:
        async with redis.asyncio.Redis.from_url(own.url) as client:
            await client.config_set("maxmemory-policy", "allkeys-lru")
        found = await findings(Settings(**(settings.model_dump() | {"redis_url": own.url})))
    assert found["Redis"].ok
    assert "allkeys-lru" in found["Redis"].detail
    assert "noeviction" in found["Redis"].fix


async def test_a_machine_with_loopback_alone_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rtc SDK would wait for candidates that never come."""
    addresses = psutil.net_if_addrs()
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: {"lo": addresses["lo"]})
    found = await findings(settings)
    assert found["network"].exit_code == 69
    assert "no interface besides lo" in found["network"].detail


async def test_a_variable_that_is_almost_a_setting_is_pointed_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be ignored without a word."""
    monkeypatch.setenv("ROOMHAND_MAX_TRACK", "8")
    found = (await findings(settings))["ROOMHAND_MAX_TRACK"]
    assert found.ok
    assert found.fix == "Did you mean ROOMHAND_MAX_TRACKS?"
