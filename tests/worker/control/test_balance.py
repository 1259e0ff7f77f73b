"""Who goes from the fullest worker to the emptiest, in tables and in a model of a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as changed

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand.control.balance import Balancer, BalanceTerms, Transfer, loads_after, uneven
from roomhand.coordination.hints import Place
from roomhand.coordination.workers import SeenWorker, WorkerJob, WorkerRecord
from roomhand.load import Part

pytestmark = pytest.mark.unit

TERMS = BalanceTerms()
NOW_S = 1_000_000.0
LOOK_S = 15.0
SLOTS = 10


def jobs(*rooms: str) -> tuple[WorkerJob, ...]:
    """Sage in each of them."""
    return tuple(WorkerJob(room=room, agent="sage") for room in rooms)


def told(name: str, *rooms: str, slots: int = SLOTS, **parts: float) -> SeenWorker:
    """A worker with these rooms, as it has just told; its other parts are 0 if not given."""
    load_parts = {str(part): 0.0 for part in Part} | {"jobs": len(rooms) / slots} | parts
    record = WorkerRecord(
        id=name,
        host="here",
        slots=slots,
        load=max(load_parts.values()),
        load_parts=load_parts,
        jobs=jobs(*rooms),
    )
    return SeenWorker(record, NOW_S, asked_to_drain=False)


def as_told(worker: SeenWorker, **differently: object) -> SeenWorker:
    """The same, but for this."""
    return changed(worker, record=worker.record.model_copy(update=differently))


FULL = told("full", *"abcdefgh")
EMPTY = told("empty")


def chosen(*workers: SeenWorker, terms: BalanceTerms = TERMS) -> Transfer | None:
    """At the second look that finds it so."""
    balancer = Balancer(terms)
    assert balancer.choose(NOW_S, workers) is None, "one look is not enough"
    return balancer.choose(NOW_S, workers)


def test_an_agent_of_the_fullest_goes_to_the_emptiest() -> None:
    """Whatever the order in which they are listed."""
    between = told("between", *"xyz")
    for workers in ([FULL, between, EMPTY], [EMPTY, between, FULL]):
        assert chosen(*workers) == Transfer(Place("a", "sage"), "full", "empty", 0.8, 0.0)


@pytest.mark.parametrize(
    "workers",
    [
        (FULL,),
        (FULL, told("four", *"wxyz")),
        (told("ten", *"abcdefghij", cpu=0.5), told("busy", cpu=0.58)),
        (FULL, told("late", lag=0.6), told("later", lag=0.7)),
        (told("one", *"a", slots=2), told("none", slots=2)),
        (told("two of two", *"ab", slots=2), told("one slot", slots=1)),
        (told("not by agents", cpu=0.9), EMPTY),
        (FULL, as_told(EMPTY, load=None)),
        (as_told(FULL, load_parts={}), EMPTY),
        (as_told(FULL, jobs=(WorkerJob(room="a", agent=""),)), EMPTY),
        (FULL, as_told(EMPTY, draining=True)),
        (FULL, changed(EMPTY, asked_to_drain=True)),
        (as_told(FULL, draining=True), EMPTY),
        (FULL, told("four", *"uvwx"), EMPTY, as_told(told("drains"), draining=True)),
        (FULL, as_told(EMPTY, started_s=NOW_S - 9)),
        (FULL, changed(EMPTY, seen_s=NOW_S - 5)),
    ],
    ids=[
        "alone",
        "no gap",
        "the emptiest would be too full",
        "nobody is empty",
        "the last agent would only take the load with it",
        "a small worker would be fuller than the large one",
        "nobody there to move",
        "one of before loads were told",
        "one that tells no parts",
        "only agents of others",
        "the emptiest drains",
        "the emptiest is to drain",
        "the fullest drains",
        "somebody else drains",
        "one has just joined",
        "one is silent",
    ],
)
def test_nobody_moves(workers: tuple[SeenWorker, ...]) -> None:
    assert chosen(*workers) is None


def test_the_emptiest_is_filled_again_once_it_has_settled() -> None:
    """Ten seconds after it started, and as long as it is heard."""
    assert chosen(FULL, changed(as_told(EMPTY, started_s=NOW_S - 10), seen_s=NOW_S - 3))


def test_a_gap_has_to_last() -> None:
    """A peak at one look moves nobody, nor do the peaks of two workers in turn."""
    balancer = Balancer()
    other = told("other", *"stuvwxyz")
    for at, workers in enumerate([(FULL, EMPTY), (other, EMPTY)] * 3):
        assert balancer.choose(NOW_S + at, workers) is None


def test_what_an_agent_costs_is_its_share_of_its_worker() -> None:
    """In slots, tracks and processor, scaled to the other worker; the lag of a loop stays."""
    source = told("source", *"abcd", tracks=0.8, cpu=0.6, lag=0.5)
    target = told("target", *"x", slots=5, tracks=0.1, lag=0.2)
    assert loads_after(source.record, target.record) == pytest.approx((0.6, 0.5))
    late = told("late", *"abcd", lag=0.9)
    assert loads_after(late.record, EMPTY.record) == pytest.approx((0.9, 0.1))


def test_an_agent_on_its_way_is_left_alone() -> None:
    """Two workers have it."""
    transfer = chosen(FULL, told("empty", "a"))
    assert transfer is not None
    assert transfer.place == Place("b", "sage")


@dataclass
class Looks:
    """A balancer that looks again and again, and the workers as they are then."""

    balancer: Balancer = field(default_factory=Balancer)
    now_s: float = NOW_S
    settled: list[bool] = field(default_factory=list)

    def look(self, *workers: SeenWorker) -> Transfer | None:
        """As the control plane does it, a while later."""
        self.now_s += LOOK_S
        fresh = [changed(one, seen_s=self.now_s) for one in workers]
        if settled := self.balancer.settle(self.now_s, fresh):
            self.settled.append(settled[1])
        return self.balancer.choose(self.now_s, fresh)

    def until_moved(self, *workers: SeenWorker, looks: int = 400) -> tuple[Transfer, float]:
        """The next one, and when."""
        for _ in range(looks):
            if transfer := self.look(*workers):
                return transfer, self.now_s
        raise AssertionError("nobody moves")


AFTER = (told("full", *"bcdefgh"), told("empty", "a"))


def test_one_moves_at_a_time_a_minute_apart() -> None:
    """It has come, and it is seen that it has."""
    looks = Looks()
    first, first_s = looks.until_moved(FULL, EMPTY)
    second, second_s = looks.until_moved(*AFTER)
    assert (first.place.room, second.place.room) == ("a", "b")
    assert second_s - first_s == 60
    assert looks.settled == [True]


def test_nobody_moves_while_one_is_on_its_way() -> None:
    """Its patience over it has stayed, and is left alone for an hour."""
    looks = Looks()
    _, first_s = looks.until_moved(FULL, EMPTY)
    second, second_s = looks.until_moved(FULL, EMPTY)
    assert second.place.room == "b"
    assert second_s - first_s == 90
    assert looks.settled == [False]
    late: dict[str, float] = {}
    while looks.now_s < second_s + 2 * TERMS.memory_s and "a" not in late:
        if transfer := looks.look(FULL, EMPTY):
            late[transfer.place.room] = looks.now_s
    assert late["a"] - first_s >= TERMS.memory_s


def only_sage(worker: str) -> SeenWorker:
    """Has her in room a; its other agents are nobody's to move."""
    others = [WorkerJob(room=room, agent="") for room in "bcdefgh"]
    return as_told(told(worker, *"abcdefgh"), jobs=(*jobs("a"), *others))


