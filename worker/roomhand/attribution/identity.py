"""Who a voice belongs to: the participant's LiveKit identity, and a name that is safe to show.

Display names are hostile input: they reach model prompts, terminals and subtitle files.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_NAME = 64
AGENT_ATTRIBUTE = "roomhand.agent"
"""LiveKit participant attribute that names a Roomhand agent."""
EPOCH_ATTRIBUTE = "roomhand.epoch"
"""Of an agent: the number of its ownership, in decimal digits."""
SCOPES_ATTRIBUTE = "roomhand.scopes"
"""Of a backend's token: what it is for, words with a space between."""
ROLE_ATTRIBUTE = "roomhand.role"
"""LiveKit participant attribute that says what a person may do to agents; the token sets it."""
MODERATOR = "moderator"
"""The role that may also mute them."""


class Kind(StrEnum):
    """What sort of participant speaks."""

    PERSON = "person"
    SIP = "sip"
    AGENT = "agent"


class Source(StrEnum):
    """Which of a participant's tracks."""

    MICROPHONE = "microphone"
    SCREEN_AUDIO = "screen_audio"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A participant as of now. ``identity`` is the key; ``name`` may change and repeat."""

    identity: str
    name: str
    kind: Kind = Kind.PERSON


@dataclass(frozen=True, slots=True)
class TrackRef:
    """One subscription to one track. ``subscription`` counts up when the same track comes back."""

    sid: str
    source: Source
    speaker: Speaker
    subscription: int = 0

    def is_same(self, other: TrackRef) -> bool:
        """Whether both name the same subscription, whatever its participant is called."""
        return (self.sid, self.subscription) == (other.sid, other.subscription)


def safe_name(raw: str, fallback: str = "someone") -> str:
    """One printable line of at most 64 characters, without marks that could end a quotation.

    Quotes, brackets, colons and line breaks become spaces, so that a name cannot pretend to be an
    instruction line or another speaker. Control and format characters (Unicode Cc, Cf) vanish.
    """
    folded = unicodedata.normalize("NFKC", raw)
    kept = (
        " " if ch.isspace() or ch in "\"'`<>[]{}:;|\\#*" else ch
        for ch in folded
        if ch.isspace() or unicodedata.category(ch)[0] != "C"
    )
    name = " ".join("".join(kept).split())[:MAX_NAME].rstrip()
    return name or fallback


def agent_identity(agent: str, epoch: int) -> str:
    """The LiveKit identity of one ownership of an agent: ``sage~<epoch in base 36>``."""
    return f"{agent}~{_base36(epoch)}"


def parse_agent_identity(identity: str) -> tuple[str, int] | None:
    """The agent's name and epoch in an identity, or None for anybody else's."""
    name, mark, digits = identity.rpartition("~")
    if not mark or not name or not digits.isalnum() or not digits.isascii():
        return None
    try:
        return name, int(digits, 36)
    except ValueError:
        return None


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError("an epoch is never negative")
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if number == 0:
            return digits
