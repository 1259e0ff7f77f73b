"""The life of one reply as a table. Pure.

The service answers ``response.create`` with ``response.created`` or an error, and ends every
response with one ``response.done``. A cancel may come from us at any moment of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class State(Enum):
    """Where one reply stands."""

    QUEUED = auto()
    ASKED = auto()
    """The service has been asked and has not answered."""
    DOOMED = auto()
    """As ASKED, but to be cancelled as soon as it exists."""
    RUNNING = auto()
    CANCELLING = auto()
    DONE = auto()


class Input(Enum):
    """What happens to a reply."""

    SEND = auto()
    CANCEL = auto()
    CREATED = auto()
    BUSY = auto()
    REFUSED = auto()
    FINISHED = auto()
    OVERDUE = auto()


_S, _I = State, Input
TABLE: Mapping[tuple[State, Input], State] = {
    (_S.QUEUED, _I.SEND): _S.ASKED,
    (_S.QUEUED, _I.CANCEL): _S.DONE,
    (_S.ASKED, _I.CANCEL): _S.DOOMED,
    (_S.ASKED, _I.CREATED): _S.RUNNING,
    (_S.ASKED, _I.BUSY): _S.QUEUED,
    (_S.ASKED, _I.REFUSED): _S.DONE,
    (_S.ASKED, _I.FINISHED): _S.DONE,
    (_S.ASKED, _I.OVERDUE): _S.DONE,
    (_S.DOOMED, _I.CANCEL): _S.DOOMED,
    (_S.DOOMED, _I.CREATED): _S.CANCELLING,
    (_S.DOOMED, _I.BUSY): _S.DONE,
    (_S.DOOMED, _I.REFUSED): _S.DONE,
    (_S.DOOMED, _I.FINISHED): _S.DONE,
    (_S.DOOMED, _I.OVERDUE): _S.DONE,
    (_S.RUNNING, _I.CANCEL): _S.CANCELLING,
    (_S.RUNNING, _I.FINISHED): _S.DONE,
    (_S.RUNNING, _I.OVERDUE): _S.DONE,
    (_S.CANCELLING, _I.CANCEL): _S.CANCELLING,
    (_S.CANCELLING, _I.FINISHED): _S.DONE,
    (_S.CANCELLING, _I.OVERDUE): _S.DONE,
    (_S.DONE, _I.CANCEL): _S.DONE,
}

ACTIVE = frozenset({State.ASKED, State.DOOMED, State.RUNNING, State.CANCELLING})
"""The service works on the reply, as far as we know: no other may be asked."""
