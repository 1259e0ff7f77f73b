"""``roomhand doctor``: looks at everything a worker needs and says what to do about the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import psutil

from roomhand.admin import livekit_admin
from roomhand.coordination.archive import archive_of
from roomhand.coordination.connection import connect
from roomhand.errors import ConfigError, Fault, RoomhandError, ServiceError
from roomhand.profiles import Profile, load_profiles
from roomhand.room.provision import provision_of
from roomhand.settings import Settings, misspelt_variables
from roomhand_plugins.base import PluginError, TurnTaking
from roomhand_plugins.registry import discover

CHECK_S = 15.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    ``exit_code`` is 0 where a worker can do with it; a ``fix`` then is good advice.
    """

    subject: str
    detail: str
    fix: str = ""
    exit_code: int = 0

    @property
    def ok(self) -> bool:
        """Whether a worker can do with it."""
        return self.exit_code == 0


async def examine(settings: Settings) -> list[Finding]:
    """Every check, however many fail."""
    return [
        *_misspelt(),
        _interfaces(),
        await _service("livekit-server", "LIVEKIT_URL", _livekit, settings),
        await _service("Redis", "REDIS_URL", _redis, settings),
        await _service("archive", "ROOMHAND_ARCHIVE_URL", _archive, settings),
        *_plugins(),
        *_profiles(settings),
    ]


def plugin_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """Why this agent's plugin cannot be built, or is of a class that is not served yet."""
    where = f"{settings.profiles}: agent {profile.name}"
    try:
        plugin = provision_of(profile, discover())
    except PluginError as error:
        problem, fix = _parted(str(error))
        return [Fault(where, problem, fix or "Change plugin or options of this agent")]
    if plugin.capabilities.turn_taking is TurnTaking.CONTINUOUS:
        problem = f"plugin {profile.plugin} is of class continuous, which is not served yet"
        return [Fault(where, problem, "Choose a plugin of class turns, auto or listen")]
    return []


async def _service(
    subject: str,
    variable: str,
    check: Callable[[Settings], Awaitable[Finding]],
    settings: Settings,
) -> Finding:
    try:
        return await asyncio.wait_for(check(settings), CHECK_S)
    except RoomhandError as error:
        return Finding(subject, *_parted(str(error)), error.exit_code)
    except TimeoutError:
        detail, fix = f"no answer within {CHECK_S:g} s", f"Start it, or mend {variable}"
        return Finding(subject, detail, fix, ServiceError.exit_code)


async def _livekit(settings: Settings) -> Finding:
    async with livekit_admin(settings) as admin:
        await admin.check()
    return Finding("livekit-server", f"{settings.livekit_url} answers and accepts the key")


async def _redis(settings: Settings) -> Finding:
    client, facts = await connect(settings.redis_url.get_secret_value())
    await client.aclose()
    lasting = "keeps its data on disk" if facts.durable else "keeps its data in memory only"
    detail = f"{facts.product} {facts.version} answers and {lasting}"
    if facts.eviction != "noeviction":
        advice = "When memory is short it throws leases away: set maxmemory-policy noeviction"
        return Finding("Redis", f"{detail}, by {facts.eviction}", advice)
    return Finding("Redis", detail)


async def _archive(settings: Settings) -> Finding:
    archive = archive_of(settings)
    if archive is None:
        return Finding("archive", "none: Redis keeps every transcript whole, for thirty days")
    await archive.check()
    return Finding("archive", f"{settings.archive_url} can be written and read")


def _misspelt() -> Iterator[Finding]:
    for variable, known in misspelt_variables().items():
        yield Finding(variable, "is no setting and is ignored", f"Did you mean {known}?")


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
        return Finding("network", f"interfaces besides lo: {', '.join(usable)}")
    return Finding(
        "network",
        "no interface besides lo is up, and the rtc SDK ignores lo",
        "Bring one up; in a namespace, a veth pair with an address will do",
        ServiceError.exit_code,
    )


def _plugins() -> Iterator[Finding]:
    """Only advice: a plugin that no agent uses may lack what it needs."""
    registry = discover()
    for name in registry.names:
        try:
            registry.build(name, {})
        except PluginError as error:
            problem, fix = _parted(str(error))
            yield Finding(f"plugin {name}", f"is installed, but {problem}", fix)
        else:
            yield Finding(f"plugin {name}", "can be used")


def _profiles(settings: Settings) -> Iterator[Finding]:
    try:
        profiles = load_profiles(settings.profiles)
    except ConfigError as error:
        for fault in error.faults:
            yield Finding(fault.where, fault.problem, fault.fix, error.exit_code)
        return
    for profile in profiles.values():
        subject, faults = f"agent {profile.name}", plugin_faults(settings, profile)
        for fault in faults:
            yield Finding(subject, fault.problem, fault.fix, ConfigError.exit_code)
        if not faults:
            called = ", ".join(profile.answers_to)
            yield Finding(subject, f"plugin {profile.plugin}, answers to {called}")


def _parted(message: str) -> tuple[str, str]:
    """What is wrong, and what to do."""
    problem, _, fix = message.partition(". ")
    return problem, fix
