"""The scripted plugin passes the conformance kit, in each turn-taking class."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from roomhand_plugins.conformance import PluginConformance
from roomhand_plugins.conformance.opening import OpeningTests
from roomhand_plugins.conformance.replies import ReplyTests
from roomhand_plugins.conformance.turns import TurnTests
from tests.plugins.scripted.stage import ScriptedStage

pytestmark = pytest.mark.unit


class TestScriptedPlugin(ScriptedStage, PluginConformance):
    """A model that replies when asked, and goes on after a tool."""


class TestScriptedListener(ScriptedStage, OpeningTests, TurnTests):
    """A model that only transcribes, with interim words."""

    capabilities: ClassVar[dict[str, Any]] = {"turn_taking": "listen", "interim_transcripts": True}


class TestScriptedAutomat(ScriptedStage, TurnTests):
    """A model that replies by itself."""

    capabilities: ClassVar[dict[str, Any]] = {"turn_taking": "auto"}


class TestScriptedFlow(ScriptedStage, OpeningTests, TurnTests):
    """A model that knows no turns."""

    capabilities: ClassVar[dict[str, Any]] = {"turn_taking": "continuous", "unbroken_input": True}


class TestScriptedToolsAskAgain(ScriptedStage, ReplyTests):
    """A model whose reply ends with its tool call."""

    capabilities: ClassVar[dict[str, Any]] = {"replies_after_tools": False}
