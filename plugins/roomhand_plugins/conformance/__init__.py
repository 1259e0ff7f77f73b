"""The conformance kit: what every plugin must do, as a test class to subclass.

    from roomhand_plugins.conformance import PluginConformance

    class TestMyPlugin(PluginConformance):
        async def make_plugin(self):
            return MyPlugin({"url": "ws://127.0.0.1:9000"})

That runs with ``pytest`` and ``pytest-asyncio`` (which this package alone needs; the interface
does not). The hooks of ``Stage`` (``speech``, ``lose_connection``, ``expire`` ...) make further
tests possible; without a hook its tests are skipped and say so. When a test fails, its docstring
says what usually is wrong. Whatever a test is about, all events of its session are also judged by
``EventRules``.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{part}" for part in ("stage", "opening", "turns", "replies", "faults", "leaks"))
)

from roomhand_plugins.conformance.leaks import LeakTests  # noqa: E402  after the rewriting
from roomhand_plugins.conformance.opening import OpeningTests  # noqa: E402
from roomhand_plugins.conformance.replies import ReplyTests  # noqa: E402
from roomhand_plugins.conformance.rules import EventRules  # noqa: E402
from roomhand_plugins.conformance.turns import TurnTests  # noqa: E402

__all__ = ["EventRules", "PluginConformance"]


@pytest.mark.asyncio
class PluginConformance(OpeningTests, TurnTests, ReplyTests, LeakTests):
    """Subclass this and override ``make_plugin``; see ``Stage`` for the optional hooks."""
