"""One scribe a room."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio

from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Busy, Granted, LeaseStore
from roomhand.coordination.scribe import ScribeDuty, ScribeStore, Scribing
from roomhand.coordination.scripts import Scripts
from roomhand.errors import LeaseUnknownError, StaleEpochError
from tests.worker.coordination.conftest import Own

pytestmark = pytest.mark.redis


@pytest.fixture
def scribes(scripts: Scripts, keys: RoomKeys) -> ScribeStore:
    """The scribe's record of the test's room."""
    return ScribeStore(scripts, keys)


async def test_the_first_is_the_scribe_and_stays_it(scribes: ScribeStore, own: Own) -> None:
    """Another agent is told who it is."""
    sage, echo = await own("sage"), await own("echo")
    assert isinstance(await scribes.claim(sage, 600), Granted)
    assert isinstance(await scribes.claim(sage, 600), Granted)

    answer = await scribes.claim(echo, 600)

    assert isinstance(answer, Busy)
    assert (answer.holder, answer.epoch) == ("sage", sage.epoch)


async def test_a_duty_past_its_deadline_is_free(scribes: ScribeStore, own: Own) -> None:
    """Whoever asks next has it."""
    sage, echo = await own("sage"), await own("echo")
    await scribes.claim(sage, 0)
    assert isinstance(await scribes.claim(echo, 600), Granted)
    assert isinstance(await scribes.claim(sage, 600), Busy)


async def test_the_duty_of_an_epoch_that_is_over_is_free(scribes: ScribeStore, own: Own) -> None:
    """A takeover of the scribe's agent, or its release, does not wait for the deadline."""
    sage, echo = await own("sage"), await own("echo")
    await scribes.claim(sage, 600)
    successor = await own("sage")

    assert isinstance(await scribes.claim(echo, 600), Granted)
    with pytest.raises(StaleEpochError):
        await scribes.claim(sage, 600)
    assert isinstance(await scribes.claim(successor, 600), Busy)


async def test_who_cannot_transcribe_gives_way_to_who_can(scribes: ScribeStore, own: Own) -> None:
    """And takes it from nobody."""
    mute, sage, echo = await own("mute"), await own("sage"), await own("echo")
    assert isinstance(await scribes.claim(mute, 600, able=False), Granted)
    assert isinstance(await scribes.claim(echo, 600, able=False), Busy)

    assert isinstance(await scribes.claim(sage, 600), Granted)
    assert isinstance(await scribes.claim(mute, 600, able=False), Busy)
    assert isinstance(await scribes.claim(echo, 600), Busy)


async def test_releasing_what_another_has_changes_nothing(scribes: ScribeStore, own: Own) -> None:
    """Only the scribe lets go."""
    sage, echo = await own("sage"), await own("echo")
    await scribes.claim(sage, 600)
    assert not await scribes.release(echo)
    assert await scribes.release(sage)
    assert isinstance(await scribes.claim(echo, 600), Granted)


async def test_without_a_record_nothing_is_proven(scribes: ScribeStore) -> None:
    """Data lost by Redis means unknown, not lost."""
    with pytest.raises(LeaseUnknownError):
        await scribes.claim(Fence("sage", 1), 600)


