"""One subscription's way into its lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import TrackRef
from roomhand.bridge.spoken import Run

if TYPE_CHECKING:
    from roomhand.room.track_session import TrackSession


class SessionListener:
    """See ``TrackListener``. After the lane closed, audio is dropped and counted."""

    def __init__(self, lane: TrackSession, run: Run) -> None:
        self._lane = lane
        self._run = run

    def on_audio(self, start: int, pcm: bytes) -> None:
        """As ``TrackListener``."""
        if self._lane.closing:
            self._run.ledger.drop(len(pcm) // 2, "closing")
            return
        self._lane.uplink.receive(start, pcm)
        self._heard()

    def on_speech_start(self, onset: int) -> None:
        """As ``TrackListener``."""
        if not self._lane.closing:
            self._lane.uplink.onset(onset)
            self._heard()

    def on_speech_end(self, end: int, voiced: int) -> None:
        """As ``TrackListener``."""
        if not self._lane.closing:
            self._lane.uplink.end(end, voiced)
            self._heard()

    def on_judged(self, upto: int) -> None:
        """As ``TrackListener``."""
        if not self._lane.closing:
            self._lane.uplink.judged(upto)
            self._heard()

    def on_renamed(self, track: TrackRef) -> None:
        """As ``TrackListener``."""
        if not self._lane.closing:
            self._lane.uplink.rename(track)

    def on_ended(self, reason: TrackEnd) -> None:
        """As ``TrackListener``."""
        if not self._lane.closing:
            self._lane.left()
            self._heard()

    def _heard(self) -> None:
        self._lane.report()
        self._lane.kick()
