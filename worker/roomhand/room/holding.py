"""What one job holds in Redis: the agent's lease, the scribe's duty, the meeting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import redis.asyncio
from livekit import rtc

from roomhand import metrics
from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import parse_agent_identity
from roomhand.clock import MeetingClock
from roomhand.coordination.fencing import Fence
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Meeting, MeetingStore
from roomhand.coordination.ownership import LeaseTerms, State
from roomhand.coordination.scribe import ScribeDuty, ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from roomhand.errors import LiveKitError, OwnershipError, RoomhandError
from roomhand.settings import Settings

logger = logging.getLogger(__name__)

MEND_S = 0.5
END_AGAIN_S = 0.5
OTHERS_S = 7.0
"""So long who has nothing more to write looks whether the others die over it: a lease, and more."""
REMOVE_AGAIN_S = 2.0
"""After livekit-server did not remove a participant, which takes it up to ten seconds to say."""
REMOVALS = 30


@dataclass(slots=True)
class Holding:
    """Everything that is written in this job's name goes through here."""

    scripts: Scripts
    keys: RoomKeys
    fence: Fence
    lease: LeaseKeeper
    scribe: ScribeDuty
    meeting: Meeting
    clock: MeetingClock
    restored: asyncio.Event
    """Set when Redis came back without its data: the meeting has to be made again."""
    wanted: bool = False
    """The agent is sent for again should this process die."""
    losses: int = 0
    """Times that the meeting was made again: what had been written to it is gone."""

    def clock_ms(self, own_s: float | None = None) -> int:
        """Meeting time at ``own_s`` (now, if None)."""
        return self.clock.ms(own_s)

    @property
    def left_ms(self) -> int:
        """Meeting time up to which the scribe before this agent had everything in the transcript;
        negative where there was none, or it left for good."""
        return self.clock.ms_of_redis(self.scribe.left_s)

    def ours_from_ms(self) -> int | None:
        """Meeting time from which the people are this agent's to hear; None while another is the
        scribe."""
        duty = self.scribe
        return self.clock.ms_of_redis(duty.from_s) if duty.is_scribe else None

    @property
    def first_from_ms(self) -> int | None:
        """The same, where nobody has heard them before: who is there is missed from then on, though
        nobody listens yet."""
        return self.ours_from_ms() if self.left_ms < 0 else None

    async def succeed(self, wait_s: float, poll_s: float) -> None:
        """Own the agent as soon as its owner hands it over, or is gone.

        Raises OwnershipError where that takes longer, another meeting has begun meanwhile, or
        nobody wants the agent any more.
        """
        await self.lease.acquire(wait_s, poll_s)
        meetings = MeetingStore(self.scripts, self.keys)
        wanted = WantedStore(self.scripts, self.keys) if self.wanted else None
        meeting = await _joined(self.lease, self.scribe, meetings, self.meeting.sid, wanted)
        if meeting.id != self.meeting.id:
            await self.lease.close()
            raise OwnershipError(f"the meeting {self.meeting.id} is over")
        _keep(self.lease, self.clock, meeting)

    async def instructions(self) -> str:
        """What the agent is told in this room, beside its profile. Raises RedisError."""
        return (await WantedStore(self.scripts, self.keys).instructions()).get(self.fence.agent, "")

    async def want_no_more(self, closed_s: float) -> None:
        """The room was closed at ``closed_s`` of the own clock: nobody has to come back to it, but
        whoever was asked for since then, for it may be open again. Raises RedisError."""
        if self.wanted:
            closed_redis_s = self.clock.redis_s(self.clock.ms(closed_s))
            await WantedStore(self.scripts, self.keys).stop(self.fence.agent, closed_redis_s)

    async def end_meeting(self, reason: MeetingEnd, closed_s: float) -> None:
        """With the room, which closed at ``closed_s`` of the own clock, as the last of its agents:
        another may have words to write. Where that dies over it, it is done here, if soon; else, or
        without an answer, a control plane has to."""
        meetings = MeetingStore(self.scripts, self.keys)
        try:
            await self.want_no_more(closed_s)
            for _ in range(round(OTHERS_S / END_AGAIN_S)):
                ended = await meetings.end(self.fence, self.meeting.id, reason)
                if ended or await meetings.current() != self.meeting.id:
                    return
                await asyncio.sleep(END_AGAIN_S)
        except RoomhandError as error:
            logger.warning("meeting not ended", extra={"error": str(error)})

    async def _have_looked_at(self) -> None:
        hints, place = Hints(self.scripts.client), Place(self.keys.room, self.fence.agent)
        await hints.due_at(place, await hints.now_s())

    async def mend_meeting(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Make the meeting again whenever Redis has lost it, until cancelled; ``tell`` of it, and
        say again that the agent is wanted."""
        meetings = MeetingStore(self.scripts, self.keys)
        while True:
            await self.restored.wait()
            self.restored.clear()
            try:
                await meetings.open(self.fence, self.meeting.sid, known=self.meeting)
                self.losses += 1
                if self.wanted:
                    await WantedStore(self.scripts, self.keys).start(self.fence.agent, "owner")
                    await self._have_looked_at()
                await tell()
            except RoomhandError as error:
                logger.warning("meeting not made again yet", extra={"error": str(error)})
                await asyncio.sleep(MEND_S)
                self.restored.set()


async def take_hold(
    settings: Settings,
    client: redis.asyncio.Redis,
    *,
    room: str,
    sid: str,
    fence: Fence,
    owner: str,
    on_state: Callable[[State], None],
    transcribes: bool = True,
    wanted: bool = False,
) -> Holding:
    """Acquire the agent under its reserved epoch and join the meeting.

    ``transcribes``: its model gives transcripts; otherwise it is the scribe only while nobody else
    can be. ``wanted``: it was sent for by us, and would be again.

    Raises OwnershipError where another process owns it, or where it was sent for by us and nobody
    wants it any more; RedisError without an answer.
    """
    scripts, keys = Scripts(client), RoomKeys(room)
    terms = LeaseTerms(ttl_s=settings.lease_ttl_s, renew_s=settings.lease_renew_s)
    lease, scribe, restored = _lease(scripts, keys, terms, fence, owner, on_state, transcribes)
    await lease.acquire()
    store = WantedStore(scripts, keys) if wanted else None
    meeting = await _joined(lease, scribe, MeetingStore(scripts, keys), sid, store)
    clock = MeetingClock(meeting.start_s, lease.offset_s or 0.0)
    _keep(lease, clock, meeting)
    return Holding(scripts, keys, fence, lease, scribe, meeting, clock, restored, wanted)


async def stand_by(
    settings: Settings,
    client: redis.asyncio.Redis,
    *,
    room: str,
    sid: str,
    fence: Fence,
    owner: str,
    on_state: Callable[[State], None],
    transcribes: bool = True,
    wanted: bool = False,
) -> Holding:
    """Know the meeting as its agent's owner does, and own nothing before ``Holding.succeed``.

    Raises OwnershipError where no meeting runs in the room ``sid``, RedisError without an answer.
    """
    scripts, keys = Scripts(client), RoomKeys(room)
    terms = LeaseTerms(ttl_s=settings.lease_ttl_s, renew_s=settings.lease_renew_s)
    lease, scribe, restored = _lease(scripts, keys, terms, fence, owner, on_state, transcribes)
    meetings = MeetingStore(scripts, keys)
    current = await meetings.current()
    found = await meetings.read(current) if current else None
    if found is None or found.ended or found.sid != sid:
        raise OwnershipError(f"{fence.agent} has no meeting to take over in {room}")
    await lease.measure()
    meeting = Meeting(found.id, found.sid, found.start_s)
    clock = MeetingClock(found.start_s, lease.offset_s or 0.0)
    return Holding(scripts, keys, fence, lease, scribe, meeting, clock, restored, wanted)


def _lease(
    scripts: Scripts,
    keys: RoomKeys,
    terms: LeaseTerms,
    fence: Fence,
    owner: str,
    on_state: Callable[[State], None],
    transcribes: bool,
) -> tuple[LeaseKeeper, ScribeDuty, asyncio.Event]:
    scribe = ScribeDuty(ScribeStore(scripts, keys), fence, terms.ttl_s, able=transcribes)

    def tell(state: State) -> None:
        metrics.LEASE_CHANGES.labels(state).inc()
        on_state(state)

    restored = asyncio.Event()
    lease = LeaseKeeper(
        LeaseStore(scripts, keys),
        fence,
        owner,
        terms,
        on_state=tell,
        on_restored=restored.set,
        scribe=scribe,
    )
    return lease, scribe, restored


async def _joined(
    lease: LeaseKeeper,
    scribe: ScribeDuty,
    meetings: MeetingStore,
    sid: str,
    wanted: WantedStore | None,
) -> Meeting:
    """The agent is ours; where its meeting cannot be joined it is given up again. So it is where it
    was sent for by us and stopped meanwhile: who stopped it found no owner to tell."""
    try:
        if wanted is not None and not await wanted.wants(lease.fence.agent):
            raise OwnershipError(f"nobody wants {lease.fence.agent} in the room any more")
        await scribe.renew()
        return await meetings.open(lease.fence, sid)
    except RoomhandError:
        await lease.close()
        raise


def _keep(lease: LeaseKeeper, clock: MeetingClock, meeting: Meeting) -> None:
    lease.meeting_clock = clock
    lease.start()
    logger.info("own the agent", extra={"epoch": lease.epoch, "meeting": meeting.id})


class MediaFence:
    """Removes participants of lower epochs of the same agent: they are zombies of ours.

    The SFU keeps an old worker's place and lets it come back, so this looks again at whoever joins.
    """

    def __init__(self, room: rtc.Room, admin: LiveKitAdmin, fence: Fence) -> None:
        self._room = room
        self._admin = admin
        self._fence = fence

    def stale(self, identity: str) -> bool:
        """Whether this participant is an older owner of our agent."""
        parsed = parse_agent_identity(identity)
        return (
            parsed is not None and parsed[0] == self._fence.agent and parsed[1] < self._fence.epoch
        )

    async def sweep(self) -> None:
        """Remove those who are there now. Raises LiveKitError."""
        for identity in list(self._room.remote_participants):
            await self.remove_if_stale(identity)

    async def remove_if_stale(self, identity: str) -> None:
        """Remove this participant if it is a zombie. Raises LiveKitError."""
        if self.stale(identity):
            logger.warning("removing an older owner of this agent", extra={"identity": identity})
            await self._admin.remove_participant(self._room.name, identity)

    async def keep_out(self, identity: str) -> None:
        """Remove this participant if it is a zombie; where livekit-server does not do so, again for
        as long as it is there, but not for ever."""
        for _ in range(REMOVALS):
            try:
                await self.remove_if_stale(identity)
            except LiveKitError as error:
                told = {"identity": identity, "error": str(error)}
                logger.warning("an older owner is not removed yet", extra=told)
            else:
                return
            await asyncio.sleep(REMOVE_AGAIN_S)
            if identity not in self._room.remote_participants:
                return
        logger.error("an older owner of this agent stays", extra={"identity": identity})
