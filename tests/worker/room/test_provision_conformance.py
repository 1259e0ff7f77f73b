"""What the sessions get instead of a plugin keeps the contract of one."""

from __future__ import annotations

import pytest

from roomhand.bridge.circuit import Circuit, CircuitLimits
from roomhand.room.provision import Provider, Provision
from roomhand_plugins.base import Plugin
from roomhand_plugins.conformance import PluginConformance
from tests.plugins.scripted.stage import ScriptedStage

pytestmark = pytest.mark.unit


class TestProvision(ScriptedStage, PluginConformance):
    """One provider behind its circuit."""

    async def make_plugin(self) -> Plugin:
        """As the scripted one."""
        return provided(await super().make_plugin())

    async def make_refused_plugin(self) -> Plugin:
        """As the scripted one."""
        return provided(await super().make_refused_plugin())


class TestStandIn(TestProvision):
    """One that stands in for another that is refused."""

    async def make_plugin(self) -> Plugin:
        """The first is out of order."""
        return provided(await super().make_refused_plugin(), await ScriptedStage.make_plugin(self))


def provided(*plugins: Plugin) -> Plugin:
    """A chain of them."""
    named = zip("ab", plugins, strict=False)
    return Provision([Provider(name, one, Circuit(CircuitLimits(), name)) for name, one in named])
