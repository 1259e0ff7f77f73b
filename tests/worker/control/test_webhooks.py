"""POST /webhooks/livekit, from a stock HTTP client: what is refused, and what is noted."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import redis.asyncio
from google.protobuf.json_format import MessageToJson
from livekit import api
from livekit.protocol.models import DisconnectReason, ParticipantInfo, Room
from livekit.protocol.webhook import WebhookEvent
from pydantic import SecretStr

from roomhand import metrics
from roomhand.attribution.identity import agent_identity
from roomhand.control import webhooks
from roomhand.control.webhooks import (
    PATH,
    UNEXPLAINED_S,
    PlaceTold,
    RoomCloses,
    RoomTold,
    Told,
    Webhooks,
    told_by,
)
from roomhand.coordination.fencing import Fence
from roomhand.coordination.hints import Hints, Place, RoomEvent, shard_of
from roomhand.coordination.keys import ROOMS_TOLD, RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.health import MAX_BODY, HealthServer
from roomhand.settings import Settings
from tests.sim import servers
from tests.worker.control.served import KEY, SECRET

AGENT = ParticipantInfo.Kind.AGENT
SAGE = agent_identity("sage", 7)


def event(name: str, room: str = "", **participant: Any) -> WebhookEvent:
    """As livekit-server tells it."""
    told = WebhookEvent(event=name, id="EV_1", room=Room(name=room, sid="RM_1"))
    if participant:
        told.participant.CopyFrom(ParticipantInfo(**participant))
    return told


def signature(body: bytes, *, key: str = KEY, secret: str = SECRET, ttl_s: float = 300) -> str:
    """As livekit-server signs a body."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    token = api.AccessToken(key, secret).with_sha256(digest)
    return token.with_ttl(timedelta(seconds=ttl_s)).to_jwt()


def count(outcome: str) -> float:
    """Webhooks of which this became."""
    labels = {"outcome": outcome}
    return metrics.CONTROL.get_sample_value("roomhand_control_webhooks_total", labels) or 0.0


@dataclass
class Door:
    """The HTTP port of a control plane, and the room of a test."""

    url: str
    client: redis.asyncio.Redis
    room: str

    @property
    def hints(self) -> Hints:
        """Of all rooms."""
        return Hints(self.client)

    @property
    def place(self) -> Place:
        """Sage's."""
        return Place(self.room, "sage")

    async def post(self, body: bytes, signed: str | None = None) -> int:
        """Status of the answer; ``signed`` right by default."""
        given = signature(body) if signed is None else signed
        headers = {"Content-Type": "application/webhook+json"}
        headers |= {"Authorization": given} if given else {}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=body, headers=headers) as answer,
        ):
            assert await answer.text() == ""
            return answer.status

    async def tell(self, name: str, **participant: Any) -> int:
        """An event of the room."""
        return await self.post(MessageToJson(event(name, self.room, **participant)).encode())

    async def is_closed(self, sid: str = "RM_1") -> None:
        """By a backend, with Anna in it."""
        told = event(
            "participant_left",
            self.room,
            identity="anna",
            disconnect_reason=DisconnectReason.ROOM_DELETED,
        )
        told.room.sid = sid
        assert await self.post(MessageToJson(told).encode()) == 200

    async def told(self, within_s: float = 0) -> list[RoomEvent]:
        """Of the room, to be looked at by then."""
        found = await self.hints.told(await self.hints.now_s() + within_s)
        return [note.event for note in found if note.room == self.room]

    async def is_due(self) -> bool:
        """Whether sage would be looked at now."""
        due = await self.hints.due(shard_of(self.room), await self.hints.now_s())
        return self.place in due


async def opened(url: str) -> tuple[HealthServer, redis.asyncio.Redis]:
    """The HTTP server of a control plane with this Redis."""
    settings = Settings(
        livekit_url="ws://127.0.0.1:9", livekit_api_key=KEY, livekit_api_secret=SecretStr(SECRET)
    )

    async def well() -> dict[str, str]:
        return {}

    client = redis.asyncio.Redis.from_url(url)
    server = HealthServer(
        setting="ROOMHAND_CONTROL_HTTP_PORT",
        checks=well,
        exposition=lambda: b"",
        more=[Webhooks(settings, client).route()],
    )
    await server.start("127.0.0.1", 0)
    return server, client


@pytest.fixture
async def door(redis_server: servers.Redis, room_name: str) -> AsyncIterator[Door]:
    """Open; the room may want sage, who is not due."""
    server, client = await opened(redis_server.url)
    await client.delete(ROOMS_TOLD)
    made = Door(f"http://127.0.0.1:{server.port}{PATH}", client, room_name)
    await made.hints.due_at(made.place, await made.hints.now_s() + 600)
    yield made
    await made.hints.forget(made.place)
    await server.close()
    await client.aclose()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (event("room_started", "r"), RoomTold("r", RoomEvent.STARTED, "RM_1")),
        (event("room_finished", "r"), RoomTold("r", RoomEvent.FINISHED, "RM_1")),
        (event("participant_left", "r", identity=SAGE, kind=AGENT), PlaceTold(Place("r", "sage"))),
        (
            event("participant_connection_aborted", "r", identity=SAGE, kind=AGENT),
            PlaceTold(Place("r", "sage")),
        ),
        (
            event("participant_joined", "r", identity=SAGE, kind=AGENT),
            PlaceTold(Place("r", "sage")),
        ),
        (
            event(
                "participant_left",
                "r",
                identity="anna",
                disconnect_reason=DisconnectReason.ROOM_DELETED,
            ),
            RoomCloses("r", "RM_1"),
        ),
        (
            event(
                "participant_left",
                "r",
                identity=SAGE,
                kind=AGENT,
                disconnect_reason=DisconnectReason.ROOM_CLOSED,
            ),
            RoomCloses("r", "RM_1"),
        ),
        (
            event(
                "participant_left",
                "r",
                identity="anna",
                disconnect_reason=DisconnectReason.SERVER_SHUTDOWN,
            ),
            None,
        ),
        (event("participant_left", "r", identity="anna"), None),
        (event("participant_left", "r", identity=SAGE), None),
        (event("participant_left", "r", identity="other", kind=AGENT), None),
        (event("track_published", "r", identity=SAGE, kind=AGENT), None),
        (event("egress_ended"), None),
        (event("room_finished"), None),
        (event("", "r"), None),
    ],
)
def test_what_an_event_is_worth(given: WebhookEvent, told: Told | None) -> None:
    """A person who calls herself like an agent is none."""
    assert told_by(given) == told


