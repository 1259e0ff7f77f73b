"""Meetings: one run of a LiveKit room, from the first agent's join to its end."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from roomhand import metrics
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import Account, TrackLedger
from roomhand.coordination.connection import reported
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Answer, Scripts, text
from roomhand.errors import RedisError

logger = logging.getLogger(__name__)

_ATTEMPTS = 5
_ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting. ``start_s`` is Redis time in seconds: the zero of meeting time."""

    id: str
    sid: str
    start_s: float


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """What is known of a meeting. Times are Redis time in seconds."""

    id: str
    sid: str
    start_s: float
    end_s: float | None
    reason: MeetingEnd | None

    @property
    def ended(self) -> bool:
        """Nobody adds to it any more, but for words that were still on their way."""
        return self.end_s is not None


class Erasing(StrEnum):
    """What became of an erasing."""

    ERASED = "erased"
    """Redis has nothing of it, and takes nothing of it any more."""
    OPEN = "open"
    """It runs, and was left as it is."""
    UNKNOWN = "unknown"
    """There never was such a meeting, or it is long forgotten."""


class MeetingStore:
    """The meetings of one room.

    Every method that writes raises RedisError without an answer, StaleEpochError or
    LeaseUnknownError where the agent may not write (``fencing.accepted``).
    """

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._scripts = scripts
        self._keys = keys

    async def open(self, fence: Fence, sid: str, known: Meeting | None = None) -> Meeting:
        """Join the meeting that runs in the room ``sid``, or begin one.

        A meeting of another sid is closed. ``known`` is a meeting that this process is in and that
        Redis has lost: it is made again under its id and start, unless somebody was quicker, or it
        was erased: then nothing is made, and whatever is written to it refused.
        """
        for _ in range(_ATTEMPTS):
            answer = await self._try_to_open(fence, sid, known)
            if accepted(answer, fence).word != "moved":
                return Meeting(answer["id"], sid, answer.seconds("start_us"))
        raise RedisError("the room's meeting changes faster than it can be joined")

    async def end(self, fence: Fence, meeting_id: str, reason: MeetingEnd) -> bool:
        """This agent has nothing more to write: end a meeting, and with it a moderator's hold.
        False where it does not run any more, or another agent lives that has not said so."""
        answer = await self._scripts.run(
            "meeting_end",
            {
                "agents": self._keys.agents,
                "current": self._keys.current,
                "meeting": self._keys.meeting(meeting_id),
                "floor": self._keys.floor,
            },
            {"agent": fence.agent, "epoch": fence.epoch, "id": meeting_id, "reason": reason},
        )
        ended = accepted(answer, fence).word == "ended"
        if ended:
            metrics.MEETINGS_ENDED.labels(reason).inc()
            logger.info("meeting ended", extra={"meeting": meeting_id, "reason": reason})
        return ended

    async def close(self, reason: MeetingEnd) -> bool:
        """End the meeting that runs in a room that is gone, where no agent is left to do it. False
        where none runs, or one is. Raises RedisError without an answer."""
        running = await self.current()
        if running is None:
            return False
        answer = await self._scripts.run(
            "meeting_close",
            {
                "agents": self._keys.agents,
                "current": self._keys.current,
                "meeting": self._keys.meeting(running),
                "floor": self._keys.floor,
            },
            {"id": running, "reason": reason},
        )
        if answer.word == "ended":
            logger.info("meeting ended", extra={"meeting": running, "reason": reason})
        return answer.word == "ended"

    async def erase(self, meeting_id: str, *, archived: bool) -> Erasing:
        """Erase what Redis has of a meeting that is over, for good. ``archived``: the archive has
        something of it, whatever Redis knows. Raises RedisError without an answer."""
        keys = self._keys
        answer = await self._scripts.run(
            "meeting_erase",
            {
                "current": keys.current,
                "latest": keys.latest,
                "meetings": keys.meetings,
                "meeting": keys.meeting(meeting_id),
                "segments": keys.segments(meeting_id),
                "appended": keys.appended(meeting_id),
                "ledger": keys.ledger(meeting_id),
            },
            {"id": meeting_id, "archived": int(archived)},
        )
        return Erasing(answer.word)

    async def erased(self, meeting_id: str) -> bool:
        """Whether it was erased, as far as Redis knows. Raises RedisError without an answer."""
        with reported():
            state = await self._scripts.client.hget(self._keys.meeting(meeting_id), "state")
        return state is not None and text(state) == _ERASED

    async def known(self) -> list[str]:
        """Ids of the room's meetings in Redis, the newest first. Raises RedisError without an
        answer."""
        with reported():
            found: Sequence[Any] = await self._scripts.client.zrevrange(self._keys.meetings, 0, -1)
        return [text(one) for one in found]

    async def current(self) -> str | None:
        """The id of the meeting that runs, or None. Raises RedisError without an answer."""
        return await self._pointer(self._keys.current)

    async def latest(self) -> str | None:
        """The id of the newest meeting, running or ended. Raises RedisError without an answer."""
        return await self._pointer(self._keys.latest)

    async def read(self, meeting_id: str) -> MeetingRecord | None:
        """What is known of a meeting, or None. Raises RedisError without an answer."""
        with reported():
            raw = await self._scripts.client.hgetall(self._keys.meeting(meeting_id))
        fields = {text(name): text(value) for name, value in raw.items()}
        if not fields or fields.get("state") == _ERASED:
            return None
        end_us = fields.get("end_us")
        return MeetingRecord(
            id=meeting_id,
            sid=fields["sid"],
            start_s=int(fields["start_us"]) / 1_000_000,
            end_s=int(end_us) / 1_000_000 if end_us else None,
            reason=MeetingEnd.of(fields["reason"]) if "reason" in fields else None,
        )

    async def archived_to(self, meeting_id: str) -> str:
        """The token of the last segment that is in the archive alone. Raises RedisError without an
        answer."""
        with reported():
            token = await self._scripts.client.hget(self._keys.meeting(meeting_id), "archived_to")
        return BEGINNING if token is None else text(token)

    async def write_ledger(
        self, fence: Fence, meeting_id: str, track: TrackRef, ledger: TrackLedger
    ) -> None:
        """Write where the samples of one subscription went, over what was written before; of a
        meeting that was erased, nothing."""
        account = Account(
            agent=fence.agent,
            identity=track.speaker.identity,
            track=track.sid,
            source=track.source,
            subscription=track.subscription,
            ledger=ledger,
            epoch=fence.epoch,
        )
        answer = await self._scripts.run(
            "ledger_write",
            {
                "agents": self._keys.agents,
                "meeting": self._keys.meeting(meeting_id),
                "ledger": self._keys.ledger(meeting_id),
            },
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "subscription": account.name,
                "body": json.dumps(account.as_dict(), ensure_ascii=False, separators=(",", ":")),
            },
        )
        accepted(answer, fence)

    async def accounts(self, meeting_id: str) -> list[Account]:
        """Every ledger of a meeting, as last written. Raises RedisError without an answer."""
        with reported():
            raw = await self._scripts.client.hgetall(self._keys.ledger(meeting_id))
        return [Account.of_dict(json.loads(raw[name])) for name in sorted(raw)]

    async def _pointer(self, key: str) -> str | None:
        with reported():
            value = await self._scripts.client.get(key)
        return None if value is None else text(value)

    async def _try_to_open(self, fence: Fence, sid: str, known: Meeting | None) -> Answer:
        running = await self.current() or ""
        candidate = known.id if known else uuid4().hex[:16]
        return await self._scripts.run(
            "meeting_open",
            {
                "agents": self._keys.agents,
                "current": self._keys.current,
                "latest": self._keys.latest,
                "meetings": self._keys.meetings,
                "running": self._keys.meeting(running or candidate),
                "candidate": self._keys.meeting(candidate),
                "floor": self._keys.floor,
            },
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "sid": sid,
                "running_id": running,
                "candidate_id": candidate,
                "start_us": round(known.start_s * 1_000_000) if known else 0,
            },
        )
