"""What the room is shown of an agent."""

from __future__ import annotations

import pytest

from roomhand.turns.policy import State
from roomhand.turns.visible import AgentState, Visible, visible

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("minded", "floor"),
    [
        (State.ATTENDING, "idle"),
        (State.SIGNALLING, "idle"),
        (State.HAND_RAISED, "hand_raised"),
        (State.HOLDING, "held"),
        (State.HELD, "held"),
        (State.SILENCED, "silent"),
        (State.LISTENING, "silent"),
        (State.MUTED, "muted"),
    ],
)
def test_at_rest_its_mind_is_shown(minded: State, floor: str) -> None:
    """In every state."""
    seen = visible(speaking=False, thinking=False, position=None, minded=minded)
    assert seen == Visible(AgentState.LISTENING, floor)


def test_what_it_does_comes_before_what_it_would_do() -> None:
    """Speaking before waiting, waiting before its mind."""
    for minded in State:
        heard = visible(speaking=True, thinking=True, position=2, minded=minded)
        assert heard == Visible(AgentState.SPEAKING, "speaking")
        queued = visible(speaking=False, thinking=True, position=2, minded=minded)
        assert queued == Visible(AgentState.THINKING, "queued:2")


def test_livekits_words_are_used() -> None:
    """Its front ends show no others."""
    assert set(AgentState) == {"initializing", "listening", "thinking", "speaking"}
