"""Which plugins are installed, and how one is built.

A plugin is an entry point of the group ``roomhand.plugins``; the bundled ones are no exception:

    [project.entry-points."roomhand.plugins"]
    mine = "my_package:MyPlugin"

Listing imports nothing. A plugin is imported when it is built or checked, and one that is broken
is reported by name and stops nobody else.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from roomhand_plugins.base import (
    INTERFACE_VERSION,
    Capabilities,
    Plugin,
    PluginConfigError,
    PluginError,
)

GROUP = "roomhand.plugins"


class UnknownPluginError(PluginConfigError):
    """No plugin of that name is installed; the message lists those that are."""


class BrokenPluginError(PluginError):
    """The plugin is installed but cannot be used; the message says why."""


class Registry:
    """The plugins of these entry points. See ``discover``."""

    def __init__(self, points: Iterable[EntryPoint]) -> None:
        self._points: dict[str, EntryPoint] = {}
        self._faults: dict[str, str] = {}
        for point in points:
            other = self._points.setdefault(point.name, point)
            if other.value != point.value:
                self._faults[point.name] = (
                    f"two packages offer it ({_origin(other)} and {_origin(point)}); remove one"
                )

    @property
    def names(self) -> tuple[str, ...]:
        """All installed plugins, also broken ones, in order of the alphabet."""
        return tuple(sorted(self._points))

    @property
    def broken(self) -> Mapping[str, str]:
        """Every installed plugin that cannot be used, and why. Imports them all."""
        return dict(self._find_broken())

    def load(self, name: str) -> type[Plugin]:
        """The plugin's class. Raises UnknownPluginError or BrokenPluginError."""
        if name not in self._points:
            raise UnknownPluginError(_unknown(name, self.names))
        if name in self._faults:
            raise BrokenPluginError(f"plugin {name}: {self._faults[name]}")
        point = self._points[name]
        try:
            found = point.load()
        except Exception as error:
            raise BrokenPluginError(f"plugin {name}: {_reason(point, error)}") from error
        fault = _interface_fault(found)
        if fault is not None:
            raise BrokenPluginError(f"plugin {name}: {point.value} {fault}")
        factory: type[Plugin] = found
        return factory

    def rehearse(self, name: str) -> None:
        """Import the plugin, and let it load what its first session needs, if it has such a method.
        Raises as ``load``."""
        rehearse = getattr(self.load(name), "rehearse", None)
        if rehearse is None:
            return
        try:
            rehearse()
        except Exception as error:
            raise BrokenPluginError(
                f"plugin {name} cannot rehearse: {type(error).__name__}: {error}"
            ) from error

    def build(self, name: str, options: Mapping[str, Any]) -> Plugin:
        """A plugin for one agent.

        Raises PluginConfigError where an option is wrong, UnknownPluginError (one of those) where
        the name is, and BrokenPluginError where it is the plugin's own fault.
        """
        factory: Any = self.load(name)
        try:
            plugin = factory(options)
        except PluginError:
            raise
        except Exception as error:
            raise BrokenPluginError(
                f"plugin {name} cannot be built: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(plugin, Plugin) or not isinstance(plugin.capabilities, Capabilities):
            raise BrokenPluginError(
                f"plugin {name}: an instance needs capabilities, open and close"
            )
        return plugin

    def _find_broken(self) -> Iterator[tuple[str, str]]:
        for name in self.names:
            try:
                self.load(name)
            except BrokenPluginError as error:
                yield name, str(error)


def discover() -> Registry:
    """What is installed in this environment now."""
    return Registry(entry_points(group=GROUP))


def _unknown(name: str, names: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    return f"no plugin {name} is installed. {hint}Installed are {', '.join(names) or 'none'}"


def _reason(point: EntryPoint, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        extra = f"pip install 'roomhand[{point.name}]'"
        fix = f"Install what it needs, for a bundled plugin with {extra}"
        return f"needs the package {error.name}, which is not installed. {fix}"
    return f"{point.value} cannot be imported: {type(error).__name__}: {error}"


def _interface_fault(found: object) -> str | None:
    if not isinstance(found, type):
        return "is not a class"
    wanted = getattr(found, "interface_version", INTERFACE_VERSION)
    if wanted != INTERFACE_VERSION:
        return f"is for interface version {wanted}, and this is version {INTERFACE_VERSION}"
    missing = [name for name in ("open", "close") if not callable(getattr(found, name, None))]
    return f"has no {' and no '.join(missing)}" if missing else None


def _origin(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value
