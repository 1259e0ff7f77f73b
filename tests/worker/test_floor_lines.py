"""The floor as a person at a terminal and a program behind a pipe read it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from roomhand.coordination.floor_view import FloorHolder, FloorView, FloorWaiting
from roomhand.floor_lines import floor_json, floor_line

pytestmark = pytest.mark.unit

EMPTY = FloorView(holder=None, queue=(), speaking=(), held_by="", given="", agent_turns=0)
SAGE = FloorHolder("sage", 7, 2000, since_ms=3210, reason="address", answers="s1")
QUEUE = (
    FloorWaiting("nova", "agent", 5, 1500),
    FloorWaiting("max", "follow_up", 3, 250),
)


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (EMPTY, "nobody has the floor"),
        (replace(EMPTY, holder=SAGE), "sage has the floor (for 3.2 s, address)"),
        (
            replace(EMPTY, holder=replace(SAGE, status="ending")),
            "sage finishes its sentence (for 3.2 s, address)",
        ),
        (
            replace(EMPTY, holder=replace(SAGE, status="revoking", reason="")),
            "sage is told to stop (for 3.2 s)",
        ),
        (
            replace(EMPTY, queue=QUEUE, speaking=(("sage", "TR_1"), ("nova", "TR_1"))),
            "nobody has the floor; waiting: 1. nova (agent, 1.5 s), 2. max (follow_up, 0.2 s); "
            "a person speaks",
        ),
        (
            replace(EMPTY, speaking=(("sage", "TR_1"), ("nova", "TR_2"))),
            "nobody has the floor; 2 people speak",
        ),
        (
            replace(EMPTY, given="nova", held_by="a moderator"),
            "nobody has the floor; given to nova; held by a moderator",
        ),
    ],
)
def test_a_line_has_what_there_is(view: FloorView, line: str) -> None:
    """And no more."""
    assert floor_line(view) == line


def test_a_program_gets_every_figure() -> None:
    """On one line, with positions and names."""
    view = replace(EMPTY, holder=SAGE, queue=QUEUE, speaking=(("sage", "TR_1"),))
    told = floor_json(view)
    assert "\n" not in told
    fields = json.loads(told)
    assert fields["holder"]["agent"] == "sage"
    assert [(one["position"], one["agent"]) for one in fields["queue"]] == [(1, "nova"), (2, "max")]
    assert fields["speaking"] == [{"agent": "sage", "track": "TR_1"}]
    assert (fields["held_by"], fields["given"], fields["agent_turns"]) == ("", "", 0)
