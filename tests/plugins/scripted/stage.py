"""The conformance kit's stage, filled in for the scripted plugin."""

from __future__ import annotations

from typing import Any, ClassVar

from roomhand_plugins.base import Plugin, ReplyRequest
from roomhand_plugins.conformance.stage import Stage
from roomhand_plugins.scripted import ScriptedPlugin
from roomhand_plugins.scripted.memory import Memory
from roomhand_plugins.scripted.script import FaultKind, Reply, ToolUse


class ScriptedStage(Stage):
    """Every hook but the unknown server event: there is no server that could send one."""

    expected_text = "hello there"
    tool_request = ReplyRequest(reply_id="r-tool", question="Look it up.")
    capabilities: ClassVar[dict[str, Any]] = {}
    plugin: ScriptedPlugin

    async def make_plugin(self) -> Plugin:
        """Calls a tool when asked to look something up."""
        options = {"transcripts": ["hello there"], "capabilities": self.capabilities}
        self.plugin = ScriptedPlugin(options, answer=_answer)
        return self.plugin

    async def make_refused_plugin(self) -> Plugin:
        """The script plays the bad key."""
        return ScriptedPlugin({"faults": [{"fault": "refuse_fatal"}]})

    async def lose_connection(self) -> None:
        """The script cuts it."""
        self.plugin.strike(FaultKind.LOSE_SOCKET)

    async def expire(self) -> None:
        """The script ends it."""
        self.plugin.strike(FaultKind.EXPIRE)

    async def stall(self) -> None:
        """The script's peer goes deaf."""
        self.plugin.strike(FaultKind.STALL)

    async def unstall(self) -> None:
        """The script's peer hears again."""
        self.plugin.unstall()

    async def hold_transcripts(self) -> None:
        """The script waits."""
        self.plugin.hold_transcripts()

    async def release_transcripts(self) -> None:
        """The script goes on."""
        self.plugin.release_transcripts()


def _answer(request: ReplyRequest, memory: Memory) -> Reply:
    tool = ToolUse(name="look_up") if request.question == "Look it up." else None
    return Reply(text="The answer is yes.", tool=tool)
