"""The mock Realtime server's own speech detection."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sim.realtime.client import (
    Talker,
    talker,
)
from tests.sim.realtime_server import (
    Behaviour,
    RealtimeServer,
)
from tests.sim.tones import encode, speaker_words

pytestmark = pytest.mark.unit

WORDS = speaker_words(6, 5)
TALKATIVE = " ".join(WORDS)


async def vad(client: Talker, detection: dict[str, Any], chunk_ms: int = 40) -> None:
    transcription = {"model": "gpt-4o-transcribe"}
    await client.update(
        audio={"input": {"turn_detection": detection, "transcription": transcription}}
    )
    pcm = bytes(1000 * 48) + encode(WORDS[:2]).tobytes() + bytes(1500 * 48)
    for at in range(0, len(pcm), chunk_ms * 48):
        audio = base64.b64encode(pcm[at : at + chunk_ms * 48]).decode()
        await client.send("input_audio_buffer.append", audio=audio)


async def test_server_vad_finds_the_turn_with_padding_and_silence_as_asked() -> None:
    """Speech is from 1000 to 1920 ms: two words of 420 ms, 80 ms between them."""
    detection = {
        "type": "server_vad",
        "prefix_padding_ms": 200,
        "silence_duration_ms": 400,
        "create_response": False,
    }
    async with RealtimeServer() as server, talker(server) as client:
        await vad(client, detection)
        started = await client.until("input_audio_buffer.speech_started")
        stopped = await client.until("input_audio_buffer.speech_stopped")
        committed = await client.until("input_audio_buffer.committed")
        done = await client.until("conversation.item.input_audio_transcription.completed")
        record = await server.session(0)
    assert started["audio_start_ms"] == 800
    assert stopped["audio_end_ms"] == 2320
    assert started["item_id"] == stopped["item_id"] == committed["item_id"] == done["item_id"]
    assert done["transcript"] == " ".join(WORDS[:2])
    assert done["usage"]["type"] == "tokens"
    assert (record.committed[0].first, record.committed[0].end) == (800 * 24, 2320 * 24)
    assert record.responses == []


async def test_server_vad_answers_by_itself_unless_told_otherwise() -> None:
    async with RealtimeServer(Behaviour(rate=1000)) as server, talker(server) as client:
        await vad(client, {"type": "server_vad"})
        await client.until("response.done")
        assert (await server.session(0)).responses[0].text == " ".join(WORDS[:2])


@pytest.mark.parametrize("interrupts", [True, False])
async def test_speech_interrupts_an_answer_only_if_asked(interrupts: bool) -> None:
    behaviour = Behaviour(answer=lambda _: TALKATIVE, rate=5)
    detection = {
        "type": "server_vad",
        "create_response": False,
        "interrupt_response": interrupts,
    }
    async with RealtimeServer(behaviour) as server, talker(server) as client:
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await vad(client, detection)
        done = await client.until("response.done")
    expected = ("cancelled", "turn_detected") if interrupts else ("completed", None)
    details = done["response"]["status_details"]
    assert (done["response"]["status"], details.get("reason")) == expected


async def test_semantic_vad_waits_longer_for_an_unfinished_word() -> None:
    whole = encode(WORDS[:1], gap_s=0).tobytes()
    cut = whole[: len(whole) - 100 * 48]
    stops = []
    for speech in (whole, cut):
        async with RealtimeServer() as server, talker(server) as client:
            detection = {"type": "semantic_vad", "eagerness": "high", "create_response": False}
            await client.update(audio={"input": {"turn_detection": detection}})
            audio = base64.b64encode(bytes(480 * 48) + speech + bytes(3000 * 48)).decode()
            await client.send("input_audio_buffer.append", audio=audio)
            stopped = await client.until("input_audio_buffer.speech_stopped")
            stops.append(stopped["audio_end_ms"] - 480 - len(speech) // 48)
    assert stops == [300, 2000]


async def test_quiet_sound_is_speech_only_below_the_threshold() -> None:
    """A tone word at -45 dBFS stands at 0.375 of the detector's scale."""
    quiet = encode(WORDS[:1], level_dbfs=-45).tobytes()
    audio = base64.b64encode(quiet + bytes(1000 * 48)).decode()
    for threshold, turns in ((0.3, 1), (0.5, 0)):
        async with RealtimeServer() as server, talker(server) as client:
            detection = {
                "type": "server_vad",
                "threshold": threshold,
                "create_response": False,
            }
            await client.update(audio={"input": {"turn_detection": detection}})
            await client.send("input_audio_buffer.append", audio=audio)
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            assert len((await server.session(0)).committed) == turns
