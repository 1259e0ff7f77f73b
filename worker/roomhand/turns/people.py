"""Pure: which people are speaking now, and since when all have been quiet."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class People:
    """Fed by the ears of one process. Keys are track sids; times are own seconds."""

    _speaking: dict[str, tuple[str, float]] = field(default_factory=dict)
    _quiet_since_s: float = 0.0

    def started(self, track_sid: str, identity: str, now_s: float) -> None:
        """A person's track carries speech from now on."""
        self._speaking.setdefault(track_sid, (identity, now_s))

    def stopped(self, track_sid: str, now_s: float) -> None:
        """The speech on a track is over; one that was not speaking is no error."""
        if self._speaking.pop(track_sid, None) is not None and not self._speaking:
            self._quiet_since_s = now_s

    @property
    def speaking(self) -> bool:
        """Whether anybody speaks."""
        return bool(self._speaking)

    @property
    def tracks(self) -> frozenset[str]:
        """The tracks on which somebody speaks."""
        return frozenset(self._speaking)

    def speaks(self, identity: str) -> bool:
        """Whether this person speaks, on any track."""
        return any(who == identity for who, _ in self._speaking.values())

    def quiet_for_s(self, now_s: float) -> float:
        """Seconds since the last person stopped; 0 while anybody speaks."""
        return 0.0 if self._speaking else now_s - self._quiet_since_s
