"""What Roomhand asks of livekit-server's own API: rooms, dispatches, participants, tokens."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api

from roomhand.attribution.identity import (
    MODERATOR,
    ROLE_ATTRIBUTE,
    SCOPES_ATTRIBUTE,
    parse_agent_identity,
)
from roomhand.errors import LiveKitError
from roomhand.settings import Settings


class LiveKitAdmin:
    """Calls livekit-server with the deployment's key. Every call raises LiveKitError."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, timeout_s: float
    ) -> None:
        self._timeout_s = timeout_s
        self._url = settings.livekit_url
        self._key = settings.livekit_api_key
        self._secret = settings.livekit_api_secret.get_secret_value()
        self._worker_name = settings.worker_name
        self._api = api.LiveKitAPI(
            self._url, self._key, self._secret, session=session, failover=False
        )

    async def check(self) -> None:
        """The server answers and accepts the key."""
        async with self._answer():
            await self._api.room.list_rooms(api.ListRoomsRequest(names=["-"]))

    async def room_exists(self, room: str) -> bool:
        """Whether the room is open now."""
        async with self._answer():
            answer = await self._api.room.list_rooms(api.ListRoomsRequest(names=[room]))
        return bool(answer.rooms)

    async def create_room(self, room: str) -> None:
        """Open a room; nothing happens if it is open."""
        async with self._answer():
            await self._api.room.create_room(api.CreateRoomRequest(name=room))

    async def dispatch(
        self,
        room: str,
        agent: str,
        generation: int,
        *,
        succeeds: bool = False,
        worker: str = "",
    ) -> str:
        """Ask the workers for ``agent``; returns the dispatch id. Not idempotent in LiveKit, which
        also opens a room that is closed. ``succeeds``: it stands by until it is handed over;
        ``worker``: only the one of this id takes it."""
        request = api.CreateAgentDispatchRequest(
            agent_name=self._worker_name,
            room=room,
            metadata=json.dumps(
                {"agent": agent, "generation": generation}
                | ({"succeeds": True} if succeeds else {})
                | ({"worker": worker} if worker else {})
            ),
        )
        async with self._answer():
            return (await self._api.agent_dispatch.create_dispatch(request)).id

    async def remove_dispatches(self, room: str, agent: str) -> None:
        """Withdraw every dispatch of ``agent`` in ``room``; what others withdraw meanwhile is no
        error, nor is an unknown room."""
        listed = list[api.AgentDispatch]()
        async with self._answer(missing_is_fine=True):
            listed = await self._api.agent_dispatch.list_dispatch(room_name=room)
        for dispatch in listed:
            if dispatch.agent_name == self._worker_name and agent_of(dispatch.metadata) == agent:
                await self.remove_dispatch(room, dispatch.id)

    async def remove_dispatch(self, room: str, dispatch: str) -> None:
        """Withdraw the one of this id, and end its job, if any; none is no error."""
        async with self._answer(missing_is_fine=True):
            await self._api.agent_dispatch.delete_dispatch(dispatch, room)

    async def remove_participant(self, room: str, identity: str) -> None:
        """Throw a participant out; one that is not there is no error."""
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        async with self._answer(missing_is_fine=True):
            await self._api.room.remove_participant(request)

    async def agents(self, room: str) -> dict[str, str]:
        """Roomhand's agents in a room: identity by name. Empty for an unknown room."""
        found: dict[str, str] = {}
        async with self._answer(missing_is_fine=True):
            request = api.ListParticipantsRequest(room=room)
            answer = await self._api.room.list_participants(request)
            for participant in answer.participants:
                parsed = parse_agent_identity(participant.identity)
                if parsed and participant.kind == api.ParticipantInfo.Kind.AGENT:
                    found[parsed[0]] = participant.identity
        return found

    def join_token(
        self,
        room: str,
        identity: str,
        name: str = "",
        ttl_s: int = 6 * 3600,
        *,
        moderator: bool = False,
    ) -> str:
        """A token with which a person joins ``room``, speaks and listens.

        It does not let them change their attributes, so that no one becomes a moderator by itself.
        """
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_name(name)
        token = token.with_grants(
            api.VideoGrants(room_join=True, room=room, can_update_own_metadata=False)
        )
        if moderator:
            token = token.with_attributes({ROLE_ATTRIBUTE: MODERATOR})
        return token.with_ttl(datetime.timedelta(seconds=ttl_s)).to_jwt()

    def api_token(
        self, room: str, identity: str, scopes: Collection[str] = (), ttl_s: int = 6 * 3600
    ) -> str:
        """A token with which a backend may do everything in ``room`` through the control plane, or
        only what these scopes are for: ``operator`` in all rooms, any other in this one."""
        token = api.AccessToken(self._key, self._secret).with_identity(identity)
        if scopes:
            lists = "operator" in scopes
            token = token.with_grants(api.VideoGrants(room=room, room_list=lists or None))
            token = token.with_attributes({SCOPES_ATTRIBUTE: " ".join(scopes)})
        else:
            token = token.with_grants(api.VideoGrants(room_admin=True, room=room))
        return token.with_ttl(datetime.timedelta(seconds=ttl_s)).to_jwt()

    @asynccontextmanager
    async def _answer(self, *, missing_is_fine: bool = False) -> AsyncIterator[None]:
        # The client passes its own time-out of None on to aiohttp, which then waits for ever.
        try:
            async with asyncio.timeout(self._timeout_s):
                yield
        except api.TwirpError as error:
            if missing_is_fine and error.code == "not_found":
                return
            raise LiveKitError(self._reason(error)) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise LiveKitError(
                f"livekit-server at {self._url} does not answer ({type(error).__name__}). "
                "Start it, or set LIVEKIT_URL to where it is"
            ) from error
        except (DecodeError, AttributeError) as error:  # a page, or JSON that is no object
            raise LiveKitError(
                f"what answers at {self._url} is no livekit-server ({type(error).__name__}). "
                "Set LIVEKIT_URL to one, without a page or proxy before it that answers by itself"
            ) from error

    def _reason(self, error: api.TwirpError) -> str:
        if error.status in (401, 403) or error.code in ("unauthenticated", "permission_denied"):
            return (
                f"livekit-server at {self._url} refuses the key {self._key!r}. "
                "Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET to a pair from its configuration"
            )
        return f"livekit-server at {self._url} answered {error.code}: {error.message}"


@asynccontextmanager
async def livekit_admin(settings: Settings, timeout_s: float = 10) -> AsyncIterator[LiveKitAdmin]:
    """An admin client for as long as the block runs; each call takes at most ``timeout_s``."""
    async with aiohttp.ClientSession() as session:
        yield LiveKitAdmin(settings, session, timeout_s)


def agent_of(metadata: str) -> str | None:
    """The agent's name in a dispatch's metadata, or None where it is not one of ours."""
    name = _fields(metadata).get("agent")
    return name if isinstance(name, str) else None


def generation_of(metadata: str) -> int:
    """The generation of a dispatch; 0 where it was not made by us."""
    generation = _fields(metadata).get("generation")
    return generation if isinstance(generation, int) and generation > 0 else 0


def worker_of(metadata: str) -> str:
    """The id of the only worker that is to take the dispatch; empty: any may."""
    worker = _fields(metadata).get("worker")
    return worker if isinstance(worker, str) else ""


def succeeds(metadata: str) -> bool:
    """Whether the dispatch asks for a successor of an owner that goes on for a while."""
    return _fields(metadata).get("succeeds") is True


def _fields(metadata: str) -> dict[str, object]:
    try:
        fields = json.loads(metadata)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
