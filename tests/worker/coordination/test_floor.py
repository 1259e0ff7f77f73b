"""The floor on a real Redis: one agent at a time is heard in a room, whatever is lost."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from roomhand.coordination.connection import open_client
from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import MARGIN_S, FloorStore, Given, Gone, Grant, Queued
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Granted, LeaseStore
from roomhand.coordination.scripts import Scripts, load_script
from roomhand.errors import StaleEpochError
from roomhand.turns import floor as pure
from roomhand.turns import floor_request
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import FloorRequest, Obstacle, Status
from roomhand.turns.questions import Reason
from tests.sim import servers
from tests.worker.coordination.conftest import Own
from tests.worker.floor_scenarios import logged

pytestmark = pytest.mark.redis


class FakeClock:
    """Own time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> FakeClock:
    """Own time of the test."""
    return FakeClock()


@pytest.fixture
def floors(scripts: Scripts, keys: RoomKeys, clock: FakeClock) -> FloorStore:
    """The floor of the test's room, with grants long enough never to end by themselves."""
    return FloorStore(scripts, keys, 600, clock)


@pytest.fixture
def channel(scripts: Scripts, keys: RoomKeys) -> FloorChannel:
    """The news of the test's room."""
    return FloorChannel(scripts, keys)


def asked(name: str = "1", **more: Any) -> FloorRequest:
    """A request that lasts as long as any test."""
    fields: dict[str, Any] = {"reason": Reason.ADDRESS, "max_talk_ms": 10**9} | more
    return FloorRequest(id=name, **fields)


async def granted(floors: FloorStore, fence: Fence, name: str = "1") -> Grant:
    """A grant, or the test fails."""
    answer = await floors.request(fence, asked(name))
    assert isinstance(answer, Grant)
    return answer


async def until(so: Callable[[], Any], limit_s: float = 5) -> Any:
    """Whatever true thing it gives at last."""
    deadline_s = time.monotonic() + limit_s
    while not (found := await so()):
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.02)
    return found


async def test_one_agent_holds_the_floor_and_the_other_waits(floors: FloorStore, own: Own) -> None:
    """It is told its place, and who is before it; then it is served."""
    sage, echo = await own("sage"), await own("echo")
    grant = await granted(floors, sage)
    assert await floors.request(echo, asked()) == Queued(1, Obstacle.BUSY, "sage")
    holder = (await floors.view()).holder
    assert holder is not None
    assert (holder.agent, holder.number) == ("sage", grant.number)
    assert 0 < holder.expires_in_ms <= 600_000

    assert await floors.release(sage, "1")
    assert not await floors.release(sage, "1")
    assert (await granted(floors, echo)).number > grant.number


