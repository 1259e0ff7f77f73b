"""Sessions: no word lost, doubled or misplaced, whatever the provider does."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from roomhand.attribution.identity import Source
from roomhand.bridge.reopening import ReopeningLimits
from roomhand.room.sessions import SessionOptions, SessionState
from roomhand_plugins.scripted.script import FaultKind
from roomhand_plugins.scripted.session import ScriptedSession
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import stage

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("handshake_s", [0.1, 2, 10, 30])
@in_virtual_time
async def test_a_slow_handshake_costs_latency_but_no_word(handshake_s: float) -> None:
    """All that is said before the session is ready waits in the ring, and follows."""
    script = {"faults": [{"fault": "delay_open", "ms": round(handshake_s * 1000)}]}
    async with stage(script) as s:
        anna = s.person("anna")
        for value in range(1, 8):
            await anna.speak(value, value + 100)
        await anna.wait(handshake_s)
        assert s.sink.said("anna") == " ".join(f"w{v} w{v + 100}" for v in range(1, 8))
        assert s.opened == 1
        assert anna.ledger.dropped.total() == 0


@in_virtual_time
async def test_backlog_goes_out_faster_than_real_time() -> None:
    """After a handshake of 20 s the session is live again at once."""
    async with stage({"faults": [{"fault": "delay_open", "ms": 20_000}]}) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 60))
        await anna.wait(20 - asyncio.get_running_loop().time() + 0.5)
        assert s.sink.said("anna") == " ".join(f"w{v}" for v in range(1, 60))


@in_virtual_time
async def test_silence_opens_no_session() -> None:
    """A participant who says nothing costs nothing."""
    async with stage() as s:
        anna = s.person("anna")
        await anna.wait(30)
        assert s.opened == 0
        assert anna.ledger.sent == 0
        assert anna.ledger.gated > 29 * 24_000


@in_virtual_time
async def test_an_idle_session_closes_and_the_next_speech_opens_one_that_knows() -> None:
    """What was said before is history of the new session."""
    async with stage(options=SessionOptions(session_idle_s=20)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(25)
        assert s.plugin.sessions == []
        assert s.sink.states[-1] == ("anna", SessionState.IDLE)
        await anna.speak(2)
        assert [turn.text for turn in s.plugin.sessions[0].setup.history] == ["w1"]
        assert s.sink.said("anna") == "w1 w2"


@pytest.mark.parametrize("moment", ["begin_turn", "audio", "end_turn", "turn_committed"])
@pytest.mark.parametrize("nth", [1, 2])
@in_virtual_time
async def test_a_lost_socket_loses_and_doubles_nothing(moment: str, nth: int) -> None:
    """The turn under way is sent again, whole, under its own name."""
    fault = {"fault": "lose_socket", "at": moment, "nth": nth if moment != "audio" else nth * 9}
    async with stage({"faults": [fault]}) as s:
        anna = s.person("anna")
        await anna.speak(1, 2, 3, 4)
        await anna.speak(5, 6, 7, 8)
        await anna.wait(2)
        assert s.sink.said("anna") == "w1 w2 w3 w4 w5 w6 w7 w8"
        assert s.sink.lost == []
        assert s.opened == 2


@pytest.mark.parametrize(("voiced_ms", "said"), [(0, ""), (99, ""), (100, "w1")])
@in_virtual_time
async def test_words_over_too_little_voice_were_said_by_nobody(voiced_ms: int, said: str) -> None:
    """Models write words over a cough; they are kept apart. Whatever the language."""
    async with stage() as s:
        anna = s.person("anna")
        await anna.speak(1, voiced_ms=voiced_ms)
        await anna.wait(1)
        assert [text for _, _, text in s.sink.final] == [said]
        assert s.sink.doubted == ([] if said else ["w1"])
        await anna.speak(2)
        assert s.sink.said("anna").split() == [*said.split(), "w2"]


@in_virtual_time
async def test_a_turn_that_was_cut_is_never_doubted() -> None:
    """How much of the voice was in its last piece is not known."""
    async with stage(options=SessionOptions(max_turn_s=4)) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 60), voiced_ms=50)
        await anna.wait(1)
        assert s.sink.doubted == []


@in_virtual_time
async def test_several_unfinished_turns_are_sent_again_in_order() -> None:
    """Turns committed without their words all follow to the next session."""
    async with stage() as s:
        s.plugin.hold_transcripts()
        anna = s.person("anna")
        for value in (1, 2, 3):
            await anna.speak(value)
        s.plugin.strike(FaultKind.LOSE_SOCKET)
        s.plugin.release_transcripts()
        await anna.wait(2)
        assert s.sink.said("anna") == "w1 w2 w3"
        assert [turn for _, turn, _ in s.sink.final] == [turn.id for _, turn in s.sink.started]


@in_virtual_time
async def test_a_turn_with_final_words_is_never_sent_again() -> None:
    """After the loss of an idle socket nothing is repeated."""
    async with stage() as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.plugin.strike(FaultKind.EXPIRE)
        await anna.wait(1)
        assert s.opened == 1
        await anna.speak(2)
        assert s.sink.said("anna") == "w1 w2"
        assert s.count("begin_turn") == 2


@in_virtual_time
async def test_a_final_refusal_is_said_once_and_makes_holes() -> None:
    """No reconnect loop on a bad key."""
    async with stage({"faults": [{"fault": "refuse_fatal"}]}) as s:
        anna = s.person("anna")
        for value in (1, 2, 3):
            await anna.speak(value)
        assert s.opened == 1
        assert [state for _, state in s.sink.states].count(SessionState.REFUSED) == 1
        assert [reason for _, reason in s.sink.lost] == ["refused"] * 3
        assert anna.ledger.dropped["refused"] >= 3 * 4_800


@in_virtual_time
async def test_passing_refusals_are_retried_ever_more_slowly() -> None:
    """The waits double, and the words arrive in the end."""
    faults = [{"fault": "refuse", "at": "open", "nth": nth} for nth in range(1, 6)]
    limits = ReopeningLimits(first_s=0.5, longest_s=60, jitter=0)
    async with stage({"faults": faults}, SessionOptions(reopening=limits)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(20)
        opened_s = [call.at_s for call in s.plugin.calls if call.moment == "open"]
        waits_s = [later - sooner for sooner, later in itertools.pairwise(opened_s)]
        assert waits_s == pytest.approx([0.5, 1, 2, 4, 8], abs=0.01)
        assert s.sink.said("anna") == "w1"


@in_virtual_time
async def test_what_the_ring_cannot_keep_is_a_hole_and_the_rest_is_words() -> None:
    """A provider that is away for longer than the ring is long."""
    async with stage(
        {"faults": [{"fault": "delay_open", "ms": 50_000}]}, SessionOptions(ring_s=30)
    ) as s:
        anna = s.person("anna")
        for value in range(1, 41):
            await anna.speak(value)
        await anna.wait(5)
        assert {reason for _, reason in s.sink.lost} == {"overwritten"}
        assert anna.ledger.dropped["overwritten"] >= len(s.sink.lost) * 4_800
        heard = s.sink.said("anna").split()
        assert heard == [f"w{v}" for v in range(41 - len(heard), 41)]
        assert len(heard) + len(s.sink.lost) == 40


@in_virtual_time
async def test_a_turn_that_ends_every_session_is_given_up() -> None:
    """One turn must not keep a lane busy for ever; the next one has its chance."""
    faults = [{"fault": "lose_socket", "at": "end_turn", "nth": nth} for nth in range(1, 10)]
    options = SessionOptions(tries=8, reopening=ReopeningLimits(longest_s=2))
    async with stage({"faults": faults}, options) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(30)
        await anna.speak(2)
        assert [reason for _, reason in s.sink.lost] == ["given up"]
        assert s.sink.said("anna") == "w2"


@pytest.mark.parametrize("call", ["open", "begin_turn", "send_audio", "end_turn", "events"])
@in_virtual_time
async def test_a_plugin_with_a_bug_costs_a_session_not_the_words(call: str) -> None:
    """A stranger's plugin may raise anything."""
    async with stage() as s:
        plugin = s.plugin
        failed: list[str] = []

        def fail_once(*_: object, **__: object) -> None:
            if not failed:
                failed.append(call)
                raise ZeroDivisionError("a bug")

        open_session = plugin.open

        async def open_buggy(*args: Any, **given: Any) -> ScriptedSession:
            if call == "open":
                fail_once()
            session = await open_session(*args, **given)
            method = getattr(session, call, None)

            def buggy(*args: Any, **given: Any) -> Any:
                fail_once()
                return method(*args, **given) if method else None

            if method:
                setattr(session, call, buggy)
            return session

        plugin.open = open_buggy  # type: ignore[method-assign]
        anna = s.person("anna")
        await anna.speak(1, 2, 3)
        await anna.wait(1)
        assert failed
        assert s.sink.said("anna") == "w1 w2 w3"


