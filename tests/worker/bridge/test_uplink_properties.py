"""Whatever happens to a lane and its session: every sample is counted, every turn leaves once."""

from __future__ import annotations

from collections import Counter

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
from roomhand.bridge.spoken import Run, SpokenTurn
from roomhand.bridge.uplink import Uplink, UplinkLimits
from roomhand_plugins.base import Transcript, TurnFailed

pytestmark = pytest.mark.unit

RING, PREROLL, TAIL, LONGEST = 60_000, 3_000, 1_000, 20_000
MOST = 2_000_000


class LaneMachine(RuleBasedStateMachine):
    """A model of the lane, as plain arrays over all positions, beside the real uplink."""

    unbroken = False

    def __init__(self) -> None:
        super().__init__()
        limits = UplinkLimits(
            hearing=HearingLimits(ring=RING, preroll=PREROLL, tail=TAIL, longest_turn=LONGEST),
            idle_s=20,
            transcript_due_s=5,
            tries=3,
            unbroken_input=self.unbroken,
        )
        self.uplink = Uplink(limits, "m1")
        self.now_s = 0.0
        self.runs: list[Run] = []
        self.received = self.judged = self.onset_at = 0
        self.speech = np.zeros(MOST, dtype=bool)
        self.sent = np.zeros(MOST, dtype=bool)
        self.sent_count = 0
        self.owner: dict[int, str] = {}
        self.begun: str | None = None
        self.expected: int | None = None
        self.ended: list[str] = []
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

    @precondition(lambda self: self.uplink.hearing.speech is not Speech.ABSENT)
    @rule(back=st.integers(0, 3_000))
    def judge(self, back: int) -> None:
        self.judged = max(self.judged, self.received - back)
        self.uplink.judged(self.judged)

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
                self.begun, self.ended = None, []
            case steps.Begin(turn):
                assert self.begun is None, "one turn at a time"
                spoken = self.uplink.turns.find(turn.id)
                assert spoken is not None
                self.begun, self.expected = turn.id, spoken.begin
            case steps.Send(start, stop):
                self.take_audio(start, stop)
            case steps.End(turn) | steps.Discard(turn):
                assert self.begun == turn.id
                self.begun = None
                if isinstance(step, steps.End):
                    self.ended.append(turn.id)
            case steps.Abandon():
                self.uplink.lost(self.now_s)
                self.collect()
            case _:
                assert isinstance(step, steps.Close)

    def take_audio(self, start: int, stop: int) -> None:
        pcm = self.uplink.hearing.ring.read(start, stop)
        assert pcm == np.arange(start, stop).astype("<i2").tobytes()
        turn = self.begun or "silence"
        assert self.begun or self.unbroken, "audio belongs to a turn"
        assert not self.begun or start == self.expected, "a turn is sent whole, without a gap"
        self.expected = stop
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

    @precondition(lambda self: self.uplink.state is SessionState.READY)
    @rule(retry_after_s=st.sampled_from([None, 3.0]))
    def lose(self, retry_after_s: float | None) -> None:
        self.uplink.lost(self.now_s, retry_after_s)
        self.collect()

    @precondition(lambda self: self.uplink.state is SessionState.READY)
    @rule(dice=st.integers(0, 30))
    def refuse(self, dice: int) -> None:
        if dice == 0:
            self.uplink.refused()
            self.collect()

    @precondition(lambda self: self.uplink.state is SessionState.READY and self.ended)
    @rule(which=st.integers(0, 9), fails=st.booleans())
    def answer(self, which: int, fails: bool) -> None:
        name = self.ended.pop(which % len(self.ended))
        if fails:
            self.uplink.answer(name, TurnFailed(name, "noise"))
        else:
            self.uplink.answer(name, Transcript(turn_id=name, text="words", final=True))
        self.uplink.proved()
        self.collect()

    @rule(seconds=st.sampled_from([0.3, 2.0, 31.0]))
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
