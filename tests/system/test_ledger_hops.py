"""A drop at any hop between the SFU and the provider turns the ledger red."""

from __future__ import annotations

import pytest

from tests.system import plants
from tests.system.gathering import hold
from tests.system.stage import Tap, Venue

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


@pytest.mark.parametrize("hop", [None, *plants.HOPS])
async def test_a_drop_at_a_hop_shows_in_the_ledger(
    venue: Venue, tap: Tap, monkeypatch: pytest.MonkeyPatch, hop: str | None
) -> None:
    """As what it is; without one, the ledger balances to the sample."""
    if hop is not None:
        plants.HOPS[hop][0](monkeypatch)
    held = await hold(venue, tap, 2, 8)
    found = {one.wrong for one in held.imbalances}
    assert found == set() if hop is None else plants.HOPS[hop][1] in found
    seen = hop in ("router", "ring", "bridge")
    assert held.minutes.completeness().complete is not seen, "a socket is beyond our own counts"
