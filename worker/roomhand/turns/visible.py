"""Pure: what the room is shown of an agent, in LiveKit's words and in the floor's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomhand.turns.policy import State


class AgentState(StrEnum):
    """LiveKit's own words, which its front ends know."""

    INITIALIZING = "initializing"
    LISTENING = "listening"
    THINKING = "thinking"
    """Somebody waits for its answer."""
    SPEAKING = "speaking"


_MINDED: Mapping[State, str] = {
    State.HAND_RAISED: "hand_raised",
    State.HOLDING: "held",
    State.HELD: "held",
    State.SILENCED: "silent",
    State.LISTENING: "silent",
    State.MUTED: "muted",
}


@dataclass(frozen=True, slots=True)
class Visible:
    """``floor`` is ``idle``, ``queued:N`` (N from 1), ``speaking``, ``hand_raised``, ``held``,
    ``silent`` or ``muted``."""

    agent: AgentState
    floor: str


def visible(*, speaking: bool, thinking: bool, position: int | None, minded: State) -> Visible:
    """What is shown of an agent that is heard now, or has a question to answer, or waits in the
    floor's queue at ``position``. What it does comes before what it would do."""
    if speaking:
        return Visible(AgentState.SPEAKING, "speaking")
    agent = AgentState.THINKING if thinking else AgentState.LISTENING
    if position is not None:
        return Visible(agent, f"queued:{position}")
    return Visible(agent, _MINDED.get(minded, "idle"))
