"""What one lane sends to its session, and when: pure, ``now_s`` is an argument.

Feed it what the ears and the session say; then take ``facts`` and do, one after the other, what
``next`` asks for. Turns go out in order of onset. A turn without its final words is sent again,
whole, to the next session; one with final words never. What the ring had to give up before it
was sent is dropped in the ledger and reported as missed. How a session is followed by another
while it works is ``rotation``'s; steps mean the serving session where they do not say otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.ends import SessionEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge import steps
from roomhand.bridge.hearing import Hearing, HearingLimits
from roomhand.bridge.holds import Holds
from roomhand.bridge.link import Link, LinkInput, SessionState
from roomhand.bridge.owed_silence import CHUNK_SAMPLES, OwedSilence
from roomhand.bridge.recorded import Recorded, Rest
from roomhand.bridge.reopening import Reopening, ReopeningLimits
from roomhand.bridge.rotation import Relay, RelayInput, Rotation
from roomhand.bridge.spoken import Phase, Run, SpokenTurn, TurnInput
from roomhand.bridge.steps import Fact, Started, Step, Stopped
from roomhand.bridge.unfinished import OVERWRITTEN, UNSENT, Unfinished
from roomhand_plugins.base import Transcript, TurnFailed

RELIEF_RETRY_S = 1.0
"""Least time between two successors, whether they open or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkLimits:
    """``tries`` is how many sessions may be lost with one turn under way before it is missed;
    ``longest_session_s`` is the provider's, if it has one."""

    hearing: HearingLimits
    idle_s: float
    transcript_due_s: float
    tries: int = 8
    unbroken_input: bool = False
    longest_session_s: float | None = None
    call_s: float = 300.0
    """How long the answer of a tool is waited for."""
    reopening: ReopeningLimits = field(default_factory=ReopeningLimits)


