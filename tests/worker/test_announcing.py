"""A worker that makes itself known."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import cast

import pytest

from roomhand import announcing
from roomhand.announcing import Announcing
from roomhand.coordination.background import end_all
from roomhand.coordination.workers import Usage, WorkerBoard, WorkerRecord
from roomhand.errors import RedisError

pytestmark = pytest.mark.unit


class FakeBoard:
    """Notes what it is told, and fails as it is told."""

    def __init__(self) -> None:
        self.records: list[WorkerRecord] = []
        self.left: list[str] = []
        self.drains = False
        self.away = False
        self.heard = asyncio.Event()

    async def now_s(self) -> float:
        """As the real one."""
        if self.away:
            raise RedisError("away")
        return 17.0

    async def announce(self, record: WorkerRecord) -> bool:
        """As the real one."""
        if self.away:
            raise RedisError("away")
        self.records.append(record)
        self.heard.set()
        return self.drains

    async def leave(self, worker: str) -> None:
        """As the real one."""
        if self.away:
            raise RedisError("away")
        self.left.append(worker)


def announced(
    board: FakeBoard,
    on_drain: Callable[[], None] = lambda: None,
    measure: Callable[[], Usage] | None = None,
) -> Announcing:
    """A worker that has used one more session whenever it is measured, unless told otherwise."""
    counts = iter(range(1, 100))
    return Announcing(
        cast(WorkerBoard, board),
        lambda started_s, usage: WorkerRecord(
            id="one", host="here", started_s=started_s, usage=usage
        ),
        measure or (lambda: Usage(sessions_opened=next(counts))),
        on_drain,
    )


async def test_it_tells_when_it_started_and_now_and_then_what_it_used() -> None:
    board = FakeBoard()
    worker = announced(board)
    for _ in range(announcing.MEASURE_EVERY + 1):
        await worker.announce()
    assert {one.started_s for one in board.records} == {17.0}
    used = [one.usage.sessions_opened for one in board.records]
    assert used == [1] * announcing.MEASURE_EVERY + [2]


@pytest.mark.parametrize(
    "error", [struct.error("unpack"), RuntimeError("corrupted"), FileNotFoundError()]
)
async def test_what_cannot_be_measured_is_told_as_it_was(error: Exception) -> None:
    """A job process was killed while it wrote its file. The worker is there all the same."""
    board, known = FakeBoard(), iter([Usage(sessions_opened=7)])

    def measure() -> Usage:
        used = next(known, None)
        if used is None:
            raise error
        return used

    worker = announced(board, measure=measure)
    for _ in range(announcing.MEASURE_EVERY + 1):
        await worker.announce()
    assert {one.usage.sessions_opened for one in board.records} == {7}
    assert len(board.records) == announcing.MEASURE_EVERY + 1


async def test_it_drains_once_however_often_it_is_told() -> None:
    """A second time would be taken for impatience."""
    board, drained = FakeBoard(), []
    worker = announced(board, lambda: drained.append("drain"))
    await worker.announce()
    board.drains = True
    for _ in range(3):
        await worker.announce()
    assert drained == ["drain"]


async def test_without_redis_it_goes_on_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said once; and it ends all the same."""
    monkeypatch.setattr(announcing, "ANNOUNCE_S", 0.001)
    board = FakeBoard()
    board.away = True
    worker = announced(board)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    assert not running.done()
    await worker.leave()
    board.away = False
    await asyncio.wait_for(board.heard.wait(), 10)
    await end_all([running])
    await worker.leave()
    assert board.left == ["one"]
