"""Faults: lost connections, expiry, a peer that does not read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Closed,
    PluginError,
    ReplyAudio,
    SessionClosedError,
    TurnTaking,
)
from roomhand_plugins.conformance.opening import CALLS
from roomhand_plugins.conformance.replies import ask
from roomhand_plugins.conformance.stage import Stage
from roomhand_plugins.conformance.witness import Witness

Scene = Callable[["FaultTests", Witness], Awaitable[None]]


async def _idle(kit: FaultTests, witness: Witness) -> None:
    """Nothing has happened yet."""


async def _in_turn(kit: FaultTests, witness: Witness) -> None:
    await witness.begin_turn("t1")
    await witness.send_audio(kit.speech[: SAMPLE_RATE // 2])


async def _after_turn(kit: FaultTests, witness: Witness) -> None:
    await witness.say("t1", kit.speech)


async def _reply_asked(kit: FaultTests, witness: Witness) -> None:
    await witness.reply(ask("r1"))


async def _in_reply(kit: FaultTests, witness: Witness) -> None:
    await witness.reply(ask("r1"))
    await witness.until(ReplyAudio)


async def _after_reply(kit: FaultTests, witness: Witness) -> None:
    await witness.reply(ask("r1"))
    await witness.done("r1")


SCENES: dict[str, Scene] = {
    "idle": _idle,
    "in_turn": _in_turn,
    "after_turn": _after_turn,
    "reply_asked": _reply_asked,
    "in_reply": _in_reply,
    "after_reply": _after_reply,
}
"""The states of a session, and how to get there."""
REPLY_SCENES = {"reply_asked", "in_reply", "after_reply"}


class FaultTests(Stage):
    """Whatever happens to the connection, the session says so once and lets go of its caller."""

    @pytest.mark.parametrize("scene", SCENES)
    async def test_a_lost_connection_ends_the_session_once(self, scene: str) -> None:
        """In every state: one retryable ``Closed``, the events end, calls are refused.

        Troubleshooting: every reader and writer task ends in the same "session over" function;
        whoever waits inside a call must be woken by it.
        """
        async with self.opened() as witness:
            await self.play(scene, witness)
            await self.lose_connection()
            closed = await witness.until(Closed)
            await witness.until_ended()
            assert closed.retryable, f"{closed}"
            assert closed.reason != "closed", "nobody asked for this end"
            with pytest.raises(SessionClosedError):
                await self.in_time(CALLS["send_audio"](witness.session), "send_audio()")

    @pytest.mark.parametrize("scene", SCENES)
    async def test_an_expired_session_says_so(self, scene: str) -> None:
        """In every state: ``Closed("expired")``, retryable, because a new session will do.

        Troubleshooting: recognise the provider's expiry error and close code, and keep it apart
        from a lost connection: the worker rotates at once, without back-off.
        """
        async with self.opened() as witness:
            await self.play(scene, witness)
            await self.expire()
            closed = await witness.until(Closed)
            assert (closed.reason, closed.retryable) == ("expired", True), f"{closed}"

    @pytest.mark.parametrize("scene", SCENES)
    async def test_closing_is_complete_in_every_state(self, scene: str) -> None:
        """``close`` returns in time, and the last event is ``Closed("closed")``.

        Troubleshooting: cancel your tasks and await them; do not wait for a polite goodbye of
        the peer for longer than a moment.
        """
        async with self.opened() as witness:
            await self.play(scene, witness)
            await self.in_time(witness.session.close(), "session.close()")
            await witness.until_ended()
            assert [closed.reason for closed in witness.of(Closed)] == ["closed"]

    async def test_a_peer_that_does_not_read_makes_send_audio_wait(self) -> None:
        """Backpressure: a bounded amount is taken, then ``send_audio`` waits until it can go on.

        Troubleshooting: await the socket's own drain; an ``asyncio.Queue`` without ``maxsize``
        is a memory leak with a delay.
        """
        async with self.opened() as witness:
            await witness.begin_turn("t1")
            await self.stall()
            waiting = await self.fill(witness)
            await self.unstall()
            await self.in_time(waiting, "send_audio() after the peer read again")
            assert not witness.of(Closed)

    async def test_a_waiting_send_audio_is_released_by_close(self) -> None:
        """``close`` wakes a ``send_audio`` that waits; nothing hangs.

        Troubleshooting: the waiting call ends with ``SessionClosedError``.
        """
        async with self.opened() as witness:
            await witness.begin_turn("t1")
            await self.stall()
            waiting = await self.fill(witness)
            await self.in_time(witness.session.close(), "session.close() while a call waits")
            with pytest.raises(PluginError):
                await self.in_time(waiting, "the waiting send_audio()")
            await self.unstall()

    async def play(self, scene: str, witness: Witness) -> None:
        """Bring the session into a state."""
        if scene in REPLY_SCENES and witness.rules.capabilities.turn_taking is not TurnTaking.TURNS:
            pytest.skip("the plugin does not reply when asked")
        await SCENES[scene](self, witness)

    async def fill(self, witness: Witness) -> asyncio.Task[None]:
        """Send until a call waits; returns that call. Fails where none ever does."""
        second = bytes(SAMPLE_RATE * 2)
        for _ in range(self.accept_limit_bytes // len(second)):
            call = asyncio.create_task(witness.send_audio(second))
            done, _ = await asyncio.wait({call}, timeout=self.stall_s)
            if not done:
                return call
            call.result()
        pytest.fail(f"the session took {self.accept_limit_bytes} bytes while its peer read nothing")
