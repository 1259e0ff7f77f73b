"""The ledger of one subscription: where every sample went.

    received = sent + gated + dropped + held
    received + absent + owed = subscribed

Each term is counted where it happens, none as a difference. ``held`` is what a ring holds right
now; at the end it is 0. ``subscribed`` is time by the clock, and ``owed`` what of it was neither
delivered nor declared absent so far: a jitter buffer's worth. A ledger that does not balance is a
bug, and the transcript says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from roomhand.attribution.anchor import SAMPLES_PER_MS
from roomhand.attribution.ends import SessionEnd, TrackEnd

LEFT_TO_SCRIBE = "left to the scribe"
"""Why an agent dropped, or did not hear, what another had to transcribe: no hole."""
RECONNECT = "reconnect"
"""The reason of an absence between two subscriptions to a track."""
UNDELIVERED = "undelivered"
"""The reason of an absence while a track was subscribed to, or was to be."""


@dataclass(slots=True)
class TrackLedger:
    """Counts in samples at 24 kHz. ``dropped`` and ``absent`` are by reason."""

    received: int = 0
    sent: int = 0
    gated: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    subscribed: int = 0
    """By the clock, as of the last look; absence before the first sample is part of it."""
    sessions: Counter[SessionEnd] = field(default_factory=Counter)
    """Sessions of its lane that ended meanwhile, by reason."""
    end: TrackEnd | None = None
    """Why the subscription ended; None while it runs."""
    others: bool = False
    """As of the last look another agent was the scribe: what is late was its to hear."""

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

    def miss(self, start_ms: int, end_ms: int, reason: str, ours_from_ms: int | None = 0) -> None:
        """Nothing was delivered between two meeting times. What of it was before ``ours_from_ms``
        was another agent's to hear; None: all of it."""
        ours_ms = end_ms if ours_from_ms is None else max(start_ms, min(ours_from_ms, end_ms))
        self.declare_absent((ours_ms - start_ms) * SAMPLES_PER_MS, LEFT_TO_SCRIBE)
        self.declare_absent((end_ms - ours_ms) * SAMPLES_PER_MS, reason)

    def reach(self, subscribed: int) -> None:
        """So much time has been subscribed to by now. It never goes back."""
        self.subscribed = max(self.subscribed, subscribed)

    def stop(self, subscribed: int) -> None:
        """The subscription is over, and so much time was its own.

        This may be less than at the last look: what was on its way then and never came belongs to
        the time between this subscription and the next.
        """
        self.subscribed = subscribed

    def end_session(self, end: SessionEnd) -> None:
        """A session of its lane is over."""
        self.sessions[end] += 1

    def leaving(self, dropped: Counter[str], held: int) -> TrackLedger:
        """As it is to be read where its agent goes and another transcribes on: that has in its
        rings what was ``held``, and what was dropped beyond ``dropped``, since it was leaving."""
        left = self.dropped.total() - dropped.total() + held
        whole = Counter(dropped)
        whole[LEFT_TO_SCRIBE] += left
        return replace(self, dropped=+whole)

    @property
    def owed(self) -> int:
        """Samples that were due and did not come, and were not declared absent."""
        return self.subscribed - self.received - self.absent.total()

    @property
    def settled(self) -> bool:
        """The subscription is over, and every sample of it is in one term: nothing is counted any
        more, but sessions of its lane that end."""
        return self.end is not None and not self.unaccounted()

    def unaccounted(self, held: int = 0) -> int:
        """Samples that nobody counted (positive) or that were counted twice (negative)."""
        return self.received - self.sent - self.gated - self.dropped.total() - held

    def as_dict(self) -> dict[str, Any]:
        """Plain values for Redis and reports."""
        return {
            "received": self.received,
            "sent": self.sent,
            "gated": self.gated,
            "dropped": dict(self.dropped),
            "absent": dict(self.absent),
            "subscribed": self.subscribed,
            "sessions": {str(end): count for end, count in self.sessions.items()},
            "end": self.end,
            "others": self.others,
        }

    @classmethod
    def of_dict(cls, fields: Mapping[str, Any]) -> TrackLedger:
        """The inverse of ``as_dict``. Raises KeyError, TypeError or ValueError where it is none.

        The last four terms are newer than the others: what an older worker wrote has none.
        """
        ended = fields.get("end")
        sessions = {SessionEnd.of(end): count for end, count in fields.get("sessions", {}).items()}
        return cls(
            received=int(fields["received"]),
            sent=int(fields["sent"]),
            gated=int(fields["gated"]),
            dropped=Counter(fields["dropped"]),
            absent=Counter(fields["absent"]),
            subscribed=int(fields.get("subscribed", 0)),
            sessions=Counter(sessions),
            end=TrackEnd(ended) if ended else None,
            others=bool(fields.get("others", False)),
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
    epoch: int = 0
    """Of the owner that counted: the next owner of the agent counts its subscriptions from 0."""

    @property
    def name(self) -> str:
        """``AGENT:EPOCH:TRACK:SUBSCRIPTION``: one for each ledger of a meeting."""
        return f"{self.agent}:{self.epoch}:{self.track}:{self.subscription}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for Redis."""
        return {
            "agent": self.agent,
            "identity": self.identity,
            "track": self.track,
            "source": self.source,
            "subscription": self.subscription,
            "epoch": self.epoch,
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
            epoch=int(fields.get("epoch", 0)),
        )
