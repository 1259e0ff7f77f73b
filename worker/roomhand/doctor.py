"""``roomhand doctor``: looks at everything a worker needs and says what to do about the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import psutil

from roomhand.admin import livekit_admin
from roomhand.coordination.connection import connect
from roomhand.errors import ConfigError, Fault, RoomhandError
from roomhand.profiles import Profile, load_profiles
from roomhand.settings import Settings
from roomhand_plugins.base import PluginError
from roomhand_plugins.registry import discover


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``fix`` is empty where all is well."""

    subject: str
    ok: bool
    detail: str
    fix: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Every check, however many fail."""
    findings = [
        _interfaces(),
        await _service("livekit-server", settings.livekit_url, _livekit, settings),
        await _service("Redis", "REDIS_URL", _redis, settings),
    ]
    findings += _plugins()
    findings += _profiles(settings)
    return findings


async def _service(
    subject: str, where: str, check: Callable[[Settings], Awaitable[str]], settings: Settings
) -> Finding:
    try:
        return Finding(subject, True, await asyncio.wait_for(check(settings), 15))
    except RoomhandError as error:
        problem, _, fix = str(error).partition(". ")
        return Finding(subject, False, problem, fix)
    except TimeoutError:
        return Finding(subject, False, f"{where} did not answer within 15 s", "Is it running?")


async def _livekit(settings: Settings) -> str:
    async with livekit_admin(settings) as admin:
        await admin.check()
    return f"{settings.livekit_url} answers and accepts the key"


async def _redis(settings: Settings) -> str:
    client, facts = await connect(settings.redis_url.get_secret_value())
    await client.aclose()
    lasting = "keeps its data on disk" if facts.durable else "keeps its data in memory only"
    return f"{facts.product} {facts.version} answers and {lasting}"


def _interfaces() -> Finding:
    """The rtc SDK gathers no candidate on loopback, whatever the server allows."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    usable = sorted(
        name
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        and name != "lo"
        and any(a.family.name.startswith("AF_INET") for a in addresses)
    )
    if usable:
        return Finding("network", True, f"interfaces besides lo: {', '.join(usable)}")
    return Finding(
        "network",
        False,
        "no interface besides lo is up, and the rtc SDK ignores lo",
        "Bring one up; in a namespace, a veth pair with an address will do",
    )


def _plugins() -> Iterator[Finding]:
    registry = discover()
    broken = registry.broken
    for name in registry.names:
        if name in broken:
            problem, _, fix = broken[name].partition(". ")
            yield Finding(f"plugin {name}", False, problem, fix or "The others still work")
        else:
            yield Finding(f"plugin {name}", True, "can be used")


def _profiles(settings: Settings) -> Iterator[Finding]:
    try:
        profiles = load_profiles(settings.profiles)
    except ConfigError as error:
        for fault in error.faults:
            yield Finding(fault.where, False, fault.problem, fault.fix)
        return
    for profile in profiles.values():
        yield _profile(settings, profile)


def _profile(settings: Settings, profile: Profile) -> Finding:
    subject = f"agent {profile.name}"
    try:
        check_plugin(settings, profile)
    except ConfigError as error:
        fault = error.faults[0]
        return Finding(subject, False, fault.problem, fault.fix)
    return Finding(subject, True, f"plugin {profile.plugin}, answers to {profile.answers_to[0]}")


def check_plugin(settings: Settings, profile: Profile) -> None:
    """Build the profile's plugin once. Raises ConfigError that names file and agent."""
    try:
        discover().build(profile.plugin, profile.options)
    except PluginError as error:
        problem, _, fix = str(error).partition(". ")
        where = f"{settings.profiles}: agent {profile.name}"
        raise ConfigError([Fault(where, problem, fix or "Change plugin or options")]) from None