@in_virtual_time
async def test_a_stalled_session_is_given_up_and_its_turn_sent_again() -> None:
    """An open socket that reads nothing is a lost one."""
    script = {"faults": [{"fault": "stall", "at": "begin_turn"}], "audio_buffer_ms": 100}
    async with stage(script, SessionOptions(stall_s=5)) as s:
        anna = s.person("anna")
        await anna.speak(1, 2, 3, 4, 5)
        await anna.wait(8)
        assert s.sink.said("anna") == "w1 w2 w3 w4 w5"
        assert s.opened == 2


@pytest.mark.parametrize(("missing", "lost"), [(1, []), (2, ["no transcript"])])
@in_virtual_time
async def test_a_missing_transcript_is_tried_once_more(missing: int, lost: list[str]) -> None:
    """Then the turn is a hole."""
    faults = [{"fault": "drop_event", "at": "transcript", "nth": n + 1} for n in range(missing)]
    async with stage({"faults": faults}, SessionOptions(transcript_due_s=10)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(30)
        assert [reason for _, reason in s.sink.lost] == lost
        assert s.sink.said("anna") == ("" if lost else "w1")
        assert s.opened == 2


@in_virtual_time
async def test_a_failed_transcript_is_a_hole_with_the_providers_reason() -> None:
    """And the next turn is not held up."""
    async with stage({"faults": [{"fault": "fail_transcript"}]}) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.speak(2)
        assert [reason for _, reason in s.sink.lost] == ["the script failed the transcript"]
        assert s.sink.said("anna") == "w2"


@in_virtual_time
async def test_late_and_double_transcripts_change_nothing() -> None:
    """Words are tied to turns by name, never by arrival."""
    faults = [
        {"fault": "late_transcript", "nth": 1, "ms": 3_000},
        {"fault": "duplicate_event", "at": "transcript", "nth": 2},
    ]
    async with stage({"faults": faults}) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.speak(2)
        await anna.wait(3)
        words = {turn: text for _, turn, text in s.sink.final}
        assert [words[turn.id] for _, turn in s.sink.started] == ["w1", "w2"]
        assert [entry.text for entry in s.memory.history(9)] == ["w1", "w2"]


@in_virtual_time
async def test_a_track_that_comes_back_goes_on_in_its_session() -> None:
    """New subscription, new anchor and ledger, same session; a word cut off is kept as it was."""
    async with stage() as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.speak(2, after_s=0)
        anna.end()
        await asyncio.sleep(5)
        anna.subscribe()
        await anna.speak(3)
        assert s.sink.said("anna") == "w1 w2 w3"
        assert s.opened == 1
        assert len(s.ledgers) == 2
        assert s.sink.started[-1][1].start_ms > 5_000


@in_virtual_time
async def test_two_tracks_of_one_person_have_a_session_each() -> None:
    """Tracks merge when shown, not when captured."""
    async with stage() as s:
        voice, screen = s.person("anna"), s.person("anna", Source.SCREEN_AUDIO)
        await asyncio.gather(voice.speak(1, 2), screen.speak(11, 12))
        assert s.opened == 2
        assert sorted(text for _, _, text in s.sink.final) == ["w1 w2", "w11 w12"]


@in_virtual_time
async def test_people_who_talk_at_once_are_kept_apart() -> None:
    """Every word under its speaker, though sockets die now and then."""
    faults = [{"fault": "lose_socket", "at": "audio", "nth": nth} for nth in (40, 160, 230)]
    async with stage({"faults": faults}) as s:
        people = [s.person(name) for name in ("anna", "ben", "cleo", "dan")]

        async def talk(number: int) -> None:
            for turn in range(4):
                await people[number].speak(*(1000 * number + 10 * turn + i for i in range(1, 4)))

        await asyncio.gather(*(talk(number) for number in range(4)))
        await people[0].wait(3)
        for number, person in enumerate(people):
            words = [1000 * number + 10 * turn + i for turn in range(4) for i in range(1, 4)]
            assert s.sink.said(person.identity) == " ".join(f"w{v}" for v in words)


@in_virtual_time
async def test_speech_without_an_end_is_cut_into_turns_without_losing_a_sample() -> None:
    """A turn always fits the ring."""
    async with stage(options=SessionOptions(max_turn_s=10)) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 151))
        pieces = [text.split() for _, _, text in s.sink.final]
        assert len(pieces) == 4
        samples: dict[str, int] = {}
        for word in (word for piece in pieces for word in piece):
            value, _, size = word.partition(":")
            samples[value] = samples.get(value, 0) + int(size or 4_800)
        assert samples == {f"w{v}": 4_800 for v in range(1, 151)}