class Uplink:
    """One lane, from its audio to its final words. ``hears``: every turn is wanted."""

    def __init__(
        self, limits: UplinkLimits, meeting_id: str, *, seed: str = "", hears: bool = True
    ) -> None:
        self.hearing = Hearing(limits.hearing, meeting_id)
        self._recorded = Recorded()
        self.turns = Unfinished(self.hearing.ring)
        self.last: SpokenTurn | None = None
        """The turn that began last."""
        self._limits = limits
        self._link = Link(Reopening(limits.reopening, seed))
        self._hears = hears
        self._holds = Holds(limits.call_s)
        self._rotation = Rotation(limits.longest_session_s)
        self._silence = OwedSilence()
        self._quiet_since_s: float | None = None

    @property
    def state(self) -> SessionState:
        """Of the session."""
        return self._link.state

    @property
    def relay(self) -> Relay:
        """Which sessions there are besides the serving one."""
        return self._rotation.state

    @property
    def wanted(self) -> bool:
        """Whether a session has work to do."""
        return self._holds.serving or self.turns.wanted

    @property
    def caught_up(self) -> bool:
        """Whether the session has all of every turn that is over."""
        unsent = self.turns.unsent
        return self.state is SessionState.READY and (unsent is None or unsent.stop is None)

    @property
    def last_onset_ms(self) -> int:
        """Meeting time at which this lane spoke last; -1 if it never did."""
        return self.last.turn.start_ms if self.last else -1

    @property
    def owed_from_ms(self) -> int | None:
        """Meeting time of the first onset whose words are still to come from here; None where none
        are. What is kept only in case it becomes wanted is the scribe's to tell."""
        owed = (
            spoken.turn.start_ms
            for spoken in self.turns
            if not spoken.recorded and (spoken.wanted or self._hears)
        )
        return min(owed, default=None)

    def held(self, track: TrackRef) -> int:
        """Samples of a subscription that are in no term of its ledger yet."""
        end = self.hearing.ring.end
        held = sum(spoken.held(end) for spoken in self.turns if spoken.run.track.is_same(track))
        if self.hearing.track and self.hearing.track.is_same(track):
            held += self.hearing.undecided + len(self._silence)
        return held

    def facts(self) -> list[Fact]:
        """What has happened since the last call, in order."""
        facts, self.turns.facts = self.turns.facts, []
        return facts

    # What the ears say.

    def subscribe(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> Run:
        """A subscription begins; the last one has ended."""
        return self.hearing.subscribe(track, anchor, ledger)

    def rename(self, track: TrackRef) -> None:
        """The subscription's participant has another name from the next turn on."""
        self.hearing.rename(track)

    def receive(self, start: int, pcm: bytes) -> None:
        """The next audio of the subscription."""
        self._take(self.hearing.receive(start, pcm))
        if self._silence and self._silence.start < self.hearing.ring.first:
            self._gate_silence()
        self.turns.miss_overwritten()

    def onset(self, sample: int) -> None:
        """Speech began."""
        self._take(self.hearing.onset(sample))

    def end(self, sample: int, voiced: int | None = None) -> None:
        """Speech was over; so many samples of it were voice, if that is known."""
        self._take(self.hearing.end(sample, voiced))

    def judged(self, upto: int) -> None:
        """All before ``upto`` has been judged."""
        self._take(self.hearing.judged(upto))

    def ended(self) -> None:
        """The subscription is over."""
        self._take(self.hearing.ended())
        self._gate_silence()

    # What the session says.

    def opened(self, now_s: float) -> bool:
        """The session that was asked for is ready. True: it serves; False: it stands by."""
        if self.relay is Relay.OPENING:
            self._rotation.ready(now_s)
            return False
        self._link.apply(LinkInput.OPENED)
        self._rotation.opened(now_s)
        return True

    def relief_failed(self, now_s: float, retry_after_s: float | None = None) -> None:
        """The successor did not open, or is lost before it served."""
        wait_s = max(RELIEF_RETRY_S, retry_after_s or 0.0)
        self._rotation.failed(now_s + wait_s)

    def closing_soon(self, now_s: float, in_s: float, *, successor: bool = False) -> None:
        """The session will end: leave it at the first quiet moment, or be relieved in time."""
        self._rotation.announced(now_s, in_s, successor=successor)

    def proved(self) -> None:
        """The provider did real work."""
        self._link.reopening.proved()

    def lost(self, now_s: float, retry_after_s: float | None = None) -> None:
        """The session is gone, or did not open; opening again may help. A successor that stands by
        serves then, and one that is being opened is what ``state`` says is being opened."""
        self._link.reopening.lost(now_s, retry_after_s)
        self._holds.lose_serving()
        successor = self.relay
        if successor in (Relay.OPENING, Relay.STANDBY):
            self._promote(stands_by=successor is Relay.STANDBY)
        else:
            self._link.apply(LinkInput.LOST if self.wanted else LinkInput.RELEASED)
            self._rotation.closed()
        self._forget_session()

    def former_lost(self) -> None:
        """The former session is gone; what it has not done goes to the one that serves."""
        self._rotation.left()
        self._forget_former()

    def session_ended(self, end: SessionEnd) -> None:
        """A session of this lane is over: its track's ledger says so, if it has one."""
        if self.hearing.track is not None:
            self.hearing.run.ledger.end_session(end)

    def refused(self) -> None:
        """The provider will not have us: opening again cannot help. All sessions are given up."""
        self._link.apply(LinkInput.REFUSED)
        self._rotation.apply(RelayInput.DROPPED)
        self._holds.lose_serving()
        self._forget_former()
        self._forget_session()

    def answer(
        self, turn_id: str, answer: Transcript | TurnFailed, *, former: bool = False
    ) -> bool:
        """Final words of a turn, or that none will come. False: none waits for them there."""
        return self.turns.answer(turn_id, answer, former=former)

    def asked(self, reply_id: str) -> None:
        """The session was asked for this reply, and ends it."""
        self._holds.bind(reply_id)

    def not_asked(self, reply_id: str) -> None:
        """It could not be asked after all."""
        self._holds.unbind(reply_id)

    def called(self, call_id: str, now_s: float, *, former: bool = False) -> None:
        """A session waits for the answer of a tool: it is not left before, if that can be."""
        self._holds.call(call_id, now_s, former=former)

    def call_answered(self, call_id: str) -> None:
        """It waits no longer."""
        self._holds.answered(call_id)

    # What the worker wants.

    def hear(self, hears: bool) -> None:
        """Whether every turn is wanted, or only those that a reply needs."""
        self._hears = hears
        for spoken in self.turns:
            if hears:
                self._leave_recorded_end(spoken)
            spoken.wanted = spoken.wanted or (hears and not spoken.recorded)

    def want(self, track_sid: str, start_ms: int) -> bool:
        """A reply to this turn is likely: send it. False: it is not here, or not any more."""
        spoken = self.turns.of(track_sid, start_ms)
        if spoken is None:
            return False
        spoken.wanted = True
        return True

    def recorded(self, track_sid: str, start_ms: int, end_ms: int) -> None:
        """The transcript has the final words of this turn: it is not transcribed again. Nor is what
        this process has of it under another onset, because it came while it was spoken; but what
        was said after that is, where the scribe has cut a turn that goes on here."""
        mine = {spoken.run.track.sid for spoken in self.turns}
        if self.hearing.track is not None:
            mine.add(self.hearing.track.sid)
        self._recorded.keep(mine)
        if track_sid not in mine:
            return
        self._recorded.add(track_sid, start_ms, end_ms)
        for spoken in self.turns:
            self._leave_recorded(spoken)

    def _leave_recorded(self, spoken: SpokenTurn) -> None:
        """The beginning, or all of it."""
        rest = self._rest(spoken)
        if rest is None:
            spoken.recorded = True
        elif rest.start_ms > spoken.turn.start_ms and _is_kept(spoken):
            most = self.hearing.ring.end if spoken.stop is None else spoken.stop
            spoken.leave(min(spoken.run.position(rest.start_ms), most))

    def _leave_recorded_end(self, spoken: SpokenTurn) -> None:
        """Not before this process transcribes: what came before the end may come after it."""
        rest = self._rest(spoken)
        if rest is not None and rest.end_ms is not None and _is_kept(spoken):
            spoken.leave_end(rest.end_ms)

    def _rest(self, spoken: SpokenTurn) -> Rest | None:
        turn = spoken.turn
        return self._recorded.rest(spoken.run.track.sid, turn.start_ms, spoken.end_ms)

    def hold(self, reply_id: str) -> None:
        """A reply needs the session, and the turn that asked for it."""
        self._holds.hold(reply_id)
        for spoken in self.turns:
            spoken.wanted = spoken.wanted or spoken is self.last

    def release(self, reply_id: str) -> None:
        """That reply is over."""
        self._holds.release(reply_id)

    def finish(self, reason: str) -> None:
        """Give up all that is unfinished; the subscription has ended."""
        self._gate_silence()
        for spoken in self.turns:
            self.turns.miss(spoken, reason)
        self.turns.discards.clear()

    # What is to be done.

    def next(self, now_s: float) -> Step:
        """The next thing to do; it counts as done once taken."""
        self._holds.expire(now_s)
        self.hearing.boundary_wanted = self._rotation.breath_will_do(now_s)
        step = self._next_leaving(now_s) or self._next_of_serving(now_s)
        if not isinstance(step, steps.Wait):
            return step
        until_s = math.inf if step.until_s is None else step.until_s
        if (self.state is SessionState.READY and self.wanted) or self.relay is Relay.LEAVING:
            until_s = min(until_s, self._rotation.due_s, self._holds.due_s)
        return steps.Wait(None if until_s == math.inf else until_s)

    def _next_of_serving(self, now_s: float) -> Step:
        if self.state is not SessionState.READY:
            return self._next_without_session(now_s)
        if self.turns.discards:
            return steps.Discard(self.turns.discards.popleft().turn)
        return self._next_relief(now_s) or self._next_audio(now_s) or self._next_care(now_s)

    def _next_leaving(self, now_s: float) -> Step | None:
        """The former session goes when it has done what it was asked for, or at its end."""
        if self.relay is not Relay.LEAVING:
            return None
        busy = self.turns.with_former or self._holds.former
        if busy and now_s < self._rotation.former.ends_at_s:
            return None
        self.former_lost()
        return steps.Leave("relieved")

    def _next_relief(self, now_s: float) -> Step | None:
        """A successor in time, and the change to it between two turns, if that comes in time."""
        if now_s >= self._rotation.relieve_at_s and self.relay is Relay.ALONE and self.wanted:
            self._rotation.relieve()
            return steps.Relieve()
        if self.relay is not Relay.STANDBY:
            return None
        if self.turns.under_way and now_s < self._rotation.serving.switch_by_s:
            return None
        self._rotation.take_over(now_s + RELIEF_RETRY_S)
        self._holds.take_over()
        carried = self.turns.take_over()
        return steps.TakeOver(carried.turn if carried else None)

    def _next_without_session(self, now_s: float) -> Step:
        if self.state not in (SessionState.IDLE, SessionState.AWAY):
            return steps.Wait(None)
        if not self.wanted:
            if self.state is SessionState.AWAY:
                self._link.apply(LinkInput.RELEASED)
            return steps.Wait(None)
        due_s = self._link.reopening.due_s
        if now_s < due_s:
            return steps.Wait(due_s)
        self._link.apply(LinkInput.OPEN)
        self._quiet_since_s = None
        return steps.Open()

    def _next_audio(self, now_s: float) -> Step | None:
        if self._silence:
            return steps.Send(*self._silence.send(self.hearing.run.ledger))
        spoken = self.turns.unsent
        if spoken is None:
            return None
        if spoken.phase is Phase.WAITING:
            spoken.apply(TurnInput.BEGIN)
            return steps.Begin(spoken.turn)
        start = spoken.sent
        stop = self.hearing.ring.end if spoken.stop is None else spoken.stop
        if start < stop:
            spoken.hand_over(min(stop, start + CHUNK_SAMPLES))
            return steps.Send(start, spoken.sent)
        if spoken.stop is None:
            return None
        spoken.apply(TurnInput.END)
        spoken.due_s = now_s + self._limits.transcript_due_s
        self.turns.settle(spoken)
        return steps.End(spoken.turn)

    def _next_care(self, now_s: float) -> Step:
        """Nothing to send: overdue words, renewal, idleness."""
        for spoken in self.turns.committed:
            if spoken.due_s > now_s:
                continue
            if not self._may_try_again(spoken):
                self.turns.miss(spoken, "no transcript")
                continue
            spoken.overdue = True
            if not spoken.former:
                return steps.Abandon("no transcript")
            spoken.apply(TurnInput.LOST)
            return self._next_of_serving(now_s)
        if self.wanted:
            self._quiet_since_s = None
            due_s = [spoken.due_s for spoken in self.turns.committed]
            return steps.Wait(min(due_s, default=None))
        if self._quiet_since_s is None:
            self._quiet_since_s = now_s
        idle_at_s = self._quiet_since_s + self._limits.idle_s
        close_at_s = min(idle_at_s, self._rotation.serving.quiet_at_s)
        if self.relay is not Relay.ALONE:
            return steps.Wait(None)
        if close_at_s > now_s:
            return steps.Wait(close_at_s)
        self._link.apply(LinkInput.RELEASED)
        self._rotation.closed()
        self._forget_session()
        return steps.Close("idle" if idle_at_s <= now_s else "renewed")

    def _may_try_again(self, spoken: SpokenTurn) -> bool:
        """A new session costs the replies of this one, and can help only from the ring."""
        in_ring = spoken.begin >= self.hearing.ring.first
        needed = not spoken.overdue and not spoken.recorded
        return in_ring and needed and (spoken.former or not self._holds.serving)

    # Keeping count.

    def _take(self, heard: Iterable[steps.Heard]) -> None:
        for fact in heard:
            match fact:
                case steps.Silence(start, stop):
                    self._take_silence(start, stop)
                case Started(spoken):
                    spoken.wanted = self._hears
                    self.last = spoken
                    self.turns.add(spoken)
                    self.turns.facts.append(fact)
                case Stopped(spoken, void):
                    self._leave_recorded(spoken)
                    self.turns.facts.append(fact)
                    (self.turns.void if void else self._drop_hopeless)(spoken)

    def _take_silence(self, start: int, stop: int) -> None:
        ledger = self.hearing.run.ledger
        if self._limits.unbroken_input and self.caught_up:
            self._silence.owe(start, stop, ledger)
        else:
            ledger.gate(stop - start)

    def _gate_silence(self) -> None:
        if self._silence:
            self._silence.gate(self.hearing.run.ledger)

    def _promote(self, *, stands_by: bool) -> None:
        self._rotation.promote()
        self._link.apply(LinkInput.LOST)
        self._link.apply(LinkInput.OPEN)
        if stands_by:
            self._link.apply(LinkInput.OPENED)

    def _forget_former(self) -> None:
        self._holds.lose_former()
        self.turns.forget_former()
        for spoken in self.turns:
            self._drop_hopeless(spoken)

    def _forget_session(self) -> None:
        self._gate_silence()
        self.turns.forget_session()
        for spoken in self.turns:
            self._drop_hopeless(spoken)

    def _drop_hopeless(self, spoken: SpokenTurn) -> None:
        """An open turn is not given up: its speech goes on, and counts, until it ends."""
        if spoken.stop is None:
            return
        if self.state is SessionState.REFUSED:
            self.turns.miss(spoken, "refused")
        elif spoken.tries > self._limits.tries:
            self.turns.miss(spoken, "given up")
        elif spoken.phase in UNSENT and spoken.sent < self.hearing.ring.first:
            self.turns.miss(spoken, OVERWRITTEN)


def _is_kept(spoken: SpokenTurn) -> bool:
    """Only in case it becomes wanted: no session has any of it."""
    return not spoken.wanted and spoken.phase is Phase.WAITING
