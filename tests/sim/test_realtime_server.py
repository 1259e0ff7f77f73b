"""The mock Realtime server, driven by the unmodified ``openai`` client."""

from __future__ import annotations

import base64

import pytest
from openai.types.realtime.session_update_event_param import Session

from tests.sim.realtime.client import (
    audio_in,
    base64_of,
    openai_client,
    received_until,
    talker,
    words_in,
)
from tests.sim.realtime_server import (
    Behaviour,
    RealtimeServer,
    Transcribing,
)
from tests.sim.tones import GAP_S, WORD_S, as_words, encode, encode_text, speaker_words

pytestmark = pytest.mark.unit

WORDS = speaker_words(3, 6)
WORD_MS = round((WORD_S + GAP_S) * 1000)
MANUAL: Session = {
    "type": "realtime",
    "audio": {"input": {"turn_detection": None, "transcription": {"model": "gpt-live-transcribe"}}},
}


async def test_the_unmodified_client_gets_the_exact_transcript_of_what_it_committed() -> None:
    async with RealtimeServer() as server, openai_client(server) as client:
        await client.session.update(session=MANUAL)
        await client.input_audio_buffer.append(audio=base64_of(WORDS))
        await client.input_audio_buffer.commit()
        events = await received_until(
            client, "conversation.item.input_audio_transcription.completed"
        )
        record = await server.session(0)
    last = events[-1]
    assert last.type == "conversation.item.input_audio_transcription.completed"
    assert last.transcript == " ".join(WORDS)
    assert last.usage.type == "duration"
    assert record.committed[0].words == tuple(WORDS)
    assert record.committed[0].item_id == last.item_id
    assert record.audio == encode(WORDS).tobytes()


async def test_the_unmodified_client_can_decode_the_answer() -> None:
    async with RealtimeServer(Behaviour(rate=100)) as server, openai_client(server) as client:
        await client.session.update(session=MANUAL)
        await client.input_audio_buffer.append(audio=base64_of(WORDS))
        await client.input_audio_buffer.commit()
        await client.response.create()
        events = await received_until(client, "response.done")
    assert words_in(audio_in(events)) == WORDS
    last = events[-1]
    assert last.type == "response.done"
    assert last.response.status == "completed"
    assert last.response.usage is not None
    assert last.response.usage.output_token_details is not None
    assert last.response.usage.output_token_details.audio_tokens == 6 * WORD_MS / 50


async def test_plain_words_of_the_vocabulary_are_heard_as_such() -> None:
    behaviour = Behaviour(vocabulary=("sage", "hello"), rate=1000)
    async with RealtimeServer(behaviour) as server, talker(server) as client:
        await client.manual_turns()
        await client.say([*as_words("Hello Sage"), "bakito"])
        done = await client.until("conversation.item.input_audio_transcription.completed")
        assert done["transcript"] == "hello sage bakito"
        await client.send("response.create")
        await client.until("response.done")
    spoken = encode_text("hello sage bakito").tobytes()
    sent = [e["delta"] for e in client.events if e["type"] == "response.output_audio.delta"]
    assert b"".join(map(base64.b64decode, sent)) == spoken


async def test_a_word_cut_by_a_commit_is_in_neither_transcript() -> None:
    pcm = encode(WORDS[:3]).tobytes()
    middle_of_second = (WORD_MS + 180) * 48
    async with RealtimeServer() as server, talker(server) as client:
        await client.manual_turns()
        for piece in (pcm[:middle_of_second], pcm[middle_of_second:]):
            audio = base64.b64encode(piece).decode()
            await client.send("input_audio_buffer.append", audio=audio)
            await client.send("input_audio_buffer.commit")
            await client.until("conversation.item.input_audio_transcription.completed")
        record = await server.session(0)
    assert [item.words for item in record.committed] == [(WORDS[0],), (WORDS[2],)]
    assert [(item.first, item.end) for item in record.committed] == [
        (0, middle_of_second // 2),
        (middle_of_second // 2, len(pcm) // 2),
    ]


async def test_transcripts_can_come_late_in_the_wrong_order_fail_or_never_come() -> None:
    plans = [
        Transcribing(after_items=1),
        Transcribing(),
        Transcribing(outcome="failed"),
        Transcribing(outcome="never"),
        Transcribing(text="thank you for watching", deltas=False),
    ]
    async with RealtimeServer(Behaviour(transcribing=plans.__getitem__)) as server:
        async with talker(server) as client:
            await client.manual_turns()
            items = [await client.say([word]) for word in WORDS[:5]]
            await client.until("conversation.item.input_audio_transcription.completed")
        ends = [
            (items.index(event["item_id"]), event["type"].rsplit(".", 1)[1])
            for event in client.events
            if event["type"].endswith((".completed", ".failed"))
        ]
    assert sorted(ends) == [(0, "completed"), (1, "completed"), (2, "failed"), (4, "completed")]
    assert ends.index((1, "completed")) < ends.index((0, "completed"))


async def test_live_deltas_come_before_the_commit_under_the_id_of_the_later_item() -> None:
    async with RealtimeServer(Behaviour(live_deltas=True)) as server, talker(server) as client:
        await client.manual_turns()
        await client.send("input_audio_buffer.append", audio=base64_of(WORDS[:2], gap_s=0.2))
        first = await client.until("conversation.item.input_audio_transcription.delta")
        second = await client.until("conversation.item.input_audio_transcription.delta")
        assert first["delta"] + second["delta"] == " ".join(WORDS[:2])
        await client.send("input_audio_buffer.commit")
        committed = await client.until("input_audio_buffer.committed")
        assert committed["item_id"] == first["item_id"] == second["item_id"]
        done = await client.until("conversation.item.input_audio_transcription.completed")
    assert done["transcript"] == " ".join(WORDS[:2])


async def test_each_item_names_the_one_before_it() -> None:
    async with RealtimeServer(Behaviour(rate=1000)) as server, talker(server) as client:
        await client.manual_turns()
        first = await client.say(WORDS[:1])
        await client.send("response.create")
        answer = (await client.until("conversation.item.added"))["item"]
        if answer["role"] == "user":
            answer = (await client.until("conversation.item.added"))["item"]
        await client.until("response.done")
        await client.say(WORDS[1:2])
        record = await server.session(0)
    assert [item.previous_item_id for item in record.committed] == [None, answer["id"]]
    assert record.committed[0].item_id == first


async def test_every_session_may_behave_in_its_own_way() -> None:
    behaviours = [Behaviour(answer=lambda _: "bababa"), Behaviour(answer=lambda _: "zozozo")]
    async with RealtimeServer(behaviours) as server:
        for expected in ("bababa", "zozozo", "zozozo"):
            async with talker(server) as client:
                await client.send("response.create")
                await client.until("response.done")
            record = server.sessions[-1]
            assert record.responses[0].text == expected
            await record.until(lambda r: r.ended)