async def test_the_log_tells_under_which_epoch_was_asked(
    floors: FloorStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """Beside each event: 0 for what no agent did. Who reads events only need not know of it."""
    first = await own("sage")
    await granted(floors, first)
    second = await own("sage")
    await granted(floors, second, "2")
    await floors.hold("ann")
    entries: list[Any] = await redis_client.xrange(keys.floor_log) or []
    events = [event.event for event in await logged(redis_client, keys)]
    found = list(zip(events, (int(fields[b"epoch"]) for _, fields in entries), strict=True))
    assert ("granted", first.epoch) in found
    assert ("lost", first.epoch) in found
    assert ("granted", second.epoch) in found
    assert found[-1] == ("held", 0)


async def test_of_many_who_ask_at_once_one_gets_it(floors: FloorStore, own: Own) -> None:
    """No two grants at a time, and every other has a place of its own."""
    fences = [await own(f"agent-{number}") for number in range(12)]
    answers = await asyncio.gather(*(floors.request(fence, asked()) for fence in fences))
    assert sum(isinstance(answer, Grant) for answer in answers) == 1
    view = await floors.view()
    assert len({one.agent for one in view.queue}) == 11


async def test_numbers_grow_over_holders_and_over_lost_data(
    floors: FloorStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """An older grant can never pass for a newer one."""
    sage, echo = await own("sage"), await own("echo")
    first = await granted(floors, sage)
    await floors.release(sage, "1")
    second = await granted(floors, echo)
    await redis_client.delete(keys.floor, keys.floor_queue, keys.floor_requests)
    third = await granted(floors, sage, "2")
    assert first.number < second.number < third.number


async def test_a_clock_that_went_back_mints_no_number_again(
    floors: FloorStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """The last number outlives its grant."""
    sage = await own()
    ahead = (await granted(floors, sage)).number + 3_600_000_000
    await redis_client.hset(keys.floor, "number", str(ahead))
    assert (await granted(floors, sage, "2")).number == ahead + 1
    await floors.release(sage, "2")
    assert (await granted(floors, sage, "3")).number == ahead + 2


async def test_a_grant_is_valid_until_a_margin_before_its_end(
    floors: FloorStore, own: Own, clock: FakeClock
) -> None:
    """By own clock, counted from before the call; the talk has no margin."""
    sage = await own()
    times: dict[str, Any] = {"begin_ms": 8_000, "max_talk_ms": 20_000, "grace_ms": 5_000}
    answer = await floors.request(sage, asked(**times))
    assert isinstance(answer, Grant)
    assert answer.is_last
    assert answer.talk_until_s == pytest.approx(clock.now_s + 28)
    assert answer.ends_s == pytest.approx(clock.now_s + 33)
    end_s = clock.now_s + 33 - MARGIN_S
    assert answer.is_valid(end_s - 0.001)
    assert not answer.is_valid(end_s + 0.001)


async def test_the_longest_talk_runs_from_the_renewal_that_tells_of_the_first_audio(
    floors: FloorStore, own: Own, clock: FakeClock
) -> None:
    """By Redis time; a renewal before leaves it open, and one more afterwards moves nothing."""
    sage = await own()
    times: dict[str, Any] = {"begin_ms": 8_000, "max_talk_ms": 20_000, "grace_ms": 5_000}
    grant = await floors.request(sage, asked(**times))
    assert isinstance(grant, Grant)
    before = await floors.renew(sage, grant)
    begun = await floors.renew(sage, grant, begun=True)
    again = await floors.renew(sage, grant, begun=True)
    assert isinstance(before, Grant)
    assert isinstance(begun, Grant)
    assert isinstance(again, Grant)
    assert before.talk_until_s - clock.now_s == pytest.approx(28, abs=1)
    assert begun.talk_until_s - clock.now_s == pytest.approx(20, abs=1)
    assert again.talk_until_s <= begun.talk_until_s
    assert begun.ends_s == pytest.approx(begun.talk_until_s + 5)


async def test_renewing_keeps_the_number_and_moves_the_end(
    floors: FloorStore, own: Own, clock: FakeClock
) -> None:
    """The gate sees the same grant."""
    sage = await own()
    grant = await granted(floors, sage)
    assert not grant.is_last
    clock.now_s += 5
    longer = await floors.renew(sage, grant)
    assert isinstance(longer, Grant)
    assert (longer.number, longer.request) == (grant.number, grant.request)
    assert longer.valid_until_s == pytest.approx(grant.valid_until_s + 5)


async def test_an_expired_grant_is_gone_and_the_floor_free(
    scripts: Scripts, keys: RoomKeys, own: Own
) -> None:
    """Expiry in real time, on a grant as short as there is."""
    floors = FloorStore(scripts, keys, 2 * MARGIN_S + 0.001)
    sage, echo = await own("sage"), await own("echo")
    grant = await granted(floors, sage)

    async def free() -> bool:
        return (await floors.view()).holder is None

    await until(free)
    assert await floors.renew(sage, grant) == Gone(Status.EXPIRED, "not_renewed")
    assert not await floors.release(sage, "1")
    assert (await granted(floors, echo)).number > grant.number


async def test_a_waiting_poll_finds_the_end_of_a_holder_that_died(
    scripts: Scripts, keys: RoomKeys, own: Own
) -> None:
    """Without any message, as soon as the grant has run out."""
    floors = FloorStore(scripts, keys, 1.0)
    sage, echo = await own("sage"), await own("echo")
    await granted(floors, sage)
    began_s = time.monotonic()

    async def served() -> bool:
        return isinstance(await floors.request(echo, asked()), Grant)

    await until(served)
    assert 0.8 < time.monotonic() - began_s < 1.6


async def test_a_newer_request_of_the_holder_ends_its_older_grant(
    floors: FloorStore, own: Own
) -> None:
    """One reply cannot speak under the grant of the next."""
    sage = await own()
    first = await granted(floors, sage)
    second = await granted(floors, sage, "2")
    assert isinstance(await floors.renew(sage, first), Gone)
    assert not await floors.release(sage, "1")
    assert isinstance(await floors.renew(sage, second), Grant)


async def test_the_floor_of_an_epoch_that_is_over_is_free(floors: FloorStore, own: Own) -> None:
    """Nobody waits for a dead agent once it has a successor, and the dead one gets nothing."""
    sage, echo = await own("sage"), await own("echo")
    grant = await granted(floors, sage)
    await floors.request(echo, asked())
    await own("sage")

    assert (await floors.view()).holder is None
    with pytest.raises(StaleEpochError):
        await floors.request(sage, asked())
    with pytest.raises(StaleEpochError):
        await floors.renew(sage, grant)
    with pytest.raises(StaleEpochError):
        await floors.report(sage, ["TR_1"])
    await granted(floors, echo)


async def test_who_succeeds_an_agent_that_waited_has_its_place_in_the_queue(
    floors: FloorStore, own: Own
) -> None:
    """Who asked later comes after it, and waits for nobody until it asks."""
    echo, sage, nova = await own("echo"), await own("sage"), await own("nova")
    await granted(floors, echo)
    assert await floors.request(sage, asked()) == Queued(1, Obstacle.BUSY, "echo")
    assert await floors.request(nova, asked()) == Queued(2, Obstacle.BUSY, "echo")
    successor = await own("sage")
    assert await floors.request(nova, asked()) == Queued(1, Obstacle.BUSY, "echo")
    again = asked("2", waited_ms=1000)
    assert await floors.request(successor, again) == Queued(1, Obstacle.BUSY, "echo")
    assert await floors.request(nova, asked()) == Queued(2, Obstacle.BUSY, "echo")
    await floors.release(echo, "1")
    assert isinstance(await floors.request(successor, again), Grant)


async def test_a_request_of_the_dead_keeps_the_floor_from_nobody(
    floors: FloorStore, own: Own, leases: LeaseStore
) -> None:
    """It was the first to wait when its worker gave its agent up, which has no successor yet."""
    echo, sage, nova = await own("echo"), await own("sage"), await own("nova")
    await granted(floors, echo)
    assert await floors.request(sage, asked()) == Queued(1, Obstacle.BUSY, "echo")
    assert await leases.release("sage", sage.epoch, f"owner-{sage.epoch}")
    await floors.release(echo, "1")
    assert isinstance(await floors.request(nova, asked()), Grant)


async def test_what_an_agent_reported_is_over_with_its_epoch(floors: FloorStore, own: Own) -> None:
    """It blocks nobody any longer."""
    sage, echo = await own("sage"), await own("echo")
    await floors.report(sage, ["TR_1"])
    assert await floors.request(echo, asked()) == Queued(1, Obstacle.PEOPLE, "")
    await own("sage")
    await granted(floors, echo)


async def test_moderators_need_no_lease(floors: FloorStore, own: Own) -> None:
    """Hold, resume, give and take; each says what it did."""
    sage, echo = await own("sage"), await own("echo")
    assert await floors.take("ann") is None
    await floors.hold("ann")
    assert await floors.request(sage, asked()) == Queued(1, Obstacle.HELD, "")
    assert (await floors.view()).held_by == "ann"
    assert await floors.give("echo", "ann") is Given.NOT_ASKED
    await floors.request(echo, asked())
    assert await floors.give("echo", "ann") is Given.WAITING
    await floors.resume("ann")
    view = await floors.view()
    assert view.holder is not None
    assert (view.holder.agent, view.held_by, view.given) == ("echo", "", "")
    assert await floors.take("ann") == "echo"
    assert isinstance(await floors.request(sage, asked()), Queued)
    await floors.release(echo, "1")
    assert await floors.give("sage", "ann") is Given.GRANTED


async def test_a_view_tells_who_waits_and_why(floors: FloorStore, own: Own) -> None:
    """In the order in which they are served, and who speaks."""
    sage, echo, iris = await own("sage"), await own("echo"), await own("iris")
    await granted(floors, sage)
    await floors.request(echo, asked(reason=Reason.AGENT, priority=2, answers="s1"))
    await floors.request(iris, asked(reason=Reason.FOLLOW_UP, priority=3))
    await floors.report(iris, ["TR_2", "TR_1"])
    view = await floors.view()
    waiting = [(one.agent, one.reason, one.priority, one.answers) for one in view.queue]
    assert waiting == [("iris", "follow_up", 3, ""), ("echo", "agent", 2, "s1")]
    assert view.speaking == (("iris", "TR_1"), ("iris", "TR_2"))
    assert view.agent_turns == 0


async def test_every_transition_is_told_and_kept(
    floors: FloorStore,
    own: Own,
    channel: FloorChannel,
    redis_client: redis.asyncio.Redis,
    keys: RoomKeys,
) -> None:
    """The same to who listens and to who looks later."""
    sage = await own()
    heard: list[Event] = []
    async with channel.listen() as events:
        await granted(floors, sage)
        await floors.take("ann")
        await floors.release(sage, "1")
        async for event in events:
            heard.append(event)
            if event.event == Status.REVOKED:
                break
    words = ["waiting", "granted", "taken", "revoking", "revoked"]
    assert [event.event for event in heard] == words
    assert await logged(redis_client, keys) == heard


async def test_the_log_is_bounded(
    floors: FloorStore, own: Own, redis_client: redis.asyncio.Redis, keys: RoomKeys
) -> None:
    """However long a meeting lasts."""
    sage = await own()
    for number in range(500):
        await floors.request(sage, asked(str(number)))
    assert 1000 <= await redis_client.xlen(keys.floor_log) < 1200


async def test_every_key_of_the_floor_ends_by_itself(
    floors: FloorStore, own: Own, redis_client: redis.asyncio.Redis, keys: RoomKeys
) -> None:
    """A day after the last write."""
    sage, echo = await own("sage"), await own("echo")
    await granted(floors, sage)
    await floors.request(echo, asked())
    await floors.report(sage, ["TR_1"])
    names = (keys.floor, keys.floor_queue, keys.floor_requests, keys.floor_log, keys.speaking)
    for name in names:
        assert 0 < await redis_client.ttl(name) <= 86_400, name


async def test_a_watcher_sees_the_floor_and_every_change(
    floors: FloorStore, own: Own, channel: FloorChannel
) -> None:
    """Beginning with how it is; by messages, not by looking again."""
    sage, echo = await own("sage"), await own("echo")
    began_s = time.monotonic()
    async with channel.watch(floors) as views:
        assert (await anext(views)).holder is None
        await granted(floors, sage)
        await floors.request(echo, asked())
        while not (view := await anext(views)).queue:
            pass
        assert view.holder is not None
        assert (view.holder.agent, [one.agent for one in view.queue]) == ("sage", ["echo"])
        await floors.release(sage, "1")
        while (view := await anext(views)).queue:
            pass
    assert view.holder is not None
    assert view.holder.agent == "echo"
    assert time.monotonic() - began_s < 2


def test_a_grant_shorter_than_its_margin_is_refused(scripts: Scripts, keys: RoomKeys) -> None:
    """It would never be valid."""
    with pytest.raises(ValueError, match="longer"):
        FloorStore(scripts, keys, MARGIN_S)


def test_scripts_and_core_have_the_same_times() -> None:
    """The limits are written down in both."""
    source = load_script("floor_request").source
    told = {name: int(us) for name, us in re.findall(r"local (\w+_US) = (\d+)", source)}
    assert told == {
        "RISE_US": floor_request.RISE_US,
        "ALIVE_US": pure.ALIVE_US,
        "SPEECH_US": pure.SPEECH_US,
        "ANSWER_US": pure.ANSWER_US,
        "GIVEN_US": pure.GIVEN_US,
    }


@pytest.mark.parametrize("kept", [True, False], ids=["with its data", "without its data"])
async def test_a_redis_that_dies_and_comes_back_makes_no_two_voices(
    kept: bool, tmp_path: Path, room_name: str
) -> None:
    """With its append-only file holder and queue are as they were. Without it nobody is granted the
    floor until what it forgot has run out. No number comes twice."""
    port = servers.free_port()
    with servers.redis_server(data=tmp_path, append_only=kept, port=port) as server:
        client = open_client(server.url)
        scripts, keys = Scripts(client), RoomKeys(room_name)
        floors, leases = FloorStore(scripts, keys, 1.5), LeaseStore(scripts, keys)
        sage, echo = [Fence(name, await leases.reserve(name)) for name in ("sage", "echo")]
        await own_again(leases, sage, echo)
        grant = await granted(floors, sage)
        await floors.request(echo, asked())
        assert server.process is not None
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(5)
    with servers.redis_server(data=tmp_path, append_only=kept, port=port):
        await own_again(leases, sage, echo)
        answer = await floors.request(echo, asked())
        assert isinstance(answer, Queued)
        if kept:
            assert (answer.obstacle, answer.holder) == (Obstacle.BUSY, "sage")
            await floors.release(sage, "1")
        else:
            assert (answer.obstacle, answer.holder) == (Obstacle.FORGOTTEN, "")
            assert isinstance(await floors.renew(sage, grant), Gone)

        async def served() -> Grant | None:
            answer = await floors.request(echo, asked())
            return answer if isinstance(answer, Grant) else None

        later = await until(served)
        assert later.number > grant.number
        assert kept or time_of(later.number) - time_of(grant.number) > grant_s(floors)
        await client.aclose()


async def own_again(leases: LeaseStore, *fences: Fence) -> None:
    """As the keepers do after a restart."""
    for fence in fences:
        assert isinstance(await leases.acquire(fence.agent, fence.epoch, "owner", 600), Granted)


def time_of(number: int) -> float:
    """When a grant was made: a number is Redis time, as long as that goes forward."""
    return number / 1_000_000


def grant_s(floors: FloorStore) -> float:
    """The length of its grants."""
    return floors._ttl_s