@pytest.mark.parametrize(
    ("emptiest", "rests_s"), [("third", TERMS.rest_s), ("full", TERMS.memory_s)]
)
def test_an_agent_rests_and_goes_back_to_where_it_was_much_later(
    emptiest: str, rests_s: float
) -> None:
    """Than to another worker."""
    looks = Looks()
    _, first_s = looks.until_moved(FULL, EMPTY)
    again, again_s = looks.until_moved(only_sage("empty"), told(emptiest))
    assert (again.place.room, again.target) == ("a", emptiest)
    assert again_s - first_s == pytest.approx(rests_s, abs=LOOK_S)


@dataclass
class Cluster:
    """Workers as large as each other, and where their agents are, each of which costs the same."""

    names: list[str]
    where: dict[str, str]
    cost: float = 0.0

    def workers(self, **more: float) -> list[SeenWorker]:
        """As they tell of themselves; ``more`` is what others use there."""
        return [self._worker(name, more.get(name, 0.0)) for name in self.names]

    def load(self, name: str) -> float:
        """By its agents; may be above 1."""
        return self.cost * list(self.where.values()).count(name)

    def move(self, transfer: Transfer) -> None:
        """It comes at once."""
        assert self.where[transfer.place.room] == transfer.source
        self.where[transfer.place.room] = transfer.target

    def _worker(self, name: str, more: float) -> SeenWorker:
        rooms = [room for room in sorted(self.where) if self.where[room] == name]
        return told(name, *rooms, slots=1000, cpu=min(1.0, self.load(name) + more))


