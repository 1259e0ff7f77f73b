"""What the mock Realtime server refuses: as the real service does, or more strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.sim.realtime.client import MODEL, base64_of, openai_client, silence, talker
from tests.sim.realtime_server import Behaviour, RealtimeServer, Refusal
from tests.sim.tones import speaker_words

pytestmark = pytest.mark.unit

WORDS = speaker_words(5, 4)
LONG = Behaviour(answer=lambda _: " ".join(WORDS), rate=1000)
MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]}


def item(**fields: Any) -> dict[str, Any]:
    return {"item": MESSAGE | fields}


async def test_less_than_100_ms_cannot_be_committed_and_stays_in_the_buffer() -> None:
    async with RealtimeServer() as server, talker(server) as client:
        await client.manual_turns()
        await client.send("input_audio_buffer.append", audio=silence(99))
        error = await client.error_of("input_audio_buffer.commit")
        assert error["code"] == "input_audio_buffer_commit_empty"
        assert "99.00ms" in error["message"]
        await client.send("input_audio_buffer.append", audio=silence(1))
        await client.send("input_audio_buffer.commit")
        await client.until("input_audio_buffer.committed")


async def test_the_voice_is_fixed_once_the_assistant_has_spoken() -> None:
    voice = {"audio": {"output": {"voice": "ash"}}}
    other = {"type": "realtime", "audio": {"output": {"voice": "sage"}}}
    async with RealtimeServer(LONG) as server, talker(server) as client:
        assert (await client.update(**voice))["audio"]["output"]["voice"] == "ash"
        await client.send("response.create")
        await client.until("response.done")
        await client.update(**voice)
        error = await client.error_of("session.update", session=other)
        assert error["code"] == "cannot_update_voice"


@pytest.mark.parametrize(
    ("audio_end_ms", "content_index", "code"),
    [
        (2001, 0, "invalid_value"),
        (-1, 0, "invalid_value"),
        (0, 0, "unsupported_content_type"),
        (500, 1, "invalid_value"),
    ],
)
async def test_an_answer_cannot_be_truncated_to_what_was_never_sent(
    audio_end_ms: int, content_index: int, code: str
) -> None:
    async with RealtimeServer(LONG) as server, talker(server) as client:
        await client.send("response.create")
        item_id = (await client.until("conversation.item.added"))["item"]["id"]
        await client.until("response.done")
        error = await client.error_of(
            "conversation.item.truncate",
            item_id=item_id,
            content_index=content_index,
            audio_end_ms=audio_end_ms,
        )
        assert error["code"] == code


async def test_only_the_spoken_answers_of_the_model_can_be_truncated() -> None:
    async with RealtimeServer(LONG) as server, talker(server) as client:
        await client.manual_turns()
        cut = {"content_index": 0, "audio_end_ms": 100}
        heard = await client.say(WORDS[:1])
        error = await client.error_of("conversation.item.truncate", item_id=heard, **cut)
        assert error["message"] == "Only model output audio messages can be truncated."
        await client.send("response.create", response={"output_modalities": ["text"]})
        done = await client.until("response.done")
        written = done["response"]["output"][0]["id"]
        error = await client.error_of("conversation.item.truncate", item_id=written, **cut)
        assert error["code"] == "unsupported_content_type"


async def test_items_stand_where_the_client_puts_them_until_it_deletes_them() -> None:
    async with RealtimeServer() as server, talker(server) as client:
        befores = []
        for name, previous in (("b", None), ("a", "root"), ("c", None), ("b2", "b")):
            event = item(id=name) | ({"previous_item_id": previous} if previous else {})
            await client.send("conversation.item.create", **event)
            await client.until("conversation.item.added")
            befores.append((await client.until("conversation.item.done"))["previous_item_id"])
        assert befores == [None, None, "b", "b"]
        error = await client.error_of("conversation.item.create", **item(id="a"))
        assert error["code"] == "item_create_duplicate_item_id"
        await client.send("conversation.item.delete", item_id="b2")
        await client.until("conversation.item.deleted")
        error = await client.error_of("conversation.item.delete", item_id="b2")
        assert error["code"] == "item_delete_invalid_item_id"
        assert (await server.session(0)).deleted == ["b2"]


async def test_a_committed_item_is_retrieved_with_its_audio() -> None:
    async with RealtimeServer() as server, talker(server) as client:
        await client.manual_turns()
        item_id = await client.say(WORDS)
        await client.send("conversation.item.retrieve", item_id=item_id)
        shown = (await client.until("conversation.item.retrieved"))["item"]
    assert shown["content"][0]["audio"] == base64_of(WORDS)


async def test_a_transcription_session_takes_commits_and_makes_no_responses() -> None:
    heard = {"turn_detection": None, "transcription": {"model": "gpt-live-transcribe"}}
    session = {"type": "transcription", "audio": {"input": heard}}
    async with RealtimeServer() as server, talker(server, "?intent=transcription") as client:
        assert client.events[0]["session"]["type"] == "transcription"
        error = await client.error_of("session.update", session={"type": "realtime"})
        assert error["param"] == "session.type"
        await client.send("session.update", session=session)
        await client.until("session.updated")
        await client.say(WORDS)
        done = await client.until("conversation.item.input_audio_transcription.completed")
        assert done["transcript"] == " ".join(WORDS)
        assert (await client.error_of("response.create"))["code"] == "invalid_value"


async def test_gpt_live_transcribe_takes_no_turn_detection() -> None:
    heard = {
        "turn_detection": {"type": "server_vad"},
        "transcription": {"model": "gpt-live-transcribe"},
    }
    session = {"type": "transcription", "audio": {"input": heard}}
    async with RealtimeServer() as server, talker(server, "?intent=transcription") as client:
        error = await client.error_of("session.update", session=session)
    assert error["param"] == "session.audio.input.turn_detection"


async def test_the_beta_protocol_is_upgraded_told_off_and_closed() -> None:
    beta = {"OpenAI-Beta": "realtime=v1"}
    async with RealtimeServer() as server, talker(server, headers=beta) as client:
        error = (await client.until("error"))["error"]
        assert error["code"] == "beta_api_shape_disabled"
        with pytest.raises(ConnectionClosed) as closed:
            await client.socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4000
    assert closed.value.rcvd.reason == "invalid_request_error.beta_api_shape_disabled"


async def test_a_connection_without_a_model_is_closed() -> None:
    key = {"Authorization": "Bearer sk-test"}
    async with RealtimeServer() as server, talker(server, "", headers=key) as client:
        assert (await client.until("error"))["error"]["code"] == "missing_model"
        with pytest.raises(ConnectionClosed):
            await client.socket.recv()


async def test_a_wrong_key_is_refused_before_the_upgrade() -> None:
    async with RealtimeServer(Behaviour(api_keys={"sk-right"})) as server:
        async with openai_client(server, key="sk-right"):
            pass
        with pytest.raises(InvalidStatus) as refused:
            async with openai_client(server, key="sk-wrong"):
                pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["error"]["code"] == "invalid_api_key"


async def test_other_refusals_name_their_status_and_when_to_come_again() -> None:
    busy = Refusal(503, "server_overloaded", "Later.", retry_after_s=7)
    async with RealtimeServer(Behaviour(refusal=busy)) as server:
        with pytest.raises(InvalidStatus) as refused:
            async with openai_client(server):
                pass
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "7"


async def test_a_refusal_may_come_after_the_upgrade() -> None:
    broke = Refusal(code="insufficient_quota", message="No money.", after_upgrade=True)
    async with (
        RealtimeServer(Behaviour(refusal=broke)) as server,
        openai_client(server) as client,
    ):
        event = await client.recv()
        assert event.type == "error"
        assert event.error.code == "insufficient_quota"
        with pytest.raises(ConnectionClosed):
            await client.recv()


async def test_there_is_one_path_only() -> None:
    async with RealtimeServer() as server:
        with pytest.raises(InvalidStatus, match="404"):
            await connect(f"{server.url}/live/sessions?model={MODEL}")
