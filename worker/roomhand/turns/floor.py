"""Pure: the floor of one room: who waits, who holds it, and who may have it next.

This is the floor as a value with operations; the scripts ``coordination/floor_*.lua`` are the same
floor in Redis, shared by every process, and the same scenarios run on both. Each operation first
lets time pass, then does its own, then serves: if nobody holds the floor, no person speaks and no
moderator holds it, the first of the queue is granted it. So any call finds an expired grant, and
none has to come in time.

People win. Speech that anybody reports blocks every new grant. The holder is not revoked for
speech that it reports itself: it hears that speech and judges it. Speech that only others report
for ``ANSWER_US`` revokes it. Times are microseconds of Redis time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from roomhand.turns.floor_event import Event, RoomEvent
from roomhand.turns.floor_request import (
    HEARD,
    HOLDING,
    FloorRequest,
    Input,
    Obstacle,
    Standing,
    Status,
    Why,
)
from roomhand.turns.questions import Reason

ALIVE_US = 2_000_000
"""A waiting request that is not asked again for so long has lost its agent."""
SPEECH_US = 3_000_000
"""A report of speech that is not renewed for so long is over."""
ANSWER_US = 1_000_000
"""How long the holder may leave speech unreported that others report."""
GIVEN_US = 30_000_000
"""How long an agent that was given the floor may take to ask for it."""


@dataclass(frozen=True, slots=True)
class Report:
    """One agent hears speech on one track."""

    since_us: int
    expires_us: int


@dataclass(slots=True)
class Floor:
    """The whole state. Every operation takes ``now_us``, which never goes back."""

    ttl_us: int
    """Length of a grant that is not renewed."""
    number: int = 0
    """Of the newest grant; it only grows."""
    standings: dict[str, Standing] = field(default_factory=dict)
    """The newest request of each agent."""
    speech: dict[tuple[str, str], Report] = field(default_factory=dict)
    """By reporter and track."""
    people: bool = False
    """Whether somebody spoke at the latest operation."""
    held_by: str = ""
    given: str = ""
    """The agent whom a moderator gave the floor, until it has had it."""
    given_until_us: int = 0
    agent_turns: int = 0
    """Grants since a person last spoke."""
    forgot_us: int = -(2**52)
    """When Redis lost its data, as far as anybody has noticed."""
    now_us: int = 0
    """Of the latest operation."""
    lost: list[Standing] = field(default_factory=list)
    """Went with their agents' leases since the latest operation."""
    log: list[Event] = field(default_factory=list)

    @property
    def holder(self) -> Standing | None:
        """Who holds the floor as of the last operation."""
        return next((one for one in self.standings.values() if one.status in HOLDING), None)

    @property
    def queue(self) -> list[Standing]:
        """Who waits, the next to be served first."""
        waiting = [one for one in self.standings.values() if one.status is Status.WAITING]
        return sorted(waiting, key=lambda one: (one.agent != self.given, one.rank))

    @property
    def closed(self) -> Obstacle | None:
        """What keeps every agent from following the holder."""
        if self.speech:
            return Obstacle.PEOPLE
        return Obstacle.HELD if self.held_by else None

    @property
    def obstacle(self) -> Obstacle | None:
        """Why nobody is served now."""
        if self.holder:
            return Obstacle.BUSY
        forgot = self.queue and self.now_us < self.forgot_us + self.ttl_us
        return self.closed or (Obstacle.FORGOTTEN if forgot else None)

    def position(self, agent: str) -> int:
        """Place in the queue, from 1; 0 for an agent that does not wait."""
        agents = [one.agent for one in self.queue]
        return agents.index(agent) + 1 if agent in agents else 0

    def request(self, agent: str, request: FloorRequest, now_us: int) -> Standing:
        """Ask for the floor, or ask again what became of it. A new id takes the old one's place."""
        self._let_pass(now_us)
        known = self.standings.get(agent)
        if known is None or known.request.id != request.id:
            self._admit(agent, known, request)
        elif known.status is Status.WAITING:
            self.standings[agent] = replace(known, alive_until_us=now_us + ALIVE_US)
        self._serve()
        return self.standings[agent]

    def renew(
        self, agent: str, number: int, now_us: int, *, begun: bool = False
    ) -> Standing | None:
        """The grant for longer, or None where it is gone or revoked. ``begun``: its first audio has
        been played, now or at an earlier renewal."""
        self._let_pass(now_us)
        holder = self.holder
        renewed = None
        if holder and (holder.agent, holder.number) == (agent, number) and holder.status in HEARD:
            audible = holder.begun(now_us) if begun else holder
            renewed = self.standings[agent] = audible.renewed(self.ttl_us, now_us)
        self._serve()
        still = self.standings.get(agent)
        return renewed if renewed and still and still.status in HEARD else None

    def release(self, agent: str, request_id: str, now_us: int) -> Status | None:
        """Give a request up, waiting or granted. How it ended; None where it had ended before."""
        self._let_pass(now_us)
        known, ended = self.standings.get(agent), None
        if known and known.request.id == request_id and _goes_on(known):
            ended = self._happen(known, Input.RELEASE).status
        self._serve()
        return ended

    def report(self, reporter: str, tracks: Collection[str], now_us: int) -> None:
        """On these tracks the reporter hears speech now, and on no others."""
        self._let_pass(now_us)
        holder = self.holder
        for who, track in [key for key in self.speech if key[0] == reporter]:
            if track not in tracks:
                del self.speech[who, track]
                if holder and holder.agent == reporter:
                    self._wait_for_answer(track)
        for track in tracks:
            known = self.speech.get((reporter, track))
            since_us = known.since_us if known else now_us
            self.speech[reporter, track] = Report(since_us, now_us + SPEECH_US)
        self._note_people()
        self._serve()

    def lose(self, agent: str) -> None:
        """The agent's lease is over: what it asked and reported is nobody's. The next operation
        finds it so, as it finds what time has done."""
        known = self.standings.pop(agent, None)
        if known and _goes_on(known):
            self.lost.append(known)
        self.speech = {key: one for key, one in self.speech.items() if key[0] != agent}

    def hold(self, by: str, now_us: int) -> None:
        """From now on nobody is granted the floor; who has it keeps it."""
        self._let_pass(now_us)
        self.held_by = by
        self._tell(RoomEvent.HELD, by)
        self._serve()

    def resume(self, by: str, now_us: int) -> None:
        """Grants are made again."""
        self._let_pass(now_us)
        self.held_by = ""
        self._tell(RoomEvent.RESUMED, by)
        self._serve()

    def give(self, agent: str, by: str, now_us: int) -> None:
        """This agent is next, before all others, and whoever holds the floor is revoked for it as
        soon as it asks."""
        self._let_pass(now_us)
        self.given, self.given_until_us = agent, now_us + GIVEN_US
        self._tell(RoomEvent.GIVEN, by, agent)
        self._serve()

    def take(self, by: str, now_us: int) -> str:
        """Revoke the holder, whom this returns; empty where nobody held the floor."""
        self._let_pass(now_us)
        self.given = ""
        holder = self.holder
        if holder and holder.status in HEARD:
            self._tell(RoomEvent.TAKEN, by, holder.agent)
            self._happen(holder, Input.REVOKE, Why.TAKEN)
        self._serve()
        return holder.agent if holder else ""

    def as_of(self, now_us: int) -> Floor:
        """What a reader sees: a copy for which time has passed, and nothing else."""
        seen = replace(
            self, standings=dict(self.standings), speech=dict(self.speech), lost=[], log=[]
        )
        seen._let_pass(now_us)
        return seen

    def _let_pass(self, now_us: int) -> None:
        self.now_us = now_us
        self.speech = {key: one for key, one in self.speech.items() if one.expires_us > now_us}
        self._note_people()
        if self.given_until_us <= now_us:
            self.given = ""
        for one in sorted(self.lost, key=lambda one: (one.status not in HOLDING, one.rank)):
            self._note(RoomEvent.LOST, one)
        self.lost = []
        holder = self.holder
        if holder and holder.deadline_us <= now_us:
            over = holder.deadline_us >= holder.ends_us
            why = holder.why or (Why.TOO_LONG if over else Why.NOT_RENEWED)
            self._happen(holder, Input.EXPIRE, why)
        elif holder and holder.status is Status.GRANTED and holder.talk_until_us <= now_us:
            self._happen(holder, Input.TALK_OVER)
        for one in sorted(self.queue, key=lambda one: one.rank):
            if one.expires_us <= now_us:
                self._happen(one, Input.EXPIRE, Why.NOT_WORTH_IT)
            elif one.alive_until_us <= now_us:
                self._happen(one, Input.EXPIRE, Why.NOT_ASKED_AGAIN)

    def _serve(self) -> None:
        holder = self.holder
        if holder and holder.status in HEARD:
            if self._unanswered(holder.agent):
                self._happen(holder, Input.REVOKE, Why.PEOPLE)
            elif holder.agent != self.given and self.position(self.given) and not self.closed:
                self._happen(holder, Input.REVOKE, Why.GIVEN)
        for one in self.queue:
            if self.obstacle:
                return
            if self._beyond_limit(one.request) and one.agent != self.given:
                self._happen(one, Input.DENY, Why.LOOP_LIMIT)
            else:
                self._grant(one)

    def _grant(self, one: Standing) -> None:
        self.number = max(self.number + 1, self.now_us)
        self.agent_turns += 1
        if one.agent == self.given:
            self.given = ""
        granted = self.standings[one.agent] = one.granted(self.number, self.ttl_us, self.now_us)
        self._note(Status.GRANTED, granted)

    def _admit(self, agent: str, known: Standing | None, request: FloorRequest) -> None:
        if known and _goes_on(known):
            self._happen(known, Input.REPLACE)
        waiting = self.standings[agent] = Standing(
            agent=agent,
            request=request,
            arrived_us=self.now_us - request.waited_ms * 1000,
            alive_until_us=self.now_us + ALIVE_US,
            expires_us=self.now_us + request.worth_ms * 1000,
        )
        self._note(Status.WAITING, waiting)
        if self._beyond_limit(request) and agent != self.given:
            self._happen(waiting, Input.DENY, Why.LOOP_LIMIT)

    def _beyond_limit(self, request: FloorRequest) -> bool:
        return request.reason is Reason.AGENT and self.agent_turns >= request.turns_limit

    def _unanswered(self, holder: str) -> bool:
        return any(
            reporter != holder
            and self.now_us - report.since_us >= ANSWER_US
            and (holder, track) not in self.speech
            for (reporter, track), report in self.speech.items()
        )

    def _wait_for_answer(self, track: str) -> None:
        """The holder says that the speech is over: who hears more of it begins anew."""
        for (reporter, other), report in self.speech.items():
            if other == track:
                self.speech[reporter, other] = replace(report, since_us=self.now_us)

    def _note_people(self) -> None:
        if self.speech:
            self.agent_turns = 0
        if self.people != bool(self.speech):
            self.people = bool(self.speech)
            self._tell(RoomEvent.PEOPLE_STARTED if self.people else RoomEvent.PEOPLE_STOPPED)

    def _happen(self, one: Standing, given: Input, why: str = "") -> Standing:
        after = self.standings[one.agent] = one.after(given, why)
        self._note(after.status, after)
        return after

    def _note(self, event: Status | RoomEvent, one: Standing) -> None:
        asked = one.request
        self.log.append(
            Event(
                event=event,
                at_us=self.now_us,
                who=one.agent,
                request=asked.id,
                reason=asked.reason,
                answers=asked.answers,
                why=one.why,
                number=one.number,
            )
        )

    def _tell(self, event: RoomEvent, who: str = "", why: str = "") -> None:
        self.log.append(Event(event=event, at_us=self.now_us, who=who, why=why))


def _goes_on(one: Standing) -> bool:
    return one.status is Status.WAITING or one.status in HOLDING
