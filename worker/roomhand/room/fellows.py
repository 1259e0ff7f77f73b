"""The voices of the room's other Roomhand agents, as far as an ear needs them to know an echo.

They are subscribed to and kept for some seconds, and nothing else: no session, no segment, no
account in a ledger, no voice detection. In a room with one agent there is none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from livekit import rtc

from roomhand.clock import own_now_s
from roomhand.room.audience import Verdict, verdict
from roomhand.room.ears_options import EarsOptions
from roomhand.room.router import OpenStream, Router
from roomhand.turns.fellow_voice import FellowVoice
from roomhand.turns.own_voice import OwnVoice
from roomhand.turns.played import Played

logger = logging.getLogger(__name__)

TAIL_S = 1.5
"""So long after a fellow has left, its last words may still come back."""


@dataclass(slots=True)
class _Line:
    """One publication of a fellow, through as many subscriptions as it takes."""

    publication: rtc.RemoteTrackPublication
    identity: str
    track: rtc.Track | None = None
    stream: OpenStream | None = None
    heard: bool = False
    """The stream that is open has brought a frame."""


class Fellows:
    """Beside the ears of one agent: ``start`` and ``aclose`` come with theirs."""

    def __init__(
        self,
        room: rtc.Room,
        router: Router,
        options: EarsOptions,
        own_voice: OwnVoice,
        now_s: Callable[[], float] = own_now_s,
    ) -> None:
        self.voices: list[Played] = [own_voice]
        """Of this agent, and of its fellows that are in the room now."""
        self._room = room
        self._router = router
        self._options = options
        self._now_s = now_s
        self._by_identity: dict[str, FellowVoice] = {}
        self._lines: dict[str, _Line] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._closed = False
        self._handlers: Mapping[str, Callable[..., None]] = {
            "track_published": self._consider,
            "track_unpublished": self._on_unpublished,
            "track_subscribed": self._on_subscribed,
            "track_unsubscribed": self._on_unsubscribed,
            "participant_disconnected": self._on_left,
            "participant_attributes_changed": self._on_attributes,
            "reconnected": self._on_reconnected,
            "disconnected": self._on_disconnected,
        }

    def start(self) -> None:
        """Listen to who is there and whoever comes."""
        for event, handler in self._handlers.items():
            self._room.on(event, handler)  # type: ignore[arg-type]
        self._consider_everybody()

    async def aclose(self) -> None:
        """No stream is open when this returns."""
        self._closed = True
        for event, handler in self._handlers.items():
            self._room.off(event, handler)  # type: ignore[arg-type]
        self._on_disconnected()
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    def _consider_everybody(self) -> None:
        for participant in self._room.remote_participants.values():
            for publication in participant.track_publications.values():
                self._consider(publication, participant)

    def _consider(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if publication.sid in self._lines or not self._is_fellow(publication, participant):
            return
        line = self._lines[publication.sid] = _Line(publication, participant.identity)
        if line.identity not in self._by_identity:
            voice = self._by_identity[line.identity] = FellowVoice(self._now_s())
            self.voices.append(voice)
        if publication.track is not None:
            self._open(line, publication.track)
        else:
            publication.set_subscribed(True)

    def _is_fellow(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> bool:
        decrypts = self._options.decrypts
        found = verdict(participant, publication, hear_other_agents=False, decrypts=decrypts)
        return found is Verdict.FELLOW

    def _open(self, line: _Line, track: rtc.Track) -> None:
        self._close(line)
        voice = self._by_identity[line.identity]
        voice.begin(self._now_s())

        def take(pcm: bytes) -> None:
            line.heard = True
            voice.hear(pcm, self._now_s())

        line.track, line.heard = track, False
        line.stream = self._router.open(
            track,
            frame_ms=self._options.frame_ms,
            on_frame=take,
            on_end=lambda: self._on_end(line, track),
        )

    def _on_end(self, line: _Line, track: rtc.Track) -> None:
        """If nobody asked for it (a stall lost frames), begin again."""
        if line.track is track:
            line.track = line.stream = None
            if line.heard and not self._closed:
                self._open(line, track)

    def _close(self, line: _Line) -> None:
        stream, line.stream, line.track = line.stream, None, None
        if stream is not None:
            task = asyncio.create_task(stream.aclose())
            self._closing.add(task)
            task.add_done_callback(self._on_closed)

    def _on_closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("closing a fellow's track failed", exc_info=task.exception())

    def _forget(self, sid: str) -> None:
        line = self._lines.pop(sid, None)
        if line is not None:
            self._close(line)

    def _on_unpublished(
        self, publication: rtc.RemoteTrackPublication, _: rtc.RemoteParticipant
    ) -> None:
        """What was heard of it may still come back, and another track may follow."""
        self._forget(publication.sid)

    def _on_subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, _: rtc.RemoteParticipant
    ) -> None:
        line = self._lines.get(publication.sid)
        if line is not None and line.track is not track:
            line.publication = publication
            self._open(line, track)

    def _on_unsubscribed(
        self,
        track: rtc.Track | None,
        publication: rtc.RemoteTrackPublication,
        _: rtc.RemoteParticipant,
    ) -> None:
        line = self._lines.get(publication.sid)
        if line is not None and line.track is track:
            self._close(line)

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        for sid, line in list(self._lines.items()):
            if line.identity == participant.identity:
                self._forget(sid)
        loop = asyncio.get_running_loop()
        loop.call_later(TAIL_S, self._drop, participant.identity)

    def _drop(self, identity: str) -> None:
        """Unless it has come back meanwhile."""
        if not any(line.identity == identity for line in self._lines.values()):
            voice = self._by_identity.pop(identity, None)
            if voice is not None:
                self.voices.remove(voice)

    def _on_attributes(self, _: Mapping[str, str], participant: rtc.Participant) -> None:
        """An attribute may show a participant to be an agent of ours, or no longer one."""
        if isinstance(participant, rtc.RemoteParticipant):
            for publication in list(participant.track_publications.values()):
                if not self._is_fellow(publication, participant):
                    self._forget(publication.sid)
                self._consider(publication, participant)

    def _on_reconnected(self) -> None:
        """A full reconnect may have lost our subscriptions, and events meanwhile."""
        for line in self._lines.values():
            if line.track is None:
                line.publication.set_subscribed(True)
        self._consider_everybody()

    def _on_disconnected(self, *_: object) -> None:
        for line in self._lines.values():
            self._close(line)
