"""When an agent is handed over, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit import rtc

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.identity import agent_identity
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import AgentRecord, LeaseStore
from roomhand.coordination.wanted import WantedStore
from roomhand.errors import CommandError, LeaseUnknownError, RedisError, RoomhandError
from roomhand.room import succession as succession_module
from roomhand.room.holding import Holding
from roomhand.room.succession import (
    ASKS,
    COMES_S,
    HEARS_MS,
    PATIENCE_S,
    PAUSE_S,
    POLL_S,
    SUCCESSOR_ATTRIBUTE,
    TAKEN_S,
    Succession,
    Successor,
    is_moment,
    successor_of,
)
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
STANDARD = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
LONG_MS = 60_000


@pytest.mark.parametrize(
    ("heard_ms", "owed_from_ms", "quiet_for_s", "patient", "now"),
    [
        (LONG_MS, None, 1.0, True, True),
        (LONG_MS, None, 0.1, True, False),
        (LONG_MS, None, 0.0, False, True),
        (LONG_MS, 30_000, 1.0, True, False),
        (LONG_MS, 30_000, 0.0, False, True),
        (LONG_MS, -10, 0.0, False, False),
        (HEARS_MS - 1, None, 9.0, True, False),
        (HEARS_MS - 1, None, 9.0, False, False),
    ],
    ids=[
        "quiet, and all is written",
        "somebody speaks",
        "the agent speaks on and on",
        "quiet, but words are owed",
        "people never pause, and the successor has heard what is owed",
        "the successor lacks the beginning of what is owed",
        "the successor has hardly heard anybody",
        "even then it has to hear first",
    ],
)
def test_the_moment(
    heard_ms: int, owed_from_ms: int | None, quiet_for_s: float, patient: bool, now: bool
) -> None:
    assert is_moment(heard_ms, owed_from_ms, quiet_for_s, patient=patient) is now


@dataclass
class FakeParticipant:
    """Somebody in the room."""

    identity: str
    kind: int = AGENT
    attributes: dict[str, str] = field(default_factory=lambda: {SUCCESSOR_ATTRIBUTE: "AW_2/AJ_2"})


@dataclass
class FakeRoom:
    """A room with these people."""

    remote_participants: dict[str, FakeParticipant]
    name: str = "a"


def found(*there: FakeParticipant) -> Successor | None:
    """Who succeeds the owner of epoch 5."""
    room = FakeRoom({one.identity: one for one in there})
    return successor_of(cast(rtc.Room, room), "sage", 5, 1_234)


def test_the_successor_is_an_agent_of_a_higher_epoch_that_says_it_hears() -> None:
    there = FakeParticipant(agent_identity("sage", 6))
    assert found(FakeParticipant("ann", STANDARD), there) == Successor(6, "AW_2/AJ_2", 1_234)


@pytest.mark.parametrize(
    "other",
    [
        FakeParticipant(agent_identity("sage", 4)),
        FakeParticipant(agent_identity("nova", 6)),
        FakeParticipant(agent_identity("sage", 6), attributes={}),
        FakeParticipant(agent_identity("sage", 6), STANDARD),
        FakeParticipant("ann"),
    ],
    ids=["an older owner", "another agent", "not ready yet", "a person who plays it", "a stranger"],
)
def test_nobody_else_is(other: FakeParticipant) -> None:
    assert found(other) is None


async def owned(store: LeaseStore, agent: str) -> AgentRecord:
    """By the process that hands it over; nobody else was let in."""
    return AgentRecord("AW_1/AJ_1", 5, 5, 5.0)


def succession_of(
    room: FakeRoom, holding: object, admin: object, **other: Callable[..., Any]
) -> Succession:
    """Of an agent that says nothing in a quiet room, but for what is told otherwise."""
    silent: dict[str, Callable[..., Any]] = {
        "speaks": lambda: False,
        "hold_back": print,
        "go_on": print,
        "quiet_for_s": lambda: 1.0,
        "owed_from_ms": lambda: None,
        "retire": partial(asyncio.sleep, 0),
        "resume": print,
        "done": print,
    }
    return Succession(
        cast(rtc.Room, room), cast(Holding, holding), cast(LiveKitAdmin, admin), **(silent | other)
    )


@pytest.mark.parametrize(
    ("ends_s", "sends_s"), [(5.0, 5.0), (1_000.0, PATIENCE_S)], ids=["an end", "no end"]
)
@in_virtual_time
async def test_nobody_is_sent_for_while_the_agent_speaks(
    ends_s: float, sends_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster would show it twice until it has said all."""
    loop, sent_s = asyncio.get_running_loop(), list[float]()
    began_s = loop.time()

    async def succeed(store: WantedStore, fence: Fence) -> None:
        sent_s.append(loop.time() - began_s)

    monkeypatch.setattr(WantedStore, "succeed", succeed)
    monkeypatch.setattr(LeaseStore, "read", owned)
    succession = succession_of(
        FakeRoom({}),
        holding_of(None),
        None,
        quiet_for_s=lambda: max(0.0, loop.time() - began_s - ends_s),
    )
    with pytest.raises(CommandError, match="nobody may succeed it"):
        await succession.run()
    assert sent_s == [pytest.approx(sends_s, abs=2 * POLL_S)]


