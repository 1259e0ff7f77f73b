"""Which workers there are: each says so every second, and hears then whether it is to drain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roomhand.coordination.connection import redis_now_s, reported
from roomhand.coordination.keys import WORKERS, WORKERS_DRAINING, WORKERS_SEEN
from roomhand.coordination.lease import whole_ms
from roomhand.coordination.scripts import Scripts, text

GONE_S = 10.0
"""A worker that was not heard of for so long is gone, or as good as gone."""


class _Told(BaseModel):
    """What a later version added is left out: while a cluster is upgraded, old ones read new."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class WorkerJob(_Told):
    """An agent that a worker runs."""

    room: str
    agent: str


class Usage(_Told):
    """What the jobs of a worker have used since it started."""

    sessions_opened: int = 0
    """Sessions of models."""
    audio_sent_s: float = 0.0
    """Seconds of audio given to them."""
    input_text_tokens: int = 0
    """Tokens that their providers billed, those from a cache among them."""
    input_audio_tokens: int = 0
    output_text_tokens: int = 0
    output_audio_tokens: int = 0
    audio_billed_s: float = 0.0
    """Seconds of audio that providers billed by duration, as those who only transcribe."""

    @classmethod
    def total(cls, of: Iterable[Usage]) -> Usage:
        """The sum."""
        told = [one.model_dump() for one in of]
        return cls(**{name: sum(one[name] for one in told) for name in cls.model_fields})


class WorkerRecord(_Told):
    """A worker, as it tells of itself."""

    id: str
    """Of the process: another one after each start."""
    host: str
    livekit_id: str = ""
    """Under which livekit-server knows it; owners of agents begin with it."""
    name: str = ""
    """Agent name under which it registers."""
    version: str = ""
    started_s: float = 0.0
    """Redis time."""
    slots: int = 0
    """Jobs that it takes."""
    load: float | None = None
    """How full it is, from 0 to 1; None from one of before this was told."""
    load_parts: Mapping[str, float] = Field(default_factory=dict)
    """What the load is the largest of, by name."""
    draining: bool = False
    jobs: tuple[WorkerJob, ...] = ()
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker, and when it was last heard of in Redis time."""

    record: WorkerRecord
    seen_s: float
    asked_to_drain: bool


@dataclass(frozen=True, slots=True)
class DeploymentUsage:
    """What runs now, and what the workers that live have used since each of them started."""

    workers: int
    slots: int
    agents: int
    rooms: int
    used: Usage

    @classmethod
    def of(cls, found: Iterable[SeenWorker]) -> DeploymentUsage:
        """Sums over these workers; a room in which two agents run is one room."""
        records = [one.record for one in found]
        jobs = [job for one in records for job in one.jobs]
        return cls(
            workers=len(records),
            slots=sum(one.slots for one in records),
            agents=len(jobs),
            rooms=len({job.room for job in jobs}),
            used=Usage.total(one.usage for one in records),
        )


class WorkerBoard:
    """Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._keys = {"workers": WORKERS, "seen": WORKERS_SEEN, "drains": WORKERS_DRAINING}

    async def announce(self, record: WorkerRecord) -> bool:
        """The worker lives, and is like this. Whether it is to drain."""
        answer = await self._scripts.run(
            "worker_announce",
            self._keys,
            {"id": record.id, "body": record.model_dump_json(), "gone_ms": whole_ms(GONE_S)},
        )
        return answer.word == "drain"

    async def leave(self, worker: str) -> None:
        """It ends."""
        await self._scripts.run("worker_leave", self._keys, {"id": worker})

    async def drain(self, worker: str) -> bool:
        """Have a worker drain. False where there is none of this id."""
        keys = {name: self._keys[name] for name in ("seen", "drains")}
        answer = await self._scripts.run(
            "worker_drain", keys, {"id": worker, "gone_ms": whole_ms(GONE_S)}
        )
        return answer.word == "asked"

    async def all(self) -> list[SeenWorker]:
        """Those that live, by id."""
        client = self._scripts.client
        since_ms = (await redis_now_s(client) - GONE_S) * 1000
        with reported():
            found: Sequence[Any] = await client.zrangebyscore(
                WORKERS_SEEN, f"({since_ms:.0f}", "+inf", withscores=True
            )
            bodies = await client.hgetall(WORKERS)
            drains = {text(one) for one in await client.smembers(WORKERS_DRAINING)}
        told = {text(name): text(body) for name, body in bodies.items()}
        return [
            SeenWorker(record, seen_ms / 1000, record.id in drains)
            for name, seen_ms in sorted((text(name), seen_ms) for name, seen_ms in found)
            if (record := _record(told.get(name))) is not None
        ]

    async def now_s(self) -> float:
        """Redis time."""
        return await redis_now_s(self._scripts.client)


def _record(body: str | None) -> WorkerRecord | None:
    """None where it has left meanwhile, or another version wrote what is unknown here."""
    try:
        return None if body is None else WorkerRecord.model_validate_json(body)
    except ValidationError:
        return None
