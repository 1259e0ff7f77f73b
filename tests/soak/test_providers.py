"""The provider gate is green where nothing is hidden, and red where something is."""

from __future__ import annotations

import random
from typing import Any

import pytest

from roomhand.bridge.uplink import Uplink
from tests.soak import providers
from tests.soak.providers import Book, run

pytestmark = pytest.mark.unit


async def test_a_round_hides_nothing() -> None:
    """Broken sessions, and every word written down or in a hole."""
    tally = await run(3)
    assert tally.counts["words_said"] > 0
    assert tally.counts["faults_injected"] > 0
    assert tally.counts["failures"] == 0


async def test_a_vanished_gap_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that come neither as text nor as a hole."""
    monkeypatch.setattr(Book, "_keep", _forgetful(Book._keep))
    tally = await run(3)
    assert tally.counts["lost"] > 0
    assert tally.counts["failures"] == 1


async def test_a_sample_that_nobody_counts_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn's audio goes out without a word in the ledger."""
    gate = Uplink._take_silence

    def careless(uplink: Uplink, start: int, stop: int) -> None:
        gate(uplink, start, max(start, stop - 1))

    monkeypatch.setattr(Uplink, "_take_silence", careless)
    tally = await run(3)
    assert tally.counts["unaccounted_samples"] > 0
    assert tally.counts["failures"] == 1


def test_the_faults_cover_every_kind() -> None:
    """Each is drawn in five hundred rounds."""
    drawn = {random.Random(seed).choice(providers.FAULTS) for seed in range(500)}
    assert drawn == set(providers.FAULTS)


def _forgetful(keep: Any) -> Any:
    kept: list[int] = []

    def keep_but_one(book: Book, *given: Any) -> None:
        kept.append(1)
        if len(kept) != 2:
            keep(book, *given)

    return keep_but_one
