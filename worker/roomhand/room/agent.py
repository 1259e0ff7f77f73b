"""One agent in one connected room: composes ears, sessions, conductor, answering and mouth, runs
them, and ends them in the order in which nothing is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from livekit import rtc

from roomhand import metrics
from roomhand.admin import LiveKitAdmin
from roomhand.attribution.anchor import Anchor
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import TrackRef, parse_agent_identity, safe_name
from roomhand.attribution.ledger import TrackLedger
from roomhand.clock import own_now_s
from roomhand.coordination.archive import archive_of
from roomhand.coordination.archiver import Archiver
from roomhand.coordination.background import end_all, report_bug
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.memory import MemoryStore
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import RoomhandError
from roomhand.profiles import Profile
from roomhand.room.absence import Absence
from roomhand.room.accounts import Accounts
from roomhand.room.answer import AnswerOptions
from roomhand.room.answering import Answering
from roomhand.room.asking import RENEW_S, Asking
from roomhand.room.captions import Captions
from roomhand.room.checkpoint import Checkpoint
from roomhand.room.company import company, fellows, heard_by_others, others_speak
from roomhand.room.conductor import Conductor
from roomhand.room.ears import Ears, EarsOptions
from roomhand.room.front_end import FrontEnd
from roomhand.room.holding import Holding, MediaFence
from roomhand.room.inheritance import Inheritance
from roomhand.room.listening import TrackListener
from roomhand.room.missed import Missed
from roomhand.room.moderation import Moderation
from roomhand.room.mouth import Mouth
from roomhand.room.presence import Presence
from roomhand.room.reading import Nobody, Reading
from roomhand.room.recorder import Recorder
from roomhand.room.retiring import FLUSH_S, Retirement
from roomhand.room.sessions import SessionOptions, Sessions
from roomhand.room.speech_reports import SpeechReports
from roomhand.room.succession import Succession
from roomhand.settings import Settings
from roomhand.turns.gate import PublishGate
from roomhand.turns.people import People
from roomhand.turns.visible import Visible, visible
from roomhand_plugins.base import Plugin, SessionSetup, TurnTaking

logger = logging.getLogger(__name__)
Work = Coroutine[None, None, None]

TICK_S = 0.05
LEDGER_S = 5.0
UNJUDGED_MS = 1_000
"""Audio so young may hold an onset that is not found yet."""
ALL_COME_S = 3.0
"""So long everybody is waited for to be heard; at a hand-over the roster shows two meanwhile."""
ROOM_CLOSED = {rtc.DisconnectReason.ROOM_DELETED, rtc.DisconnectReason.ROOM_CLOSED}
"""The room itself is over; after any other reason somebody may come back to it."""
ARCHIVE_S = 10.0
"""For what is left when the room is over; what takes longer stays in Redis for thirty days."""
RESIGN_RENEWALS = 1.5
"""So many renewals of a lease another agent has to claim the scribe's duty."""


