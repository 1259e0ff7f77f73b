"""The ledger of one subscription: where every sample went.

    received = sent + gated + dropped + held
    received + absent = subscribed time

Each term is counted where it happens, none as a difference. ``held`` is what a ring holds right
now; at the end it is 0. A ledger that does not balance is a bug, and the transcript says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LEFT_TO_SCRIBE = "left to the scribe"
"""Why an agent dropped what it did not have to transcribe: no hole."""


@dataclass(slots=True)
class TrackLedger:
    """Counts in samples at 24 kHz. ``dropped`` and ``absent`` are by reason."""

    received: int = 0
    sent: int = 0
    gated: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)

    def receive(self, samples: int) -> None:
        """Samples came out of the SDK."""
        self.received += samples

    def send(self, samples: int) -> None:
        """Samples were handed to a session, counted once however often they are sent again."""
        self.sent += samples

    def gate(self, samples: int) -> None:
        """Samples were silence and not sent."""
        self.gated += samples

    def drop(self, samples: int, reason: str) -> None:
        """Samples are lost to every session, for ``reason``: a hole."""
        if samples:
            self.dropped[reason] += samples

    def declare_absent(self, samples: int, reason: str) -> None:
        """Time in which the SDK delivered nothing (mute, reconnect)."""
        if samples:
            self.absent[reason] += samples

    def unaccounted(self, held: int = 0) -> int:
        """Samples that nobody counted (positive) or that were counted twice (negative)."""
        return self.received - self.sent - self.gated - self.dropped.total() - held

    def as_dict(self) -> dict[str, int | dict[str, int]]:
        """Plain numbers for Redis and reports."""
        return {
            "received": self.received,
            "sent": self.sent,
            "gated": self.gated,
            "dropped": dict(self.dropped),
            "absent": dict(self.absent),
        }

    @classmethod
    def of_dict(cls, fields: Mapping[str, Any]) -> TrackLedger:
        """The inverse of ``as_dict``. Raises KeyError, TypeError or ValueError where it is none."""
        return cls(
            received=int(fields["received"]),
            sent=int(fields["sent"]),
            gated=int(fields["gated"]),
            dropped=Counter(fields["dropped"]),
            absent=Counter(fields["absent"]),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A ledger as it was written down: whose it is, and of what."""

    agent: str
    identity: str
    track: str
    source: str
    subscription: int
    ledger: TrackLedger

    @property
    def name(self) -> str:
        """``AGENT:TRACK:SUBSCRIPTION``: one for each ledger of a meeting."""
        return f"{self.agent}:{self.track}:{self.subscription}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for Redis."""
        return {
            "agent": self.agent,
            "identity": self.identity,
            "track": self.track,
            "source": self.source,
            "subscription": self.subscription,
            **self.ledger.as_dict(),
        }

    @classmethod
    def of_dict(cls, fields: Mapping[str, Any]) -> Account:
        """The inverse. Raises KeyError, TypeError or ValueError where it is none."""
        return cls(
            agent=fields["agent"],
            identity=fields["identity"],
            track=fields["track"],
            source=fields["source"],
            subscription=fields["subscription"],
            ledger=TrackLedger.of_dict(fields),
        )
