"""A worker that drains asks its agents to go, one after the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from livekit.agents.job import RunningJobInfo

from roomhand import handing_over
from roomhand.coordination.commands import CommandSender, HandOver
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import AgentRecord, LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RedisError
from roomhand.handing_over import AGAIN_S, APART_S, HandingOver
from tests.virtual_time import in_virtual_time
from tests.worker.test_ended_jobs import job

pytestmark = pytest.mark.unit


@dataclass
class FakeSender:
    """Keeps who was asked and when; a room of ``unreachable`` fails."""

    asked: list[tuple[str, float]] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)

    def sender(self, _: Scripts, keys: RoomKeys) -> CommandSender:
        async def send(agent: str, command: HandOver) -> None:
            now_s = asyncio.get_running_loop().time()
            self.asked.append((keys.room, round(now_s - self.since_s, 3)))
            if keys.room in self.unreachable:
                raise RedisError("away")

        made = object.__new__(CommandSender)
        made.send = send  # type: ignore[method-assign,assignment]
        return made

    def leases(self, _: Scripts, keys: RoomKeys) -> LeaseStore:
        async def read(agent: str) -> AgentRecord:
            return AgentRecord("AW_1/AJ_1", self.epochs.get(keys.room, 1), 1, 5.0)

        made = object.__new__(LeaseStore)
        made.read = read  # type: ignore[method-assign]
        return made

    epochs: dict[str, int] = field(default_factory=dict)
    since_s: float = 0.0


@pytest.fixture
def fake_sender(monkeypatch: pytest.MonkeyPatch) -> FakeSender:
    """In place of the commands to rooms, and of their leases."""
    fake = FakeSender()
    monkeypatch.setattr(handing_over, "CommandSender", fake.sender)
    monkeypatch.setattr(handing_over, "LeaseStore", fake.leases)
    return fake


async def _run(fake: FakeSender, jobs: list[RunningJobInfo], for_s: float) -> None:
    fake.since_s = asyncio.get_running_loop().time()
    running = asyncio.create_task(HandingOver(object.__new__(Scripts), lambda: jobs).run())
    await asyncio.sleep(for_s)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@in_virtual_time
async def test_each_is_asked_apart_and_again_while_it_is_there(fake_sender: FakeSender) -> None:
    """Also where one cannot be asked now."""
    fake_sender.unreachable = {"a"}
    jobs = [job("a", 1, "AJ_a"), job("b", 1, "AJ_b")]
    await _run(fake_sender, jobs, 2 * APART_S + AGAIN_S + 0.1)
    round_s = round(2 * APART_S + AGAIN_S, 3)
    assert fake_sender.asked == [("a", 0.0), ("b", round(APART_S, 3)), ("a", round_s)]


@in_virtual_time
async def test_who_has_gone_meanwhile_is_not_asked(fake_sender: FakeSender) -> None:
    """Its agent is another worker's by then, which would hand it over again."""
    jobs = [job("a", 1, "AJ_a"), job("b", 1, "AJ_b")]
    asking = asyncio.create_task(_run(fake_sender, jobs, APART_S + 1))
    await asyncio.sleep(APART_S / 2)
    jobs.pop()
    await asking
    assert fake_sender.asked == [("a", 0.0)]


@in_virtual_time
async def test_who_has_given_its_agent_away_and_is_only_ending_is_not_asked(
    fake_sender: FakeSender,
) -> None:
    """The next owner would take it for itself, and hand the agent over again."""
    fake_sender.epochs = {"a": 2}
    await _run(fake_sender, [job("a", 1, "AJ_a"), job("b", 1, "AJ_b")], 2 * APART_S)
    assert [room for room, _ in fake_sender.asked] == ["b"]