async def test_a_duty_tells_of_its_changes_once(
    scribes: ScribeStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """Begin, stay, lose to another."""
    sage, echo = await own("sage"), await own("echo")
    told: list[bool] = []
    duty = ScribeDuty(scribes, sage, 600, told.append)
    await duty.renew()
    await duty.renew()
    assert told == [True]

    await redis_client.delete(keys.scribe)
    await scribes.claim(echo, 600)
    await duty.renew()

    assert told == [True, False]
    assert not duty.is_scribe


async def test_a_duty_given_up_is_free_at_once(
    scribes: ScribeStore, own: Own, leases: LeaseStore
) -> None:
    """The next agent does not wait."""
    sage, echo = await own("sage"), await own("echo")
    duty = ScribeDuty(scribes, sage, 600)
    await duty.renew()
    await duty.release()
    assert isinstance(await scribes.claim(echo, 600), Granted)


async def test_who_leaves_lets_another_agent_have_the_duty(scribes: ScribeStore, own: Own) -> None:
    """And does not claim it again, though its lease goes on for a while."""
    sage = ScribeDuty(scribes, await own("sage"), 600)
    echo = ScribeDuty(scribes, await own("echo"), 600)
    await sage.renew()
    resigning = asyncio.create_task(sage.resign(0.3))
    await asyncio.sleep(0.05)
    await sage.renew()
    await echo.renew()

    assert await resigning
    assert (sage.is_scribe, echo.is_scribe) == (False, True)
    await echo.release()
    await sage.renew()
    assert not sage.is_scribe


class SlowScribeStore(ScribeStore):
    """Its answers to a claim are held back."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        super().__init__(scripts, keys)
        self.answers = asyncio.Event()

    async def claim(
        self, fence: Fence, ttl_s: float, *, able: bool = True, heard_to_s: float = 0.0
    ) -> Scribing | Busy:
        """As the real one."""
        answer = await super().claim(fence, ttl_s, able=able, heard_to_s=heard_to_s)
        await self.answers.wait()
        return answer


async def test_a_claim_under_way_when_the_agent_leaves_is_undone(
    scripts: Scripts, keys: RoomKeys, scribes: ScribeStore, own: Own
) -> None:
    """Nobody would transcribe until it ran out."""
    slow = SlowScribeStore(scripts, keys)
    sage, echo = ScribeDuty(slow, await own("sage"), 600), await own("echo")
    claiming = asyncio.create_task(sage.renew())
    await asyncio.sleep(0.1)
    assert isinstance(await scribes.claim(echo, 600), Busy)
    assert await sage.resign(0.1)
    slow.answers.set()
    await claiming
    assert not sage.is_scribe
    assert isinstance(await scribes.claim(echo, 600), Granted)


async def test_a_duty_that_nobody_wants_is_taken_back(scribes: ScribeStore, own: Own) -> None:
    """All agents of the room leave at once; somebody has to write the last words."""
    sage = ScribeDuty(scribes, await own("sage"), 600)
    echo = ScribeDuty(scribes, await own("echo"), 600)
    await sage.renew()
    await echo.renew()

    assert await echo.resign(0.1)
    assert not await sage.resign(0.1)
    assert (sage.is_scribe, echo.is_scribe) == (True, False)
    await sage.renew()
    assert sage.is_scribe


async def test_a_successor_is_told_how_far_the_scribe_before_it_came(
    scribes: ScribeStore, own: Own
) -> None:
    """Again at every renewal, should the answer have been lost; its own place it is never told."""
    before = ScribeDuty(scribes, await own("sage"), 600)
    before.heard_to_s = lambda: 1_234.5
    await before.renew()
    assert before.left_s == 0
    after = ScribeDuty(scribes, await own("sage"), 600)
    after.heard_to_s = lambda: 2_345.5
    for _ in range(3):
        await after.renew()
        assert after.left_s == 1_234.5


async def test_the_people_are_a_scribes_to_hear_from_where_the_one_before_left(
    scribes: ScribeStore, own: Own
) -> None:
    """From its own beginning where there was none; and it stays that, renewal or not."""
    sage, nova = await own(), await own("nova")
    first = ScribeDuty(scribes, sage, 0.05)
    first.heard_to_s = lambda: 1_234.5
    await first.renew()
    began_s = first.from_s
    await first.renew()
    assert first.from_s == began_s > 1_600_000_000
    second = ScribeDuty(scribes, nova, 60)
    await asyncio.sleep(0.1)
    for _ in range(2):
        await second.renew()
        assert second.from_s == 1_234.5


async def test_before_it_hears_a_scribe_leaves_the_place_as_it_was(
    scribes: ScribeStore, own: Own
) -> None:
    """It may die on the way, and its successor has to tell of both absences."""
    before = ScribeDuty(scribes, await own("sage"), 600)
    before.heard_to_s = lambda: 1_234.5
    await before.renew()
    await ScribeDuty(scribes, await own("sage"), 600).renew()
    third = ScribeDuty(scribes, await own("sage"), 600)
    await third.renew()
    assert third.left_s == 1_234.5


@pytest.mark.parametrize(("for_good", "left_s"), [(True, 0.0), (False, 1_234.5)])
async def test_after_a_scribe_that_left_for_good_nothing_is_missing(
    scribes: ScribeStore, own: Own, for_good: bool, left_s: float
) -> None:
    """Nobody was to transcribe; a drained one has a successor."""
    before = ScribeDuty(scribes, await own("sage"), 600)
    before.heard_to_s = lambda: 1_234.5
    before.for_good = for_good
    await before.renew()
    await before.release()
    after = ScribeDuty(scribes, await own("echo"), 600)
    await after.renew()
    assert after.left_s == left_s