@in_virtual_time
async def test_a_session_about_to_expire_is_renewed_at_a_quiet_moment() -> None:
    """Nobody is cut off, and the new one knows what was said."""
    cue = {"on": "begin_turn", "nth": 1, "event": "closing_soon", "fields": {"in_s": 60}}
    async with stage({"cues": [cue]}) as s:
        anna = s.person("anna")
        await anna.speak(1, 2, 3)
        await anna.speak(4)
        assert s.opened == 2
        assert s.sink.said("anna") == "w1 w2 w3 w4"
        assert [turn.text for turn in s.plugin.sessions[0].setup.history] == ["w1 w2 w3"]


@in_virtual_time
async def test_closing_waits_for_words_but_not_for_ever() -> None:
    """What does not come in time is a hole, told before the end."""
    async with stage(options=SessionOptions(flush_s=5)) as s:
        anna = s.person("anna")
        s.plugin.hold_transcripts()
        await anna.speak(1)
        began_s = asyncio.get_running_loop().time()
        await s.sessions.aclose()
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(5, abs=0.5)
        assert [reason for _, reason in s.sink.lost] == ["closing"]
        anna.give(bytes(4_800))
        assert anna.ledger.dropped["closing"] == 2_400


@in_virtual_time
async def test_interim_words_and_usage_are_passed_on() -> None:
    """Under the speaker's name, like all words of that session."""
    script = {
        "capabilities": {"interim_transcripts": True},
        "cues": [{"on": "end_turn", "event": "usage", "fields": {"audio_seconds": 1.0}}],
    }
    async with stage(script) as s:
        anna = s.person("anna")
        await anna.speak(1, 2, 3, 4)
        assert s.sink.interim
        assert s.sink.billed == ["anna"]


