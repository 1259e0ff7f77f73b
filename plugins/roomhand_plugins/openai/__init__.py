"""The OpenAI Realtime protocol (GA) over WebSocket, for OpenAI and servers that speak it.

The way of a call: ``session`` (socket, tasks, clocks) -> ``dialogue`` (everything a session knows)
-> ``turns``, ``replies``, ``context`` (pure) -> effects: messages to send, facts to report.
"""

from roomhand_plugins.openai.plugin import OpenAIPlugin

__all__ = ["OpenAIPlugin"]
