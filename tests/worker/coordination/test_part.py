"""Parts of a transcript: named by what they hold, so that none can be lost or doubled unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.segments import Segment
from roomhand.coordination.entry import BEGINNING, Raw, place
from roomhand.coordination.part import Part, Span, entries_of_part, folder, next_span
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.unit

tokens = st.tuples(st.integers(0, 10**14), st.integers(0, 10**5)).map(lambda t: f"{t[0]}-{t[1]}")


def raw(token: str, segment: Segment) -> Raw:
    """A stream entry as Redis returns it."""
    return token.encode(), {
        b"segment": segment.to_json().encode(),
        b"agent": b"sage",
        b"epoch": b"17",
    }


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_part_gives_back_what_it_was_given(texts: list[str]) -> None:
    """Whatever was said: also what Unicode takes for the end of a line."""
    said = [spoken(number, text=text) for number, text in enumerate(["\u2028 \x85 \n", *texts])]
    part = Part.after(BEGINNING, [raw(f"{n + 1}-0", one) for n, one in enumerate(said)])

    entries = entries_of_part(part.to_bytes())

    assert [one.segment for one in entries] == said
    assert [one.token for one in entries] == [f"{n + 1}-0" for n in range(len(said))]
    assert part.ids == [one.id for one in said]


def test_a_part_is_never_empty() -> None:
    """It would have no end."""
    with pytest.raises(ValueError, match="at least one"):
        Part.after(BEGINNING, [])


@given(st.lists(st.tuples(tokens, tokens)))
def test_names_say_what_is_in_a_part(pairs: list[tuple[str, str]]) -> None:
    """And sort as tokens do."""
    spans = [Span(*pair) for pair in pairs]
    assert [Span.of_name(span.name) for span in spans] == spans
    by_name = sorted(spans, key=lambda span: span.name)
    assert by_name == sorted(spans, key=lambda span: (place(span.after), place(span.to)))


@pytest.mark.parametrize("name", ["", "notes.txt", "1-0_2.jsonl", "1-0_2-0.jsonl.tmp"])
def test_what_is_no_part_is_not_taken_for_one(name: str) -> None:
    """A folder may hold other things."""
    assert Span.of_name(name) is None


@given(st.sampled_from(range(2, 40)), st.data())
def test_a_reader_finds_its_way_through_overlapping_parts(count: int, data: st.DataObject) -> None:
    """Of true runs of one stream, however they overlap, and whoever wrote them: every entry comes
    once, in order, up to the first that no part has."""
    written = [f"{number}-0" for number in range(1, count)]
    ends = st.tuples(st.integers(0, count - 2), st.integers(1, count - 1)).filter(
        lambda pair: pair[0] < pair[1]
    )
    runs = data.draw(st.lists(ends, max_size=12))
    spans = [Span(f"{first}-0", f"{last}-0") for first, last in runs]

    read, after = [], BEGINNING
    while span := next_span(spans, after):
        part = [one for one in written if place(span.after) < place(one) <= place(span.to)]
        new = [one for one in part if place(one) > place(after)]
        read += new
        after = new[-1]

    assert read == written[: len(read)]
    assert not any(span.follows(after) for span in spans)


def test_parts_from_before_redis_lost_its_data_come_first() -> None:
    """The new ones begin at the beginning, too."""
    old, older, new = Span("4-0", "8-0"), Span(BEGINNING, "4-0"), Span(BEGINNING, "12-0")
    order, after = [], BEGINNING
    while span := next_span([new, old, older], after):
        order.append(span)
        after = span.to
    assert order == [older, old, new]


def test_a_part_that_is_missing_is_not_skipped() -> None:
    """What follows is not the next."""
    assert next_span([Span(BEGINNING, "3-0"), Span("5-0", "7-0")], "3-0") is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_room_has_a_folder_of_its_own(one: str, other: str) -> None:
    """With a name that every store and file system takes."""
    try:
        one.encode(), other.encode()
    except UnicodeEncodeError:
        return
    path = folder(one, "m1")
    assert path.count("/") == 1
    assert len(path.partition("/")[0]) <= 160
    assert path.isascii()
    assert not set(path) & set('\\:*?"<>|. %~')
    assert (path == folder(other, "m1")) == (one == other)


def test_a_long_name_stays_a_name_of_its_own() -> None:
    """File systems end at 255 bytes."""
    assert len(folder("ü" * 300, "m")) < 200
    assert folder("ü" * 300, "m") != folder("ü" * 301, "m")
