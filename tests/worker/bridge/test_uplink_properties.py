"""Whatever happens to a lane and its session: every sample is counted, every turn leaves once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge import steps
from roomhand.bridge.hearing import HearingLimits, Speech
from roomhand.bridge.link import SessionState
from roomhand.bridge.rotation import Relay
from roomhand.bridge.spoken import Phase, Run, SpokenTurn
from roomhand.bridge.uplink import Uplink, UplinkLimits
from roomhand_plugins.base import Transcript, TurnFailed

pytestmark = pytest.mark.unit

RING, PREROLL, TAIL, LONGEST = 60_000, 3_000, 1_000, 20_000
MOST = 10_000_000


@dataclass
class Provided:
    """One session, as the provider knows it."""

    begun: str | None = None
    expected: int | None = None
    ended: list[str] = field(default_factory=list)


class LaneMachine(RuleBasedStateMachine):
    """A model of the lane, as plain arrays over all positions, beside the real uplink."""

    unbroken = False
    life_s: float | None = None

    def __init__(self) -> None:
        super().__init__()
        limits = UplinkLimits(
            hearing=HearingLimits(ring=RING, preroll=PREROLL, tail=TAIL, longest_turn=LONGEST),
            idle_s=20,
            transcript_due_s=5,
            tries=3,
            unbroken_input=self.unbroken,
            longest_session_s=self.life_s,
            call_s=40,
        )
        self.uplink = Uplink(limits, "m1")
        self.now_s = 0.0
        self.runs: list[Run] = []
        self.received = self.judged = self.onset_at = 0
        self.speech = np.zeros(MOST, dtype=bool)
        self.sent = np.zeros(MOST, dtype=bool)
        self.sent_count = 0
        self.owner: dict[int, str] = {}
        self.serving = Provided()
        self.successor: Provided | None = None
        self.former: Provided | None = None
        self.holder: dict[str, Provided] = {}
        self.left: Counter[str] = Counter()
        self.started: list[SpokenTurn] = []

    @property
    def position(self) -> int:
        return self.uplink.hearing.ring.end

    @property
    def is_speaking(self) -> bool:
        return self.uplink.hearing.speech is Speech.SPEAKING

    @precondition(lambda self: self.uplink.hearing.speech is Speech.ABSENT)
    @rule()
    def subscribe(self) -> None:
        speaker = Speaker("anna", "Anna")
        track = TrackRef(f"TR{len(self.runs)}", Source.MICROPHONE, speaker, len(self.runs))
        anchor = Anchor(self.position // 24)
        self.runs.append(self.uplink.subscribe(track, anchor, TrackLedger()))
        self.received = self.judged = 0

    @precondition(lambda self: self.uplink.hearing.speech is not Speech.ABSENT)
    @rule(samples=st.sampled_from([1, 480, 1_200, 9_000, 30_000]), times=st.integers(1, 4))
    def hear(self, samples: int, times: int) -> None:
        for _ in range(times):
            start = self.position
            pcm = np.arange(start, start + samples).astype("<i2").tobytes()
            self.runs[-1].ledger.receive(samples)
            self.uplink.receive(self.received, pcm)
            self.received += samples
            self.speech[start : start + samples] = self.is_speaking
            self.collect()

    @precondition(lambda self: self.uplink.hearing.speech is Speech.SILENT and self.received)
    @rule(back=st.integers(0, PREROLL))
    def onset(self, back: int) -> None:
        self.onset_at = max(self.judged, self.received - back)
        self.uplink.onset(self.onset_at)
        self.speech[self.runs[-1].base + self.onset_at : self.position] = True
        self.collect()

    @precondition(lambda self: self.is_speaking)
    @rule(back=st.integers(0, 6_000))
    def end(self, back: int) -> None:
        end = max(self.onset_at, self.received - back)
        self.uplink.end(end)
        self.speech[self.runs[-1].base + end : self.position] = False
        self.judged = self.received
        self.uplink.judged(self.received)
        self.collect()

    @rule(seconds=st.integers(1, 5), opens=st.booleans(), steps_taken=st.sampled_from([1, 40]))
    def talk(self, seconds: int, opens: bool, steps_taken: int) -> None:
        """Somebody speaks on in real time, and the lane keeps up, or nearly."""
        if self.uplink.hearing.speech is Speech.ABSENT:
            self.subscribe()
        if not self.is_speaking:
            self.hear(1_200, 1)
            self.onset(0)
        for _ in range(seconds * 10):
            self.hear(2_400, 1)
            self.now_s += 0.1
            self.work(steps_taken, opens, waits=False)
            if opens and self.uplink.relay is Relay.OPENING:
                self.open_successor(opens=True)

    @precondition(lambda self: self.uplink.hearing.speech is not Speech.ABSENT)
    @rule(back=st.integers(0, 3_000))
    def judge(self, back: int) -> None:
        self.judged = max(self.judged, self.received - back)
        self.uplink.judged(self.judged)

    @precondition(lambda self: self.uplink.hearing.speech is not Speech.ABSENT)
    @rule(name=st.sampled_from(["Anna", "Annie"]))
    def rename(self, name: str) -> None:
        track = self.uplink.hearing.run.track
        self.uplink.rename(replace(track, speaker=replace(track.speaker, name=name)))

    @precondition(lambda self: self.uplink.hearing.speech is not Speech.ABSENT)
    @rule()
    def unsubscribe(self) -> None:
        self.uplink.ended()
        self.collect()

    @rule(steps_taken=st.integers(1, 60), opens=st.booleans(), waits=st.booleans())
    def work(self, steps_taken: int, opens: bool, waits: bool) -> None:
        for _ in range(steps_taken):
            step = self.uplink.next(self.now_s)
            self.collect()
            if isinstance(step, steps.Wait):
                if step.until_s is None or not waits:
                    break
                self.now_s = max(self.now_s, step.until_s)
                continue
            self.do(step)
            if isinstance(step, steps.Open) and opens:
                self.uplink.opened(self.now_s)

    def do(self, step: steps.Step) -> None:
        match step:
            case steps.Open():
                self.serving = Provided()
            case steps.Begin(turn):
                assert self.serving.begun is None, "one turn at a time"
                spoken = self.uplink.turns.find(turn.id)
                assert spoken is not None
                self.serving.begun, self.serving.expected = turn.id, spoken.begin
            case steps.Send(start, stop):
                self.take_audio(start, stop)
            case steps.End(turn) | steps.Discard(turn):
                assert self.serving.begun == turn.id
                self.serving.begun = None
                if isinstance(step, steps.End):
                    self.serving.ended.append(turn.id)
                    self.holder[turn.id] = self.serving
            case steps.Relieve() | steps.TakeOver() | steps.Leave():
                self.relieve(step)
            case steps.Abandon():
                self.lose_serving()
                self.collect()
            case _:
                assert isinstance(step, steps.Close)

    def relieve(self, step: steps.Relieve | steps.TakeOver | steps.Leave) -> None:
        match step:
            case steps.Relieve():
                assert self.former is None, "at most two sessions"
                assert self.successor is None
            case steps.TakeOver(withdrawn):
                assert self.successor is not None
                assert self.serving.begun == (withdrawn.id if withdrawn else None)
                self.former, self.serving, self.successor = self.serving, self.successor, None
            case steps.Leave():
                assert self.former is not None
                self.former = None

    def take_audio(self, start: int, stop: int) -> None:
        pcm = self.uplink.hearing.ring.read(start, stop)
        assert pcm == np.arange(start, stop).astype("<i2").tobytes()
        session = self.serving
        turn = session.begun or "silence"
        assert session.begun or self.unbroken, "audio belongs to a turn"
        assert not session.begun or start == session.expected, "a turn is whole, without a gap"
        session.expected = stop
        assert self.owner.setdefault(start, turn) == turn, "a sample has one turn"
        if turn == "silence":
            assert not self.speech[start:stop].any(), "speech is sent in a turn"
            assert not self.sent[start:stop].any()
        self.sent_count += int((~self.sent[start:stop]).sum())
        self.sent[start:stop] = True

    @precondition(lambda self: self.uplink.state is SessionState.OPENING)
    @rule(outcome=st.sampled_from(["opened", "opened", "opened", "lost"]))
    def open(self, outcome: str) -> None:
        (self.uplink.opened if outcome == "opened" else self.uplink.lost)(self.now_s)
        self.collect()

    @precondition(lambda self: self.uplink.relay is Relay.OPENING)
    @rule(opens=st.sampled_from([True, True, False]))
    def open_successor(self, opens: bool) -> None:
        if opens:
            assert not self.uplink.opened(self.now_s)
            self.successor = Provided()
        else:
            self.uplink.relief_failed(self.now_s)

    @precondition(lambda self: self.uplink.relay is Relay.STANDBY)
    @rule(dice=st.integers(0, 5))
    def lose_successor(self, dice: int) -> None:
        if dice == 0:
            self.uplink.relief_failed(self.now_s)
            self.successor = None

    @precondition(lambda self: self.uplink.relay is Relay.LEAVING)
    @rule(dice=st.integers(0, 2))
    def lose_former(self, dice: int) -> None:
        if dice == 0:
            self.uplink.former_lost()
            self.former = None
            self.collect()

    @precondition(lambda self: self.uplink.state is SessionState.READY)
    @rule(in_s=st.sampled_from([0.0, 2.0, 90.0]))
    def announce(self, in_s: float) -> None:
        self.uplink.closing_soon(self.now_s, in_s)

    @precondition(lambda self: self.uplink.state is SessionState.READY)
    @rule(retry_after_s=st.sampled_from([None, 3.0]))
    def lose(self, retry_after_s: float | None) -> None:
        self.lose_serving(retry_after_s)
        self.collect()

    def lose_serving(self, retry_after_s: float | None = None) -> None:
        self.uplink.lost(self.now_s, retry_after_s)
        self.serving, self.successor = self.successor or Provided(), None

    @precondition(lambda self: self.uplink.state is SessionState.READY)
    @rule(dice=st.integers(0, 30))
    def refuse(self, dice: int) -> None:
        if dice == 0:
            self.uplink.refused()
            self.successor = self.former = None
            self.collect()

    @precondition(lambda self: self.uplink.state is SessionState.READY and self.serving.ended)
    @rule(which=st.integers(0, 9), fails=st.booleans())
    def answer(self, which: int, fails: bool) -> None:
        self.answer_of(self.serving, which, fails)

    @precondition(lambda self: self.former is not None and self.former.ended)
    @rule(which=st.integers(0, 9), fails=st.booleans())
    def answer_late(self, which: int, fails: bool) -> None:
        assert self.former
        self.answer_of(self.former, which, fails)

    def answer_of(self, session: Provided, which: int, fails: bool) -> None:
        name = session.ended.pop(which % len(session.ended))
        former = session is self.former
        waits = {turn.turn.id for turn in self.uplink.turns if turn.phase is Phase.COMMITTED}
        known = name in waits and self.holder[name] is session
        words = Transcript(turn_id=name, text="words", final=True)
        answer = TurnFailed(name, "noise") if fails else words
        taken = self.uplink.answer(name, answer, former=former)
        assert taken is known, "words come from the session that has the turn"
        self.uplink.proved()
        self.collect()

    @rule(asked=st.booleans(), calls=st.booleans())
    def call(self, asked: bool, calls: bool) -> None:
        if self.uplink.state is SessionState.READY:
            self.uplink.hold("r2")
            if asked:
                self.uplink.asked("r2")
            if calls:
                self.uplink.called("c1", self.now_s)

    @rule(answered=st.booleans())
    def end_call(self, answered: bool) -> None:
        self.uplink.release("r2")
        if answered:
            self.uplink.call_answered("c1")

    @rule(seconds=st.sampled_from([0.3, 2.0, 5.0, 31.0]))
    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(hears=st.booleans())
    def hear_or_not(self, hears: bool) -> None:
        self.uplink.hear(hears)

    @rule(holds=st.booleans())
    def reply(self, holds: bool) -> None:
        (self.uplink.hold if holds else self.uplink.release)("r1")

    def collect(self) -> None:
        for fact in self.uplink.facts():
            if isinstance(fact, steps.Started):
                self.started.append(fact.spoken)
            elif isinstance(fact, steps.Worded | steps.Missed):
                self.left[fact.spoken.turn.id] += 1
                assert self.left[fact.spoken.turn.id] == 1, "a turn leaves once"

    @invariant()
    def every_sample_is_in_one_term(self) -> None:
        for run in self.runs:
            assert run.ledger.unaccounted(self.uplink.held(run.track)) == 0
        assert sum(run.ledger.sent for run in self.runs) == self.sent_count
        assert (self.successor is not None) == (self.uplink.relay is Relay.STANDBY)
        assert (self.former is not None) == (self.uplink.relay is Relay.LEAVING)
        for spoken in self.uplink.turns.committed:
            holder = self.former if spoken.former else self.serving
            assert self.holder[spoken.turn.id] is holder, "words are owed by an open session"

    def teardown(self) -> None:
        if not self.runs:
            return
        self.every_sample_is_in_one_term()
        if self.uplink.hearing.speech is not Speech.ABSENT:
            self.uplink.ended()
        self.uplink.finish("closing")
        self.collect()
        assert not any(self.uplink.held(run.track) for run in self.runs)
        self.every_sample_is_in_one_term()
        lost_speech = int((self.speech & ~self.sent).sum())
        assert lost_speech <= sum(run.ledger.dropped.total() for run in self.runs)
        for spoken in self.started:
            assert self.left[spoken.turn.id] == spoken.wanted


class UnbrokenLaneMachine(LaneMachine):
    """The same for a provider that must be sent silence, too."""

    unbroken = True


class RotatingLaneMachine(LaneMachine):
    """The same where a session lives so long that most end while somebody speaks."""

    life_s = 2.0


EXAMPLES = settings(
    max_examples=40,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestLane = LaneMachine.TestCase
TestLane.settings = EXAMPLES
TestUnbrokenLane = UnbrokenLaneMachine.TestCase
TestUnbrokenLane.settings = EXAMPLES
TestRotatingLane = RotatingLaneMachine.TestCase
TestRotatingLane.settings = settings(EXAMPLES, max_examples=120)
