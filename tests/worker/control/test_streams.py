"""How many calls are answered one by one at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from roomhand.control.calls import Streams
from roomhand.control.refusals import CallError

pytestmark = pytest.mark.unit


async def work() -> AsyncGenerator[int, None]:
    """Something to tell, without end."""
    while True:
        yield 1


async def begun(streams: Streams, caller: str) -> AsyncGenerator[int, None]:
    """A call that is under way. Raises CallError."""
    answers = streams.counted(caller, work())
    await anext(answers)
    return answers


async def test_one_caller_has_a_quarter_of_the_streams() -> None:
    """Another finds room; who ends one may begin one."""
    streams = Streams(limit=8)
    first, _ = [await begun(streams, "ann") for _ in range(2)]
    with pytest.raises(CallError, match="yours or all"):
        await begun(streams, "ann")
    for caller in ("ben", "cat", "dan"):
        assert [await begun(streams, caller) for _ in range(2)]
    with pytest.raises(CallError):
        await begun(streams, "eve")
    await first.aclose()
    await begun(streams, "ann")
