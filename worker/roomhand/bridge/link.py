"""The connection of one lane to the provider, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from roomhand.bridge.reopening import Reopening
from roomhand.errors import IllegalInputError


class SessionState(StrEnum):
    """Where the session of a lane stands."""

    IDLE = "idle"
    """None is open and none is wanted: nobody has spoken lately."""
    OPENING = "opening"
    READY = "ready"
    AWAY = "away"
    """Lost while it was wanted; the ring holds what is said until it opens again."""
    REFUSED = "refused"
    """The provider will not have us (a bad key): final, what is said becomes a hole."""


class LinkInput(StrEnum):
    """What can happen to a connection."""

    OPEN = "open"
    OPENED = "opened"
    LOST = "lost"
    """Gone, and still wanted."""
    RELEASED = "released"
    """Gone, and wanted by nothing; or closed by us."""
    REFUSED = "refused"


TABLE: Mapping[tuple[SessionState, LinkInput], SessionState] = {
    (SessionState.IDLE, LinkInput.OPEN): SessionState.OPENING,
    (SessionState.AWAY, LinkInput.OPEN): SessionState.OPENING,
    (SessionState.AWAY, LinkInput.RELEASED): SessionState.IDLE,
    (SessionState.OPENING, LinkInput.OPENED): SessionState.READY,
    (SessionState.OPENING, LinkInput.LOST): SessionState.AWAY,
    (SessionState.OPENING, LinkInput.RELEASED): SessionState.IDLE,
    (SessionState.OPENING, LinkInput.REFUSED): SessionState.REFUSED,
    (SessionState.READY, LinkInput.LOST): SessionState.AWAY,
    (SessionState.READY, LinkInput.RELEASED): SessionState.IDLE,
    (SessionState.READY, LinkInput.REFUSED): SessionState.REFUSED,
}


class Link:
    """The state of one lane's connection and when it may open again."""

    def __init__(self, reopening: Reopening) -> None:
        self.state = SessionState.IDLE
        self.reopening = reopening

    def apply(self, given: LinkInput) -> None:
        """Raises IllegalInputError where the table has no such step."""
        try:
            self.state = TABLE[self.state, given]
        except KeyError:
            raise IllegalInputError("link", self.state, given) from None
