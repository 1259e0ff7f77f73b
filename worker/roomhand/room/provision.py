"""The model of one agent, with others that stand in for it while its provider is in trouble."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from roomhand.bridge.circuit import Circuit, CircuitLimits
from roomhand.clock import own_now_s
from roomhand.profiles import Profile
from roomhand.room.provided_session import NOT_ITS_FAULT, ProvidedSession
from roomhand_plugins.base import (
    Capabilities,
    Closed,
    Plugin,
    PluginConfigError,
    PluginError,
    SessionRefusedError,
    SessionSetup,
    Token,
)
from roomhand_plugins.registry import Registry

logger = logging.getLogger(__name__)

RETURN_S = 60.0
"""A session of a stand-in ends after this time at the next boundary, to ask the first again."""
ANY_OF = frozenset({"unbroken_input", "silence_billed"})
"""Capabilities that the chain has if one of it has them; of the others, all must."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider, under one key. ``voice``: in place of the agent's; the names are its own."""

    name: str
    plugin: Plugin
    circuit: Circuit
    voice: str | None = None


class Provision:
    """As ``base.Plugin``: sessions come from the first source that will have us.

    ``changed`` is told the name of the source that serves now, and why, when it is another.
    """

    def __init__(
        self,
        sources: Sequence[Provider],
        *,
        now: Callable[[], float] = own_now_s,
        return_s: float = RETURN_S,
    ) -> None:
        self.capabilities = common([source.plugin.capabilities for source in sources])
        self.changed: Callable[[str, str], None] = lambda name, why: None
        self._sources = tuple(sources)
        self._now = now
        self._return_s = return_s
        self._serving = self._sources[0].name

    async def open(self, setup: SessionSetup, resume: Token | None = None) -> ProvidedSession:
        """As ``base.Plugin``; what cannot be asked now costs no time."""
        refusals: list[SessionRefusedError] = []
        for source in self._sources:
            wait_s = source.circuit.wait_s(self._now())
            if wait_s > 0:
                waits = f"{source.name} is in trouble: asked again in {wait_s:.0f} s"
                refusals.append(SessionRefusedError(waits, retryable=True, retry_after_s=wait_s))
                continue
            try:
                return await self._open_of(source, setup, resume, refusals)
            except SessionRefusedError as error:
                refusals.append(error)
        raise _summed_up(refusals)

    async def close(self) -> None:
        """As ``base.Plugin``: all of them."""
        for source in self._sources:
            await source.plugin.close()

    async def _open_of(
        self,
        source: Provider,
        setup: SessionSetup,
        resume: Token | None,
        refusals: Sequence[SessionRefusedError],
    ) -> ProvidedSession:
        """Raises SessionRefusedError, whatever the plugin raises."""
        first = source is self._sources[0]
        circuit = source.circuit
        circuit.ask()
        try:
            own = setup if first else replace(setup, voice=source.voice)
            session = await source.plugin.open(own, resume)
        except SessionRefusedError as error:
            circuit.failed(self._now(), error.retry_after_s, final=not error.retryable)
            raise
        except Exception as error:
            circuit.failed(self._now(), final=False)
            logger.exception("plugin %s failed to open a session", source.name)
            raise SessionRefusedError(type(error).__name__, retryable=True) from error
        except BaseException:
            circuit.failed(self._now(), final=False)
            raise
        circuit.opened()
        self._serve(source, "; ".join(map(str, refusals)))

        def outcome(closed: Closed | None) -> None:
            self._learn(source, closed)

        return ProvidedSession(session, outcome, return_s=None if first else self._return_s)

    def _learn(self, source: Provider, closed: Closed | None) -> None:
        if closed is None:
            source.circuit.succeeded()
        elif closed.reason not in NOT_ITS_FAULT:
            source.circuit.failed(self._now(), closed.retry_after_s, final=not closed.retryable)

    def _serve(self, source: Provider, why: str) -> None:
        if source.name != self._serving:
            self._serving = source.name
            self.changed(source.name, why)


def provision_of(profile: Profile, registry: Registry) -> Provision:
    """The models that a profile names. Raises PluginError, which names the field."""
    sources = [
        Provider(
            profile.plugin,
            registry.build(profile.plugin, profile.options),
            Circuit(CircuitLimits(), f"{profile.name}/{profile.plugin}"),
        )
    ]
    for index, stand_in in enumerate(profile.fallback):
        name = f"{stand_in.plugin} (fallback.{index})"
        try:
            plugin = registry.build(stand_in.plugin, stand_in.options)
        except PluginConfigError as error:
            raise PluginConfigError(f"fallback.{index}: {error}") from error
        circuit = Circuit(CircuitLimits(), f"{profile.name}/{name}")
        sources.append(Provider(name, plugin, circuit, stand_in.voice))
    return Provision(sources)


def common(all_of: Sequence[Capabilities]) -> Capabilities:
    """What every one of them can do. Raises PluginConfigError where two take turns otherwise."""
    first, *others = all_of
    for index, other in enumerate(others):
        if other.turn_taking is not first.turn_taking:
            raise PluginConfigError(
                f"fallback.{index}: takes turns as {other.turn_taking}, and the agent's own plugin "
                f"as {first.turn_taking}. Choose one that does the same"
            )
    lives_s = [one.max_session_s for one in all_of if one.max_session_s is not None]
    changes: Mapping[str, Any] = {
        one.name: (any if one.name in ANY_OF else all)(
            getattr(capable, one.name) for capable in all_of
        )
        for one in fields(Capabilities)
        if isinstance(getattr(first, one.name), bool)
    }
    resumes = first.resumption and not others
    longest_s = min(lives_s, default=None)
    return replace(first, **{**changes, "max_session_s": longest_s, "resumption": resumes})


def _summed_up(refusals: Sequence[SessionRefusedError]) -> PluginError:
    """Worth another try if one of them is, and then as soon as the first of those."""
    again = [one for one in refusals if one.retryable]
    waits_s = [one.retry_after_s for one in again if one.retry_after_s is not None]
    return SessionRefusedError(
        "; ".join(map(str, refusals)),
        retryable=bool(again),
        retry_after_s=min(waits_s) if again and len(waits_s) == len(again) else None,
    )
