"""Resampling keeps what the new rate can hold and removes the rest, in any pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand_plugins.local.resampling import Resampler, Samples, resample

pytestmark = pytest.mark.unit


def tone(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    """A sine of height 1."""
    at = np.arange(round(rate * seconds)) / rate
    return np.sin(2 * np.pi * hertz * at).astype(np.float32)


@pytest.mark.parametrize(("rate", "new"), [(24_000, 16_000), (22_050, 24_000), (48_000, 24_000)])
def test_a_tone_comes_out_as_the_same_tone(rate: int, new: int) -> None:
    """Without delay, within 0.0001 of full scale, and of exactly the right length."""
    made = resample(tone(1000, rate), new, rate)

    assert len(made) == new
    np.testing.assert_allclose(made[200:-200], tone(1000, new)[200:-200], atol=1e-4)


def test_what_the_new_rate_cannot_hold_is_gone() -> None:
    """9.5 kHz at 16 kHz would come back as 6.5 kHz."""
    assert np.abs(resample(tone(9500, 24_000), 16_000, 24_000))[200:-200].max() < 1e-4


@settings(max_examples=50, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 2400), max_size=6),
    ratio=st.sampled_from([(2, 3), (160, 147), (1, 2), (3, 1), (337, 398)]),
)
def test_the_pieces_do_not_matter(cuts: list[int], ratio: tuple[int, int]) -> None:
    """However the stream is cut, the samples are the same."""
    samples = tone(440, 24_000, 0.1)
    resampler = Resampler(*ratio)
    edges = [0, *sorted(cuts), len(samples)]
    pieces = [resampler.feed(samples[a:b]) for a, b in pairwise(edges)]

    made = np.concatenate([*pieces, resampler.flush()])

    np.testing.assert_array_equal(made, resample(samples, *ratio))
    assert len(made) == -(-len(samples) * ratio[0] // ratio[1])
