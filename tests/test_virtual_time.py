"""The clock that jumps."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.virtual_time import StuckError, in_virtual_time, run

pytestmark = pytest.mark.unit


def now() -> float:
    """Loop time in seconds."""
    return asyncio.get_running_loop().time()


@in_virtual_time
async def test_thirty_minutes_take_no_time_and_are_exact() -> None:
    """Many short sleeps and a long one end at exactly 1800 s, and nobody waited."""
    began_s = time.monotonic()
    for _ in range(3000):
        await asyncio.sleep(0.02)
    await asyncio.sleep(1740)
    assert now() == 1800.0
    assert time.monotonic() - began_s < 5


@in_virtual_time
async def test_timers_of_one_instant_run_in_the_order_they_were_set() -> None:
    """First come, first served, however many there are and from wherever they are set."""
    order: list[int] = []
    loop = asyncio.get_running_loop()
    for number in range(50):
        loop.call_at(1.0, order.append, number)
    await asyncio.sleep(1)
    await asyncio.sleep(0)
    assert order == list(range(50))


@in_virtual_time
async def test_tasks_interleave_by_time() -> None:
    """Two tasks that sleep differently meet in the order of the clock."""
    seen: list[tuple[float, str]] = []

    async def tick(name: str, period_s: float, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(period_s)
            seen.append((now(), name))

    await asyncio.gather(tick("a", 0.3, 2), tick("b", 0.2, 3))
    assert seen == [(0.2, "b"), (0.3, "a"), (0.4, "b"), (0.6, "a"), (0.6, "b")]


@in_virtual_time
async def test_a_time_out_comes_at_its_time() -> None:
    """``asyncio.timeout`` uses the same clock."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(7):
            await asyncio.Event().wait()
    assert now() == 7.0


def test_waiting_for_nothing_is_an_error() -> None:
    """An event that nobody sets, and no timer: the loop says so instead of hanging."""

    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StuckError):
        run(wait_for_ever())


def test_the_outcome_is_returned_and_the_error_raised() -> None:
    """``run`` is transparent."""

    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise ValueError("planted")

    assert run(answer()) == 42
    with pytest.raises(ValueError, match="planted"):
        run(fail())
