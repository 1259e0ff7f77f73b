"""Replies: asked, cancelled, called with tools."""

from __future__ import annotations

import pytest

from roomhand_plugins.base import (
    Closed,
    Heard,
    ReplyAudio,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    ReplyText,
    ToolCall,
)
from roomhand_plugins.conformance.stage import Stage

ENDED_BY_CANCEL = {ReplyStatus.CANCELLED, ReplyStatus.COMPLETED}
"""A model is faster than real time: it may have finished before the cancel reached it."""


def ask(reply_id: str) -> ReplyRequest:
    """A plain request."""
    return ReplyRequest(reply_id=reply_id, asked_by="Ada", question="What did Ben say?")


class ReplyTests(Stage):
    """Replies come one at a time, as asked, each with exactly one end."""

    async def test_a_reply_starts_speaks_and_is_done(self) -> None:
        """``ReplyStarted``, audio and text, ``ReplyDone(completed)``.

        Troubleshooting: use the caller's ``reply_id`` in every event; the provider's response id
        stays inside the plugin.
        """
        async with self.conversing() as witness:
            await witness.reply(ask("r1"))
            done = await witness.done("r1")
            assert done.status is ReplyStatus.COMPLETED, f"{done}"
            assert witness.of(ReplyStarted), "the reply never started"
            assert witness.of(ReplyAudio), "the reply had no audio"

    async def test_a_reply_after_a_turn_answers_it(self) -> None:
        """A turn, then ``reply`` at once: the reply is done whether or not its transcript came.

        Troubleshooting: do not make the reply wait for the transcript of a model that hears.
        """
        async with self.conversing() as witness:
            await witness.say("t1", self.speech)
            await witness.reply(ask("r1"))
            await witness.done("r1")
            if witness.rules.capabilities.transcripts:
                await witness.settled("t1")

    async def test_replies_asked_together_run_one_after_the_other(self) -> None:
        """Three requests at once: three replies in the order asked, never two at a time.

        Troubleshooting: one queue per session, one response in flight; ask the provider for the
        next only after ``ReplyDone`` of the last.
        """
        async with self.conversing() as witness:
            for reply_id in ("r1", "r2", "r3"):
                await witness.reply(ask(reply_id))
            for reply_id in ("r1", "r2", "r3"):
                await witness.done(reply_id)
            assert [event.reply_id for event in witness.of(ReplyStarted)] == ["r1", "r2", "r3"]

    async def test_a_reply_can_be_cancelled_before_its_audio(self) -> None:
        """Cancelled at once, a reply still has its one ``ReplyDone``, and nothing after it.

        Troubleshooting: the cancel may overtake the provider's acknowledgement; remember it and
        send it when the response id is known, dropping what arrives meanwhile.
        """
        async with self.conversing() as witness:
            await witness.reply(ask("r1"))
            await witness.session.cancel_reply("r1", Heard(audio_ms=0, text=""))
            assert (await witness.done("r1")).status in ENDED_BY_CANCEL
            await witness.reply(ask("r2"))
            await witness.done("r2")

    async def test_a_reply_can_be_cancelled_while_its_audio_comes(self) -> None:
        """Cancelled in the middle, it ends with one ``ReplyDone``; no audio comes after that.

        Troubleshooting: audio still in your queue when ``ReplyDone`` goes out must be dropped.
        """
        async with self.conversing() as witness:
            await witness.reply(ask("r1"))
            await witness.until(ReplyAudio)
            await witness.session.cancel_reply("r1", Heard(audio_ms=20, text="", estimated=True))
            assert (await witness.done("r1")).status in ENDED_BY_CANCEL
            await witness.reply(ask("r2"))
            await witness.done("r2")

    async def test_a_reply_can_be_cancelled_after_its_audio(self) -> None:
        """Playing is slower than the model: a cancel after ``ReplyDone`` only truncates.

        Troubleshooting: keep what truncation needs (item id, audio length) for a while after the
        end, in a bounded table; report no second end.
        """
        async with self.conversing() as witness:
            await witness.reply(ask("r1"))
            await witness.done("r1")
            await witness.session.cancel_reply("r1", Heard(audio_ms=40, text="The"))
            await witness.reply(ask("r2"))
            await witness.done("r2")

    @pytest.mark.parametrize("audio_ms", [0, 3_600_000])
    async def test_a_reply_can_be_truncated_to_any_length(self, audio_ms: int) -> None:
        """Nothing heard removes the reply; more than there was is cut to what there was.

        Troubleshooting: 0 ms deletes the item (providers refuse to truncate to nothing); clamp
        to the audio received, because providers refuse more than there is.
        """
        async with self.conversing() as witness:
            await witness.reply(ask("r1"))
            await witness.until(ReplyAudio)
            await witness.session.cancel_reply("r1", Heard(audio_ms=audio_ms, text=""))
            await witness.done("r1")
            await witness.session.cancel_reply("r1", Heard(audio_ms=audio_ms, text=""))
            await witness.reply(ask("r2"))
            assert (await witness.done("r2")).status is ReplyStatus.COMPLETED
            assert not witness.of(Closed)

    async def test_a_waiting_reply_can_be_cancelled(self) -> None:
        """A reply cancelled in the queue is done without audio; those around it are complete.

        Troubleshooting: take it out of the queue and report ``ReplyDone(cancelled)`` yourself.
        """
        async with self.conversing() as witness:
            for reply_id in ("r1", "r2", "r3"):
                await witness.reply(ask(reply_id))
            await witness.session.cancel_reply("r2", Heard(audio_ms=0, text=""))
            assert (await witness.done("r1")).status is ReplyStatus.COMPLETED
            assert (await witness.done("r2")).status in ENDED_BY_CANCEL
            assert (await witness.done("r3")).status is ReplyStatus.COMPLETED

    async def test_verbatim_text_is_spoken_word_for_word(self) -> None:
        """With the capability, ``ReplyText`` of a verbatim request is the text asked for.

        Troubleshooting: declare ``verbatim`` only for real text to speech; a model that is asked
        to repeat a sentence is not verbatim.
        """
        async with self.conversing() as witness:
            if not witness.rules.capabilities.verbatim:
                pytest.skip("the plugin declares no verbatim speech")
            words = "the meeting begins at nine"
            await witness.reply(ReplyRequest(reply_id="r1", verbatim=words))
            assert (await witness.done("r1")).status is ReplyStatus.COMPLETED
            spoken = "".join(event.text for event in witness.of(ReplyText))
            assert " ".join(spoken.lower().split()) == words

    async def test_a_tool_call_is_answered_and_the_session_goes_on(self) -> None:
        """``ToolCall`` within its reply; after ``answer_tool`` the model can use the outcome.

        Troubleshooting: with ``replies_after_tools`` the same reply goes on and is done after
        it; without, the reply is done after the call and the worker asks again.
        """
        if self.tool_request is None:
            pytest.skip("no tool_request: the model cannot be made to call a tool")
        async with self.conversing() as witness:
            await witness.reply(self.tool_request)
            call = await witness.until(ToolCall)
            assert call.reply_id == self.tool_request.reply_id
            if not witness.rules.capabilities.replies_after_tools:
                await witness.done(call.reply_id)
            await witness.session.answer_tool(call.call_id, '{"answer": 42}')
            if witness.rules.capabilities.replies_after_tools:
                await witness.done(call.reply_id)
            await witness.reply(ask("r-next"))
            assert (await witness.done("r-next")).status is ReplyStatus.COMPLETED
