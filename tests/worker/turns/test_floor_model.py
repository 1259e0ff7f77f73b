"""Every reachable state of the floor: never two who may be heard, never a floor that is stuck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from roomhand.turns.floor import Floor
from roomhand.turns.floor_event import RoomEvent
from roomhand.turns.floor_request import HEARD, HOLDING, Obstacle, Standing, Status
from roomhand.turns.questions import Reason
from tests.worker.floor_scenarios import Action, Wish
from tests.worker.floor_states import Explorer, State, Step, copy_of

pytestmark = pytest.mark.unit

SHORT: dict[str, Any] = {"worth_ms": 2000, "max_talk_ms": 1000, "grace_ms": 1000}
AGENT = Wish(reason=Reason.AGENT, turns_limit=2, **SHORT)
ASKED = Wish(**SHORT)
LONG = Wish(worth_ms=1000, max_talk_ms=3000, grace_ms=0)
URGENT = Wish(priority=6, **SHORT)
SLOW = Wish(begin_ms=2000, **SHORT)
"""Two moments at which the first audio may come before it is too late."""
EACH = ("ask", "poll", "renew", "release", "crash")
HEARING = ("ask", "renew", "release", "speech", "refresh")


def each(agents: Sequence[str], *more: Action) -> list[Action]:
    """What every agent can do and suffer, and what else can happen."""
    return [*((what, agent) for agent in agents for what in EACH), ("tick",), *more]


SCOPES: dict[str, tuple[Mapping[str, Wish], list[Action]]] = {
    "three agents and a person": (
        {"a": ASKED, "b": URGENT, "c": ASKED},
        each("abc", ("speech", "a")),
    ),
    "two agents that both report a person": (
        {"a": SLOW, "b": LONG},
        [*((what, one) for one in "ab" for what in HEARING),
         ("begin", "a"), ("tick",), ("crash", "a")],
    ),
    "two agents whose messages come late, and a Redis that loses its data": (
        {"a": ASKED, "b": URGENT},
        each("ab", ("late", "a"), ("late", "b"), ("speech", "b"), ("refresh", "b"), ("forget",)),
    ),
    "three agents that answer each other, and a moderator": (
        {"a": AGENT, "b": AGENT, "c": ASKED},
        [*((what, one) for one in "abc" for what in ("ask", "release")), ("tick",),
         ("give", "b"), ("take",), ("hold",), ("resume",)],
    ),
}  # fmt: skip


def broken(step: Step) -> list[str]:
    """Which promises a transition breaks."""
    before, after = step.before.floor, step.after.floor
    holding = [one for one in after.standings.values() if one.status in HOLDING]
    granted = [event for event in step.told if event.event == Status.GRANTED]
    found = []
    if len(holding) > 1:
        found.append("two hold the floor")
    numbers = [event.number for event in granted]
    if any(number <= before.number for number in numbers) or numbers != sorted(set(numbers)):
        found.append("a number came twice")
    if granted and (after.speech or after.held_by):
        found.append("granted while a person speaks or a moderator holds it")
    if granted and before.holder and _still_heard(before.holder, step):
        found.append("granted while another may still be heard")
    if step.action[0] not in {"tick", "crash"} and not after.obstacle and after.queue:
        found.append("stuck: nobody holds the floor, and somebody waits")
    if granted and not _first(step, granted[0].who):
        found.append(f"{granted[0].who} was not the first")
    if step.action[0] == "late" and after.standings != _left_alone(step).standings:
        found.append("a late message changed something")
    if granted and after.now_us < after.forgot_us + after.ttl_us:
        found.append("granted while somebody may be heard under what Redis forgot")
    if step.action[0] == "begin" and not _runs_from_now(step):
        found.append("the longest talk does not run from the first audio")
    if step.action[0] != "forget":
        found += [f"{agent} left without a word" for agent in _silently_gone(step)]
    return found


def _left_alone(step: Step) -> Floor:
    """What time alone makes of it: nobody's release finds what it has done, and serves."""
    alone = copy_of(step.before.floor)
    alone.release("nobody", "", step.before.now_us)
    return alone


def _still_heard(holder: Standing, step: Step) -> bool:
    ended = {Status.RELEASED, Status.REVOKED, Status.EXPIRED}
    told = {(event.who, event.event) for event in step.told}
    return not any((holder.agent, end) in told for end in ended)


def _first(step: Step, agent: str) -> bool:
    """Nobody who still waits was to be served earlier."""
    granted = step.after.floor.standings[agent]
    given = step.before.floor.given
    if agent == given or step.action[0] == "give":
        return True
    return all(one.rank > granted.rank for one in step.after.floor.queue)


def _runs_from_now(step: Step) -> bool:
    """Where this was the first audio under a grant, and in time."""
    done, agent = step.before.path, step.action[1]
    before, after = (where.floor.standings[agent] for where in (step.before, step.after))
    asked = len(done) - done[::-1].index(("ask", agent))
    late = before.begins_by_us <= step.after.now_us
    if step.action in done[asked:] or late or after.status not in HEARD:
        return True
    return after.talk_until_us == step.after.now_us + after.request.max_talk_ms * 1000


def _silently_gone(step: Step) -> list[str]:
    before, after = step.before.floor, step.after.floor
    told = {event.who for event in step.told} | {one.agent for one in after.lost}
    return [one.agent for one in before.queue if one not in after.queue and one.agent not in told
            and after.standings[one.agent].status is not Status.WAITING]  # fmt: skip


