"""What keeps sessions open besides turns: replies to their end, tool calls to their answer."""

from __future__ import annotations

import math


class Holds:
    """A reply is *held* from when it is wanted, and *bound* to the session that it is asked of.

    A call is bound from the start. Bound things stay with their session when a successor takes
    over, and go with it when it is lost. ``call_s`` is how long an answer is waited for.
    """

    def __init__(self, call_s: float) -> None:
        self._call_s = call_s
        self._replies: set[str] = set()
        self._bound: set[str] = set()
        """Replies that the serving session was asked for."""
        self._calls: dict[str, float] = {}
        """Of the serving session: call -> until when it is waited for."""
        self._former: set[str] = set()
        self._former_calls: dict[str, float] = {}

    def hold(self, reply_id: str) -> None:
        """A reply needs a session."""
        self._replies.add(reply_id)

    def bind(self, reply_id: str) -> None:
        """The serving session is asked for it."""
        self._bound.add(reply_id)

    def unbind(self, reply_id: str) -> None:
        """It did not take the question: the reply still needs a session."""
        self._bound.discard(reply_id)
        self._former.discard(reply_id)
        self._replies.add(reply_id)

    def release(self, reply_id: str) -> None:
        """That reply is over."""
        for held in (self._replies, self._bound, self._former):
            held.discard(reply_id)

    def call(self, call_id: str, now_s: float, *, former: bool) -> None:
        """A session waits for the answer of a tool."""
        (self._former_calls if former else self._calls)[call_id] = now_s + self._call_s

    def answered(self, call_id: str) -> None:
        """It has it."""
        self._calls.pop(call_id, None)
        self._former_calls.pop(call_id, None)

    @property
    def serving(self) -> bool:
        """Whether the lane needs its serving session, or a new one."""
        return bool(self._replies or self._calls)

    @property
    def former(self) -> bool:
        """Whether the former session has something to finish."""
        return bool(self._former or self._former_calls)

    @property
    def due_s(self) -> float:
        """When the next call is not waited for any more."""
        return min([*self._calls.values(), *self._former_calls.values()], default=math.inf)

    def expire(self, now_s: float) -> None:
        """Calls that nobody answers do not hold a session for ever."""
        for calls in (self._calls, self._former_calls):
            for call_id in [name for name, until_s in calls.items() if until_s <= now_s]:
                del calls[call_id]

    def take_over(self) -> None:
        """What is bound is the former session's from here on."""
        self._former |= self._bound
        self._replies -= self._bound
        self._bound = set()
        self._former_calls |= self._calls
        self._calls = {}

    def lose_serving(self) -> None:
        """What was bound to it is over."""
        self._replies -= self._bound
        self._bound = set()
        self._calls = {}

    def lose_former(self) -> None:
        """As ``lose_serving``."""
        self._former = set()
        self._former_calls = {}
