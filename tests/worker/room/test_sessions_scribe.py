"""One agent transcribes, the others wait: few sessions, and no word lost or doubled at a change."""

from __future__ import annotations

import asyncio

import pytest

from roomhand.attribution.conversation import Entry
from roomhand.room.session_report import SCRIBE_WAIT_MS
from roomhand.room.sessions import SessionOptions
from roomhand_plugins.base import ReplyRequest, Role
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import Person, Stage, stage

pytestmark = pytest.mark.unit


def onset(s: Stage, number: int) -> int:
    """Of the turn that began as the so-manieth, as this agent measured it."""
    return s.sink.started[number][1].start_ms


def write(s: Stage, who: Person, number: int, off_ms: int = 0) -> None:
    """The scribe, whose clock is a little off, has put a turn into the transcript."""
    onset_ms = onset(s, number) + off_ms
    s.sessions.recorded(who.track.sid, onset_ms, onset_ms + 1_000)


@in_virtual_time
async def test_who_does_not_transcribe_opens_no_session() -> None:
    """People talk, and it costs this agent nothing."""
    async with stage(hears=False) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(anna.speak(1, 2, 3), ben.speak(11, 12))
        await anna.wait(10)
        assert (s.sessions.spent.opened, s.sessions.spent.sent_s) == (0, 0.0)
        assert len(s.sink.started) == len(s.sink.ended) == 2


@in_virtual_time
async def test_a_prepared_turn_is_sent_whole_while_it_lasts() -> None:
    """From its pre-roll on, so that the session has all of it at its end; nothing is told."""
    async with stage(hears=False) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(anna.speak(1), ben.speak(11))
        speaking = asyncio.create_task(anna.speak(2, 3, 4, 5))
        await asyncio.sleep(0.8)
        s.sessions.prepare(anna.track.sid, onset(s, 2) + 90)
        await speaking
        assert s.sessions.spent.opened == 1
        assert s.count("begin_turn") == 1
        [session] = s.plugin.sessions
        assert [entry.text for entry in session.memory.entries] == ["w2 w3 w4 w5"]
        assert (s.sink.final, s.sink.lost) == ([], [])
        assert s.plugin.sessions[0].setup.speaker == "Anna"