@dataclass
class FakeLease:
    """A lease that cannot be given away."""

    error: RoomhandError

    async def hand_over(self, epoch: int, owner: str) -> bool:
        """As ``LeaseKeeper`` without an answer."""
        raise self.error


def holding_of(lease: object) -> Holding:
    """What is held with this lease; the loop's clock is the meeting's."""
    loop = asyncio.get_running_loop()
    held = SimpleNamespace(
        fence=Fence("sage", 5),
        scripts=None,
        keys=RoomKeys("a"),
        clock_ms=lambda: round(loop.time() * 1000),
        lease=lease,
    )
    return cast(Holding, held)


@dataclass
class FakeAdmin:
    """A successor is let in ``let_in_s`` after it was sent for, and in the room ``comes_s`` after
    that."""

    room: FakeRoom
    let_in_s: float = 0.0
    comes_s: float = 0.0
    minted: int = 5
    withdrawn: list[str] = field(default_factory=list)

    async def dispatch(self, *_: object, **__: object) -> str:
        """As the real one."""
        loop = asyncio.get_running_loop()
        there = FakeParticipant(agent_identity("sage", 6))
        come = partial(self.room.remote_participants.setdefault, there.identity, there)
        loop.call_later(self.let_in_s, setattr, self, "minted", 6)
        loop.call_later(self.let_in_s + self.comes_s, come)
        return "AD_1"

    async def remove_dispatch(self, room: str, dispatch: str) -> None:
        """As the real one."""
        self.withdrawn.append(dispatch)

    async def read(self, agent: str) -> AgentRecord:
        """The lease, as ``LeaseStore`` tells it."""
        return AgentRecord("AW_1/AJ_1", 5, self.minted, 5.0)

    def serve(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be what Redis tells of whom it lets in."""

        async def succeed(store: WantedStore, fence: Fence) -> int:
            return 3

        monkeypatch.setattr(WantedStore, "succeed", succeed)
        monkeypatch.setattr(LeaseStore, "read", lambda _, agent: self.read(agent))


@pytest.mark.parametrize("error", [RedisError("no answer"), LeaseUnknownError("no record")])
@in_virtual_time
async def test_an_agent_that_could_not_be_given_away_is_obeyed_again(
    error: RoomhandError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is owned on, and nobody else takes its commands."""

    told, admin = list[str](), FakeAdmin(FakeRoom({}))
    admin.serve(monkeypatch)

    async def retire() -> None:
        told.append("retired")

    succession = succession_of(
        admin.room,
        holding_of(FakeLease(error)),
        admin,
        retire=retire,
        resume=lambda: told.append("resumed"),
        done=told.append,
    )
    with pytest.raises(type(error)):
        await succession.run()
    assert told == ["retired", "resumed"]


@pytest.mark.parametrize(
    ("speaks", "after_s"), [(False, PAUSE_S), (True, PATIENCE_S)], ids=["people", "the agent"]
)
@in_virtual_time
async def test_for_a_pause_of_peoples_it_is_waited_less_long_than_for_the_agents(
    speaks: bool, after_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster shows two meanwhile; what people say is not cut, for the successor hears it."""
    loop, given_s = asyncio.get_running_loop(), list[float]()
    admin = FakeAdmin(FakeRoom({}))
    admin.serve(monkeypatch)

    async def hand_over(epoch: int, owner: str) -> bool:
        given_s.append(loop.time())
        return True

    monkeypatch.setattr(succession_module, "own_now_s", loop.time)
    arrived_s = loop.time() + PATIENCE_S
    succession = succession_of(
        admin.room,
        holding_of(SimpleNamespace(hand_over=hand_over)),
        admin,
        speaks=lambda: speaks,
        quiet_for_s=lambda: 0.0,
        owed_from_ms=lambda: round(arrived_s * 1000) + 500,
    )
    assert await succession.run()
    assert given_s == [pytest.approx(arrived_s + after_s, abs=0.5)]


@pytest.mark.parametrize("refusals", [0, 3, ASKS])
@in_virtual_time
async def test_a_worker_that_is_named_is_asked_for_until_somebody_is_let_in(
    refusals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """livekit-server brings it to others, who refuse, and then to nobody else; and keeps what was
    refused until that is withdrawn."""
    dispatched, withdrawn = list[tuple[int, str]](), list[str]()

    async def succeed(store: WantedStore, fence: Fence) -> int:
        return len(dispatched) + 1

    async def read(store: LeaseStore, agent: str) -> AgentRecord:
        return AgentRecord("AW_1/AJ_1", 5, 6 if len(dispatched) > refusals else 5, 5.0)

    async def dispatch(
        room: str, agent: str, generation: int, *, succeeds: bool, worker: str
    ) -> str:
        dispatched.append((generation, worker))
        return f"AD_{generation}"

    async def remove_dispatch(room: str, dispatch: str) -> None:
        withdrawn.append(dispatch)

    monkeypatch.setattr(WantedStore, "succeed", succeed)
    monkeypatch.setattr(LeaseStore, "read", read)
    monkeypatch.setattr(succession_module, "own_now_s", asyncio.get_running_loop().time)
    admin = SimpleNamespace(dispatch=dispatch, remove_dispatch=remove_dispatch)
    succession = succession_of(FakeRoom({}), holding_of(None), admin)
    assert not await succession.run("box-1"), "nobody is ever ready"
    assert dispatched == [(at, "box-1") for at in range(1, min(refusals + 1, ASKS) + 1)]
    assert withdrawn == [f"AD_{at}" for at in range(1, refusals + 1)]


@pytest.mark.parametrize(
    ("let_in_s", "told_before"),
    [
        (0.5, [("held back", 0.5)]),
        (5.0, [("goes on", TAKEN_S), ("held back", 5.0)]),
    ],
    ids=["at once", "late"],
)
@in_virtual_time
async def test_nothing_begins_to_be_said_while_a_successor_is_on_its_way(
    let_in_s: float, told_before: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster would show two until it is said; it may be on its way since it was sent for."""
    room = FakeRoom({})
    admin = FakeAdmin(room, let_in_s, COMES_S - 0.5)
    told = await _told_of(admin, monkeypatch)
    given_s = let_in_s + admin.comes_s + HEARS_MS / 1000
    assert told == [("held back", 0), *told_before, ("given", pytest.approx(given_s, abs=0.2))]
    assert admin.withdrawn == []


@in_virtual_time
async def test_where_nobody_comes_it_is_said_and_the_dispatch_is_withdrawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or each that is asked later would add one."""
    admin = FakeAdmin(FakeRoom({}), let_in_s=1_000)
    told = await _told_of(admin, monkeypatch)
    ends_s = pytest.approx(TAKEN_S + COMES_S, abs=0.2)
    assert told == [("held back", 0), ("goes on", TAKEN_S), ("goes on", ends_s)]
    assert admin.withdrawn == ["AD_1"]


async def _told_of(admin: FakeAdmin, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """What became of a hand-over, with seconds since it began."""
    loop, told = asyncio.get_running_loop(), list[tuple[str, float]]()
    began_s = loop.time()

    def tell(what: str) -> None:
        told.append((what, round(loop.time() - began_s, 1)))

    async def hand_over(epoch: int, owner: str) -> bool:
        tell("given")
        return True

    admin.serve(monkeypatch)
    monkeypatch.setattr(succession_module, "own_now_s", loop.time)
    succession = succession_of(
        admin.room,
        holding_of(SimpleNamespace(hand_over=hand_over)),
        admin,
        hold_back=lambda: tell("held back"),
        go_on=lambda: tell("goes on"),
    )
    assert await succession.run() is (told[-1][0] == "given")
    return told
