"""Pure: what another agent of the room plays, as it arrives from the server.

It comes on a shorter way than its echo, so it is there first. While that agent is silent a frame
costs a look at its loudest sample, and nothing is kept of it.
"""

from __future__ import annotations

import numpy as np

from roomhand.turns.arrival import Arrival
from roomhand.turns.played import Played

AUDIBLE = 32
"""A sample louder than this (-60 dB of full scale) is sound."""
UNKNOWN_S = 1.0
"""So long a new subscription leaves something unknown: at first what is played, then what was."""


class FellowVoice(Played):
    """One agent's, through as many tracks as it publishes one after the other."""

    def __init__(self, now_s: float) -> None:
        super().__init__()
        self.begin(now_s)

    def begin(self, now_s: float) -> None:
        """A track of it is subscribed to: until its first frame nobody knows what it plays."""
        self._arrival = Arrival()
        self._unknown_until_s = now_s + UNKNOWN_S
        self._arrived = False

    def hear(self, pcm: bytes, now_s: float) -> None:
        """The next samples of its track, the last of them by ``now_s``."""
        samples = np.frombuffer(pcm, np.int16)
        self._arrival.note(len(samples), now_s)
        self._arrived = True
        if samples.max(initial=0) > AUDIBLE or samples.min(initial=0) < -AUDIBLE:
            before = self._arrival.received - len(samples)
            self._append(samples, self._arrival.at_s(before))

    def sounded(self, now_s: float, within_s: float) -> bool:
        """Whether anything was played in the last ``within_s``, or may have been."""
        unknown = not self._arrived and self.is_new(now_s)
        return unknown or super().sounded(now_s, within_s)

    def is_new(self, now_s: float) -> bool:
        """Whether what comes back may have been played before anybody listened."""
        return now_s < self._unknown_until_s

    def _known_until_s(self, now_s: float) -> float:
        """What has not arrived is not silence."""
        received = self._arrival.received
        return min(now_s, self._arrival.at_s(received)) if received else 0.0
