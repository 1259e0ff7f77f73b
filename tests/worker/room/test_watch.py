"""Is the process keeping up?"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

import pytest

from roomhand.room.watch import LoopLag, ReceivedRatio
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.unit


def test_lag_is_kept_as_last_worst_and_percentile() -> None:
    reported: list[float] = []
    lag = LoopLag(reported.append, kept=100)
    for probe in range(100):
        lag.note(probe / 1000, now_s=probe)
    assert (lag.last_s, lag.max_s, lag.percentile_s(50)) == (0.099, 0.099, 0.05)
    assert len(reported) == 100
    assert lag.late == 0


def test_a_late_loop_is_warned_of_once_in_a_while(caplog: pytest.LogCaptureFixture) -> None:
    lag = LoopLag()
    with caplog.at_level(logging.WARNING):
        for second in range(21):
            lag.note(0.5, now_s=second)
    assert lag.late == 21
    assert len(caplog.records) == 3


async def test_a_loop_that_is_blocked_is_seen() -> None:
    """Planted: a call that blocks the loop for 150 ms."""
    lag = LoopLag(probe_s=0.01)
    task = asyncio.create_task(lag.run())
    await asyncio.sleep(0)
    time.sleep(0.15)  # noqa: ASYNC251 - the planted fault
    await eventually(lambda: lag.probes)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert lag.max_s >= 0.1


def test_a_track_in_real_time_has_ratio_one() -> None:
    ratio = ReceivedRatio()
    assert not any(ratio.note(second, second) for second in range(1, 20))
    assert ratio.value == 1.0


def test_a_track_that_begins_late_is_not_slow() -> None:
    ratio = ReceivedRatio()
    assert not any(ratio.note(max(0.0, second - 1.4), second) for second in range(1, 20))
    assert ratio.value == pytest.approx(1.0)


def test_a_slow_track_is_told_once_until_it_recovers() -> None:
    ratio = ReceivedRatio()
    slow = [ratio.note(second * 0.8, second) for second in range(1, 20)]
    assert slow.count(True) == 1
    assert ratio.value == pytest.approx(0.8)
    received = 19 * 0.8
    for second in range(20, 40):
        received += 1
        assert not ratio.note(received, second)
    assert not ratio.slow


def test_a_track_around_the_limit_is_told_once() -> None:
    """A busy machine gives now a little more, now a little less."""
    ratio = ReceivedRatio()
    received, told = 0.0, 0
    for second in range(1, 60):
        received += (0.92, 0.97)[second // 5 % 2]
        told += ratio.note(received, second)
    assert told == 1
