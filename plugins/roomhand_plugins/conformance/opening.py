"""Opening and closing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from roomhand_plugins.base import (
    Capabilities,
    Closed,
    Heard,
    Plugin,
    ReplyRequest,
    Role,
    Session,
    SessionClosedError,
    SessionRefusedError,
    TextTurn,
)
from roomhand_plugins.conformance.stage import Stage

CALLS: dict[str, Callable[[Session], Awaitable[None]]] = {
    "begin_turn": lambda session: session.begin_turn("t-after"),
    "send_audio": lambda session: session.send_audio(bytes(960)),
    "end_turn": lambda session: session.end_turn("t-after"),
    "discard_turn": lambda session: session.discard_turn("t-after"),
    "add_text": lambda session: session.add_text(
        TextTurn(turn_id="x", role=Role.PERSON, speaker="Ben", text="hello")
    ),
    "reply": lambda session: session.reply(ReplyRequest(reply_id="r-after")),
    "cancel_reply": lambda session: session.cancel_reply("r-after", Heard(audio_ms=0, text="")),
    "answer_tool": lambda session: session.answer_tool("c-after", "{}"),
    "update": lambda session: session.update(instructions="Be brief."),
}
"""Every call of a session but ``events`` and ``close``."""


class OpeningTests(Stage):
    """A session opens or says why not, and ends once, for good."""

    async def test_plugin_and_session_have_the_whole_interface(self) -> None:
        """The plugin declares its capabilities, and both objects have every method.

        Troubleshooting: ``capabilities`` must be a ``Capabilities`` on the instance; compare your
        method names with ``Plugin`` and ``Session`` in ``roomhand_plugins.base``.
        """
        plugin = await self.make_plugin()
        try:
            assert isinstance(plugin, Plugin)
            assert isinstance(plugin.capabilities, Capabilities)
            async with self.session_of(plugin) as witness:
                assert isinstance(witness.session, Session)
        finally:
            await plugin.close()

    async def test_closing_ends_the_events_with_one_closed(self) -> None:
        """After ``close`` the last event is ``Closed("closed")``, and the iterator ends.

        Troubleshooting: put ``Closed`` on the event queue in one place only, guarded by the state
        of the session; end the iterator after it. Events before it must not be thrown away.
        """
        async with self.opened() as witness:
            await witness.session.close()
            await witness.until_ended()
            assert [closed.reason for closed in witness.of(Closed)] == ["closed"]
            assert isinstance(witness.events[-1], Closed)

    async def test_events_may_be_read_after_the_close(self) -> None:
        """A reader that comes late still gets ``Closed``, and does not wait for ever.

        Troubleshooting: events belong in a queue of the session, not in the iterator.
        """
        plugin = await self.make_plugin()
        try:
            session = await self.in_time(plugin.open(self.setup), "open()")
            await self.in_time(session.close(), "session.close()")

            async def read() -> list[object]:
                return [event async for event in session.events()]

            events = await self.in_time(read(), "reading the events of a closed session")
            assert [type(event) for event in events].count(Closed) == 1
        finally:
            await plugin.close()

    async def test_closing_again_does_nothing(self) -> None:
        """``close`` of session and plugin may come any number of times.

        Troubleshooting: return early when already closed; two closes at once must both wait for
        the same end.
        """
        plugin = await self.make_plugin()
        session = await self.in_time(plugin.open(self.setup), "open()")
        for _ in range(2):
            await self.in_time(session.close(), "session.close()")
        for _ in range(2):
            await self.in_time(plugin.close(), "plugin.close()")
        await self.in_time(session.close(), "session.close() after plugin.close()")

    async def test_closing_the_plugin_closes_its_sessions(self) -> None:
        """Sessions do not outlive their plugin.

        Troubleshooting: the plugin keeps a set of open sessions and closes each; a session takes
        itself out of the set when it ends.
        """
        plugin = await self.make_plugin()
        async with self.session_of(plugin) as witness:
            await self.in_time(plugin.close(), "plugin.close()")
            await witness.until_ended()
            assert len(witness.of(Closed)) == 1

    @pytest.mark.parametrize("call", CALLS)
    async def test_calls_after_the_close_are_refused(self, call: str) -> None:
        """Every call but ``close`` raises ``SessionClosedError`` once the session has ended.

        Troubleshooting: check first in every method, before any argument is looked at.
        """
        plugin = await self.make_plugin()
        try:
            session = await self.in_time(plugin.open(self.setup), "open()")
            await self.in_time(session.close(), "session.close()")
            with pytest.raises(SessionClosedError):
                await self.in_time(CALLS[call](session), f"{call}() after close()")
        finally:
            await plugin.close()

    async def test_a_bad_key_is_refused_for_good(self) -> None:
        """``open`` raises ``SessionRefusedError`` with ``retryable`` False, and leaves nothing.

        Troubleshooting: tell authentication and permission faults from passing ones; the worker
        asks again for as long as ``retryable`` is True, and every attempt may cost.
        """
        plugin = await self.make_refused_plugin()
        try:
            with pytest.raises(SessionRefusedError) as refusal:
                await self.in_time(plugin.open(self.setup), "open() with a bad key")
            assert not refusal.value.retryable
            assert str(refusal.value), "the refusal must say what is wrong"
        finally:
            await self.in_time(plugin.close(), "plugin.close()")
