"""The scripted plugin passes the conformance kit, in each turn-taking class."""

from __future__ import annotations

from typing import Any

import pytest

from roomhand_plugins.base import Plugin, ReplyRequest
from roomhand_plugins.conformance import PluginConformance
from roomhand_plugins.scripted import ScriptedPlugin
from roomhand_plugins.scripted.memory import Memory
from roomhand_plugins.scripted.script import FaultKind, Reply, ToolUse

pytestmark = pytest.mark.unit

QUICK = {"transcript_ms": 2, "commit_ms": 1, "transcripts": ["hello there"]}
REPLY: dict[str, Any] = {"text": "The answer is yes.", "first_audio_ms": 2, "speed": 200}


class TestScriptedPlugin(PluginConformance):
    """A model that replies when asked."""

    expected_text = "hello there"
    stall_s = 0.05
    capabilities: dict[str, object] = {}  # noqa: RUF012  options are plain data
    plugin: ScriptedPlugin

    async def make_plugin(self) -> Plugin:
        """A quick script."""
        options = {**QUICK, "replies": [REPLY], "capabilities": self.capabilities}
        self.plugin = ScriptedPlugin(options)
        return self.plugin

    async def make_refused_plugin(self) -> Plugin:
        """The script plays the bad key."""
        return ScriptedPlugin({"faults": [{"fault": "refuse_fatal"}]})

    async def lose_connection(self) -> None:
        """Cut."""
        self.plugin.strike(FaultKind.LOSE_SOCKET)

    async def expire(self) -> None:
        """Old age."""
        self.plugin.strike(FaultKind.EXPIRE)

    async def stall(self) -> None:
        """Deaf."""
        self.plugin.strike(FaultKind.STALL)

    async def unstall(self) -> None:
        """Not deaf."""
        self.plugin.unstall()

    async def hold_transcripts(self) -> None:
        """Hold."""
        self.plugin.hold_transcripts()

    async def release_transcripts(self) -> None:
        """Release."""
        self.plugin.release_transcripts()


class TestScriptedListener(TestScriptedPlugin):
    """A model that only transcribes."""

    capabilities = {"turn_taking": "listen", "interim_transcripts": True}  # noqa: RUF012


class TestScriptedAutomat(TestScriptedPlugin):
    """A model that replies by itself."""

    capabilities = {"turn_taking": "auto"}  # noqa: RUF012


class TestScriptedFlow(TestScriptedPlugin):
    """A model that knows no turns."""

    capabilities = {"turn_taking": "continuous", "unbroken_input": True}  # noqa: RUF012


class _WithTools(TestScriptedPlugin):
    tool_request = ReplyRequest(reply_id="r-tool", question="Look it up.")

    async def make_plugin(self) -> Plugin:
        """Calls a tool when asked to look something up."""
        options = {**QUICK, "capabilities": self.capabilities}
        self.plugin = ScriptedPlugin(options, answer=_answer)
        return self.plugin


def _answer(request: ReplyRequest, memory: Memory) -> Reply:
    tool = ToolUse(name="look_up") if request.question == "Look it up." else None
    return Reply(**REPLY, tool=tool)


class TestScriptedToolsGoOn(_WithTools):
    """The reply goes on after its tool."""


class TestScriptedToolsAskAgain(_WithTools):
    """The reply ends with its call."""

    capabilities = {"replies_after_tools": False}  # noqa: RUF012
