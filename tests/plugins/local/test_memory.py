"""A session remembers turns in order, within bounds, and of its own answers what was heard."""

from __future__ import annotations

import pytest

from roomhand_plugins.base import Heard, Role, TextTurn
from roomhand_plugins.local.memory import Memory

pytestmark = pytest.mark.unit


def turn(name: str, text: str = "") -> TextTurn:
    """A turn whose text is its id unless given."""
    return TextTurn(turn_id=name, role=Role.PERSON, speaker="Ada", text=text or name)


def texts(memory: Memory) -> list[str]:
    """What is remembered."""
    return [each.text for each in memory]


def test_turns_are_kept_in_order_or_where_they_belong() -> None:
    """``after`` places a late turn; an unknown place is the end."""
    memory = Memory(10, [turn("a"), turn("b")])
    memory.put(turn("late"), after="a")
    memory.put(turn("c"), after="nowhere")

    assert texts(memory) == ["a", "late", "b", "c"]


def test_a_known_turn_gets_the_new_text_and_keeps_its_place() -> None:
    """A session's own transcript may come again as text."""
    memory = Memory(10, [turn("a"), turn("b")])
    memory.put(turn("a", "better"))

    assert texts(memory) == ["better", "b"]


def test_the_oldest_turns_are_forgotten_first() -> None:
    """The memory is bounded, also for history."""
    memory = Memory(3, [turn(str(n)) for n in range(5)])
    memory.put(turn("5"))

    assert texts(memory) == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        (Heard(audio_ms=900, text="Martin said"), ["Martin said"]),
        (Heard(audio_ms=99_000, text="Martin said more than he did"), ["Martin said no"]),
        (Heard(audio_ms=20, text=""), [""]),
        (Heard(audio_ms=0, text=""), []),
    ],
)
def test_an_answer_is_cut_to_what_was_heard(heard: Heard, kept: list[str]) -> None:
    """Never to more than was said; nothing heard is nothing said."""
    memory = Memory(10, [turn("r1", "Martin said no")])
    memory.cut("r1", heard)
    memory.cut("unknown", heard)

    assert texts(memory) == kept
