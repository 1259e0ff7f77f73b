"""The openai plugin passes the conformance kit against the strict server, on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from roomhand_plugins.base import (
    Plugin,
    PluginError,
    ReplyRequest,
    SessionRefusedError,
    SessionSetup,
    Tool,
)
from roomhand_plugins.conformance import PluginConformance
from roomhand_plugins.openai import OpenAIPlugin
from tests.plugins.openai.stand import Stand
from tests.sim.realtime_server import Answer, Behaviour, FunctionCall, Prompt, RealtimeServer
from tests.sim.tones import encode_text

pytestmark = pytest.mark.unit

_TOOL = Tool(name="look_up", description="Looks up.", parameters={"type": "object"})


def _answer(prompt: Prompt) -> Answer:
    if "Look it up" in str(prompt.response.get("instructions")):
        return Answer(calls=(FunctionCall("look_up", '{"what": "it"}'),))
    return Answer(text="bakito bababa")


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    """One for all tests of this module."""
    with Stand(Behaviour(answer=_answer, rate=20, api_keys={"good"})) as stand:
        yield stand


class TestOpenAIPlugin(PluginConformance):
    """Local endpointing with explicit commits: the default."""

    expected_text = "bakito"
    stall_s = 0.2
    setup = SessionSetup(instructions="Answer.", speaker="Ada", tools=(_TOOL,))
    tool_request = ReplyRequest(reply_id="r-tool", instructions="Look it up.")
    options: dict[str, Any] = {}  # noqa: RUF012  options are plain data

    @pytest.fixture(autouse=True)
    def _on_the_stand(self, stand: Stand) -> None:
        stand.reset()
        self.stand = stand

    @property
    def speech(self) -> bytes:
        """One tone word."""
        return encode_text("bakito").tobytes()

    async def make_plugin(self) -> Plugin:
        """Through the relay."""
        return self._plugin("good", self.stand.url)

    async def make_refused_plugin(self) -> Plugin:
        """With a key that nobody knows."""
        return self._plugin("bad", self.stand.direct_url)

    async def lose_connection(self) -> None:
        """Cut."""
        self.stand.lose()

    async def expire(self) -> None:
        """Old age."""
        self.stand.expire()

    async def send_unknown_event(self) -> None:
        """Tomorrow's event, and two that are broken."""
        self.stand.inject({"type": "response.telepathy.delta", "event_id": "e1", "delta": 1})
        self.stand.inject({"type": "input_audio_buffer.committed", "event_id": "e2"})
        self.stand.inject({"type": "response.done", "event_id": "e3", "response": "none"})

    async def stall(self) -> None:
        """Deaf."""
        self.stand.stall()

    async def unstall(self) -> None:
        """Not deaf."""
        self.stand.unstall()

    async def hold_transcripts(self) -> None:
        """Hold."""
        self.stand.hold_transcripts()

    async def release_transcripts(self) -> None:
        """Release."""
        self.stand.release_transcripts()

    def _plugin(self, key: str, url: str) -> OpenAIPlugin:
        return OpenAIPlugin({"base_url": url, "api_key": key, **self.options}, environ={})


class TestWithServerVad(TestOpenAIPlugin):
    """The server finds the turns."""

    options = {"turn_detection": "server_vad", "transcript_timeout_s": 1}  # noqa: RUF012

    @property
    def speech(self) -> bytes:
        """One tone word with the silence that ends it."""
        return super().speech + bytes(48 * 700)


class TestListening(TestOpenAIPlugin):
    """Transcription sessions, whose address names no model."""

    setup = SessionSetup(instructions="Answer.", speaker="Ada")
    options = {"listen_only": True}  # noqa: RUF012

    @pytest.mark.parametrize("named", [{}, {"model": "whisper-live"}])
    async def test_the_address_names_a_model_only_where_the_profile_does(
        self, named: dict[str, str]
    ) -> None:
        """OpenAI makes a conversation of a session whose address names one; some servers want it.

        The mock is like OpenAI, and refuses that.
        """
        async with RealtimeServer() as server:
            given = {"base_url": server.url, "api_key": "good", **self.options, **named}
            plugin = OpenAIPlugin(given, environ={})
            with pytest.raises(SessionRefusedError) if named else nullcontext():
                await plugin.open(self.setup)
            await plugin.close()
            [record] = server.sessions
        assert "intent=transcription" in record.path
        assert record.model == named.get("model")

    async def test_it_says_that_it_only_listens(self) -> None:
        """Whatever would have it speak, or remember."""
        plugin = await self.make_plugin()
        session = await plugin.open(self.setup)
        with pytest.raises(PluginError, match="only listens"):
            await session.reply(ReplyRequest(reply_id="r1"))
        with pytest.raises(PluginError, match="only listens"):
            await session.update(instructions="Speak.")
        await plugin.close()
