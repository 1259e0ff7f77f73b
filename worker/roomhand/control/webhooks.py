"""POST /webhooks/livekit: what livekit-server tells becomes hints for whoever watches the room.

Nothing is believed but that it is worth a look: the reconciler asks livekit-server and Redis
itself. So it does no harm that an event comes twice, late, out of order, or to any instance.
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

_LEFT = {"participant_left", "participant_connection_aborted"}
_ROOMS = {"room_started": RoomEvent.STARTED, "room_finished": RoomEvent.FINISHED}


@dataclass(frozen=True, slots=True)
class RoomTold:
    """A room has opened or closed."""

    room: str
    event: RoomEvent


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """An agent has come to its room or left it."""

    place: Place


@dataclass(frozen=True, slots=True)
class ServerLeaves:
    """A livekit-server ends, and people will open the room again: it closes, and is wanted."""

    room: str


Told = RoomTold | PlaceTold | ServerLeaves


def told_by(event: WebhookEvent) -> Told | None:
    """What an event is worth to us; None for all others."""
    room, who = event.room.name, event.participant
    if not room:
        return None
    if event.event in _ROOMS:
        return RoomTold(room, _ROOMS[event.event])
    if event.event in _LEFT and who.disconnect_reason == DisconnectReason.SERVER_SHUTDOWN:
        return ServerLeaves(room)
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
        match told:
            case PlaceTold(place):
                await self._hints.due_at(place, now_s)
            case ServerLeaves(room):
                await self._hints.spare(room)
            case RoomTold(room, event):
                if not await self._knows(room):
                    return False
                await self._hints.tell(RoomNote(room, event, now_s))
        return True

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
