"""Every write is compared with the epoch and touches declared keys of one slot only."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from dataclasses import replace as changed
from typing import Any

import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.coordination import scripts as scripts_module
from roomhand.coordination.commands import CommandSender, Interrupt, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore, Grant
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Erasing, MeetingStore
from roomhand.coordination.memory import MemoryStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Answer, Script, Scripts, load_script, script_names
from roomhand.coordination.shards import ShardClaims
from roomhand.coordination.transcript import ErasedError, TranscriptStore
from roomhand.coordination.wanted import Admitted, Send, WantedStore
from roomhand.coordination.workers import WorkerBoard, WorkerRecord
from roomhand.errors import RedisError, StaleEpochError
from roomhand.turns.floor_request import FloorRequest
from roomhand.turns.questions import Reason
from tests.sim import servers
from tests.worker.coordination.conftest import Own
from tests.worker.coordination.samples import answered, spoken
from tests.worker.coordination.test_keys import all_keys

pytestmark = pytest.mark.redis

RESET = ("resetkeys", "resetchannels")
FENCED = [name for name in script_names() if "stale" in load_script(name).returns]


async def command(client: redis.asyncio.Redis, *words: str | int) -> Any:
    """A command for which the client has no method of its own."""
    return await client.execute_command(*words)  # type: ignore[no-untyped-call]


async def cluster_info(client: redis.asyncio.Redis) -> dict[str, str]:
    """What the node says of its cluster."""
    info: dict[str, str] = await command(client, "CLUSTER INFO")
    return info


@pytest.fixture(scope="module")
def cluster() -> Iterator[servers.Redis]:
    """A node in cluster mode that has every slot."""
    with servers.redis_server(cluster=True) as server:
        yield server


@pytest.fixture
async def cluster_client(cluster: servers.Redis) -> AsyncIterator[redis.asyncio.Redis]:
    """A client of the node, once it serves."""
    client = redis.asyncio.Redis.from_url(cluster.url)
    if (await cluster_info(client))["cluster_slots_assigned"] != "16384":
        await command(client, "CLUSTER ADDSLOTSRANGE", 0, 16383)
    deadline_s = time.monotonic() + 10
    while (await cluster_info(client))["cluster_state"] != "ok":
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.02)
    yield client
    await client.aclose()


class DeclaredKeysScripts(Scripts):
    """Runs each script as a user who may touch the keys that the script declares, and no other."""

    def __init__(self, client: redis.asyncio.Redis, probe: redis.asyncio.Redis) -> None:
        super().__init__(probe)
        self.ran: set[str] = set()
        self._admin = client

    async def run(
        self, name: str, keys: Mapping[str, str], args: Mapping[str, str | int]
    ) -> Answer:
        self.ran.add(name)
        rights = [f"{kind}{key}" for key in keys.values() for kind in "~&"]
        await command(self._admin, "ACL SETUSER", "probe", "on", "nopass", *RESET, *rights, "+@all")
        return await super().run(name, keys, args)


@pytest.fixture
async def declared(
    cluster: servers.Redis, cluster_client: redis.asyncio.Redis
) -> AsyncIterator[DeclaredKeysScripts]:
    """Scripts that fail where they touch what they do not declare."""
    await command(cluster_client, "ACL SETUSER", "probe", "on", "nopass", "+@all")
    probe = redis.asyncio.Redis.from_url(cluster.url, username="probe", password="any")
    yield DeclaredKeysScripts(cluster_client, probe)
    await probe.aclose()


async def test_every_script_touches_declared_keys_of_one_slot(
    declared: DeclaredKeysScripts, cluster_client: redis.asyncio.Redis, room_name: str
) -> None:
    """In cluster mode, through every branch that writes, in a room with a hostile name."""
    keys = RoomKeys(f"{room_name}}}{{ü")
    leases = LeaseStore(declared, keys)
    sage = Fence("sage", await leases.reserve("sage"))
    await leases.acquire("sage", sage.epoch, "one", 600)
    await leases.renew("sage", sage.epoch, "one", 600)
    await ScribeStore(declared, keys).claim(sage, 600)
    await run_floor(declared, keys, sage)

    meeting = await run_meeting(declared, cluster_client, keys, sage)
    await run_commands(declared, keys, sage)
    await run_wanted(declared, keys)
    await run_workers(declared)
    await MemoryStore(declared, keys).write(sage, '{"meeting": "m1"}')
    await MemoryStore(declared, keys).forget("sage", "m1")

    later = await leases.reserve("sage")
    await leases.transfer("sage", sage.epoch, later, "two", 600)
    await ScribeStore(declared, keys).release(Fence("sage", later))
    await leases.read("sage")
    await leases.release("sage", later, "two")
    assert declared.ran == set(script_names())
    slots = {
        await command(cluster_client, "CLUSTER KEYSLOT", key)
        for key in all_keys(keys.room, "sage", meeting)
    }
    assert len(slots) == 1


async def run_floor(declared: Scripts, keys: RoomKeys, sage: Fence) -> None:
    """Through every script, with two agents, a person and a moderator."""
    floors = FloorStore(declared, keys, 600)
    leases = LeaseStore(declared, keys)
    nova = Fence("nova", await leases.reserve("nova"))
    await leases.acquire("nova", nova.epoch, "one", 600)
    grant = await floors.request(sage, asked("one"))
    assert isinstance(grant, Grant)
    await floors.report(nova, ["TR_1", "TR_2"])
    await floors.report(sage, ["TR_1"])
    await floors.report(sage, [])
    await floors.report(nova, [])
    await floors.request(nova, asked("two"))
    await floors.renew(sage, grant)
    await floors.give("nova", "ann", "first")
    await floors.hold("ann", "second")
    await floors.release(sage, "one")
    await floors.view()
    await floors.resume("ann", "third")
    for _ in range(2):
        assert await floors.take("ann", "fourth") == "nova"
    await floors.request(nova, asked("three"))
    await floors.release(nova, "three")


def asked(request_id: str) -> FloorRequest:
    """A request with nothing special about it."""
    return FloorRequest(id=request_id, reason=Reason.ADDRESS)


async def run_meeting(
    declared: Scripts, admin: redis.asyncio.Redis, keys: RoomKeys, sage: Fence
) -> str:
    """Open, restart, write, end. What is read without a script is read as somebody else."""
    meetings = MeetingStore(declared, keys)

    async def current() -> str | None:
        value = await admin.get(keys.current)
        return value.decode() if isinstance(value, bytes) else value

    meetings.current = current  # type: ignore[method-assign]
    await meetings.open(sage, "RM_1")
    meeting = await meetings.open(sage, "RM_2")
    await meetings.open(sage, "RM_2")
    track = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))
    await meetings.write_ledger(sage, meeting.id, track, TrackLedger())
    store = TranscriptStore(declared, keys)
    token = await store.append(sage, meeting.id, spoken(1))
    await store.append(sage, meeting.id, spoken(1))
    await store.append(sage, meeting.id, answered(2))
    await trim(declared, keys, sage, meeting.id, token)
    await store.append(sage, meeting.id, spoken(3, start_ms=10**9))
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)
    await meetings.open(sage, "RM_3")
    assert not await meetings.close(MeetingEnd.ROOM_FINISHED)
    assert await meetings.erase(meeting.id, archived=False) is Erasing.ERASED
    with pytest.raises(ErasedError):
        await store.append(sage, meeting.id, spoken(4))
    await meetings.write_ledger(sage, meeting.id, track, TrackLedger())
    return meeting.id


async def trim(declared: Scripts, keys: RoomKeys, sage: Fence, meeting_id: str, to: str) -> None:
    """As the archiver does, once it has written the part."""
    await declared.run(
        "segments_trim",
        {
            "agents": keys.agents,
            "scribe": keys.scribe,
            "meeting": keys.meeting(meeting_id),
            "segments": keys.segments(meeting_id),
            "appended": keys.appended(meeting_id),
        },
        {**asdict(sage), "after": "0-0", "to": to, "ids": '["s1"]'},
    )


async def run_commands(declared: Scripts, keys: RoomKeys, sage: Fence) -> None:
    """Send, claim, finish; and one that is too late."""
    sender = CommandSender(declared, keys)
    done = Outcome(status=Status.DONE)

    async def handler(command: object) -> Outcome:
        return done

    inbox = CommandInbox(declared, keys, sage, handler)
    await sender._queue("sage", Interrupt(), "in-time", 60)
    await sender._queue("sage", Interrupt(), "too-late", 0)
    for request_id, expires_us in (("in-time", str(2**52)), ("too-late", "0")):
        fields = {"request_id": request_id, "body": '{"kind":"interrupt"}'}
        assert await inbox._settle("1-1", fields | {"expires_us": expires_us})


async def run_wanted(declared: Scripts, keys: RoomKeys) -> None:
    """Want an agent, send for it, let it in, want it no more; and watch its shard."""
    wanted = WantedStore(declared, keys)
    await wanted.start("echo", "ann")
    await wanted.start("echo", "ann")
    sent = await wanted.send("echo")
    assert isinstance(sent, Send)
    assert await wanted.retry("echo")
    assert await wanted.retry("echo", "one") == await wanted.retry("echo", "one")
    assert isinstance(await wanted.admit("echo", sent.generation), Admitted)
    await wanted.instruct("echo", "Be brief.", "one")
    await wanted.instruct("echo", "")
    await wanted.stop("echo")
    with contextlib.suppress(StaleEpochError):
        await wanted.succeed(Fence("echo", 1))
    claims = ShardClaims(declared, "one", 600)
    await claims.claim()
    await claims.leave()
    assert not await wanted.retry("nobody")


async def run_workers(declared: Scripts) -> None:
    """One that comes, is to drain, and leaves; their keys are in a slot of their own."""
    board = WorkerBoard(declared)
    record = WorkerRecord(id="one", host="here")
    await board.announce(record)
    assert await board.drain("one")
    assert await board.announce(record)
    await board.leave("one")


async def test_a_key_that_is_not_declared_is_seen(
    declared: DeclaredKeysScripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check above turns red for a script that makes up a key."""
    honest = load_script("lease_reserve")
    planted = changed(honest, source=honest.source.replace("KEYS[1]", "KEYS[1] .. ':more'"))
    monkeypatch.setattr(scripts_module, "load_script", lambda name: planted)
    with pytest.raises(RedisError, match=r"can't access|No permissions|NOPERM"):
        await LeaseStore(declared, RoomKeys("room")).reserve("sage")


