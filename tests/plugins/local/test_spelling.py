"""Names that the dictionary lacks get a guessed pronunciation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand_plugins.local.spelling import pronunciation

pytestmark = pytest.mark.unit

PHONES = frozenset(
    phone
    for line in (
        "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K",
        "L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH",
    )
    for phone in line.split()
)


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("Sage", "S AA JH"),
        ("Zoe", "Z OW EH"),
        ("Lucy", "L UW S IY"),
        ("Schmidt", "SH M IH D T"),
        ("Yara", "Y AA R AH"),
        ("José", "JH OW S"),
        ("李", "AH"),
    ],
)
def test_a_name_is_spoken_roughly_as_written(name: str, sounds: str) -> None:
    """Good enough to be likelier than any dictionary word."""
    assert pronunciation(name) == sounds


@given(st.text(max_size=40))
def test_any_text_has_sounds_that_the_recogniser_knows(name: str) -> None:
    """Names are hostile input."""
    assert set(pronunciation(name).split()) <= PHONES
