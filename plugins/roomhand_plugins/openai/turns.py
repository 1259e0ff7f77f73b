"""Turns of ours and items of the service: what both ways of finding turns have in common.

Words for an item that cannot be tied to a turn belong to no turn: unknown beats wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol, TypeVar

from roomhand_plugins.base import TurnId
from roomhand_plugins.openai.effects import Effect

_REMEMBERED = 128
"""Of what is long settled there is one for every turn of a meeting: it must not add up."""
_ValueT = TypeVar("_ValueT")


@dataclass(frozen=True, slots=True)
class Words:
    """A finished transcript as the service gave it."""

    text: str
    language: str | None = None
    confidence: float | None = None


class Turns(Protocol):
    """What a session asks about turns. Positions are samples sent; ``now`` is in seconds.

    Calls of ours that make no sense raise PluginError; news of the service never raises.
    """

    @property
    def due(self) -> float | None:
        """When ``overdue`` must be called, if nothing happens before."""

    def begin(self, turn_id: TurnId, at: int) -> None:
        """Samples from ``at`` on belong to this turn."""

    def end(self, turn_id: TurnId, at: int, now: float) -> list[Effect]:
        """The turn is over at ``at``."""

    def discard(self, turn_id: TurnId, at: int) -> list[Effect]:
        """The open turn, which ends at ``at``, was no speech: nothing will be reported for it."""

    def speech_started(self, item_id: str, at: int) -> list[Effect]:
        """The service heard speech begin at ``at``."""

    def speech_stopped(self, item_id: str, at: int) -> list[Effect]:
        """The service heard that speech end at ``at``."""

    def committed(self, item_id: str) -> list[Effect]:
        """The service has the audio of this item."""

    def audio_added(self, item_id: str) -> list[Effect]:
        """The service has put an item of a person's audio into the conversation."""

    def commit_refused(self, event_id: str, reason: str) -> list[Effect] | None:
        """An error about a commit of ours; None if it is about something else."""

    def words(self, item_id: str, more: str) -> list[Effect]:
        """More words of an unfinished transcript."""

    def completed(self, item_id: str, words: Words) -> list[Effect]:
        """The transcript of an item is finished."""

    def failed(self, item_id: str, reason: str) -> list[Effect]:
        """There will be no transcript of this item."""

    def overdue(self, now: float) -> list[Effect]:
        """Patience ended for whatever was due by ``now``."""

    def item_of(self, turn_id: TurnId) -> str | None:
        """The service's name for the (last) item of a turn, once it has one."""


def remember(
    kept: OrderedDict[str, _ValueT], key: str, value: _ValueT, most: int = _REMEMBERED
) -> None:
    """Keep ``value``; the oldest entry goes where there are more than ``most``."""
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)
