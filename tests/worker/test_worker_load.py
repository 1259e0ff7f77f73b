"""Real workers that are full, beside others that are not."""

from __future__ import annotations

import asyncio
import time

import pytest
from livekit import api

from tests.sim import servers
from tests.worker.command_line import CommandLine
from tests.worker.working import WorkingWorker, until, working

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(240)]

BURST = 50
STATUS_S = 2.5
"""livekit-agents tells livekit-server of the load so often."""


@pytest.fixture
def agents(roomhand: CommandLine, room_name: str) -> CommandLine:
    """Workers of this name are only this test's."""
    roomhand.environment["ROOMHAND_WORKER_NAME"] = f"worker-{room_name}"
    return roomhand


def join(roomhand: CommandLine, room: str, wait_s: float = 40) -> int:
    """Exit code of the command; sage is there if it is 0."""
    return roomhand("join", room, "--agent", "sage", "--create", "--wait-s", f"{wait_s:g}").code


def load_of(worker: WorkingWorker) -> float:
    """As it measures it."""
    return worker.metrics()["roomhand_worker_load_ratio"]


def rooms_of(worker: WorkingWorker) -> int:
    """In how many it has a job."""
    return round(worker.metrics()["roomhand_worker_rooms"])


def parts_of(worker: WorkingWorker) -> dict[str, float]:
    """Of its load."""
    return {
        sample.labels["part"]: sample.value
        for family in worker.families()
        if family.name == "roomhand_worker_load_part_ratio"
        for sample in family.samples
    }


@pytest.mark.parametrize(
    "limit",
    [{"ROOMHAND_MAX_JOBS": "1"}, {"ROOMHAND_TRACKS_PER_CORE": "17", "ROOMHAND_CORES": "1"}],
)
def test_a_worker_that_is_full_refuses_and_another_gets_the_job(
    agents: CommandLine, room_name: str, limit: dict[str, str]
) -> None:
    """Also where it is the tracks to expect, of which none is there yet, that fill it."""
    with working(agents, **limit) as full:
        assert join(agents, f"{room_name}-1") == 0
        until(lambda: load_of(full) == 1)
        assert join(agents, f"{room_name}-2", wait_s=1) == 75
        with working(agents, called="second") as free:
            assert join(agents, f"{room_name}-2") == 0
            assert (rooms_of(full), rooms_of(free)) == (1, 1)
            listed = agents("workers").out.splitlines()
            mine = [one for one in listed if f"sage in {room_name}-1" in one]
            assert [", load 100% (" in one for one in mine] == [True]
            assert agents("leave", f"{room_name}-1", "--agent", "sage").code == 0
            until(lambda: load_of(full) < 1)


def test_a_worker_is_filled_to_its_last_place(agents: CommandLine, room_name: str) -> None:
    """livekit-server brings nothing to a worker that says more than 0.7."""
    limits = {"ROOMHAND_MAX_JOBS": "4", "ROOMHAND_TRACKS_PER_CORE": "1000"}
    with working(agents, **limits) as worker:
        for number in range(3):
            assert join(agents, f"{room_name}-{number}") == 0
        until(lambda: parts_of(worker)["jobs"] == 0.75)
        time.sleep(STATUS_S + 0.5)  # nothing tells when livekit-server has heard of it
        assert join(agents, f"{room_name}-3", wait_s=20) == 0
        until(lambda: load_of(worker) == 1)


async def dispatch_at_once(server: servers.LiveKit, worker_name: str, rooms: list[str]) -> None:
    """As a backend that brings an agent into many rooms, with LiveKit's own means."""
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit:
        requests = [
            api.CreateAgentDispatchRequest(
                agent_name=worker_name, room=room, metadata='{"agent": "sage"}'
            )
            for room in rooms
        ]
        await asyncio.gather(*map(livekit.agent_dispatch.create_dispatch, requests))


def test_a_burst_is_not_taken_by_one_worker(
    agents: CommandLine, room_name: str, livekit_server: servers.LiveKit
) -> None:
    """Fifty rooms at once, before anything of them can be measured. livekit-agents alone would take
    one for each process that it keeps ready."""
    limits = {
        "ROOMHAND_TRACKS_PER_CORE": "2.7",
        "ROOMHAND_CORES": "10",
        "ROOMHAND_MAX_JOBS": "50",
        "ROOMHAND_IDLE_PROCESSES": "8",
    }
    rooms = [f"{room_name}-{number}" for number in range(BURST)]
    worker_name = agents.environment["ROOMHAND_WORKER_NAME"]
    with working(agents, **limits) as one, working(agents, called="second", **limits) as two:
        asyncio.run(dispatch_at_once(livekit_server, worker_name, rooms))
        until(lambda: load_of(one) == load_of(two) == 1)
        assert (rooms_of(one), rooms_of(two)) == (3, 3)
