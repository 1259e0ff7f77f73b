"""What runs beside the rest ends when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from roomhand.coordination.background import AGAIN_S, Background, end_all, together
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


async def deaf(times: int) -> None:
    """Loses so many cancellations, as redis-py may."""
    for _ in range(times):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(3600)


@in_virtual_time
async def test_a_task_that_loses_a_cancellation_ends_all_the_same() -> None:
    """It is told again; one that listens is over at once."""
    now = asyncio.get_running_loop().time
    task = Background(deaf(2), "deaf")
    await asyncio.sleep(1)
    began_s = now()
    await task.end()
    assert now() - began_s == pytest.approx(2 * AGAIN_S)
    task = Background(deaf(0), "good")
    await asyncio.sleep(1)
    began_s = now()
    await task.end()
    assert now() == began_s


@in_virtual_time
async def test_a_task_may_finish_in_its_grace() -> None:
    """And is cancelled after it."""
    done: list[str] = []

    async def work(for_s: float) -> None:
        await asyncio.sleep(for_s)
        done.append(f"{for_s:g}")

    quick, slow = Background(work(1), "quick"), Background(work(3), "slow")
    await asyncio.gather(quick.end(grace_s=2), slow.end(grace_s=2))
    assert done == ["1"]


@in_virtual_time
async def test_to_end_what_has_ended_is_nothing() -> None:
    """However it ended."""

    async def fail() -> None:
        raise ValueError("planted")

    failed = asyncio.create_task(fail())
    await asyncio.sleep(1)
    await end_all([failed])
    await end_all([])
    assert isinstance(failed.exception(), ValueError)


@in_virtual_time
async def test_what_runs_together_ends_together_however_deaf() -> None:
    """It is not over before the last of them, and told again it tells them again."""
    task = Background(together({"deaf": deaf(5), "good": deaf(0)}), "both")
    await asyncio.sleep(1)
    await asyncio.wait_for(task.end(), 60)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_virtual_time
async def test_one_of_those_together_that_fails_ends_the_others() -> None:
    """And what it raised is told."""

    async def fail() -> None:
        await asyncio.sleep(1)
        raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        await asyncio.wait_for(together({"deaf": deaf(2), "bad": fail()}), 60)
    assert asyncio.all_tasks() == {asyncio.current_task()}
