"""Commands find the owner, and each is carried out at most once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from roomhand.coordination.commands import (
    MAX_WAITING,
    Ask,
    ChangePolicy,
    Command,
    CommandSender,
    Give,
    HandOver,
    Hold,
    Instruct,
    Interrupt,
    Move,
    Mute,
    Outcome,
    Resume,
    Say,
    Status,
    Stop,
    Take,
    parse_command,
)
from roomhand.coordination.fencing import Fence
from roomhand.coordination.inbox import CommandInbox, Handler
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from roomhand.errors import CommandError, NotFoundError, OwnershipError, RedisError
from roomhand.profiles import Policy
from tests.worker.coordination.conftest import Own

DONE = Outcome(status=Status.DONE)
Open = Callable[[Fence, Handler], CommandInbox]


class Recorder:
    """A handler that keeps what it was given."""

    def __init__(self) -> None:
        self.taken: list[Command] = []

    async def __call__(self, command: Command) -> Outcome:
        self.taken.append(command)
        return DONE


@pytest.fixture
def sender(scripts: Scripts, keys: RoomKeys) -> CommandSender:
    """Sends to the test's room."""
    return CommandSender(scripts, keys)


@pytest.fixture
async def inbox(scripts: Scripts, keys: RoomKeys) -> AsyncIterator[Open]:
    """Opens inboxes, and closes them at the end."""
    opened: list[CommandInbox] = []

    def open_inbox(fence: Fence, handler: Handler) -> CommandInbox:
        box = CommandInbox(scripts, keys, fence, handler, handle_s=0.2)
        opened.append(box)
        box.start()
        return box

    yield open_inbox
    for box in opened:
        await box.close(0)


@pytest.mark.unit
@pytest.mark.parametrize(
    "command",
    [
        *(
            Say(text="hello"),
            Interrupt(),
            Mute(muted=False),
            Stop(reason="bye"),
            HandOver(),
            Move(worker="box-1"),
            Instruct(),
        ),
        *(
            Ask(text="what now?"),
            Hold(),
            Resume(),
            Give(),
            Take(),
            ChangePolicy(policy=Policy.OPEN),
        ),
    ],
)
def test_commands_survive_json(command: Command) -> None:
    """Each kind comes back as it was."""
    assert parse_command(command.model_dump_json()) == command


@pytest.mark.unit
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"kind": "say", "text": ""}', "text"),
        ('{"kind": "say"}', "text"),
        ('{"kind": "mute", "muted": "perhaps"}', "muted"),
        ('{"kind": "move"}', "worker"),
        ('{"kind": "dance"}', "say"),
        ('{"kind": "stop", "now": true}', "now"),
        ('{"kind": "policy", "policy": "loud"}', "policy"),
        ("{", "JSON"),
    ],
)
def test_a_command_that_is_none_is_named(body: str, field: str) -> None:
    """The message names the field, or what is allowed."""
    with pytest.raises(CommandError, match=field):
        parse_command(body)


