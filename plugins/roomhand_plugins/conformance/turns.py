"""Turns: audio in, transcripts out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from roomhand_plugins.base import (
    Closed,
    Heard,
    PluginError,
    ReplyRequest,
    ReplyStarted,
    Role,
    Session,
    TextTurn,
    Transcript,
    TurnCommitted,
    TurnFailed,
    TurnTaking,
)
from roomhand_plugins.conformance.stage import Stage
from roomhand_plugins.conformance.witness import Witness

UNKNOWN_ID_CALLS: dict[str, Callable[[Session], Awaitable[None]]] = {
    "end_turn": lambda session: session.end_turn("nobody"),
    "discard_turn": lambda session: session.discard_turn("nobody"),
    "answer_tool": lambda session: session.answer_tool("nobody", "{}"),
}


class TurnTests(Stage):
    """Every turn has exactly one outcome, under its own id."""

    async def test_a_turn_is_committed_then_transcribed(self) -> None:
        """One ``TurnCommitted``, then one final ``Transcript``, both with our turn id.

        Troubleshooting: keep a queue of turn ids sent for commit and pair the provider's item ids
        with it in order; a transcript that comes first waits for its commit.
        """
        async with self.transcribing() as witness:
            await witness.say("t1", self.speech)
            outcome = await witness.settled("t1")
            assert isinstance(outcome, Transcript), f"the turn failed; {witness.story()}"
            assert len(witness.of(TurnCommitted)) == 1
            self.check_text(outcome)

    async def test_turns_one_after_the_other_keep_their_ids(self) -> None:
        """Turns sent without waiting for transcripts each get their own outcome.

        Troubleshooting: do not keep "the current turn" in one variable that the next
        ``begin_turn`` overwrites while the last transcript is still on its way.
        """
        async with self.transcribing() as witness:
            for turn_id in ("t1", "t2", "t3"):
                await witness.say(turn_id, self.speech)
            for turn_id in ("t1", "t2", "t3"):
                outcome = await witness.settled(turn_id)
                assert isinstance(outcome, Transcript), f"{turn_id} failed; {witness.story()}"
                self.check_text(outcome)

    async def test_a_turn_without_audio_has_an_outcome(self) -> None:
        """An empty turn fails or has a transcript; it never stays open, and harms no other.

        Troubleshooting: providers refuse to commit an empty buffer. Answer with ``TurnFailed``
        yourself when nothing, or less than the provider's minimum, was sent.
        """
        async with self.transcribing() as witness:
            await witness.begin_turn("t-empty")
            await witness.end_turn("t-empty")
            await witness.settled("t-empty")
            await witness.say("t-next", self.speech)
            assert isinstance(await witness.settled("t-next"), Transcript)

    async def test_a_discarded_turn_leaves_no_trace(self) -> None:
        """After ``discard_turn`` nothing is reported, and its audio is not in the next turn.

        Troubleshooting: clear the provider's input buffer on discard. If it has none to clear,
        keep the turn's audio back until ``end_turn``.
        """
        async with self.transcribing() as witness:
            await witness.begin_turn("t-cough")
            await witness.send_audio(self.speech)
            await witness.discard_turn("t-cough")
            await witness.say("t-next", self.speech)
            outcome = await witness.settled("t-next")
            assert isinstance(outcome, Transcript), f"the next turn failed; {witness.story()}"
            self.check_text(outcome)
            named = [event for event in witness.of(TurnCommitted) if event.turn_id == "t-cough"]
            assert not named, "a discarded turn was committed"

    async def test_late_transcripts_find_their_turn(self) -> None:
        """Transcripts that come after later turns still carry the id of their own.

        Troubleshooting: tie transcripts to turns by the provider's item id, never by order of
        arrival.
        """
        async with self.transcribing() as witness:
            await self.hold_transcripts()
            await witness.say("t1", self.speech)
            await witness.until(TurnCommitted, lambda event: event.turn_id == "t1")
            await witness.say("t2", self.speech)
            await witness.until(TurnCommitted, lambda event: event.turn_id == "t2")
            assert not [event for event in witness.of(Transcript) if event.final]
            await self.release_transcripts()
            for turn_id in ("t1", "t2"):
                assert isinstance(await witness.settled(turn_id), Transcript)

    async def test_text_turns_cause_no_reply(self) -> None:
        """``add_text`` only informs the model.

        Troubleshooting: create the item in the conversation; do not ask for a response.
        """
        async with self.opened() as witness:
            capabilities = witness.rules.capabilities
            if not capabilities.text_injection:
                pytest.skip("the plugin declares no text_injection")
            if capabilities.turn_taking in {TurnTaking.AUTO, TurnTaking.CONTINUOUS}:
                pytest.skip("the model speaks by itself, so that a reply proves nothing")
            for number, role in enumerate(Role):
                await witness.session.add_text(
                    TextTurn(turn_id=f"x{number}", role=role, speaker="Ben", text="It rains.")
                )
            await self.barrier(witness)
            assert {event.reply_id for event in witness.of(ReplyStarted)} <= {"r-barrier"}

    @pytest.mark.parametrize("call", [*UNKNOWN_ID_CALLS, "cancel_reply"])
    async def test_an_unknown_id_harms_nothing(self, call: str) -> None:
        """A call with an id that the session never heard of is no reason to end it.

        ``cancel_reply`` must do nothing; the others may raise a ``PluginError``.

        Troubleshooting: look ids up with ``get``; do not send the provider what it will refuse.
        """
        async with self.opened() as witness:
            if call == "cancel_reply":
                await witness.session.cancel_reply("nobody", Heard(audio_ms=0, text=""))
            else:
                with suppress(PluginError):
                    await UNKNOWN_ID_CALLS[call](witness.session)
            await self.barrier(witness)
            assert not witness.of(Closed)

    async def test_an_unknown_server_event_harms_nothing(self) -> None:
        """What the provider adds tomorrow is ignored today.

        Troubleshooting: the default branch of your event switch does nothing (a debug log line
        without content); parse leniently.
        """
        async with self.opened() as witness:
            await self.send_unknown_event()
            await self.barrier(witness)
            assert not witness.of(Closed)

    @asynccontextmanager
    async def transcribing(self) -> AsyncIterator[Witness]:
        """As ``opened``, for tests of a plugin that transcribes."""
        async with self.opened() as witness:
            if not witness.rules.capabilities.transcripts:
                pytest.skip("the plugin declares no transcripts")
            yield witness

    def check_text(self, outcome: Transcript) -> None:
        """The text is the expected one, case and surrounding space apart, where one is known."""
        if self.expected_text is not None:
            assert outcome.text.strip().lower() == self.expected_text.strip().lower()

    async def barrier(self, witness: Witness) -> None:
        """Wait until the session has worked off all calls so far: it does one more thing."""
        if witness.rules.capabilities.turn_taking is TurnTaking.TURNS:
            await witness.reply(ReplyRequest(reply_id="r-barrier", question="Are you there?"))
            await witness.done("r-barrier")
        elif witness.rules.capabilities.transcripts:
            await witness.say("t-barrier", self.speech)
            outcome = await witness.settled("t-barrier")
            assert not isinstance(outcome, TurnFailed)
