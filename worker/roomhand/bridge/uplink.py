"""What one lane sends to its session, and when: pure, ``now_s`` is an argument.

Feed it what the ears and the session say; then take ``facts`` and do, one after the other, what
``next`` asks for. Turns go out in order of onset. A turn without its final words is sent again,
whole, to the next session; one with final words never. What the ring had to give up before it
was sent is dropped in the ledger and reported as missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge import steps
from roomhand.bridge.hearing import Hearing, HearingLimits
from roomhand.bridge.link import Link, LinkInput, SessionState
from roomhand.bridge.reopening import Reopening, ReopeningLimits
from roomhand.bridge.spoken import Phase, Run, SpokenTurn, TurnInput
from roomhand.bridge.steps import Fact, Started, Step, Stopped
from roomhand.bridge.unfinished import OVERWRITTEN, UNSENT, Unfinished
from roomhand_plugins.base import Transcript, TurnFailed

CHUNK_SAMPLES = 4_800
"""Most that one step sends: 200 ms."""
RENEW_SHARE = 0.8
"""Part of the longest session after which a quiet moment ends it."""


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
    reopening: ReopeningLimits = field(default_factory=ReopeningLimits)


class Uplink:
    """One lane, from its audio to its final words. ``hears``: every turn is wanted."""

    def __init__(
        self, limits: UplinkLimits, meeting_id: str, *, seed: str = "", hears: bool = True
    ) -> None:
        self.hearing = Hearing(limits.hearing, meeting_id)
        self.turns = Unfinished(self.hearing.ring)
        self.last: SpokenTurn | None = None
        """The turn that began last."""
        self._limits = limits
        self._link = Link(Reopening(limits.reopening, seed))
        self._hears = hears
        self._holds: set[str] = set()
        self._silence: tuple[int, int] | None = None
        self._quiet_since_s: float | None = None
        self._renew_at_s: float | None = None

    @property
    def state(self) -> SessionState:
        """Of the session."""
        return self._link.state

    @property
    def wanted(self) -> bool:
        """Whether a session has work to do."""
        return bool(self._holds) or self.turns.wanted

    @property
    def caught_up(self) -> bool:
        """Whether the session has all of every turn that is over."""
        unsent = self.turns.unsent
        return self.state is SessionState.READY and (unsent is None or unsent.stop is None)

    @property
    def last_onset_ms(self) -> int:
        """Meeting time at which this lane spoke last; -1 if it never did."""
        return self.last.turn.start_ms if self.last else -1

    def held(self, track: TrackRef) -> int:
        """Samples of a subscription that are in no term of its ledger yet."""
        end = self.hearing.ring.end
        held = sum(spoken.held(end) for spoken in self.turns if spoken.run.track == track)
        if self.hearing.track == track:
            start, stop = self._silence or (0, 0)
            held += self.hearing.undecided + stop - start
        return held

    def facts(self) -> list[Fact]:
        """What has happened since the last call, in order."""
        facts, self.turns.facts = self.turns.facts, []
        return facts

    # What the ears say.

    def subscribe(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> Run:
        """A subscription begins; the last one has ended."""
        return self.hearing.subscribe(track, anchor, ledger)

    def receive(self, start: int, pcm: bytes) -> None:
        """The next audio of the subscription."""
        self._take(self.hearing.receive(start, pcm))
        if self._silence and self._silence[0] < self.hearing.ring.first:
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

    def opened(self, now_s: float) -> None:
        """The session is ready."""
        self._link.apply(LinkInput.OPENED)
        longest_s = self._limits.longest_session_s
        self._renew_at_s = now_s + RENEW_SHARE * longest_s if longest_s else None

    def closing_soon(self, now_s: float) -> None:
        """The session will end: leave it at the first quiet moment."""
        self._renew_at_s = now_s

    def proved(self) -> None:
        """The provider did real work."""
        self._link.reopening.proved()

    def lost(self, now_s: float, retry_after_s: float | None = None) -> None:
        """The session is gone, or did not open; opening again may help."""
        self._link.reopening.lost(now_s, retry_after_s)
        self._link.apply(LinkInput.LOST if self.wanted else LinkInput.RELEASED)
        self._forget_session()

    def refused(self) -> None:
        """The provider will not have us: opening again cannot help."""
        self._link.apply(LinkInput.REFUSED)
        self._forget_session()

    def answer(self, turn_id: str, answer: Transcript | TurnFailed) -> bool:
        """Final words of a turn, or that none will come. False: no turn waits for them."""
        return self.turns.answer(turn_id, answer)

    # What the worker wants.

    def hear(self, hears: bool) -> None:
        """Whether every turn is wanted, or only those that a reply needs."""
        self._hears = hears
        for spoken in self.turns:
            spoken.wanted = spoken.wanted or (hears and not spoken.recorded)

    def want(self, track_sid: str, start_ms: int) -> bool:
        """A reply to this turn is likely: send it. False: it is not here, or not any more."""
        spoken = self.turns.of(track_sid, start_ms)
        if spoken is None:
            return False
        spoken.wanted = True
        return True

    def recorded(self, track_sid: str, start_ms: int) -> None:
        """The transcript has the final words of this turn: it is not transcribed again."""
        spoken = self.turns.of(track_sid, start_ms)
        if spoken is not None:
            spoken.recorded = True

    def hold(self, reply_id: str) -> None:
        """A reply needs the session, and the turn that asked for it."""
        self._holds.add(reply_id)
        for spoken in self.turns:
            spoken.wanted = spoken.wanted or spoken is self.last

    def release(self, reply_id: str) -> None:
        """That reply is over."""
        self._holds.discard(reply_id)

    def finish(self, reason: str) -> None:
        """Give up all that is unfinished; the subscription has ended."""
        self._gate_silence()
        for spoken in self.turns:
            self.turns.miss(spoken, reason)
        self.turns.discards.clear()

    # What is to be done.

    def next(self, now_s: float) -> Step:
        """The next thing to do; it counts as done once taken."""
        if self.state is not SessionState.READY:
            return self._next_without_session(now_s)
        if self.turns.discards:
            return steps.Discard(self.turns.discards.popleft().turn)
        return self._next_audio(now_s) or self._next_care(now_s)

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
            return self._send_silence(*self._silence)
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

    def _send_silence(self, start: int, stop: int) -> Step:
        end = min(stop, start + CHUNK_SAMPLES)
        self.hearing.run.ledger.send(end - start)
        self._silence = (end, stop) if end < stop else None
        return steps.Send(start, end)

    def _next_care(self, now_s: float) -> Step:
        """Nothing to send: overdue words, renewal, idleness."""
        for spoken in self.turns.committed:
            if spoken.due_s > now_s:
                continue
            if self._may_try_again(spoken):
                spoken.overdue = True
                return steps.Abandon("no transcript")
            self.turns.miss(spoken, "no transcript")
        if self.wanted:
            self._quiet_since_s = None
            due_s = [spoken.due_s for spoken in self.turns.committed]
            return steps.Wait(min(due_s, default=None))
        if self._quiet_since_s is None:
            self._quiet_since_s = now_s
        idle_at_s = self._quiet_since_s + self._limits.idle_s
        renew_at_s = idle_at_s if self._renew_at_s is None else self._renew_at_s
        if min(idle_at_s, renew_at_s) > now_s:
            return steps.Wait(min(idle_at_s, renew_at_s))
        self._link.apply(LinkInput.RELEASED)
        self._forget_session()
        return steps.Close("idle" if idle_at_s <= now_s else "renewed")

    def _may_try_again(self, spoken: SpokenTurn) -> bool:
        """A new session costs the replies of this one, and can help only from the ring."""
        in_ring = spoken.begin >= self.hearing.ring.first
        needed = not spoken.overdue and not spoken.recorded
        return in_ring and needed and not self._holds

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
                    self.turns.facts.append(fact)
                    (self.turns.void if void else self._drop_hopeless)(spoken)

    def _take_silence(self, start: int, stop: int) -> None:
        if not (self._limits.unbroken_input and self.caught_up):
            self.hearing.run.ledger.gate(stop - start)
            return
        if self._silence and self._silence[1] != start:
            self._gate_silence()
        self._silence = (self._silence[0] if self._silence else start, stop)

    def _gate_silence(self) -> None:
        if self._silence:
            start, stop = self._silence
            self.hearing.run.ledger.gate(stop - start)
            self._silence = None

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
