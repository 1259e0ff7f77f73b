"""The floor in Redis does what the pure floor does: every transition, and any history."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
import redis.asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from roomhand.coordination import scripts as scripts_module
from roomhand.coordination.scripts import Script, load_script
from roomhand.turns.floor_request import HOLDING
from roomhand.turns.questions import Reason
from tests.sim import servers
from tests.worker.floor_scenarios import Action, InMemory, InRedis, Player, Wish, replay
from tests.worker.floor_states import Explorer, Step
from tests.worker.turns.test_floor_model import EACH, SCOPES

pytestmark = pytest.mark.redis


@cache
def transitions(scope: str) -> list[tuple[Action, ...]]:
    """For every kind of transition the shortest way through it, but for those that lie on another's
    way."""
    wishes, actions = SCOPES[scope]
    ways: dict[object, tuple[Action, ...]] = {}
    for step in Explorer(wishes, actions).steps():
        for kind in _kinds(step):
            ways.setdefault(kind, step.after.path)
    longest_first = sorted(ways.values(), key=len, reverse=True)
    walked: set[tuple[Action, ...]] = set()
    chosen = []
    for way in longest_first:
        if way not in walked:
            chosen.append(way)
            walked |= {way[:length] for length in range(1, len(way) + 1)}
    return chosen


def _kinds(step: Step) -> list[object]:
    """What is done and what is told of it; and what is done to whom, whatever stands in the way."""
    what, *on = step.action
    floor = step.before.floor
    actor = floor.standings.get(on[0]) if on else None
    told = frozenset((event.event, event.why) for event in step.told)
    obstacles = floor.holder and floor.holder.status, bool(floor.speech), bool(floor.held_by)
    return [(what, told), (what, actor and actor.status, obstacles, bool(floor.queue))]


@pytest.mark.parametrize("scope", SCOPES)
async def test_every_transition_is_the_same_in_redis(
    scope: str, redis_client: redis.asyncio.Redis
) -> None:
    """Answers, what a reader sees and what the log tells, step by step."""
    ways = transitions(scope)
    assert len(ways) > 100
    for way in ways:
        await replay(way, SCOPES[scope][0], InRedis(redis_client))


async def test_a_new_owner_is_not_told_what_the_old_one_was_denied(
    redis_client: redis.asyncio.Redis,
) -> None:
    """It has no grant; why another epoch got none is not its answer."""
    way: list[Action] = [("ask", "echo"), ("ask", "echo"), ("ask", "echo"), ("ask", "iris")]
    way += [("crash", "iris"), ("renew", "iris")]
    await replay(way, BothFloors.wishes, InRedis(redis_client))


async def replay_all(scope: str, client: redis.asyncio.Redis) -> None:
    """A whole scope, up to the first disagreement."""
    for way in transitions(scope):
        await replay(way, SCOPES[scope][0], InRedis(client))


ONE, TWO, LATE, THREE = SCOPES
PLANTED = {
    "people do not count": (ONE, "if next(room.speech) then\n    return 'people'", "if false then"),
    "a revoke frees": (THREE, "and not holds(request) then", "and not is_heard(request) then"),
    "priority does not count": (ONE, "- priority * RISE_US", ""),
    "the grace has no end": (TWO, "+ ttl_ms * 1000, ends_us(holder))", "+ 1e6, math.huge)"),
    "the talk runs from the grant": (TWO, "math.min(room.now, begins", "math.min(0, begins"),
    "a late release counts": (LATE, "known.id ~= id or ", ""),
    "it forgets at once": (LATE, "room.now < lost_us(room.keys.agents) + ttl_us", "false"),
    "a holder need not answer": (TWO, "room.now - report.since_us >= ANSWER_US", "false"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
async def test_a_planted_difference_is_found(
    fault: str, redis_client: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison above is not blind."""
    scope, old, new = PLANTED[fault]
    honest = load_script
    planted = 0

    def dishonest(name: str) -> Script:
        nonlocal planted
        script = honest(name)
        planted += script.source.count(old)
        return replace(script, source=script.source.replace(old, new))

    monkeypatch.setattr(scripts_module, "load_script", dishonest)
    with pytest.raises(AssertionError):
        await replay_all(scope, redis_client)
    assert planted


class BothFloors(RuleBasedStateMachine):
    """Any history of three agents, people and a moderator, on both floors at once."""

    server: servers.Redis
    wishes: Mapping[str, Wish] = {
        "sage": Wish(worth_ms=20_000, max_talk_ms=5000, grace_ms=2000),
        "echo": Wish(worth_ms=4000, max_talk_ms=3000, priority=7),
        "iris": Wish(reason=Reason.AGENT, worth_ms=6000, max_talk_ms=3000, turns_limit=2),
    }
    agents = st.sampled_from(sorted(wishes))

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.client = redis.asyncio.Redis.from_url(self.server.url)
        self.here, self.there = InMemory(), InRedis(self.client)
        self.pure = Player(self.here, self.wishes)
        self.real = Player(self.there, self.wishes)
        self.numbers: list[int] = []

    def play(self, *action: str) -> None:
        """On both; they answer and show the same, and no number comes twice."""
        here = self.runner.run(self.pure.play(action))
        assert here == self.runner.run(self.real.play(action))
        holder = here[1].holder
        if holder and holder.number not in self.numbers:
            assert holder.number > max(self.numbers, default=0)
            self.numbers.append(holder.number)

    @initialize()
    def own_all(self) -> None:
        """Every agent has an owner."""
        self.runner.run(self.there.own(*self.wishes))

    @rule(agent=agents, what=st.sampled_from([*EACH, "begin", "late", "speech", "refresh", "give"]))
    def act(self, agent: str, what: str) -> None:
        """What an agent does or suffers."""
        self.play(what, agent)

    @rule(what=st.sampled_from(["hold", "resume", "take", "forget"]))
    def moderate(self, what: str) -> None:
        """What a moderator does, and what Redis may."""
        self.play(what)

    @rule(seconds=st.integers(1, 3), agents=st.sets(agents))
    def wait(self, seconds: int, agents: set[str]) -> None:
        """Time passes; some agents go on asking and renewing meanwhile."""
        for _ in range(seconds):
            self.play("tick")
            for agent in sorted(agents):
                standing = self.here.store.floor.standings.get(agent)
                holds = standing is not None and standing.status in HOLDING
                self.play("renew" if holds else "poll", agent)

    def teardown(self) -> None:
        """The logs agree to the end; nothing is left behind."""
        if self.there.fences:
            self.play("resume")
            logs: Sequence[object] = [self.runner.run(one.log()) for one in (self.here, self.there)]
            assert logs[0] == logs[1]
        self.runner.run(self.there.clear())
        self.runner.run(self.client.aclose())
        self.runner.close()


@pytest.mark.timeout(400)
def test_any_history_is_the_same_in_redis(redis_server: servers.Redis) -> None:
    """Random histories on the real server."""
    BothFloors.server = redis_server
    run_state_machine_as_test(
        BothFloors,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
