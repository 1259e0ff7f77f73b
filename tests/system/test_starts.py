"""However often and by whomever an agent is sent for, one comes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import grpc.aio
import pytest
from livekit import api

from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import Send, WantedStore
from tests.soak.roster import together_s
from tests.system.office import Office, control_plane, eventually_true, two_workers
from tests.system.stage import Venue
from tests.system.watched import Watched, watched

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(240)]

CALLS, CHANNELS, COMMANDS = 100, 4, 3
DOUBLED, TIMES = 6, 3
"""So many dispatches at once, and so often."""


async def start_on_a_channel(plane: Office, token: str, calls: int) -> None:
    """Of its own, all at once."""
    room = plane.venue.room
    address = f"127.0.0.1:{plane.environment['ROOMHAND_CONTROL_GRPC_PORT']}"
    async with grpc.aio.insecure_channel(address) as channel:
        stub = AgentsServiceStub(channel)
        metadata = (("authorization", f"Bearer {token}"),)
        request = pb.StartAgentRequest(room=room, agent="sage")
        await asyncio.gather(
            *(stub.StartAgent(request, metadata=metadata, timeout=60) for _ in range(calls))
        )


async def test_a_hundred_calls_and_some_commands_at_once_bring_one_agent(
    venue: Venue, tmp_path: Path
) -> None:
    """One entry of the roster, under one epoch, from first to last."""
    async with (
        two_workers(venue, tmp_path) as worker,
        control_plane(venue, tmp_path) as plane,
        watched(venue) as there,
    ):
        token = (await plane.run("token", venue.room, "--identity", "b", "--api")).strip()
        await asyncio.gather(
            *(start_on_a_channel(plane, token, CALLS // CHANNELS) for _ in range(CHANNELS)),
            *(worker.run("join", venue.room, "--agent", "sage") for _ in range(COMMANDS)),
        )
        await eventually_true(there.is_alone)
        epoch = await there.epoch()
        await worker.run("leave", venue.room, "--agent", "sage")
        there.roster.close()
    assert [one.epoch for one in there.roster.stays] == [epoch]


async def test_an_agent_whose_dispatch_is_deleted_by_hand_comes(
    venue: Venue, tmp_path: Path
) -> None:
    """Nobody had taken it yet: the workers come later."""
    async with control_plane(venue, tmp_path) as plane, watched(venue) as there:
        token = (await plane.run("token", venue.room, "--identity", "b", "--api")).strip()
        await start_on_a_channel(plane, token, 1)

        async def is_sent_for() -> bool:
            return bool(await there.dispatches())

        await eventually_true(is_sent_for)
        for one in await there.dispatches():
            await there.livekit.agent_dispatch.delete_dispatch(one.id, venue.room)
        async with two_workers(venue, tmp_path) as worker:
            await eventually_true(there.is_alone, 60)
            await worker.run("leave", venue.room, "--agent", "sage")
            there.roster.close()
    assert len(there.roster.stays) == 1


async def dispatch_at_once(there: Watched, generation: int) -> None:
    """The same dispatch, several times; 0: as LiveKit's own tools make it."""
    room, ours = there.venue.room, {"agent": "sage", "generation": generation}
    metadata = json.dumps(ours if generation else {"agent": "sage"})
    request = api.CreateAgentDispatchRequest(agent_name=room, room=room, metadata=metadata)
    await asyncio.gather(
        *(there.livekit.agent_dispatch.create_dispatch(request) for _ in range(DOUBLED))
    )


async def is_settled(there: Watched) -> bool:
    """A worker has taken or refused each that livekit-server brought: of several at once it may
    forget one."""
    return len(await there.jobs()) > 1 and await there.is_alone()


async def clear(there: Watched) -> None:
    """Withdraw all dispatches, and wait until nobody is there."""
    for one in await there.dispatches():
        await there.livekit.agent_dispatch.delete_dispatch(one.id, there.venue.room)

    async def is_empty() -> bool:
        return not there.roster.anybody and not await there.epoch()

    await eventually_true(is_empty)


@pytest.mark.parametrize("ours", [True, False])
async def test_a_dispatch_that_is_doubled_by_hand_starts_one_process(
    venue: Venue, tmp_path: Path, ours: bool
) -> None:
    """Whoever is refused is refused by the worker, before it comes into the room; and so it is
    again when that one has gone."""
    async with two_workers(venue, tmp_path), watched(venue) as there:
        wanted = WantedStore(Scripts(there.client), RoomKeys(venue.room))
        taken = []
        for _ in range(TIMES):
            generation = await sent_for(wanted) if ours else 0
            await dispatch_at_once(there, generation)
            await eventually_true(lambda: is_settled(there))
            taken.append([job.state.participant_identity for job in await there.jobs()])
            await clear(there)
        there.roster.close()
    assert [sum(map(bool, identities)) for identities in taken] == [1] * TIMES
    assert len(there.roster.stays) == TIMES
    assert together_s(there.roster.stays) == []


async def sent_for(wanted: WantedStore) -> int:
    """The generation under which sage may come now."""
    await wanted.stop("sage")
    await wanted.start("sage", "by hand")
    answer = await wanted.send("sage")
    assert isinstance(answer, Send)
    return answer.generation
