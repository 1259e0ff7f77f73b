"""Pure: what an agent does with what it hears, is told, and may do by its profile.

    policy        begins      rests       an address makes it
    addressed  ┐
    follow_up  │
    facilitator├► attending   attending   answer
    open       ┘
    raise_hand    signalling  signalling  raise its hand; it answers when it is called on
    hold          held        attending   do nothing until it is told to resume
    silent        listening   listening   do nothing at all

At rest it is where its policy wants it. ``TABLE`` has every state and input: what a person orders
or a moderator commands takes it away from rest, and what ends that brings it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from roomhand.errors import IllegalInputError
from roomhand.profiles import Policy
from roomhand.turns.address import Order, Verdict
from roomhand.turns.address_rules import CALLS

NAMED = frozenset({*CALLS, "handed_over"})
"""Reasons of a verdict that mean: by name. In doubt it was not, and what is held stays held."""


class State(StrEnum):
    """How the agent is minded now."""

    ATTENDING = "attending"
    """Answers what is meant for it."""
    SIGNALLING = "signalling"
    """Raises its hand for what is meant for it."""
    HAND_RAISED = "hand raised"
    """Has something to say and waits to be called on."""
    HOLDING = "holding"
    """Told to wait: nothing until told to resume, or asked by name."""
    HELD = "held"
    """Held by its policy: nothing until told to resume."""
    SILENCED = "silenced"
    """Told to be quiet: nothing until called by name."""
    LISTENING = "listening"
    """Never speaks, by its policy."""
    MUTED = "muted"
    """By a moderator, until a moderator ends it."""


class Input(StrEnum):
    """What people say to it, what it is told from outside, and what time brings."""

    CALLING = "calling"
    """Somebody who is still speaking has clearly called it."""
    CALLED = "called"
    """Addressed by name."""
    FOLLOWED = "followed"
    """Addressed without its name."""
    WENT_ON = "went on"
    """The asker added to a question before a word of the answer was heard."""
    TOLD_HOLD = "told hold"
    TOLD_RESUME = "told resume"
    TOLD_SILENT = "told silent"
    TOLD_CANCEL = "told cancel"
    CALLED_ON = "called on"
    """Told to go ahead with what it had to say."""
    HOLD = "hold"
    """From here on without words: a moderator's command or a front end's call."""
    RESUME = "resume"
    RAISE = "raise"
    """Asked to raise its hand rather than to speak."""
    LOWER = "lower"
    GIVE = "give"
    """The floor is given to it, whether it asked or not."""
    TAKE = "take"
    """What it says, and what it was about to say, is over."""
    MUTE = "mute"
    UNMUTE = "unmute"
    POLICY = "policy"
    """It has another policy from now on."""
    QUIET = "quiet"
    """Everybody has been silent for as long as a facilitator waits."""
    EXPIRED = "expired"
    """What it kept to say is too old to be said."""


class Action(StrEnum):
    """What is done about it, in the order given."""

    PREPARE = "prepare"
    """Get ready to answer; say nothing."""
    ANSWER = "answer"
    """Say what was kept, then answer this."""
    SPEAK = "speak"
    """Say what was kept, if there is something."""
    OPEN = "open"
    """Say what was kept; where there is nothing, open the next point."""
    RAISE = "raise"
    """Keep this until called on."""
    PAUSE = "pause"
    """End what is being said and what waits to be said, and keep it."""
    STOP = "stop"
    """The same, and forget it, with all that was kept."""
    FORGET = "forget"
    """Forget what was kept."""
    REFUSE = "refuse"
    """Tell whoever asked that it will not."""


class _Place(Enum):
    STAY = auto()
    REST = auto()
    START = auto()


@dataclass(frozen=True, slots=True)
class _Row:
    to: State | _Place
    actions: tuple[Action, ...] = ()
    afresh: bool = False
    """Then do what the new state does with the same input."""


STARTS: Mapping[Policy, State] = {
    Policy.ADDRESSED: State.ATTENDING,
    Policy.FOLLOW_UP: State.ATTENDING,
    Policy.RAISE_HAND: State.SIGNALLING,
    Policy.FACILITATOR: State.ATTENDING,
    Policy.OPEN: State.ATTENDING,
    Policy.HOLD: State.HELD,
    Policy.SILENT: State.LISTENING,
}
RESTS: Mapping[Policy, State] = {**STARTS, Policy.HOLD: State.ATTENDING}


def _stay(*actions: Action) -> _Row:
    return _Row(_Place.STAY, actions)


def _rest(*actions: Action) -> _Row:
    return _Row(_Place.REST, actions)


def _to(state: State, *actions: Action) -> _Row:
    return _Row(state, actions)


_Rows = Mapping[Input, _Row]

_ALWAYS: _Rows = {
    **{given: _stay() for given in Input if given not in (Input.QUIET, Input.EXPIRED)},
    Input.TOLD_CANCEL: _stay(Action.STOP),
    Input.TAKE: _stay(Action.STOP),
    Input.MUTE: _to(State.MUTED, Action.STOP),
    Input.POLICY: _Row(_Place.START, (Action.FORGET,)),
}
"""What comes in any state, and changes nothing where nothing else is said."""
_MAY_SPEAK: _Rows = {
    **_ALWAYS,
    Input.CALLING: _stay(Action.PREPARE),
    Input.TOLD_HOLD: _to(State.HOLDING, Action.PAUSE),
    Input.HOLD: _to(State.HOLDING, Action.PAUSE),
    Input.TOLD_SILENT: _to(State.SILENCED, Action.STOP),
    Input.RAISE: _to(State.HAND_RAISED, Action.RAISE),
    Input.GIVE: _rest(Action.OPEN),
}
_AT_REST: _Rows = {
    **_MAY_SPEAK,
    Input.WENT_ON: _stay(Action.ANSWER),
    Input.TOLD_RESUME: _stay(Action.ANSWER),
    Input.CALLED_ON: _stay(Action.ANSWER),
}
_KEEPING: _Rows = {
    **_MAY_SPEAK,
    Input.TOLD_RESUME: _rest(Action.SPEAK),
    Input.CALLED_ON: _rest(Action.SPEAK),
    Input.RESUME: _rest(Action.SPEAK),
}
_STATES: Mapping[State, _Rows] = {
    State.ATTENDING: {
        **_AT_REST,
        Input.CALLED: _stay(Action.ANSWER),
        Input.FOLLOWED: _stay(Action.ANSWER),
        Input.QUIET: _stay(Action.OPEN),
    },
    State.SIGNALLING: {
        **_AT_REST,
        Input.CALLED: _to(State.HAND_RAISED, Action.RAISE),
        Input.FOLLOWED: _to(State.HAND_RAISED, Action.RAISE),
        Input.CALLING: _stay(),
    },
    State.HAND_RAISED: {
        **_KEEPING,
        Input.CALLED: _Row(_Place.REST, afresh=True),
        Input.FOLLOWED: _stay(Action.RAISE),
        Input.WENT_ON: _stay(Action.RAISE),
        Input.CALLING: _stay(),
        Input.TOLD_CANCEL: _rest(Action.STOP),
        Input.TAKE: _rest(Action.STOP),
        Input.LOWER: _rest(Action.FORGET),
        Input.EXPIRED: _rest(Action.FORGET),
        Input.QUIET: _stay(),
    },
    State.HOLDING: {
        **_KEEPING,
        Input.CALLED: _Row(_Place.REST, (Action.FORGET,), afresh=True),
        Input.EXPIRED: _stay(Action.FORGET),
        Input.QUIET: _stay(),
    },
    State.HELD: {
        **_ALWAYS,
        Input.TOLD_RESUME: _rest(),
        Input.RESUME: _rest(),
        Input.RAISE: _stay(Action.REFUSE),
        Input.GIVE: _rest(Action.OPEN),
    },
    State.SILENCED: {
        **_MAY_SPEAK,
        Input.TOLD_HOLD: _stay(),
        Input.HOLD: _stay(),
        Input.CALLED: _Row(_Place.REST, afresh=True),
        Input.CALLED_ON: _Row(_Place.REST, afresh=True),
        Input.TOLD_RESUME: _rest(),
        Input.RESUME: _rest(),
        Input.QUIET: _stay(),
    },
    State.LISTENING: {
        **_ALWAYS,
        Input.RESUME: _stay(Action.REFUSE),
        Input.RAISE: _stay(Action.REFUSE),
        Input.GIVE: _stay(Action.REFUSE),
    },
    State.MUTED: {
        **_ALWAYS,
        Input.UNMUTE: _Row(_Place.START),
        Input.POLICY: _stay(),
        Input.RESUME: _stay(Action.REFUSE),
        Input.RAISE: _stay(Action.REFUSE),
        Input.GIVE: _stay(Action.REFUSE),
        Input.QUIET: _stay(),
    },
}
TABLE: Mapping[tuple[State, Input], _Row] = {
    (state, given): row for state, rows in _STATES.items() for given, row in rows.items()
}
"""What is not here is a bug of the caller: what was never kept cannot expire, and only a
facilitator, who never signals, is held or only listens, is told that it is quiet."""

_ORDERS: Mapping[Order, Input] = {
    Order.HOLD: Input.TOLD_HOLD,
    Order.RESUME: Input.TOLD_RESUME,
    Order.SILENT: Input.TOLD_SILENT,
    Order.CANCEL: Input.TOLD_CANCEL,
    Order.CALL_ON: Input.CALLED_ON,
}


def heard(verdict: Verdict, *, went_on: bool = False) -> Input | None:
    """What an utterance is to the agent, by its verdict; None where it is nothing to it.

    ``went_on``: its speaker had asked the agent something and has not heard a word of an answer.
    """
    if verdict.order is not None:
        return _ORDERS[verdict.order]
    if went_on:
        return Input.WENT_ON
    if not verdict.addressed:
        return None
    return Input.CALLED if verdict.reason in NAMED else Input.FOLLOWED


class Conduct:
    """How one agent is minded. Nothing here knows a clock."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.state = STARTS[policy]

    def take(self, given: Input) -> tuple[Action, ...]:
        """Go on to the next state; returns what is to be done, in order.

        Raises IllegalInputError for what the table does not list.
        """
        row = TABLE.get((self.state, given))
        if row is None:
            raise IllegalInputError("policy", self.state, given)
        self.state = self._resolved(row.to)
        return row.actions + (self.take(given) if row.afresh else ())

    def change(self, policy: Policy) -> tuple[Action, ...]:
        """Follow another policy from now on. One that forbids to speak ends what is being said."""
        self.policy = policy
        actions = self.take(Input.POLICY)
        return (Action.STOP,) if self.state in (State.HELD, State.LISTENING) else actions

    def restore(self, policy: Policy, state: State) -> None:
        """Go on as another process was minded."""
        self.policy, self.state = policy, state

    def _resolved(self, to: State | _Place) -> State:
        if isinstance(to, State):
            return to
        if to is _Place.STAY:
            return self.state
        return (STARTS if to is _Place.START else RESTS)[self.policy]
