"""Why a subscription, a session or a meeting ended: one word each, for ledger, metrics and log."""

from __future__ import annotations

from enum import StrEnum


class TrackEnd(StrEnum):
    """Why one subscription to a track ended."""

    UNPUBLISHED = "unpublished"
    """Its publisher took the track back."""
    LEFT = "left"
    """Its publisher left the room."""
    UNSUBSCRIBED = "unsubscribed"
    """LiveKit ended it while the track went on: a hole, until it comes back."""
    REPLACED = "replaced"
    """The same publication came with another track, as after a full reconnect."""
    AGENT = "agent"
    """The participant turned out to be an agent, who is read as text."""
    STALLED = "stalled"
    """The stream ended by itself: this process was stalled for so long that audio was let go, or
    the SDK gave it up."""
    FAILED = "failed"
    """A bug: what took its audio raised. It is not heard any more."""
    DISCONNECTED = "disconnected"
    """The agent's own connection to the room ended."""
    CLOSED = "closed"
    """The agent left."""


class SessionEnd(StrEnum):
    """Why one session of a model ended. The first six are the worker's doing."""

    IDLE = "idle"
    """Nobody spoke for long."""
    RENEWED = "renewed"
    """Its end was near, and the track was quiet: the next one opens when somebody speaks."""
    RELIEVED = "relieved"
    """Another session took over, and it had done what it was asked for."""
    UNNEEDED = "unneeded"
    """It opened as a successor when none was wanted any more."""
    NO_TRANSCRIPT = "no transcript"
    """It was open, and owed words for too long."""
    CLOSING = "closing"
    """The agent left."""
    CLOSED = "closed"
    """The plugin closed it when we asked."""
    EXPIRED = "expired"
    """It reached the provider's limit before it could be relieved."""
    LOST = "lost"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    PROTOCOL = "protocol"
    """The provider and the plugin did not understand each other."""
    OTHER = "other"
    """A word of a plugin that is none of these."""

    @classmethod
    def of(cls, reason: str) -> SessionEnd:
        """What a plugin or the bridge calls it; OTHER for a word that is not known."""
        try:
            return cls(reason)
        except ValueError:
            return cls.OTHER


class MeetingEnd(StrEnum):
    """Why a meeting ended."""

    ROOM_CLOSED = "room_closed"
    """The room was deleted or closed while the agent was in it."""
    ROOM_RESTARTED = "room_restarted"
    """The room has another sid: a run that nobody saw ending is over."""
    ROOM_FINISHED = "room_finished"
    """LiveKit says so."""
    OTHER = "other"
    """A word of a later version."""

    @classmethod
    def of(cls, reason: str) -> MeetingEnd:
        """As it was written down."""
        try:
            return cls(reason)
        except ValueError:
            return cls.OTHER
