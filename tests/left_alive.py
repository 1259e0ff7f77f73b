"""What is still alive although the garbage collector has not looked.

Whatever is in a cycle waits for the collector. In a job with some 60 000 objects it looks at the
old ones about once in hours, so a cycle around something large is as good as a leak.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """In the block only what nobody refers to any more is let go."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def alive(*kinds: type) -> int:
    """How many objects of exactly these kinds there are."""
    return sum(type(one) in kinds for one in gc.get_objects())