@pytest.mark.redis
async def test_a_command_reaches_the_owner_and_its_outcome_comes_back(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """In the order in which they were sent."""
    handler = Recorder()
    inbox(await own(), handler)
    assert await sender.send("sage", Say(text="hello")) == DONE
    assert await sender.send("sage", Interrupt()) == DONE
    assert handler.taken == [Say(text="hello"), Interrupt()]


@pytest.mark.redis
async def test_a_request_is_carried_out_once(sender: CommandSender, inbox: Open, own: Own) -> None:
    """Sent again, it has the same outcome and no second effect."""
    handler = Recorder()
    inbox(await own(), handler)
    outcomes = await asyncio.gather(
        *(sender.send("sage", Say(text="hello"), "request-1") for _ in range(5))
    )
    assert outcomes == [DONE] * 5
    assert await sender.send("sage", Say(text="hello"), "request-1") == DONE
    assert await sender.send("sage", Interrupt()) == DONE
    assert handler.taken == [Say(text="hello"), Interrupt()]


@pytest.mark.redis
async def test_a_command_waits_for_the_next_owner(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """A takeover in between loses nothing and repeats nothing."""
    first, second = Recorder(), Recorder()
    box = inbox(await own(), first)
    await sender.send("sage", Say(text="one"))
    await box.close()
    waiting = asyncio.create_task(sender.send("sage", Say(text="two")))
    inbox(await own(), second)
    assert await waiting == DONE
    assert (first.taken, second.taken) == ([Say(text="one")], [Say(text="two")])


@pytest.mark.redis
async def test_what_a_dead_owner_began_is_not_repeated(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """The sender learns that it may have happened."""
    begun = asyncio.Event()

    async def dies(command: Command) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        return DONE

    box = inbox(await own(), dies)
    waiting = asyncio.create_task(sender.send("sage", Say(text="once")))
    await asyncio.wait_for(begun.wait(), 5)
    await box.close(0)
    successor = Recorder()
    inbox(await own(), successor)

    outcome = await waiting

    assert outcome.status is Status.LOST
    assert successor.taken == []


@pytest.mark.redis
async def test_an_inbox_that_paused_reads_again(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """What came meanwhile waits."""
    handler = Recorder()
    box = inbox(await own(), handler)
    await box.pause(0)
    waiting = asyncio.create_task(sender.send("sage", Say(text="hello")))
    box.start()
    assert await waiting == DONE
    assert handler.taken == [Say(text="hello")]


@pytest.mark.redis
async def test_what_was_begun_before_a_pause_is_not_begun_again(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """Redis would let the same process: its answer may have been lost."""
    begun, taken = asyncio.Event(), list[Command]()

    async def hangs(command: Command) -> Outcome:
        taken.append(command)
        begun.set()
        await asyncio.Event().wait()
        return DONE

    box = inbox(await own(), hangs)
    waiting = asyncio.create_task(sender.send("sage", Say(text="once")))
    await asyncio.wait_for(begun.wait(), 5)
    await box.pause(0)
    box.start()
    assert (await waiting).status is Status.LOST
    assert taken == [Say(text="once")]


@pytest.mark.redis
async def test_an_owner_of_the_past_carries_out_nothing(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """It cannot claim."""
    zombie = Recorder()
    old = await own()
    successor = await own()
    inbox(old, zombie)
    waiting = asyncio.create_task(sender.send("sage", Say(text="hello")))
    inbox(successor, Recorder())
    assert await waiting == DONE
    assert zombie.taken == []


@pytest.mark.redis
async def test_a_command_nobody_took_is_void_after_its_time(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """What an agent should have said a while ago is not said now; a retry says so."""
    sage = await own()
    with pytest.raises(CommandError, match="runs, but has not taken it"):
        await sender.send("sage", Say(text="late"), "request-1", timeout_s=0.05)
    handler = Recorder()
    inbox(sage, handler)
    outcome = await sender.send("sage", Say(text="late"), "request-1")
    assert outcome.status is Status.EXPIRED
    assert handler.taken == []


@pytest.mark.redis
async def test_who_is_wanted_takes_a_command_on_coming(
    sender: CommandSender, inbox: Open, own: Own, scripts: Scripts, keys: RoomKeys
) -> None:
    """The first process that runs it, and the one after another that gave its lease back."""
    wanted, told = WantedStore(scripts, keys), Recorder()
    await wanted.start("sage", by="test")
    for text in ("on the way", "between two"):
        saying = asyncio.create_task(sender.send("sage", Say(text=text)))
        await until_waiting(scripts, keys)
        box = inbox(fence := await own(), told)
        assert await saying == DONE
        await box.close()
        await LeaseStore(scripts, keys).release("sage", fence.epoch, f"owner-{fence.epoch}")
    assert told.taken == [Say(text="on the way"), Say(text="between two")]
    for of_its_process in (Stop(), Instruct(), HandOver(), Move(worker="box-1")):
        with pytest.raises(NotFoundError, match="not in room"):
            await sender.send("sage", of_its_process)
    await wanted.stop("sage")
    with pytest.raises(NotFoundError, match="not in room"):
        await sender.send("sage", Interrupt())


async def until_waiting(scripts: Scripts, keys: RoomKeys) -> None:
    """A command stands in the queue."""
    for _ in range(500):
        if await scripts.client.xlen(keys.commands("sage")):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no command waits")


@pytest.mark.redis
async def test_an_agent_that_is_not_there_is_said_at_once(
    sender: CommandSender, own: Own, leases: LeaseStore
) -> None:
    """Never there, or gone."""
    with pytest.raises(NotFoundError, match="nobody"):
        await sender.send("nobody", Interrupt())
    sage = await own()
    await leases.release("sage", sage.epoch, f"owner-{sage.epoch}")
    with pytest.raises(NotFoundError, match="sage"):
        await sender.send("sage", Interrupt())


@pytest.mark.redis
async def test_the_time_out_says_that_no_process_runs_the_agent(
    sender: CommandSender, own: Own
) -> None:
    """Its owner died and nobody took over."""
    await own(ttl_s=0)
    with pytest.raises(CommandError, match="no process runs"):
        await sender.send("sage", Interrupt(), timeout_s=0.05)


@pytest.mark.redis
async def test_a_full_queue_refuses(sender: CommandSender, own: Own) -> None:
    """Nothing that waits is pushed out."""
    await own()
    for number in range(MAX_WAITING):
        await sender._queue("sage", Interrupt(), str(number), 60)
    with pytest.raises(CommandError, match=str(MAX_WAITING)):
        await sender.send("sage", Interrupt())


@pytest.mark.redis
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OwnershipError("not now"), Status.REFUSED),
        (RedisError("away"), Status.FAILED),
        (KeyError("bug"), Status.FAILED),
        (TimeoutError(), Status.FAILED),
    ],
)
async def test_a_handler_that_fails_does_not_end_the_inbox(
    sender: CommandSender, inbox: Open, own: Own, error: Exception, status: Status
) -> None:
    """The sender learns it, and the next command is carried out."""
    faults: list[Exception] = [error]

    async def handler(command: Command) -> Outcome:
        if faults:
            raise faults.pop()
        return DONE

    inbox(await own(), handler)
    assert (await sender.send("sage", Interrupt())).status is status
    assert await sender.send("sage", Interrupt()) == DONE


@pytest.mark.redis
async def test_a_handler_that_hangs_is_cancelled(
    sender: CommandSender, inbox: Open, own: Own
) -> None:
    """An interrupt never waits for ever behind it."""

    async def hangs(command: Command) -> Outcome:
        await asyncio.Event().wait()
        return DONE

    inbox(await own(), hangs)
    assert (await sender.send("sage", Say(text="hello"))).status is Status.FAILED