@pytest.mark.redis
async def test_an_agent_that_left_is_looked_at_at_once(door: Door) -> None:
    """However often it is told."""
    assert not await door.is_due()
    for _ in range(2):
        assert await door.tell("participant_left", identity=SAGE, kind=AGENT) == 200
    assert await door.is_due()


@pytest.mark.redis
async def test_a_room_that_closed_or_opened_is_looked_at_once(door: Door) -> None:
    """However often and in whatever order it is told."""
    await door.is_closed()
    for name in ("room_finished", "room_started", "room_finished"):
        assert await door.tell(name) == 200
    assert sorted(await door.told()) == [RoomEvent.FINISHED, RoomEvent.STARTED]


@pytest.mark.redis
async def test_a_room_without_agents_is_nobodys_business(door: Door) -> None:
    """Most rooms of a deployment may be such. One that has a meeting has had agents."""
    await door.hints.forget_room(door.room)
    ignored = count("ignored")
    assert await door.tell("room_finished") == 200
    assert (await door.told(), count("ignored")) == ([], ignored + 1)

    scripts, keys = Scripts(door.client), RoomKeys(door.room)
    leases = LeaseStore(scripts, keys)
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "job", 600)
    await MeetingStore(scripts, keys).open(Fence("sage", epoch), "RM_1")
    await door.is_closed()
    assert await door.tell("room_finished") == 200
    assert await door.told() == [RoomEvent.FINISHED]


@pytest.mark.redis
@pytest.mark.parametrize(
    "reason", [None, DisconnectReason.SERVER_SHUTDOWN, DisconnectReason.CLIENT_INITIATED]
)
async def test_a_room_that_finished_nobody_knows_why_is_not_believed_to_be_closed(
    door: Door, reason: DisconnectReason | None
) -> None:
    """Its livekit-server may be ending, whether or not somebody was there to be told of first."""
    if reason is not None:
        told = await door.tell("participant_left", identity="anna", disconnect_reason=reason)
        assert told == 200
    assert await door.tell("room_finished") == 200
    assert await door.told() == []
    assert await door.told(UNEXPLAINED_S) == [RoomEvent.UNATTENDED]


@pytest.mark.redis
async def test_that_a_room_is_closed_says_nothing_of_the_next_one_of_its_name(door: Door) -> None:
    """It may be on a livekit-server that ends."""
    await door.is_closed(sid="RM_0")
    assert await door.tell("room_finished") == 200
    assert await door.told() == []


@pytest.mark.redis
@pytest.mark.parametrize(
    "signed",
    [
        "",
        "nonsense",
        "Bearer x.y.z",
        signature(b"another body"),
        signature(b"{}", secret="another-secret-of-at-least-32-characters"),
        signature(b"{}", key="another-key"),
        signature(b"{}", ttl_s=-3600),
    ],
)
async def test_what_livekit_server_has_not_signed_is_refused_and_counted(
    door: Door, signed: str
) -> None:
    """And nothing comes of it."""
    refused = count("refused")
    assert await door.post(b"{}", signed) == 401
    body = MessageToJson(event("room_finished", door.room)).encode()
    assert await door.post(body, signed) == 401
    assert count("refused") == refused + 2
    assert await door.told() == []


@pytest.mark.redis
async def test_a_participants_token_signs_nothing(door: Door) -> None:
    """It is of the same key, and everybody in a room has one."""
    token = api.AccessToken(KEY, SECRET).with_identity("anna")
    token = token.with_grants(api.VideoGrants(room_join=True, room=door.room))
    body = MessageToJson(event("room_finished", door.room)).encode()
    assert await door.post(body, token.to_jwt()) == 401
    assert await door.told() == []


@pytest.mark.redis
async def test_a_body_is_of_a_size_and_is_text_and_an_event(door: Door) -> None:
    """What livekit-server would never send does no harm, signed or not."""
    assert await door.post(b" " * MAX_BODY + b"{}") == 413
    assert await door.post(b"\xff\xfe") == 401
    assert await door.post(b"[1]") == 400
    assert await door.post(b'{"event": 5, "room": []}') == 400
    assert await door.post(b'{"event": "room_invented", "later": {"field": 1}}') == 200
    assert await door.post(b"") == 400


@pytest.mark.redis
async def test_a_body_that_does_not_come_is_not_waited_for(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "READ_S", 0.1)
    port = int(door.url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.setblocking(False)
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Length: 9\r\n\r\n"
        slow.send(head.encode())
        reader, writer = await asyncio.open_connection(sock=slow)
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()


@pytest.mark.redis
async def test_without_redis_livekit_server_is_asked_to_try_again(room_name: str) -> None:
    server, client = await opened(f"redis://127.0.0.1:{servers.free_port()}/0")
    door = Door(f"http://127.0.0.1:{server.port}{PATH}", client, room_name)
    assert await door.tell("room_finished") == 503
    await server.close()
    await client.aclose()