@in_virtual_time
async def test_what_is_not_held_any_more_cannot_be_prepared() -> None:
    """An onset of nobody's turn, or of one that has left the ring."""
    async with stage(hears=False, options=SessionOptions(ring_s=30)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.sessions.prepare(anna.track.sid, onset(s, 0) + 301)
        s.sessions.prepare("TR_somebody", onset(s, 0))
        await anna.wait(40)
        s.sessions.prepare(anna.track.sid, onset(s, 0))
        await anna.wait(1)
        assert s.opened == 0


@in_virtual_time
async def test_a_new_scribe_transcribes_what_the_old_one_did_not_write() -> None:
    """Not what it wrote, by whose clock ever, and nothing twice."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        for value in (1, 2, 3):
            await anna.speak(value)
        write(s, anna, 0, off_ms=-120)
        write(s, anna, 1, off_ms=280)
        s.sessions.hears = True
        await anna.speak(4)
        assert s.sink.said("anna") == "w3 w4"
        assert s.sink.lost == []
        assert s.count("begin_turn") == 2


@in_virtual_time
async def test_a_turn_under_way_at_the_change_is_transcribed_whole() -> None:
    """The old scribe died in the midst of it."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        speaking = asyncio.create_task(anna.speak(1, 2, 3, 4, 5, 6))
        await asyncio.sleep(1.0)
        s.sessions.hears = True
        await speaking
        assert s.sink.said("anna") == "w1 w2 w3 w4 w5 w6"


@pytest.mark.parametrize("written", [True, False])
@in_virtual_time
async def test_what_its_own_session_heard_is_told_only_if_the_scribe_never_wrote_it(
    written: bool,
) -> None:
    """A question was answered, then its scribe died: before or after it wrote the question down."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.wait(1)
        assert s.sink.final == []
        if written:
            write(s, anna, 0, off_ms=50)
        s.sessions.hears = True
        await anna.wait(1)
        assert s.sink.said("anna") == ("" if written else "w1")
        assert s.count("begin_turn") == 1


@in_virtual_time
async def test_a_scribe_that_was_replaced_tells_nothing_more() -> None:
    """What it had under way is the other's to tell."""
    async with stage() as s:
        anna = s.person("anna")
        s.plugin.hold_transcripts()
        await anna.speak(1)
        s.sessions.hears = False
        s.plugin.release_transcripts()
        await anna.speak(2)
        assert s.sink.final == []
        assert s.sessions.spent.opened == 1
        write(s, anna, 0)
        write(s, anna, 1)


@in_virtual_time
async def test_words_that_the_scribe_owes_are_waited_for_and_named() -> None:
    """Before a reply, as if they were this agent's own; the scribe's text ends the wait."""
    async with stage(hears=False, options=SessionOptions(transcript_wait_s=3)) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(ben.speak(11), anna.wait(1.3))
        await anna.speak(1)
        began_s = asyncio.get_running_loop().time()
        reply = asyncio.create_task(s.sessions.reply("anna", ReplyRequest(reply_id="r1")))
        await asyncio.sleep(1)
        assert not reply.done()
        s.memory.say(
            Entry(
                turn_id="the scribe's own name",
                identity="ben",
                name="Ben",
                role=Role.PERSON,
                text="w11",
                start_ms=onset(s, 0) + 40,
                track=ben.track.sid,
            )
        )
        await reply
        assert 0.9 < asyncio.get_running_loop().time() - began_s < 1.2
        [session] = s.plugin.sessions
        assert ("Ben", "w11") in [(one.speaker, one.text) for one in session.memory.entries]
        s.memory.settle(
            Entry(
                turn_id=s.sink.started[1][1].id,
                identity="anna",
                name="Anna",
                role=Role.PERSON,
                text="",
                start_ms=0,
            )
        )


@in_virtual_time
async def test_what_the_scribe_took_for_noise_is_not_waited_for_long() -> None:
    """Counted from its end, however long it was."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 61))
        end_ms = s.memory.pending()[0].start_ms + 12_000
        s.memory.give_up(end_ms + SCRIBE_WAIT_MS - 100)
        assert len(s.memory.pending()) == 1
        s.memory.give_up(end_ms + SCRIBE_WAIT_MS + 100)
        assert s.memory.pending() == ()


@in_virtual_time
async def test_closing_does_not_wait_for_words_that_another_agent_will_tell() -> None:
    """Its own are of no use to anybody."""
    async with stage(hears=False, options=SessionOptions(flush_s=5)) as s:
        anna = s.person("anna")
        s.plugin.hold_transcripts()
        await anna.speak(1)
        s.sessions.prepare(anna.track.sid, onset(s, 0))
        await anna.wait(1)
        began_s = asyncio.get_running_loop().time()
        await s.sessions.aclose()
        assert asyncio.get_running_loop().time() - began_s < 1
        assert (s.sink.final, s.sink.lost) == ([], [])


@in_virtual_time
async def test_what_sessions_cost_is_counted() -> None:
    """Opened, sent, and what the provider billed by duration."""
    cue = {"on": "end_turn", "event": "usage", "fields": {"audio_seconds": 1.5}}
    async with stage({"cues": [cue]}) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await anna.speak(1, 2, 3, 4, 5)
        await ben.speak(11)
        spent = s.sessions.spent
        assert spent.opened == 2
        assert spent.sent_s == pytest.approx((anna.ledger.sent + ben.ledger.sent) / 24_000)
        assert spent.billed_s == 3.0


def write_span(s: Stage, who: Person, from_ms: int, to_ms: int) -> None:
    """The scribe heard the turn from before its onset here; times are from that onset."""
    onset_ms = onset(s, 0)
    s.sessions.recorded(who.track.sid, onset_ms + from_ms, onset_ms + to_ms)


@in_virtual_time
async def test_the_end_of_a_turn_that_is_written_is_not_transcribed_again() -> None:
    """A successor came while it was spoken, so that its onset here is another."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(1, 2, 3)
        write_span(s, anna, -2_000, 600)
        s.sessions.hears = True
        await anna.speak(4)
        assert s.sink.said("anna") == "w4"


@pytest.mark.parametrize("soon", [True, False])
@in_virtual_time
async def test_what_was_said_after_the_end_of_what_is_written_is_transcribed(soon: bool) -> None:
    """Nobody paused: the scribe before cut the turn there. ``soon``: while it is still spoken."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        speaking = asyncio.create_task(anna.speak(1, 2, 3, 4))
        await asyncio.sleep(0.6)
        if not soon:
            await speaking
        write_span(s, anna, -2_000, 400)
        await speaking
        s.sessions.hears = True
        await anna.wait(2)
        assert s.sink.said("anna") == "w3 w4"


@in_virtual_time
async def test_a_turn_that_begins_where_the_last_one_ended_is_another() -> None:
    """The scribe cuts long speech between two words, and has words of the first part only."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(1, 2)
        write_span(s, anna, -2_000, 0)
        s.sessions.hears = True
        await anna.wait(2)
        assert s.sink.said("anna") == "w1 w2"


@pytest.mark.parametrize("soon", [True, False])
@in_virtual_time
async def test_what_the_scribe_has_cut_off_a_turn_is_transcribed_from_there(soon: bool) -> None:
    """With the same onset here, where nobody has cut it. ``soon``: while it is still spoken."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        speaking = asyncio.create_task(anna.speak(*range(1, 9)))
        await asyncio.sleep(1.2)
        if not soon:
            await speaking
        write_span(s, anna, 0, 800)
        await speaking
        s.sessions.hears = True
        await anna.wait(2)
        assert s.sink.said("anna") == "w5 w6 w7 w8"
        assert anna.ledger.unaccounted(s.sessions.held(anna.track)) == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@in_virtual_time
async def test_parts_of_a_turn_may_be_written_in_any_order(order: tuple[int, int]) -> None:
    """Words come late, and not in the order in which they were said."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 9))
        parts = [(0, 800), (800, 1_600)]
        for number in order:
            write_span(s, anna, *parts[number])
        s.sessions.hears = True
        await anna.wait(2)
        assert s.sink.said("anna") == ""


@in_virtual_time
async def test_a_part_whose_words_were_never_written_is_transcribed_alone() -> None:
    """The scribe has ended after it had the words of what was said later."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 9))
        write_span(s, anna, 800, 1_600)
        s.sessions.hears = True
        await anna.wait(2)
        assert s.sink.said("anna") == "w1 w2 w3 w4"
        assert anna.ledger.unaccounted(s.sessions.held(anna.track)) == 0


@in_virtual_time
async def test_who_does_not_transcribe_owes_nothing() -> None:
    """However long nothing comes of what it keeps."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(1)
        assert s.sessions.owed_from_ms is None
        s.sessions.hears = True
        assert s.sessions.owed_from_ms == onset(s, 0)


@in_virtual_time
async def test_what_nobody_tells_of_is_let_go_of_when_its_speaker_has_left_for_long() -> None:
    """The scribe took it for noise, and every caller has an identity of their own."""
    async with stage(hears=False) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await anna.speak(1)
        anna.end()
        await asyncio.sleep(50)
        ben.end()
        ben.subscribe()
        assert s.sessions.held(anna.track) > 0
        await asyncio.sleep(20)
        ben.end()
        ben.subscribe()
        assert s.sessions.held(anna.track) == 0
        assert anna.ledger.unaccounted() == 0
