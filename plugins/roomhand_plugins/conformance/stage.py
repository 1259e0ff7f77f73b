"""What a plugin author gives the kit, and how its tests open and close sessions."""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeVar

import pytest

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Plugin,
    ReplyRequest,
    SessionSetup,
    TurnTaking,
)
from roomhand_plugins.conformance.witness import Witness

ResultT = TypeVar("ResultT")


@cache
def hum(duration_ms: int = 600) -> bytes:
    """A 220 Hz hum: audio for a model whose transcripts nobody checks."""
    samples = SAMPLE_RATE * duration_ms // 1000
    wave = (round(8000 * math.sin(math.tau * 220 * n / SAMPLE_RATE)) for n in range(samples))
    return struct.pack(f"<{samples}h", *wave)


class Stage:
    """The part of the kit that an author fills in. Only ``make_plugin`` is needed.

    Every hook left out skips the tests that need it, and the reason of the skip names the hook.
    """

    wait_s: float = 5.0
    """Longest wait for any one event, in seconds."""
    expected_text: str | None = None
    """What ``speech`` says. None: the text is not checked."""
    tool_request: ReplyRequest | None = None
    """A request that makes the model call one tool, given ``setup``."""
    setup = SessionSetup(instructions="Answer in one short sentence.", speaker="Ada")
    accept_limit_bytes: int = 32 * 1024 * 1024
    """The most audio that a session may accept while its peer reads nothing."""
    stall_s: float = 0.5
    """A call that takes longer than this while the peer is stalled counts as waiting."""

    async def make_plugin(self) -> Plugin:
        """A new plugin, ready to open sessions."""
        raise NotImplementedError("give the kit a plugin: override make_plugin")

    @property
    def speech(self) -> bytes:
        """Audio of one utterance that the model understands."""
        return hum()

    async def make_refused_plugin(self) -> Plugin:
        """A plugin whose provider refuses it for good (a bad key)."""
        pytest.skip("no make_refused_plugin hook: a refusal cannot be provoked")

    async def lose_connection(self) -> None:
        """Break the connection of every open session, as a network would."""
        pytest.skip("no lose_connection hook: a connection cannot be broken")

    async def expire(self) -> None:
        """Let every open session reach its provider's maximum age."""
        pytest.skip("no expire hook: a session cannot be made old")

    async def send_unknown_event(self) -> None:
        """Send every open session an event that no version of the plugin knows."""
        pytest.skip("no send_unknown_event hook: the provider cannot be made to surprise")

    async def stall(self) -> None:
        """From now on the peer of every open session reads nothing."""
        pytest.skip("no stall hook: the peer cannot be stopped from reading")

    async def unstall(self) -> None:
        """The peer reads again."""
        pytest.skip("no unstall hook: the peer cannot be made to read again")

    async def hold_transcripts(self) -> None:
        """From now on transcripts wait for ``release_transcripts``; everything else goes on."""
        pytest.skip("no hold_transcripts hook: transcripts cannot be made late")

    async def release_transcripts(self) -> None:
        """Let the transcripts come."""
        pytest.skip("no release_transcripts hook: transcripts cannot be made late")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Witness]:
        """A session of a new plugin under a witness; closed, and judged by the rules, at the end.

        A test that has failed already is not judged again.
        """
        plugin = await self.make_plugin()
        try:
            async with self.session_of(plugin) as witness:
                yield witness
        finally:
            await self.in_time(plugin.close(), "plugin.close()")

    @asynccontextmanager
    async def session_of(self, plugin: Plugin) -> AsyncIterator[Witness]:
        """A session of ``plugin``, otherwise as ``opened``."""
        session = await self.in_time(plugin.open(self.setup), "open()")
        witness = Witness(session, plugin.capabilities, self.wait_s)
        try:
            yield witness
            await self.in_time(session.close(), "session.close()")
            await witness.until_ended()
            assert not witness.rules.broken, "; ".join(witness.rules.broken)
        finally:
            await self.in_time(session.close(), "session.close()")
            await witness.leave()

    @asynccontextmanager
    async def conversing(self) -> AsyncIterator[Witness]:
        """As ``opened``, for tests of a plugin that replies when asked."""
        async with self.opened() as witness:
            if witness.rules.capabilities.turn_taking is not TurnTaking.TURNS:
                pytest.skip("the plugin does not reply when asked")
            yield witness

    async def in_time(self, call: Awaitable[ResultT], what: str) -> ResultT:
        """The outcome of ``call``; fails the test if it takes longer than ``wait_s``."""
        try:
            async with asyncio.timeout(self.wait_s):
                return await call
        except TimeoutError:
            pytest.fail(f"{what} took longer than {self.wait_s} s")