@in_virtual_time
async def test_words_without_a_turn_are_strays() -> None:
    """A transcript that cannot be tied to audio is a guess."""
    fields = {"turn_id": None, "text": "perhaps", "final": True}
    cue = {"on": "end_turn", "event": "transcript", "fields": fields}
    async with stage({"cues": [cue]}) as s:
        await s.person("anna").speak(1)
        assert s.sink.stray == ["perhaps"]
        assert s.sink.said("anna") == "w1"


@in_virtual_time
async def test_unbroken_input_gets_silence_too() -> None:
    """Once its session is open, a provider that needs a steady stream has one."""
    async with stage({"capabilities": {"unbroken_input": True}}) as s:
        anna = s.person("anna")
        await anna.speak(1)
        gated = anna.ledger.gated
        await anna.wait(5)
        await anna.speak(2)
        assert anna.ledger.gated == gated
        assert s.sink.said("anna") == "w1 w2"


@in_virtual_time
async def test_a_plugin_without_transcripts_leaves_holes_not_waits() -> None:
    """It can answer, but what was said is not known."""
    async with stage({"capabilities": {"transcripts": False}}) as s:
        await s.person("anna").speak(1)
        assert [reason for _, reason in s.sink.lost] == ["no transcripts"]
        assert s.memory.pending() == ()
