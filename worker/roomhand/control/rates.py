"""How often each caller may call: a token bucket each, kept as the moment when it is full again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

MOST_CALLERS = 4096
_ROUNDING_S = 1e-6


class CallRates:
    """Buckets of ``burst`` calls, into which ``rate_per_s`` come back. Of more than
    ``most_callers`` at a time those that were not seen for longest begin with a full one again."""

    def __init__(self, rate_per_s: float, burst: int, most_callers: int = MOST_CALLERS) -> None:
        self._every_s = 1 / rate_per_s
        self._ahead_s = (burst - 1) / rate_per_s
        self._most_callers = most_callers
        self._full_at_s = OrderedDict[Hashable, float]()

    def __len__(self) -> int:
        """Callers that are remembered."""
        return len(self._full_at_s)

    def wait_s(self, caller: Hashable, now_s: float) -> float:
        """Seconds after which to call again; 0: this is a call, and it is counted."""
        full_at_s = max(self._full_at_s.get(caller, now_s), now_s)
        wait_s = full_at_s - now_s - self._ahead_s
        admitted = wait_s <= _ROUNDING_S
        self._full_at_s[caller] = full_at_s + self._every_s if admitted else full_at_s
        self._full_at_s.move_to_end(caller)
        self._forget(now_s)
        return 0.0 if admitted else wait_s

    def _forget(self, now_s: float) -> None:
        """Callers whose bucket is full are as good as new."""
        full_at_s = self._full_at_s
        while full_at_s and (
            len(full_at_s) > self._most_callers or next(iter(full_at_s.values())) <= now_s
        ):
            full_at_s.popitem(last=False)
