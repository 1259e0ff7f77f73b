"""The ears of one agent in one room: every speaker's every track, heard once.

The room is joined with auto-subscribe off; the ears subscribe to what they hear. Everything they do
not hear although somebody spoke there is announced and listed with a reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TypeAlias

from livekit import rtc

from roomhand.attribution.anchor import SAMPLES_PER_MS
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import TrackRef
from roomhand.clock import own_now_s
from roomhand.room.audience import Verdict, track_ref, verdict
from roomhand.room.detectors import make_detector
from roomhand.room.ear import (
    AbsenceReport,
    Ear,
    Hearing,
    OursFrom,
    VoiceReport,
    no_absence_report,
)
from roomhand.room.ears_options import EarsOptions
from roomhand.room.fellows import Fellows
from roomhand.room.listening import ListenerFactory
from roomhand.room.places import NO_ROOM, Place, Places, Unheard
from roomhand.room.router import Router, open_router
from roomhand.room.vad import VadPool
from roomhand.room.watch import RATIO_EVERY_S, LoopLag, ReceivedRatio, every
from roomhand.settings import VadKind
from roomhand.turns.own_voice import OwnVoice

__all__ = ["Ears", "EarsOptions", "Notice", "Unheard"]

logger = logging.getLogger(__name__)

POLL_S = 0.02

Notice: TypeAlias = Callable[[str, TrackRef, str], None]
"""(kind, track, what for a person). Kinds: ``not_heard``, ``heard`` (a track refused before),
``subscription_failed``, ``slow``, ``renamed`` (the reference has the new name)."""


def _no_report(_ref: TrackRef, _voiced_ms: float) -> None:
    pass


class Ears:
    """Hears a room. ``start`` after the room is connected, ``aclose`` before it is left."""

    def __init__(
        self,
        room: rtc.Room,
        *,
        options: EarsOptions,
        clock_ms: Callable[[], int],
        listener: ListenerFactory,
        notice: Notice,
        voice: VoiceReport = _no_report,
        lag_report: Callable[[float], None] | None = None,
        router: Router | None = None,
        own_voice: OwnVoice | None = None,
        ours_from_ms: OursFrom = lambda: 0,
        absence: AbsenceReport = no_absence_report,
    ) -> None:
        """``own_voice``: what the agent plays; its echo on a track is no speech, and neither is a
        fellow agent's. None: nobody looks for an echo."""
        self.lag = LoopLag(lag_report)
        self.router = router or open_router()
        self.pool = VadPool(
            lambda: make_detector(options.vad), inline=options.vad is VadKind.ENERGY
        )
        self._room = room
        self._fellows = Fellows(room, self.router, options, own_voice) if own_voice else None
        self._options = options
        self._clock_ms = clock_ms
        self._notice = notice
        self._hearing = Hearing(
            self.router,
            self.pool,
            options.limits,
            options.frame_ms,
            clock_ms,
            listener,
            voice,
            self._fellows.voices if self._fellows else None,
            ours_from_ms=ours_from_ms,
            absence=absence,
        )
        self._places = Places(options.max_tracks, ours_from_ms)
        self._closing: set[asyncio.Task[None]] = set()
        self._watchers: list[asyncio.Task[None]] = []
        self._began_s, self._closed = 0.0, False
        self._handlers: Mapping[str, Callable[..., None]] = {
            "track_published": self._on_published,
            "track_unpublished": self._on_unpublished,
            "track_subscribed": self._on_subscribed,
            "track_unsubscribed": self._on_unsubscribed,
            "track_subscription_failed": self._on_subscription_failed,
            "track_muted": self._on_muted,
            "track_unmuted": self._on_unmuted,
            "participant_disconnected": self._on_left,
            "participant_attributes_changed": self._on_attributes,
            "participant_name_changed": self._on_renamed,
            "reconnected": self._on_reconnected,
            "disconnected": self._on_disconnected,
        }

    @property
    def heard(self) -> list[TrackRef]:
        """Tracks heard now."""
        return [ear.ref for _, ear in self._places.with_ears()]

    @property
    def ratios(self) -> dict[str, float]:
        """Received against real time, by track sid; 1.0 is right."""
        return {ear.ref.sid: place.ratio.value for place, ear in self._places.with_ears()}

    @property
    def judged_ms(self) -> int | None:
        """Meeting time up to which every track has been judged that is heard, if one is."""
        judged = (ear.judged_ms for _, ear in self._places.with_ears())
        return min((ms for ms in judged if ms is not None), default=None)

    def unheard(self) -> list[Unheard]:
        """Tracks not heard now, their absence declared up to now."""
        return self._places.settled(self._clock_ms())

    def holes(self) -> list[Unheard]:
        """Tracks that were not heard for some time, of the whole meeting so far; the time of the
        others is counted up to now."""
        for _, ear in self._places.with_ears():
            ear.settle()
        deaf = self._places.deaf(self._clock_ms())
        return [*self._places.past_unheard.values(), *self.unheard(), *deaf]

    def start(self, since_ms: int | None = None) -> None:
        """Hear who is there and whoever comes; who is there was to be heard ``since_ms`` of the
        meeting, if not from now on."""
        self._began_s = own_now_s()
        for event, handler in self._handlers.items():
            self._room.on(event, handler)  # type: ignore[arg-type]
        if self._fellows:
            self._fellows.start()
        for participant in self._room.remote_participants.values():
            self._consider_all(participant)
        if since_ms is not None:
            self._places.want_since(since_ms)
        self._watchers = [
            asyncio.create_task(self.lag.run()),
            asyncio.create_task(every(RATIO_EVERY_S, self._check_ratios)),
        ]

    async def hear_all(self, within_s: float) -> bool:
        """Until every track that is here is really heard; False where that took too long, counted
        from the start."""
        until_s = self._began_s + within_s
        while not self._places.all_come:
            if own_now_s() >= until_s:
                return False
            await asyncio.sleep(POLL_S)
        return True

    async def aclose(self) -> None:
        """Every listener has had its last call when this returns."""
        self._closed = True
        for event, handler in self._handlers.items():
            self._room.off(event, handler)  # type: ignore[arg-type]
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        for sid in list(self._places.heard):
            place = self._places.forget(sid, self._clock_ms(), TrackEnd.CLOSED)
            if place is not None:
                self._end(place, TrackEnd.CLOSED)
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
        if self._fellows:
            await self._fellows.aclose()
        await self.router.aclose()
        await self.pool.aclose()

    def _consider_all(self, participant: rtc.RemoteParticipant) -> None:
        for publication in participant.track_publications.values():
            self._consider(publication, participant)

    def _consider(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if self._places.knows(publication.sid):
            return
        found = self._verdict(publication, participant)
        if found is Verdict.OTHER_AGENT:
            self._refuse(publication, participant, found, "an agent that is not Roomhand's")
        elif found is Verdict.ENCRYPTED:
            why = "it is encrypted, and ROOMHAND_E2EE_KEY is not set"
            self._refuse(publication, participant, found, why)
        elif found is Verdict.HEAR and self._places.full:
            limit = f"the limit of {self._options.max_tracks} tracks is reached"
            self._refuse(publication, participant, NO_ROOM, limit)
        elif found is Verdict.HEAR:
            self._hear(publication, participant)

    def _verdict(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> Verdict:
        return verdict(
            participant,
            publication,
            hear_other_agents=self._options.hear_other_agents,
            decrypts=self._options.decrypts,
        )

    def _hear(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        self._places.heard[publication.sid] = Place(participant, publication)
        past = self._places.past(publication.sid)
        if past.wanted_ms is None:
            past.wanted_ms = self._clock_ms()
        if publication.track is not None:
            self._on_subscribed(publication.track, publication, participant)
        else:
            publication.set_subscribed(True)

    def _refuse(
        self,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
        reason: str,
        why: str,
    ) -> None:
        ref = track_ref(participant, publication)
        entry = Unheard(participant, publication, ref, reason, self._clock_ms())
        self._places.unheard[publication.sid] = entry
        self._notice("not_heard", ref, why)

    def _forget(self, sid: str, reason: TrackEnd) -> None:
        """A publication is gone: its place goes to the one refused first."""
        self._places.stop_refusing(sid, self._clock_ms(), reason)
        place = self._places.forget(sid, self._clock_ms(), reason)
        if place is not None:
            self._end(place, reason)
        waiting = self._places.next_waiting(self._clock_ms())
        if waiting is not None:
            self._notice("heard", waiting.ref, "there is room for this track now")
            self._hear(waiting.publication, waiting.participant)

    def _open(self, place: Place, track: rtc.Track) -> None:
        past = self._places.past(place.publication.sid)
        place.ratio = ReceivedRatio()
        place.ear = Ear(
            track_ref(place.participant, place.publication, past.subscriptions),
            track,
            self._hearing,
            muted=place.publication.muted,
            past=past,
            on_finished=self._on_finished,
        )
        past.subscriptions += 1

    def _end(self, place: Place, reason: TrackEnd) -> None:
        ear, place.ear = place.ear, None
        if ear is not None:
            task = asyncio.create_task(ear.close(reason))
            self._closing.add(task)
            task.add_done_callback(self._on_closed)

    def _on_closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("closing a track failed", exc_info=task.exception())

    def _on_finished(self, ear: Ear) -> None:
        """A subscription ended. If nobody asked it to (a stall lost frames), begin another."""
        place = self._places.heard.get(ear.ref.sid)
        if place is None or place.ear is not ear:
            return
        place.ear = None
        if ear.failed:
            self._notice("not_heard", ear.ref, "the listener failed")
        elif ear.came and not self._closed:
            self._open(place, ear.track)

    def _on_published(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        self._consider(publication, participant)

    def _on_unpublished(
        self, publication: rtc.RemoteTrackPublication, _: rtc.RemoteParticipant
    ) -> None:
        self._forget(publication.sid, TrackEnd.UNPUBLISHED)

    def _on_subscribed(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        place = self._places.heard.get(publication.sid)
        if place is None:
            return
        if place.ear is not None:
            if place.ear.track is track:
                return
            self._end(place, TrackEnd.REPLACED)
        place.publication, place.participant = publication, participant
        self._open(place, track)

    def _on_unsubscribed(
        self,
        track: rtc.Track | None,
        publication: rtc.RemoteTrackPublication,
        _: rtc.RemoteParticipant,
    ) -> None:
        place = self._places.heard.get(publication.sid)
        if place is not None and place.ear is not None and place.ear.track is track:
            self._end(place, TrackEnd.UNSUBSCRIBED)

    def _on_subscription_failed(
        self, participant: rtc.RemoteParticipant, sid: str, error: str
    ) -> None:
        place = self._places.heard.get(sid)
        if place is not None:
            ref = track_ref(participant, place.publication)
            self._notice("subscription_failed", ref, error)

    def _on_muted(self, _: rtc.Participant, publication: rtc.TrackPublication) -> None:
        ear = self._places.ear(publication.sid)
        if ear is not None:
            ear.mute()

    def _on_unmuted(self, _: rtc.Participant, publication: rtc.TrackPublication) -> None:
        ear = self._places.ear(publication.sid)
        if ear is not None:
            ear.unmute()

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        for sid in self._places.sids_of(participant.identity):
            self._forget(sid, TrackEnd.LEFT)

    def _on_attributes(self, _: Mapping[str, str], participant: rtc.Participant) -> None:
        """An attribute may show a participant to be an agent of ours, or no longer one."""
        if not isinstance(participant, rtc.RemoteParticipant):
            return
        for publication in list(participant.track_publications.values()):
            heard = publication.sid in self._places.heard
            if heard and self._verdict(publication, participant) is not Verdict.HEAR:
                publication.set_subscribed(False)
                self._forget(publication.sid, TrackEnd.AGENT)
        self._consider_all(participant)

    def _on_renamed(self, participant: rtc.Participant, _old: str, _new: str) -> None:
        for place, ear in self._places.with_ears():
            if place.participant.identity == participant.identity:
                count = ear.ref.subscription
                ear.rename(track_ref(place.participant, place.publication, count))
                self._notice("renamed", ear.ref, ear.ref.speaker.name)

    def _on_reconnected(self) -> None:
        """A full reconnect may have lost our subscriptions, and events meanwhile."""
        for place in self._places.heard.values():
            if place.ear is None:
                place.publication.set_subscribed(True)
        for participant in self._room.remote_participants.values():
            self._consider_all(participant)

    def _on_disconnected(self, *_: object) -> None:
        for place in self._places.heard.values():
            self._end(place, TrackEnd.DISCONNECTED)

    def _check_ratios(self, now_s: float) -> None:
        for place, ear in self._places.with_ears():
            if place.ratio.note(ear.received / (SAMPLES_PER_MS * 1000), now_s):
                logger.warning("a track arrives at %.2f of real time", place.ratio.value)
                self._notice("slow", ear.ref, f"{place.ratio.value:.2f} of real time")
