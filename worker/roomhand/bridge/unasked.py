"""What to do with the replies of a model that answers by itself, as a table. Pure.

Such a model (``TurnTaking.AUTO``) replies to every turn that it hears. Nobody may hear that before
it is known that the turn was meant for the agent and that the floor is its own: until then the
reply is held, and afterwards it is either taken as the answer or discarded.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from roomhand.errors import IllegalInputError


class State(StrEnum):
    """Of one session."""

    QUIET = "quiet"
    """It has no turn to answer."""
    OWED = "owed"
    """A turn was committed: it may begin to reply at any time."""
    HELD = "held"
    """It replies, and nobody has asked for that yet."""
    REFUSED = "refused"
    """The turn was not meant for the agent, and the reply has not begun."""
    AWAITED = "awaited"
    """The answer was asked for, and the reply has not begun."""


class Input(StrEnum):
    """What can happen."""

    TURN = "turn committed"
    STARTED = "reply started"
    DISMISSED = "dismissed"
    """The turn was not meant for the agent, or its question has been dropped."""
    ASKED = "asked"
    OVERDUE = "overdue"
    """It was held, or awaited, for long enough."""
    CANCELLED = "cancelled"
    """Whoever awaited it does not want it any more."""


class Act(StrEnum):
    """What is to be done."""

    HOLD = "hold"
    """Keep this reply's events; what was held before is discarded."""
    DISCARD = "discard"
    """Stop this reply, or the one that was held, and let the model forget it."""
    TAKE = "take"
    """It is the answer."""
    ASK = "ask"
    """None of its own will come: ask for one."""


TABLE: Mapping[tuple[State, Input], tuple[State, Act | None]] = {
    (State.QUIET, Input.TURN): (State.OWED, None),
    (State.QUIET, Input.STARTED): (State.HELD, Act.HOLD),
    (State.QUIET, Input.DISMISSED): (State.QUIET, None),
    (State.QUIET, Input.ASKED): (State.QUIET, Act.ASK),
    (State.OWED, Input.TURN): (State.OWED, None),
    (State.OWED, Input.STARTED): (State.HELD, Act.HOLD),
    (State.OWED, Input.DISMISSED): (State.REFUSED, None),
    (State.OWED, Input.ASKED): (State.AWAITED, None),
    (State.HELD, Input.TURN): (State.HELD, None),
    (State.HELD, Input.STARTED): (State.HELD, Act.HOLD),
    (State.HELD, Input.DISMISSED): (State.QUIET, Act.DISCARD),
    (State.HELD, Input.ASKED): (State.QUIET, Act.TAKE),
    (State.HELD, Input.OVERDUE): (State.QUIET, Act.DISCARD),
    (State.REFUSED, Input.TURN): (State.OWED, None),
    (State.REFUSED, Input.STARTED): (State.QUIET, Act.DISCARD),
    (State.REFUSED, Input.DISMISSED): (State.REFUSED, None),
    (State.REFUSED, Input.ASKED): (State.REFUSED, Act.ASK),
    (State.AWAITED, Input.TURN): (State.AWAITED, None),
    (State.AWAITED, Input.STARTED): (State.QUIET, Act.TAKE),
    (State.AWAITED, Input.DISMISSED): (State.AWAITED, None),
    (State.AWAITED, Input.OVERDUE): (State.QUIET, Act.ASK),
    (State.AWAITED, Input.CANCELLED): (State.REFUSED, None),
}


class Unasked:
    """One session's place in the table."""

    def __init__(self) -> None:
        self.state = State.QUIET

    def apply(self, given: Input) -> Act | None:
        """Raises IllegalInputError where the table has no such step."""
        try:
            self.state, act = TABLE[self.state, given]
        except KeyError:
            raise IllegalInputError("unasked reply", self.state, given) from None
        return act
