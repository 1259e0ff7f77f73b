"""Cutting the model's memory to what was heard."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand_plugins.openai.truncation import SpokenItem, cuts

pytestmark = pytest.mark.unit


def _cut(lengths_ms: list[int], heard_ms: int, *, complete: bool = True) -> list[Any]:
    items = [SpokenItem(f"i{n}", ms * 48) for n, ms in enumerate(lengths_ms)]
    said = []
    for send in cuts(items, heard_ms, complete=complete):
        message: Any = send.message
        said.append((message["item_id"], message.get("audio_end_ms", "deleted")))
    return said


def test_a_half_heard_item_is_cut() -> None:
    """At the heard millisecond."""
    assert _cut([1000], 400) == [("i0", 400)]


def test_nothing_heard_deletes() -> None:
    """The service refuses a cut to 0 ms."""
    assert _cut([1000], 0) == [("i0", "deleted")]


def test_a_negative_length_is_nothing_heard() -> None:
    """A clock that ran backwards removes no more than everything."""
    assert _cut([1000], -5) == [("i0", "deleted")]


def test_more_than_received_is_no_cut() -> None:
    """A complete reply heard to its end stays, with its text."""
    assert _cut([1000], 5000) == []


def test_an_unfinished_reply_loses_the_text_beyond_its_audio() -> None:
    """Heard to the end of what came: cut there, because the text runs ahead."""
    assert _cut([1000], 5000, complete=False) == [("i0", 1000)]


def test_several_items_are_cut_in_order() -> None:
    """Heard whole, heard in part, not heard."""
    assert _cut([1000, 800, 300], 1500) == [("i1", 500), ("i2", "deleted")]


@given(st.lists(st.integers(0, 5000), max_size=5), st.integers(0, 20_000), st.booleans())
def test_no_cut_is_longer_than_its_item(lengths: list[int], heard: int, complete: bool) -> None:
    """Nor zero."""
    for name, end in _cut(lengths, heard, complete=complete):
        assert end == "deleted" or 0 < end <= lengths[int(name[1:])]
