"""Which dispatches a worker takes, before a process starts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import redis.asyncio
from livekit.agents import JobRequest

from roomhand import metrics
from roomhand.attribution.identity import parse_agent_identity
from roomhand.coordination.connection import open_client
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import Send, WantedStore
from roomhand.profiles import Profile
from roomhand.settings import Settings
from roomhand.worker import Worker

pytestmark = pytest.mark.redis

REASONS = ("unknown_agent", "full", "redis", "owned", "coming", "overtaken", "unwanted")


@dataclass
class FakeRequest:
    """As livekit-agents asks; ``answer`` is the identity that was taken, or that it was refused."""

    room_name: str
    metadata: str
    answer: list[str] = field(default_factory=list)
    id: str = "AJ_1"

    @property
    def job(self) -> SimpleNamespace:
        """With the dispatch's metadata."""
        return SimpleNamespace(metadata=self.metadata)

    @property
    def room(self) -> SimpleNamespace:
        """Where it is to come."""
        return SimpleNamespace(name=self.room_name)

    async def reject(self, *, terminate: bool = True) -> None:
        """As the real one."""
        self.answer.append("refused for good" if terminate else "refused")

    async def accept(self, *, identity: str, **_: object) -> None:
        """As the real one."""
        self.answer.append(identity)


@dataclass
class Desk:
    """A worker that knows sage, and a room of the test."""

    worker: Worker
    scripts: Scripts
    room: str

    async def ask(self, **metadata: object) -> str:
        """What becomes of a dispatch with this metadata."""
        request = FakeRequest(self.room, json.dumps({"agent": "sage"} | metadata))
        await self.worker._on_request(cast(JobRequest, request))
        [answer] = request.answer
        return answer

    async def sent_for(self) -> int:
        """The generation under which sage may come."""
        wanted = WantedStore(self.scripts, RoomKeys(self.room))
        await wanted.start("sage", "somebody")
        answer = await wanted.send("sage")
        assert isinstance(answer, Send)
        return answer.generation


@pytest.fixture
def desk(redis_client: redis.asyncio.Redis, room_name: str) -> Iterator[Desk]:
    """Registered nowhere."""
    settings = Settings(
        livekit_url="ws://127.0.0.1:9",
        livekit_api_key="key",
        livekit_api_secret="secret",  # type: ignore[arg-type]
        redis_url="redis://127.0.0.1:9",  # type: ignore[arg-type]
        profiles=Path("not-read.yaml"),
        max_jobs=2,
    )
    worker = Worker(settings, {"sage": Profile(name="sage", plugin="scripted")})
    worker._redis = redis_client
    with worker._metrics_folder:
        yield Desk(worker, Scripts(redis_client), room_name)


def refused() -> dict[str, float]:
    """How many of each reason so far."""
    return {reason: metrics.JOBS_REFUSED.labels(reason)._value.get() for reason in REASONS}


async def test_who_was_sent_for_is_taken_under_a_new_epoch(desk: Desk) -> None:
    taken = await desk.ask(generation=await desk.sent_for(), worker=desk.worker.instance)
    parsed = parse_agent_identity(taken)
    record = await LeaseStore(desk.scripts, RoomKeys(desk.room)).read("sage")
    assert record is not None
    assert parsed == ("sage", record.minted)


async def test_a_dispatch_for_another_worker_is_left_to_it(desk: Desk) -> None:
    """And does not count as let in."""
    generation = await desk.sent_for()
    assert await desk.ask(generation=generation, worker="another") == "refused"
    assert await LeaseStore(desk.scripts, RoomKeys(desk.room)).read("sage") is None


async def test_a_dispatch_that_comes_again_is_refused_for_good(desk: Desk) -> None:
    """Before anybody owns the agent, as afterwards; and counted by its reason."""
    before, generation = refused(), await desk.sent_for()
    epoch = (parse_agent_identity(await desk.ask(generation=generation)) or ("", 0))[1]
    assert await desk.ask(generation=generation) == "refused for good"
    assert await desk.ask() == "refused for good"
    await LeaseStore(desk.scripts, RoomKeys(desk.room)).acquire("sage", epoch, "one", 600)
    assert await desk.ask(generation=generation) == "refused for good"
    assert await desk.ask(generation=generation - 1) == "refused for good"
    assert await desk.ask(agent="nova") == "refused for good"
    rose = {reason: count - before[reason] for reason, count in refused().items()}
    assert {reason: count for reason, count in rose.items() if count} == {
        "coming": 2,
        "owned": 1,
        "overtaken": 1,
        "unknown_agent": 1,
    }


async def test_without_redis_another_worker_may_be_asked(desk: Desk, unused_tcp_port: int) -> None:
    async with open_client(f"redis://127.0.0.1:{unused_tcp_port}") as nowhere:
        desk.worker._redis = nowhere
        assert await desk.ask(generation=1) == "refused"
