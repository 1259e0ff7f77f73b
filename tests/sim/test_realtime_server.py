"""The mock Realtime server, driven by the unmodified ``openai`` client."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.sim.tones import decode, encode, speaker_words

pytestmark = pytest.mark.unit

MODEL = "gpt-realtime-2.1"


@asynccontextmanager
async def connected(server: RealtimeServer) -> AsyncIterator[AsyncRealtimeConnection]:
    async with (
        AsyncOpenAI(api_key="sk-test", websocket_base_url=server.url) as client,
        client.realtime.connect(model=MODEL) as connection,
    ):
        yield connection


async def test_the_unmodified_client_holds_a_whole_conversation() -> None:
    words = speaker_words(3, 4)
    async with RealtimeServer(Behaviour(rate=100)) as server, connected(server) as c:
        assert (await c.recv()).type == "session.created"
        await c.session.update(
            session={
                "type": "realtime",
                "audio": {
                    "input": {
                        "turn_detection": None,
                        "transcription": {"model": "gpt-live-transcribe"},
                    }
                },
            }
        )
        assert (await c.recv()).type == "session.updated"
        audio = base64.b64encode(encode(words).tobytes()).decode()
        await c.input_audio_buffer.append(audio=audio)
        await c.input_audio_buffer.commit()
        types = []
        async for event in c:
            types.append(event.type)
            if event.type.endswith("transcription.completed"):
                break
        assert event.transcript == " ".join(words)
        await c.response.create()
        pcm, types = b"", []
        async for event in c:
            types.append(event.type)
            if event.type == "response.output_audio.delta":
                pcm += base64.b64decode(event.delta)
                item_id = event.item_id
            if event.type == "response.done":
                break
        heard = decode(np.frombuffer(pcm, dtype="<i2"))
        assert [w.word for w in heard] == words
        await c.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=500)
        assert (await c.recv()).type == "conversation.item.truncated"
