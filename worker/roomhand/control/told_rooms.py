"""Rooms of which livekit-server told that they have opened or closed: looked at, at once.

It is asked anew whether a room is open. Where it cannot be asked it is asked again later, and that
the room has finished is not believed: it may be ending itself, and then people will open the room
again. Only the meeting ends where it is still closed; the reconciler's slow way does the rest.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.coordination.hints import Hints, Place, RoomEvent, RoomNote
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from roomhand.errors import RedisError, RoomhandError

logger = logging.getLogger(__name__)

AGAIN_S = 1.0
"""An agent that seems to live in a closed room ends its meeting itself, or its lease runs out."""
UNASKED_S = 5.0
"""After it could not be asked."""
AT_ONCE = 16
PAUSES_AFTER = 2
"""Attempts, after which the pauses between them grow (``SendTerms``)."""


class ToldRooms:
    """Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts, admin: LiveKitAdmin) -> None:
        self._scripts = scripts
        self._hints = Hints(scripts.client)
        self._admin = admin
        self._owed = list[RoomNote]()
        """Taken, and to be told again: in memory alone, for should this process die with it, the
        reconciler finds out by itself, as it does without webhooks."""

    async def look(self, now_s: float) -> None:
        """At all that was told up to ``now_s`` of Redis time, once however many ask."""
        while self._owed:
            await self._hints.tell(self._owed[-1])
            self._owed.pop()
        told = await self._hints.told(now_s, AT_ONCE)
        await asyncio.gather(*(self._take(note, now_s) for note in told))

    async def _take(self, note: RoomNote, now_s: float) -> None:
        if not await self._hints.take(note):
            return
        try:
            await self._visit(note, now_s)
        except RedisError:
            self._owed.append(note)
            raise
        except RoomhandError as error:
            logger.warning("room not looked at", extra={"room": note.room, "error": str(error)})
            event = RoomEvent.STARTED if note.event is RoomEvent.STARTED else RoomEvent.UNATTENDED
            self._owed.append(replace(note, event=event, when_s=now_s + UNASKED_S))

    async def _visit(self, note: RoomNote, now_s: float) -> None:
        if await self._admin.room_exists(note.room):
            await self._open(note, now_s)
        elif note.event is RoomEvent.UNATTENDED:
            await self._end_meeting(note.room, now_s)
        elif note.event is RoomEvent.FINISHED:
            await self._stop_agents(note)
            await self._end_meeting(note.room, now_s)

    async def _open(self, note: RoomNote, now_s: float) -> None:
        """Its agents are looked at now, however long it was gone."""
        wanted = WantedStore(self._scripts, RoomKeys(note.room))
        for one in await wanted.all():
            if note.event is RoomEvent.STARTED and one.attempts > PAUSES_AFTER:
                await wanted.retry(one.agent)
            await self._hints.due_at(Place(note.room, one.agent), now_s)

    async def _stop_agents(self, note: RoomNote) -> None:
        """What was wanted since is for the room's next time."""
        wanted = WantedStore(self._scripts, RoomKeys(note.room))
        for one in await wanted.all():
            if await wanted.stop(one.agent, note.when_s):
                logger.info("the room has closed", extra={"room": note.room, "agent": one.agent})
                await self._hints.forget(Place(note.room, one.agent))

    async def _end_meeting(self, room: str, now_s: float) -> None:
        meetings = MeetingStore(self._scripts, RoomKeys(room))
        if not await meetings.close(MeetingEnd.ROOM_FINISHED) and await meetings.current():
            await self._hints.tell(RoomNote(room, RoomEvent.UNATTENDED, now_s + AGAIN_S))
