"""An event loop whose clock jumps: a conversation of minutes takes microseconds.

When nothing is ready to run, the clock goes straight to the next timer. Timers of one instant run
in the order in which they were set. A loop with neither work nor timers would wait for ever: that
raises ``StuckError`` instead. Real sockets and threads are not waited for, so a test that uses
them belongs on a real loop.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, ParamSpec, TypeVar, TypeVarTuple

Params = ParamSpec("Params")
ResultT = TypeVar("ResultT")
Args = TypeVarTuple("Args")


class StuckError(AssertionError):
    """Every task waits for something that no timer will bring."""


class _Instant(float):
    """A time that sorts after all equal times made before it."""

    _numbers = itertools.count()

    def __init__(self, at_s: float) -> None:
        self._number = next(self._numbers)

    def __lt__(self, other: float) -> bool:
        if float(self) == float(other) and isinstance(other, _Instant):
            return self._number < other._number
        return float(self) < float(other)


class _JumpingSelector(selectors.DefaultSelector):
    """Lets no time pass: a wait moves the clock by as much, to the nanosecond."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; if nothing is, jump."""
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise StuckError("nothing is left that could wake the loop")
        self.now_s = round(self.now_s + max(0.0, timeout), 9)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Begins at 0 s."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds."""
        return self._jumping.now_s

    def call_at(
        self,
        when: float,
        callback: Callable[[*Args], object],
        *args: *Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """As any loop's, first come first served among equal times."""
        return super().call_at(_Instant(when), callback, *args, context=context)


def run(main: Coroutine[Any, Any, ResultT]) -> ResultT:
    """The outcome of ``main`` on a loop of its own. Raises StuckError."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def in_virtual_time(
    test: Callable[Params, Coroutine[Any, Any, ResultT]],
) -> Callable[Params, ResultT]:
    """Decorates an async test: it runs on a loop of its own whose clock jumps."""

    @functools.wraps(test)
    def jumping(*args: Params.args, **kwargs: Params.kwargs) -> ResultT:
        return run(test(*args, **kwargs))

    return jumping