class RoomAgent:
    """Made after the room is connected and the agent owned; ``start`` once, ``close`` once."""

    def __init__(
        self,
        *,
        settings: Settings,
        profile: Profile,
        plugin: Plugin,
        room: rtc.Room,
        holding: Holding,
        admin: LiveKitAdmin,
        on_stop: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._speaks = plugin.capabilities.turn_taking is not TurnTaking.LISTEN
        self._profile = profile if self._speaks else profile.silenced()
        self._plugin = plugin
        self._room = room
        self._holding = holding
        self._admin = admin
        self._on_stop = on_stop
        self._media_fence = MediaFence(room, admin, holding.fence)
        self._tasks: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self._closed_s: float | None = None
        self._stood_by = False
        self._memory, self._people = Conversation(), People()
        self._gate = PublishGate(lambda: holding.lease.valid_until_s)
        self._archive = archive_of(settings)
        self._compose_record()
        self._compose_archive()
        self._compose_floor()
        self._compose_speech()
        self._compose_reading()
        self._compose_hearing()
        self._accounts = Accounts(holding, self._ears.holes, self._sessions.held)
        self._compose_moderation()
        self._compose_succession()
        self._mirrors = [
            metrics.Mirror(metrics.FRAMES_REFUSED, lambda: self._gate.refused),
            metrics.Mirror(metrics.SAMPLES_DROPPED, self._accounts.dropped),
        ]

    def _compose_record(self) -> None:
        holding, profile = self._holding, self._profile
        self._writer = TranscriptWriter(
            TranscriptStore(holding.scripts, holding.keys, self._archive),
            holding.fence,
            holding.meeting.id,
            self._settings.buffer_segments,
            may_write=holding.lease.is_valid,
            on_bug=lambda name: self._on_stop(f"{name} ended by a bug"),
        )
        self._captions = Captions(self._room)
        self._recorder = Recorder(
            agent=profile.name,
            agent_name=profile.shown_as,
            meeting_id=holding.meeting.id,
            writer=self._writer,
            captions=self._captions,
            interim=InterimChannel(holding.scripts, holding.keys),
            is_scribe=lambda: holding.scribe.is_scribe,
            own_track=lambda: self._mouth.track_sid,
            own_identity=self._room.local_participant.identity,
            clock_ms=holding.clock_ms,
        )
        self._absence = Absence(
            self._recorder.absence, self._recorder.late, heard_by_others(self._room)
        )
        self._missed = Missed(holding.ours_from_ms, self._recorder.unheard)
        self._conductor = Conductor(
            profile=profile,
            recorder=self._recorder,
            memory=self._memory,
            people=self._people,
            company=lambda: company(self._room, profile.name),
        )

    def _compose_archive(self) -> None:
        holding = self._holding
        self._archiver = self._archive and Archiver(
            scripts=holding.scripts,
            keys=holding.keys,
            fence=holding.fence,
            meeting_id=holding.meeting.id,
            archive=self._archive,
            is_scribe=lambda: holding.scribe.is_scribe and holding.lease.is_valid(),
            on_archived=metrics.SEGMENTS_ARCHIVED.inc,
            on_failed=metrics.ARCHIVE_FAILURES.inc,
        )

    def _compose_floor(self) -> None:
        holding, ttl_s = self._holding, self._settings.grant_ttl_s
        store = FloorStore(holding.scripts, holding.keys, ttl_s)
        self._reports = SpeechReports(store, holding.lease)
        self._asking = Asking(
            store=store,
            channel=FloorChannel(holding.scripts, holding.keys),
            lease=holding.lease,
            gate=self._gate,
            renew_s=min(RENEW_S, ttl_s / 3),
        )

    def _compose_speech(self) -> None:
        settings, holding = self._settings, self._holding
        self._mouth = Mouth(
            self._room,
            self._gate,
            queue_ms=settings.playout_queue_ms,
            kbps=settings.voice_kbps,
            on_started=self._conductor.on_started,
            on_ended=self._conductor.on_ended,
        )
        self._sessions = Sessions(
            plugin=self._plugin,
            setup=self._setup,
            options=SessionOptions.of(self._settings),
            meeting_id=holding.meeting.id,
            memory=self._memory,
            sink=self._conductor,
            hears=holding.scribe.is_scribe,
        )
        self._answering = Answering(
            options=self._answer_options(),
            sessions=self._sessions,
            mouth=self._mouth,
            asking=self._asking,
            reports=self._reports,
            people=self._people,
            on_answer=self._conductor.on_answer,
            on_begin=lambda: self._inheritance.keep(),
        )
        self._conductor.connect(self._answering, self._mouth, self._sessions.dismiss)

    def _compose_reading(self) -> None:
        holding = self._holding
        self._reader = TranscriptReader(holding.scripts, holding.keys, self._archive)
        self._reading = Reading(
            agent=self._profile.name,
            meeting_id=holding.meeting.id,
            reader=self._reader,
            interim=InterimChannel(holding.scripts, holding.keys),
            duty=holding.scribe,
            sessions=self._sessions,
            memory=self._memory,
            judge=self._conductor,
            clock_ms=holding.clock_ms,
            on_duty=self._take_duty,
        )

    def _compose_hearing(self) -> None:
        self._ears = Ears(
            self._room,
            options=EarsOptions.of(self._settings),
            clock_ms=self._holding.clock_ms,
            listener=self._listen,
            notice=self._conductor.track_notice,
            voice=self._conductor.voice,
            lag_report=metrics.LOOP_LAG_S.observe,
            own_voice=self._mouth.own_voice,
            ours_from_ms=self._holding.ours_from_ms,
            absence=self._missed.over,
        )

    def _compose_moderation(self) -> None:
        holding, obeying = self._holding, self._conductor.obeying
        moderation = Moderation(
            self._conductor,
            obeying,
            self._leave,
            lambda worker: self._errand(self._hand_over(worker)),
            self._learn,
            lambda: self._inheritance.keep(),
            speaks=self._speaks,
        )
        self._commands = CommandInbox(
            holding.scripts, holding.keys, holding.fence, moderation.carry_out
        )
        store = MemoryStore(holding.scripts, holding.keys)
        self._inheritance = Inheritance(
            Checkpoint(store, holding.fence, holding.meeting.id, lambda: holding.clock.ahead_s),
            self._conductor,
            self._answering,
            self._reading,
        )
        self._presence = Presence(self._room)
        self._front_end = FrontEnd(self._room, self._profile.name, obeying, self._seen)

    def _compose_succession(self) -> None:
        retirement = Retirement(
            self._commands,
            self._reading,
            self._sessions,
            self._inheritance,
            self._accounts,
            self._writer,
        )
        self._succession = Succession(
            self._room,
            self._holding,
            self._admin,
            speaks=lambda: self._answering.engaged,
            hold_back=self._answering.hold_back,
            go_on=self._answering.go_on,
            quiet_for_s=self._quiet_for_s,
            owed_from_ms=lambda: self._sessions.owed_from_ms,
            retire=retirement.begin,
            resume=retirement.undo,
            done=self._on_stop,
        )

    def _answer_options(self) -> AnswerOptions:
        floor = self._profile.floor
        return AnswerOptions(
            max_talk_s=floor.max_talk_s or self._settings.max_talk_s,
            grace_s=floor.grace_s,
            priority=floor.priority,
            turns_limit=floor.turns_limit,
            verbatim=self._plugin.capabilities.verbatim,
        )

    async def stand_by(self) -> None:
        """Hear and read, and neither tell nor do anything: another process owns the agent. When it
        returns all are heard but those whose audio is late. Then ``start``."""
        self._stood_by = True
        self._reading.decide(Nobody())
        self._run(self._reading.run(), "reading")
        self._ears.start()
        if not await self._ears.hear_all(ALL_COME_S):
            logger.warning("the owner is told that all are heard, but not all are")

    async def start(self) -> None:
        """Hear and be heard, and show it when everybody is. Raises LiveKitError, RedisError."""
        self._room.on("participant_connected", self._on_participant)
        self._room.on("disconnected", self._on_disconnected)
        if not self._stood_by:
            self._ears.start(self._holding.first_from_ms)
        await asyncio.gather(self._media_fence.sweep(), self._go_on(), self._open_mouth())
        self._captions.open()
        self._writer.start()
        self._run(self._inheritance.answer(), "answering")
        self._run(self._asking.run(), "floor-events")
        self._run(self._reports.run(), "speech-reports")
        self._run(self._recorder.run(), "interim")
        self._run(self._reading.listen(), "listening")
        self._run(self._holding.mend_meeting(self._tell_loss), "meeting")
        self._run(self._inheritance.run(), "checkpoint")
        self._run(self._repeat(TICK_S, self._tick), "tick")
        self._run(self._repeat(LEDGER_S, self._accounts.write), "ledgers")
        if self._archiver:
            self._run(self._archiver.run(), "archive")
        self._tell_absence()
        self._reading.decide(self._conductor)
        if not self._stood_by:
            self._run(self._reading.run(), "reading")
        self._commands.start()
        await self._ears.hear_all(ALL_COME_S)
        self._presence.open()
        self._front_end.open()

    async def _open_mouth(self) -> None:
        if self._speaks:
            await self._mouth.open()
            logger.info("able to speak")

    async def _go_on(self) -> None:
        """As the process before in this meeting, if there was one, and as this room wants it."""
        await self._learn()
        if self._speaks:
            await self._inheritance.take_over()

    async def _learn(self) -> None:
        self._answering.instructions = await self._holding.instructions()

    def _run(self, work: Work, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._end_with)
        self._tasks.append(task)

    def _tell_absence(self) -> None:
        """Of the owner before us, if it was the scribe and was lost; then say how far we are."""
        if self._holding.scribe.is_scribe:
            self._absence.begin(self._holding.left_ms, self._holding.clock_ms())
        self._holding.scribe.heard_to_s = self._heard_to_s

    def _take_duty(self) -> None:
        """Of a scribe that was lost while we are here, or whose words were never written."""
        kept_ms = round((self._settings.ring_s - 1) * 1000)
        self._absence.take_over(self._holding.left_ms, self._holding.clock_ms() - kept_ms)

    async def _tell_loss(self) -> None:
        """Redis came back empty: what was written is what the archive has."""
        self._recorder.forgotten(await self._reader.archived_to_ms(self._holding.meeting.id))

    async def _hand_over(self, worker: str) -> None:
        try:
            await self._succession.run(worker)
        except RoomhandError as error:
            logger.warning("not handed over", extra={"error": str(error)})

    def _quiet_for_s(self) -> float:
        """Neither this agent nor a person has said anything for so long."""
        busy = self._answering.engaged or others_speak(self._room)
        return 0.0 if busy else self._people.quiet_for_s(own_now_s())

    def _leave(self, reason: str) -> None:
        """For good: nobody is to succeed us."""
        self._holding.scribe.for_good = True
        self._on_stop(reason)

    def _heard_to_s(self) -> float:
        """All that was said before is in the transcript; 0 while that is the place of the owner
        before us. What is being said is judged in time."""
        if self._absence.lasts:
            return 0.0
        settled_ms = self._holding.clock_ms() - UNJUDGED_MS
        told = (self._ears.judged_ms, self._sessions.owed_from_ms, self._writer.pending_from_ms)
        heard_to_ms = min([settled_ms, *(ms for ms in told if ms is not None)])
        return self._holding.clock.redis_s(heard_to_ms)

    def provider_changed(self, name: str, why: str) -> None:
        """Another model serves from here on: said once, as a caption and in the transcript."""
        self._recorder.announce(f"The model provider is now {name}", f" ({why})" if why else "")

    async def close(self) -> None:
        """Hear the rest, write it, give the agent up."""
        self._front_end.close()
        await self._commands.close()
        await self._leave_transcribing()
        self._accounts.leave(to_others=not self._holding.scribe.is_scribe)
        await self._ears.aclose()
        await self._sessions.aclose()
        await self._accounts.write()
        await end_all([*self._tasks, *self._errands])
        if self._holding.scribe.for_good:
            await self._inheritance.forget()
        await self._presence.close()
        await self._mouth.close()
        await self._captions.close()
        lost = await self._writer.close(FLUSH_S)
        if lost:
            logger.error("segments never written", extra={"segments": lost})
        if self._closed_s is not None:
            await self._holding.end_meeting(MeetingEnd.ROOM_CLOSED, self._closed_s)
        if self._archiver and self._closed_s and not await self._archiver.finish(ARCHIVE_S):
            logger.warning("not all of the meeting is archived, Redis keeps the rest")
        await self._plugin.close()

    async def _leave_transcribing(self) -> None:
        """To another agent, if one is here: it has in its rings what has no words yet."""
        if self._closed_s or not fellows(self._room, self._profile.name):
            return
        self._sessions.hears = False
        try:
            left = await self._holding.scribe.resign(RESIGN_RENEWALS * self._settings.lease_renew_s)
        except RoomhandError as error:
            logger.warning("the scribe's duty is not left", extra={"error": str(error)})
            left = False
        self._sessions.hears = not left

    def _on_disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self._closed_s = own_now_s() if reason in ROOM_CLOSED else None

    def _listen(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
        self._accounts.add(track, ledger)
        self._absence.heard(anchor.ms(0), track)
        return self._sessions.listen(track, anchor, ledger)

    def _setup(self, track: TrackRef | None) -> SessionSetup:
        profile = self._profile
        there = company(self._room, profile.name)
        speaker = track.speaker if track else None
        return SessionSetup(
            instructions=profile.instructions,
            speaker=safe_name(speaker.name, fallback=speaker.identity) if speaker else "",
            voice=profile.voice,
            language=profile.language,
            names=(*profile.answers_to, *there.people, *there.agents),
        )

    def _seen(self) -> Visible:
        """What the room is shown of this agent."""
        return visible(
            speaking=self._mouth.speaking is not None,
            thinking=self._answering.busy,
            position=self._asking.place.position or None,
            minded=self._conductor.obeying.state,
        )

    def _on_participant(self, participant: rtc.RemoteParticipant) -> None:
        if parse_agent_identity(participant.identity):
            self._errand(self._media_fence.keep_out(participant.identity))

    def _errand(self, work: Work) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
        task.add_done_callback(report_bug)

    def _end_with(self, task: asyncio.Task[None]) -> None:
        """Without one of its tasks the agent would own its place deaf or mute: better none."""
        if report_bug(task):
            self._on_stop(f"{task.get_name()} ended by a bug")

    async def _tick(self) -> None:
        self._conductor.tick(busy=self._answering.busy or others_speak(self._room))
        self._presence.show(self._seen())
        self._inheritance.note()
        metrics.TRACKS.set(len(self._ears.heard))
        metrics.TRACK_SHORTFALL.set(1 - min(self._ears.ratios.values(), default=1.0))
        for mirror in self._mirrors:
            mirror.update()
        self._absence.look(self._holding.clock_ms())
        self._missed.look()

    async def _repeat(self, every_s: float, work: Callable[[], Work]) -> None:
        while True:
            await asyncio.sleep(every_s)
            await work()