ASK: Mapping[str, str | int] = {
    "reason": "address",
    "answers": "",
    "priority": 5,
    "ttl_ms": 1000,
    "worth_ms": 1000,
    "waited_ms": 0,
    "begin_ms": 1000,
    "max_talk_ms": 1000,
    "grace_ms": 0,
    "turns_limit": 3,
}
"""A request for the floor, but for who asks."""


@dataclass
class Stage:
    """A room in which an old epoch could do harm: everything is held by the present one."""

    old: Fence
    arguments: dict[str, dict[str, str | int]]
    key_names: dict[str, str]


@pytest.fixture
async def stage(own: Own, scripts: Scripts, keys: RoomKeys) -> Stage:
    """The past owner's every call, and what it would need to succeed but for its epoch."""
    old = await own("sage")
    now = await own("sage")
    await ScribeStore(scripts, keys).claim(now, 600)
    grant = await FloorStore(scripts, keys, 600).request(now, asked("present"))
    assert isinstance(grant, Grant)
    meeting = await MeetingStore(scripts, keys).open(now, "RM_1")
    await WantedStore(scripts, keys).start("sage", "ann")
    await CommandSender(scripts, keys)._queue("sage", Interrupt(), "request", 60)
    who: dict[str, str | int] = {"agent": "sage", "epoch": old.epoch}
    owner = {"owner": f"owner-{now.epoch}"}
    command = {"entry": "1-1", "request_id": "request"}
    late: Mapping[str, str | int] = {"expires_us": 2**52, "expired": "{}", "lost": "{}"}
    segment: Mapping[str, str | int] = {
        "id": "s1",
        "revision": 1,
        "start_ms": 0,
        "checked": "",
        "body": "{}",
    }
    open_as: Mapping[str, str | int] = {
        "sid": "RM_2",
        "running_id": meeting.id,
        "candidate_id": "m2",
        "start_us": 0,
    }
    own_arguments: dict[str, Mapping[str, str | int]] = {
        "lease_acquire": {**owner, "ttl_ms": 1000},
        "lease_renew": {**owner, "ttl_ms": 1000},
        "lease_release": owner,
        "lease_transfer": {**owner, "old_epoch": old.epoch, "epoch": now.epoch + 1, "ttl_ms": 1000},
        "scribe_claim": {"ttl_ms": 1000, "able": 1, "heard_to_us": 1},
        "scribe_release": {"for_good": 1},
        "floor_request": {**ASK, "id": "past"},
        "floor_renew": {"number": grant.number, "ttl_ms": 1000, "begun": 0},
        "floor_release": {"id": "present"},
        "floor_report": {"tracks": "TR_1"},
        "meeting_open": open_as,
        "meeting_end": {"id": meeting.id, "reason": "zombie"},
        "ledger_write": {"subscription": "TR_1", "body": "{}"},
        "segment_append": {"role": "agent", **segment},
        "segments_trim": {"after": "0-0", "to": "1-0", "ids": "[]"},
        "wanted_succeed": {},
        "memory_write": {"mind": "{}"},
        "command_claim": {**command, **late},
        "command_finish": {**command, "outcome": "{}"},
    }
    names = {
        "agents": keys.agents,
        "scribe": keys.scribe,
        "wanted": keys.wanted,
        "memory": keys.memory("sage"),
        "floor": keys.floor,
        "queue": keys.floor_queue,
        "requests": keys.floor_requests,
        "speaking": keys.speaking,
        "log": keys.floor_log,
        "events": keys.floor_events,
        "current": keys.current,
        "latest": keys.latest,
        "meetings": keys.meetings,
        "meeting": keys.meeting(meeting.id),
        "running": keys.meeting(meeting.id),
        "candidate": keys.meeting("m2"),
        "segments": keys.segments(meeting.id),
        "appended": keys.appended(meeting.id),
        "ledger": keys.ledger(meeting.id),
        "commands": keys.commands("sage"),
        "results": keys.results("sage"),
    }
    return Stage(old, {name: {**who, **more} for name, more in own_arguments.items()}, names)