NAMES = ["one", "two", "three", "four"]


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Two to four workers, up to twenty agents."""
    names = NAMES[: draw(st.integers(2, 4))]
    rooms = [f"r{number:02}" for number in range(draw(st.integers(0, 20)))]
    where = {room: draw(st.sampled_from(names)) for room in rooms}
    return Cluster(names, where, draw(st.floats(0.01, 0.5)))


@settings(deadline=None)
@given(clusters())
def test_moves_come_to_an_end_and_none_makes_the_target_the_fuller(cluster: Cluster) -> None:
    """Then no worker is much fuller than another, where that can be mended."""
    looks, moves = Looks(), 0
    while looks.now_s < NOW_S + TERMS.memory_s:
        if transfer := looks.look(*cluster.workers()):
            cluster.move(transfer)
            moves += 1
            assert cluster.load(transfer.target) <= cluster.load(transfer.source) + 1e-9
    assert moves <= len(cluster.where)
    assert uneven(NOW_S, cluster.workers(), TERMS) is None


@settings(deadline=None)
@given(clusters(), st.lists(st.sampled_from(NAMES), max_size=40))
def test_no_agent_is_played_back_and_forth(cluster: Cluster, busy: list[str]) -> None:
    """Though another worker seems full every minute, and agents need no rest: within the hour none
    comes to where it was."""
    cluster.cost = 0.001
    looks, been = Looks(Balancer(BalanceTerms(rest_s=0))), set[tuple[str, str]]()
    for full in busy:
        for _ in range(5):
            if transfer := looks.look(*cluster.workers(**{full: 0.8})):
                cluster.move(transfer)
                been.add((transfer.place.room, transfer.source))
                assert (transfer.place.room, transfer.target) not in been


@st.composite
def seen(draw: st.DrawFn, name: str) -> SeenWorker:
    """Any worker."""
    rooms = [f"{name}-{number}" for number in range(draw(st.integers(0, 8)))]
    parts = {str(part): draw(st.floats(0, 1)) for part in Part if part is not Part.JOBS}
    return told(name, *rooms, slots=draw(st.integers(8, 32)), **parts)


@given(st.tuples(*(seen(name) for name in "abc")))
def test_nobody_goes_to_a_worker_that_is_or_gets_too_full(workers: tuple[SeenWorker, ...]) -> None:
    """Nor to one that is fuller than its own, now or then."""
    if (transfer := chosen(*workers)) is None:
        return
    by_name = {one.record.id: one.record for one in workers}
    source, target = by_name[transfer.source], by_name[transfer.target]
    source_after, target_after = loads_after(source, target)
    assert transfer.source_load - transfer.target_load > TERMS.gap
    assert target_after <= source_after
    assert target_after < TERMS.ceiling
