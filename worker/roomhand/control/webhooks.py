"""POST /webhooks/livekit: what livekit-server tells becomes hints for whoever watches the room.

Nothing is believed but that it is worth a look: the reconciler asks livekit-server and Redis
itself. So it does no harm that an event comes twice, late, out of order, to any instance, or never.

A livekit-server that ends tells that its rooms have finished, too, or has no time left to tell
anything; people then open them again on another. So a room has closed only where livekit-server
has told before why one of those who were in it had to leave.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import redis.asyncio
from aiohttp import web
from google.protobuf.json_format import ParseError
from livekit import api
from livekit.protocol.models import DisconnectReason
from livekit.protocol.webhook import WebhookEvent

from roomhand import metrics
from roomhand.attribution.identity import parse_agent_identity
from roomhand.clock import own_now_s
from roomhand.coordination.hints import Hints, Place, RoomEvent, RoomNote
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RedisError
from roomhand.settings import Settings

logger = logging.getLogger(__name__)

PATH = "/webhooks/livekit"
READ_S = 5.0
"""For the body to arrive."""
WARN_EVERY_S = 60.0
UNEXPLAINED_S = 120.0
"""Until the meeting of a room is looked at that has finished, nobody knows why."""

_LEFT = {"participant_left", "participant_connection_aborted"}
_CLOSED = {DisconnectReason.ROOM_DELETED, DisconnectReason.ROOM_CLOSED}
_ROOMS = {"room_started": RoomEvent.STARTED, "room_finished": RoomEvent.FINISHED}


@dataclass(frozen=True, slots=True)
class RoomTold:
    """A room has opened, or has finished for whatever reason."""

    room: str
    event: RoomEvent
    sid: str


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """An agent has come to its room or left it."""

    place: Place


@dataclass(frozen=True, slots=True)
class RoomCloses:
    """A room is closed by somebody, or because it is empty, and will be told to have finished."""

    room: str
    sid: str


Told = RoomTold | PlaceTold | RoomCloses


def told_by(event: WebhookEvent) -> Told | None:
    """What an event is worth to us; None for all others."""
    room, who = event.room.name, event.participant
    if not room:
        return None
    if event.event in _ROOMS:
        return RoomTold(room, _ROOMS[event.event], event.room.sid)
    if event.event in _LEFT and who.disconnect_reason in _CLOSED:
        return RoomCloses(room, event.room.sid)
    if event.event in _LEFT or event.event == "participant_joined":
        parsed = parse_agent_identity(who.identity)
        if parsed is not None and who.kind == api.ParticipantInfo.Kind.AGENT:
            return PlaceTold(Place(room, parsed[0]))
    return None


class Webhooks:
    """Answers 200 to what livekit-server has signed, 401 to anything else, and 503 while Redis is
    away: livekit-server then tries again."""

    def __init__(self, settings: Settings, client: redis.asyncio.Redis) -> None:
        self._receiver = api.WebhookReceiver(
            api.TokenVerifier(
                settings.livekit_api_key, settings.livekit_api_secret.get_secret_value()
            )
        )
        self._scripts = Scripts(client)
        self._hints = Hints(client)
        self._warned_s = -WARN_EVERY_S

    def route(self) -> web.RouteDef:
        """For the HTTP server of the process."""
        return web.post(PATH, self.receive)

    async def receive(self, request: web.Request) -> web.Response:
        """One event."""
        signature = request.headers.get("Authorization", "")
        if not signature:
            return self._refused("it has no signature")
        try:
            async with asyncio.timeout(READ_S):
                body = await request.read()
        except TimeoutError:
            return _answer(408, "slow")
        except web.HTTPRequestEntityTooLarge:
            return _answer(413, "large")
        try:
            event = self._receiver.receive(body.decode(), signature)
        except ParseError:
            return _answer(400, "malformed")
        except Exception as error:  # noqa: BLE001 - what it raises is of no one kind
            return self._refused(str(error) or type(error).__name__)
        told = told_by(event)
        if told is None:
            return _answer(200, "ignored")
        try:
            return _answer(200, "noted" if await self._note(told) else "ignored")
        except RedisError as error:
            logger.warning("webhook not noted", extra={"error": str(error)})
            return _answer(503, "failed")

    async def _note(self, told: Told) -> bool:
        """False where it is about nothing of ours. Raises RedisError."""
        now_s = await self._hints.now_s()
        if isinstance(told, PlaceTold):
            await self._hints.due_at(told.place, now_s)
            return True
        if not await self._knows(told.room):
            return False
        if isinstance(told, RoomCloses):
            await self._hints.closes(told.room, told.sid)
        else:
            await self._hints.tell(await self._worth(told, now_s))
        return True

    async def _worth(self, told: RoomTold, now_s: float) -> RoomNote:
        """What has to be looked at, and when."""
        explained = await self._hints.is_closing(told.room, told.sid)
        if told.event is RoomEvent.FINISHED and not explained:
            return RoomNote(told.room, RoomEvent.UNATTENDED, now_s + UNEXPLAINED_S)
        return RoomNote(told.room, told.event, now_s)

    async def _knows(self, room: str) -> bool:
        """Of the rooms of a deployment most may have no agent."""
        if await self._hints.knows(room):
            return True
        return await MeetingStore(self._scripts, RoomKeys(room)).current() is not None

    def _refused(self, why: str) -> web.Response:
        if own_now_s() - self._warned_s >= WARN_EVERY_S:
            self._warned_s = own_now_s()
            logger.warning(
                "webhook refused: is api_key of livekit-server's webhook LIVEKIT_API_KEY here?",
                extra={"reason": why},
            )
        return _answer(401, "refused")


def _answer(status: int, outcome: str) -> web.Response:
    metrics.WEBHOOKS.labels(outcome).inc()
    return web.Response(status=status)
