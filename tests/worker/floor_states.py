"""Every state that the pure floor can reach by a set of actions, breadth first.

Time is a tick of a second, and two states are one where they differ only in what no rule can tell
apart: absolute time, ids and numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from roomhand.turns.floor import ANSWER_US, Floor
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import HOLDING, Standing, Status
from tests.worker.floor_scenarios import OLD_NUMBER, START_S, TICK_S, TRACK, TTL_S, Action, Wish

TICK_US = TICK_S * 1_000_000


@dataclass(frozen=True, slots=True)
class State:
    """A floor, the time, and how it came about."""

    floor: Floor
    now_us: int
    path: tuple[Action, ...] = ()
    heard: frozenset[tuple[str, str]] = frozenset()
    """What each reporter last told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One transition."""

    before: State
    action: Action
    after: State
    told: tuple[Event, ...]


@dataclass(slots=True)
class Explorer:
    """Applies every action of the scope to every state it finds."""

    wishes: Mapping[str, Wish]
    actions: Sequence[Action]
    floor_class: Callable[[int], Floor] = Floor
    states: dict[object, State] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        """Every transition between reachable states, those nearest to the beginning first."""
        first = State(self.floor_class(round(TTL_S * 1_000_000)), START_S * 1_000_000)
        self.states[_key(first)] = first
        waiting = deque([first])
        while waiting:
            before = waiting.popleft()
            for action in self.actions:
                after = self.apply(before, action)
                if after is None:
                    continue
                yield Step(before, action, after, tuple(after.floor.log))
                if (key := _key(after)) not in self.states:
                    self.states[key] = after
                    waiting.append(after)

    def apply(self, before: State, action: Action) -> State | None:
        """The state after it; None where the action makes no sense now."""
        floor = copy_of(before.floor)
        now_us, heard = before.now_us, before.heard
        what, *on = action
        agent = on[0] if on else ""
        known = floor.standings.get(agent)
        match what:
            case "ask":
                floor.request(
                    agent, self.wishes[agent].request(_asked(before.path, agent, 1)), now_us
                )
            case "poll" | "release" | "renew" | "begin":
                if known is None:
                    return None
                _again(floor, what, known, now_us)
            case "late":
                floor.release(agent, _asked(before.path, agent, -1), now_us)
                floor.renew(agent, OLD_NUMBER, now_us, begun=True)
            case "forget":
                floor = self.floor_class(floor.ttl_us)
                floor.now_us = floor.forgot_us = now_us
            case "crash":
                floor.lose(agent)
                heard = frozenset(one for one in heard if one[0] != agent)
            case "speech":
                heard = heard ^ {(agent, TRACK)}
                floor.report(agent, [track for who, track in heard if who == agent], now_us)
            case "refresh":
                floor.report(agent, [track for who, track in heard if who == agent], now_us)
            case "tick":
                now_us += TICK_US
            case "hold" | "resume":
                getattr(floor, what)("ann", now_us)
            case "give":
                floor.give(agent, "ann", now_us)
            case "take":
                floor.take("ann", now_us)
        return State(floor, now_us, (*before.path, action), heard)


def _again(floor: Floor, what: str, known: Standing, now_us: int) -> None:
    if what == "poll":
        floor.request(known.agent, known.request, now_us)
    elif what == "release":
        floor.release(known.agent, known.request.id, now_us)
    else:
        floor.renew(known.agent, known.number, now_us, begun=what == "begin")


def _asked(path: Sequence[Action], agent: str, further: int) -> str:
    """The id of the request that comes so many after the agent's last one."""
    return f"{agent}-{path.count(('ask', agent)) + further}"


def copy_of(floor: Floor) -> Floor:
    """A floor of its own, which has told nothing yet."""
    return replace(
        floor,
        standings=dict(floor.standings),
        speech=dict(floor.speech),
        lost=list(floor.lost),
        log=[],
    )


def _key(state: State) -> object:
    """Equal for states that no rule can tell apart."""
    floor, now_us = state.floor, state.now_us

    def ahead(at_us: int) -> int:
        return max(0, at_us - now_us)

    standings: list[tuple[object, ...]] = []
    for agent, one in sorted(floor.standings.items()):
        if one.status is Status.WAITING:
            left = (ahead(one.alive_until_us), ahead(one.expires_us))
            # Whoever waits in vain stays in the queue until the next operation, but not in order.
            age_us = now_us - one.arrived_us if all(left) else 0
            standings.append((agent, one.status, "", (age_us, *left)))
        elif one.status in HOLDING:
            times = (ahead(one.talk_until_us), ahead(one.deadline_us), ahead(one.ends_us))
            silent = not one.began_us and now_us < one.begins_by_us
            standings.append((agent, one.status, one.why, (*times, silent)))
        else:
            standings.append((agent, "over", "", (0, 0, 0)))
    speech = sorted(
        (key, min(now_us - one.since_us, ANSWER_US), ahead(one.expires_us))
        for key, one in floor.speech.items()
    )
    given = (floor.given, min(ahead(floor.given_until_us), TICK_US)) if floor.given else ()
    lost = tuple(one.agent for one in floor.lost)
    turns = min(floor.agent_turns, 2)
    forgotten = ahead(floor.forgot_us + floor.ttl_us)
    return (
        (*standings,), (*speech,), state.heard, given, floor.held_by, turns, lost, floor.people,
        forgotten,
    )  # fmt: skip
