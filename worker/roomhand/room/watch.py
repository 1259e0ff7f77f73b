"""Is the process keeping up? Event-loop lag, and audio received against real time.

An overloaded SDK does not lose frames: it delivers them late, and unfairly, while the loop looks
well. So both are watched.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

logger = logging.getLogger(__name__)

LAG_WARN_S = 0.1
RATIO_WARN = 0.95
RATIO_WELL = 0.98
"""A slow track has recovered: between the two it stays what it was, so that it is told once."""
PROBE_S = 0.1
RATIO_EVERY_S = 1.0
RATIO_OVER_S = 5.0
QUIET_S = 10.0
"""One warning of a kind per this time."""


class LoopLag:
    """How late the loop wakes a sleeper. Values in seconds, over the last ``kept`` probes."""

    def __init__(
        self,
        report: Callable[[float], None] | None = None,
        *,
        probe_s: float = PROBE_S,
        kept: int = 600,
    ) -> None:
        """``report`` is given every probe's lag in seconds."""
        self.probes = 0
        self.late = 0
        """Probes later than ``LAG_WARN_S``."""
        self._report = report
        self._probe_s = probe_s
        self._lags: deque[float] = deque(maxlen=kept)
        self._warned_s = -QUIET_S

    @property
    def last_s(self) -> float:
        return self._lags[-1] if self._lags else 0.0

    @property
    def max_s(self) -> float:
        return max(self._lags, default=0.0)

    def percentile_s(self, percent: float) -> float:
        """The lag that ``percent`` of the kept probes did not exceed."""
        ordered = sorted(self._lags)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] if ordered else 0.0

    def note(self, lag_s: float, now_s: float) -> None:
        """One probe's outcome."""
        self.probes += 1
        self._lags.append(max(lag_s, 0.0))
        if self._report is not None:
            self._report(max(lag_s, 0.0))
        if lag_s <= LAG_WARN_S:
            return
        self.late += 1
        if now_s - self._warned_s >= QUIET_S:
            self._warned_s = now_s
            logger.warning("the event loop is late by %.0f ms", lag_s * 1000)

    async def run(self) -> None:
        """Probe until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + self._probe_s
            await asyncio.sleep(self._probe_s)
            now_s = loop.time()
            self.note(now_s - due_s, now_s)


class ReceivedRatio:
    """Audio received per time passed on one track, over the last ``RATIO_OVER_S``. 1.0 is right;
    what has not begun is not late."""

    def __init__(self) -> None:
        self.value = 1.0
        self.slow = False
        marks = int(RATIO_OVER_S / RATIO_EVERY_S) + 1
        self._marks: deque[tuple[float, float]] = deque(maxlen=marks)

    def note(self, received_s: float, now_s: float) -> bool:
        """Take the total received so far. True if the track has just become slow, over a full
        window."""
        if not received_s:
            return False
        self._marks.append((now_s, received_s))
        begin_s, begin_received_s = self._marks[0]
        if now_s > begin_s:
            self.value = (received_s - begin_received_s) / (now_s - begin_s)
        was_slow = self.slow
        least = RATIO_WELL if was_slow else RATIO_WARN
        self.slow = len(self._marks) == self._marks.maxlen and self.value < least
        return self.slow and not was_slow


async def every(period_s: float, call: Callable[[float], None]) -> None:
    """Call with the loop's time, again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(period_s)
        call(loop.time())