async def contents(client: redis.asyncio.Redis, names: Mapping[str, str]) -> list[object]:
    """Everything the room holds, bit by bit."""
    return [await client.dump(key) for key in sorted(set(names.values()))]


Harm = Callable[[str], Awaitable[bool]]


@pytest.fixture
def harm(stage: Stage, scripts: Scripts) -> Harm:
    """Runs a script as the past owner, and says whether it did anything."""

    async def did(name: str) -> bool:
        before = await contents(scripts.client, stage.key_names)
        script = load_script(name)
        answer = await scripts.run(
            name, {key: stage.key_names[key] for key in script.keys}, stage.arguments[name]
        )
        after = await contents(scripts.client, stage.key_names)
        return answer.word != "stale" or before != after

    return did


def test_every_script_that_writes_is_fenced() -> None:
    """But for those that mint an epoch, read, or come from outside the agent."""
    assert set(script_names()) - set(FENCED) == {
        "lease_reserve",
        "lease_read",
        "floor_read",
        "floor_hold",
        "floor_give",
        "floor_take",
        "command_send",
        "wanted_start",
        "wanted_instruct",
        "wanted_stop",
        "wanted_send",
        "wanted_admit",
        "wanted_retry",
        "worker_announce",
        "worker_drain",
        "worker_leave",
        "control_claim",
        "control_leave",
        "meeting_close",
        "meeting_erase",
        "memory_forget",
    }


