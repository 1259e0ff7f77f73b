"""A tool call that is pending while its session is followed by another, in virtual time."""

from __future__ import annotations

import asyncio
import random

from roomhand_plugins.base import ReplyAudio, ReplyRequest, ToolCall
from tests import virtual_time
from tests.worker.room.session_stage import stage

LIFE_S = 20.0
REPLY = {"text": "The budget is next.", "tool": {"name": "agenda"}, "speed": 1.0}


async def survives(seed: int) -> bool:
    """Whether a call is answered, and its reply said to the end, by the session that made it,
    though its speaker speaks on to the next one. On a loop of its own."""
    return await asyncio.to_thread(virtual_time.run, _call_through(random.Random(seed)))


async def _call_through(drawn: random.Random) -> bool:
    async with stage({"session_s": LIFE_S, "replies": [REPLY]}) as s:
        anna = s.person("anna")
        await anna.speak(1, after_s=drawn.uniform(8.0, 14.0))
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        words = [*range(2, 42)]
        talking = asyncio.create_task(anna.speak(*words, before_s=0.1, after_s=1.0))
        for _ in range(200):
            if s.sessions.spent.rotations:
                break
            await asyncio.sleep(0.1)
        both = len(s.plugin.sessions)
        await asyncio.sleep(drawn.uniform(0.0, 1.0))
        (call,) = [event for event in s.sink.replies if isinstance(event, ToolCall)]
        await s.sessions.answer_tool(call.call_id, "the budget")
        await s.sink.until(lambda: bool(s.sink.done("r1")))
        await talking
        await anna.wait(2.0)
        spoke = any(isinstance(event, ReplyAudio) for event in s.sink.replies)
        return both == 2 and spoke and s.sink.done("r1") == ["completed"] and not s.sink.lost
