"""Pure: what the floor's log and its channel tell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum


class RoomEvent(StrEnum):
    """What happens to the floor itself. The other events are what becomes of a request: the words
    of ``Status``."""

    LOST = "lost"
    """The agent of a request has another owner or none."""
    PEOPLE_STARTED = "people_started"
    PEOPLE_STOPPED = "people_stopped"
    HELD = "held"
    RESUMED = "resumed"
    GIVEN = "given"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the log, at ``at_us`` of Redis time.

    ``who`` is an agent, or the moderator: ``why`` tells then to whom the floor was given or from
    whom it was taken.
    """

    event: str
    """A ``Status`` or a ``RoomEvent``."""
    at_us: int
    who: str = ""
    request: str = ""
    reason: str = ""
    answers: str = ""
    why: str = ""
    number: int = 0

    @staticmethod
    def from_json(text: bytes | str) -> Event:
        """As the scripts write it."""
        told = json.loads(text)
        told["at_us"], told["number"] = int(told["at_us"]), int(told["number"])
        return Event(**told)
