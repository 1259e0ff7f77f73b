"""What the first session of a process loads that ``rehearse`` had not, as JSON.

A process of its own: in that of the tests others have loaded everything.
"""

from __future__ import annotations

import asyncio
import json
import sys

from openai import _models

from roomhand_plugins.base import (
    ReplyDone,
    ReplyRequest,
    Role,
    SessionSetup,
    TextTurn,
    Transcript,
)
from roomhand_plugins.openai import OpenAIPlugin
from tests.sim.realtime_server import RealtimeServer

PACKAGES = ("anyio", "openai", "pydantic", "websockets", "roomhand_plugins")


def loaded() -> set[str]:
    """Modules of what the plugin uses; some of them the mock server uses, too."""
    return {name for name in sys.modules if name.partition(".")[0] in PACKAGES}


def built() -> int:
    """Types that the client has built because an event named them."""
    return _models._CachedTypeAdapter.cache_info().misses  # type: ignore[attr-defined, no-any-return]


async def converse(plugin: OpenAIPlugin) -> None:
    """A turn with its words, and an answer."""
    history = [TextTurn(turn_id="h", role=Role.PERSON, speaker="Ann", text="Hello.")]
    session = await plugin.open(SessionSetup(instructions="Be kind.", history=history))
    await session.begin_turn("t")
    await session.send_audio(bytes(48_000))
    await session.end_turn("t")
    async for event in session.events():
        if isinstance(event, Transcript) and event.final:
            await session.reply(ReplyRequest(reply_id="r"))
        if isinstance(event, ReplyDone):
            break
    await session.close()


async def main() -> None:
    """Compare before and after; the server stands before."""
    async with RealtimeServer() as server:
        plugin = OpenAIPlugin({"base_url": server.url, "api_key": "sk"}, environ={})
        modules, types = loaded(), built()
        await converse(plugin)
        print(json.dumps({"modules": sorted(loaded() - modules), "types": built() - types}))
        await plugin.close()


if __name__ == "__main__":
    if "unrehearsed" not in sys.argv:
        OpenAIPlugin.rehearse()
    asyncio.run(main())