def unserved(state: State) -> list[str]:
    """Who is never served although people fall silent, the floor is free and all take turns."""
    explorer = Explorer({}, [])
    for reporter, _ in state.heard:
        state = explorer.apply(state, ("speech", reporter)) or state
    state = explorer.apply(state, ("resume",)) or state
    while state.floor.obstacle is Obstacle.FORGOTTEN:
        for one in state.floor.queue:
            state = explorer.apply(state, ("poll", one.agent)) or state
        state = explorer.apply(state, ("tick",)) or state
        # Time passes for a floor only as an operation comes.
        state = explorer.apply(state, ("poll", "a")) or state
    missed = []
    for agent in [one.agent for one in state.floor.queue]:
        while state.floor.standings[agent].status is Status.WAITING:
            holder = state.floor.holder
            assert holder is not None, "nobody holds the floor, and somebody waits"
            state = explorer.apply(state, ("release", holder.agent)) or state
        standing = state.floor.standings[agent]
        if standing.status not in {*HOLDING, Status.DENIED, Status.RELEASED}:
            missed.append(agent)
    return missed


def explore(name: str, floor_class: type[Floor] = Floor) -> tuple[Explorer, list[str]]:
    """All of a scope, and the promises that it breaks, each with the shortest way there."""
    wishes, actions = SCOPES[name]
    explorer = Explorer(wishes, actions, floor_class)
    for step in explorer.steps():
        if found := broken(step):
            return explorer, [f"{found} by {step.after.path}"]
    return explorer, [
        f"{missed} unserved after {state.path}"
        for state in explorer.states.values()
        if (missed := unserved(state))
    ]


@pytest.mark.parametrize("name", SCOPES)
def test_no_reachable_state_breaks_a_promise(name: str) -> None:
    """And whoever waits in any of them is served, or leaves for a reason that is told."""
    explorer, found = explore(name)
    assert found == []
    assert len(explorer.states) > 500, "the scope is smaller than it was"


class PeopleDoNotCount(Floor):
    """Planted: grants are made while a person speaks."""

    @property
    def closed(self) -> Obstacle | None:
        return None


class RevokeFrees(Floor):
    """Planted: a revoked holder does not have to stop first."""

    @property
    def holder(self) -> Standing | None:
        one = super().holder
        return None if one and one.status is Status.REVOKING else one


class LastComeFirstServed(Floor):
    """Planted: the queue is a stack."""

    @property
    def queue(self) -> list[Standing]:
        return super().queue[::-1]


class NumbersAreTheTime(Floor):
    """Planted: two grants of one moment have one number."""

    def _grant(self, one: Standing) -> None:
        self.number = self.now_us - 1
        super()._grant(one)


class TalkRunsFromTheGrant(Floor):
    """Planted: who is granted the floor is taken to speak at once."""

    def _grant(self, one: Standing) -> None:
        super()._grant(one)
        self.standings[one.agent] = self.standings[one.agent].begun(self.now_us)


class LateReleasesCount(Floor):
    """Planted: a release ends whatever its agent has."""

    def release(self, agent: str, request_id: str, now_us: int) -> Status | None:
        known = self.standings.get(agent)
        return super().release(agent, known.request.id if known else request_id, now_us)


class LateRenewalsCount(Floor):
    """Planted: a renewal is good for any grant of its agent."""

    def renew(
        self, agent: str, number: int, now_us: int, *, begun: bool = False
    ) -> Standing | None:
        number = self.standings[agent].number if agent in self.standings else number
        return super().renew(agent, number, now_us, begun=begun)


class ForgetsAtOnce(Floor):
    """Planted: a floor that lost its data does not wait for what it may have granted."""

    @property
    def obstacle(self) -> Obstacle | None:
        found = super().obstacle
        return None if found is Obstacle.FORGOTTEN else found


class NobodyServes(Floor):
    """Planted: an operation does not look at the queue."""

    def _serve(self) -> None:
        if not self.log or self.log[-1].event != Status.RELEASED:
            super()._serve()


class LeavesUntold(Floor):
    """Planted: ends are not told."""

    def _note(self, event: Status | RoomEvent, one: Standing) -> None:
        if event is Status.GRANTED:
            super()._note(event, one)


@pytest.mark.parametrize(
    ("planted", "scope", "found"),
    [
        (PeopleDoNotCount, 0, "while a person speaks"),
        (RevokeFrees, 3, "two hold the floor"),
        (LastComeFirstServed, 0, "was not the first"),
        (NumbersAreTheTime, 0, "a number came twice"),
        (TalkRunsFromTheGrant, 1, "from the first audio"),
        (LateReleasesCount, 2, "a late message"),
        (LateRenewalsCount, 2, "a late message"),
        (ForgetsAtOnce, 2, "Redis forgot"),
        (NobodyServes, 0, "stuck"),
        (LeavesUntold, 0, "left without a word|while another may still be heard"),
    ],
)
def test_a_planted_fault_is_found(planted: type[Floor], scope: int, found: str) -> None:
    """The check above is not blind."""
    _, faults = explore(list(SCOPES)[scope], planted)
    assert any(word in faults[0] for word in found.split("|")), faults[:1]
