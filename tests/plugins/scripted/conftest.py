"""The tests of the scripted plugin run on a clock that jumps."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping

from tests.virtual_time import VirtualTimeLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """One loop, so that test names stay as they are."""
    return {"virtual": VirtualTimeLoop}