@pytest.mark.parametrize("name", FENCED)
async def test_an_epoch_that_is_over_changes_nothing(harm: Harm, name: str) -> None:
    """Refused, and not one bit of the room is another."""
    assert not await harm(name)


@pytest.mark.parametrize("name", sorted(set(FENCED) - {"lease_acquire"}))
async def test_a_script_without_the_compare_is_seen(
    harm: Harm, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check above turns red where the epoch is not compared."""
    honest: Callable[[str], Script] = load_script

    def without_compare(wanted: str) -> Script:
        script = honest(wanted)
        compare = "if record.epoch ~= epoch or record.owner == '' then"
        assert compare in script.source
        return changed(script, source=script.source.replace(compare, "if false then"))

    monkeypatch.setattr(scripts_module, "load_script", without_compare)
    assert await harm(name)


async def test_an_acquire_without_the_compare_is_seen(
    harm: Harm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It compares for itself: an epoch may be higher than the last owner's."""
    honest = load_script("lease_acquire")
    compare = "if epoch < record.epoch or (epoch == record.epoch and not own) then"
    assert compare in honest.source
    planted = changed(honest, source=honest.source.replace(compare, "if false then"))
    monkeypatch.setattr(scripts_module, "load_script", lambda name: planted)
    assert await harm("lease_acquire")
