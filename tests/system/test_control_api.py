"""The control plane's API on real servers: an agent from start to stop, by a backend."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TypeAlias

import grpc.aio
import pytest

from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1 import floor_service_pb2 as floor_pb
from roomhand.control.v1 import operators_service_pb2 as operators
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from roomhand.control.v1.floor_service_pb2_grpc import FloorServiceStub
from roomhand.control.v1.operators_service_pb2_grpc import OperatorsServiceStub
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, Prompt, RealtimeServer
from tests.system.hearing import AgentListener
from tests.system.office import Office, control_plane, eventually_true, office
from tests.system.stage import Venue
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

SAID = tones.speaker_words(40, 4)
ANSWERED = tones.speaker_words(41, 4)
ANSWERED_BRIEFLY = tones.speaker_words(42, 2)
QUESTION = "what did we decide"
TOLD, TOLD_LATER = "Speak slowly.", "Be brief."
Metadata: TypeAlias = tuple[tuple[str, str], ...]


def words_for(prompt: Prompt) -> list[str]:
    """What the model says: it depends on the question, and on what it is told in the room."""
    asked = str(prompt.response)
    if QUESTION in asked and (TOLD in asked) is not (TOLD_LATER in asked):
        return ANSWERED if TOLD in asked else ANSWERED_BRIEFLY
    return SAID


async def test_a_backend_starts_an_agent_has_it_speak_and_stops_it(
    venue: Venue, tmp_path: Path
) -> None:
    behaviour = Behaviour(answer=lambda prompt: " ".join(words_for(prompt)))
    who = {"room": venue.room, "agent": "sage"}
    async with (
        RealtimeServer(behaviour) as server,
        office(venue, server, tmp_path),
        control_plane(venue, tmp_path) as plane,
    ):
        token = await plane.run("token", venue.room, "--identity", "backend", "--api")
        metadata = (("authorization", f"Bearer {token.strip()}"),)
        address = f"127.0.0.1:{plane.environment['ROOMHAND_CONTROL_GRPC_PORT']}"
        async with grpc.aio.insecure_channel(address) as channel:
            stub = AgentsServiceStub(channel)
            await stub.StartAgent(
                pb.StartAgentRequest(**who, create_room=True), metadata=metadata, timeout=20
            )

            async def tell(told: str) -> None:
                request = pb.UpdateAgentRequest(**who, instructions=told)
                await stub.UpdateAgent(request, metadata=metadata, timeout=20)

            await tell(TOLD)

            async def runs() -> bool:
                found = await stub.GetAgent(
                    pb.GetAgentRequest(**who), metadata=metadata, timeout=20
                )
                return found.agent.state == pb.Agent.STATE_RUNNING

            await eventually_true(runs)
            listener = await AgentListener.enter(venue)
            await stub.Say(pb.SayRequest(**who, text="hello"), metadata=metadata, timeout=20)
            await eventually(lambda: SAID[-1] in listener.words)
            asked = pb.AskRequest(**who, text=QUESTION)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.Ask(asked, metadata=metadata, timeout=20)
            assert "only listens, by its policy" in (refused.value.details() or "")
            floor = FloorServiceStub(channel)
            await lets_it_speak(floor, venue.room, metadata)
            await stub.Ask(asked, metadata=metadata, timeout=20)
            await eventually(lambda: ANSWERED[-1] in listener.words)
            await tell(TOLD_LATER)
            await stub.Ask(asked, metadata=metadata, timeout=20)
            await eventually(lambda: ANSWERED_BRIEFLY[-1] in listener.words)
            await is_told_of_each(floor, venue.room, metadata)
            await stub.StopAgent(pb.StopAgentRequest(**who), metadata=metadata, timeout=20)
            listed = await stub.ListAgents(
                pb.ListAgentsRequest(room=venue.room), metadata=metadata, timeout=20
            )
            assert list(listed.agents) == []
            await listener.close()


async def lets_it_speak(floor: FloorServiceStub, room: str, metadata: Metadata) -> None:
    """The backend sees the agent's policy, and changes it."""

    async def conduct() -> floor_pb.AgentConduct:
        request = floor_pb.GetFloorRequest(room=room)
        [one] = (await floor.GetFloor(request, metadata=metadata, timeout=20)).floor.agents
        return one

    async def attends() -> bool:
        return (await conduct()).state == floor_pb.AgentConduct.STATE_ATTENDING

    assert (await conduct()).policy == floor_pb.POLICY_SILENT
    addressed = floor_pb.SetPolicyRequest(room=room, agent="sage", policy=floor_pb.POLICY_ADDRESSED)
    await floor.SetPolicy(addressed, metadata=metadata, timeout=20)
    await eventually_true(attends)


async def is_told_of_each(floor: FloorServiceStub, room: str, metadata: Metadata) -> None:
    """What it said and what it answered was said under the floor, for the reason it had."""
    watching = floor.WatchFloor(
        floor_pb.WatchFloorRequest(room=room, resume_token="0-0"), metadata=metadata, timeout=20
    )
    granted = []
    async for answer in watching:
        if answer.event.kind == floor_pb.FloorEvent.KIND_GRANTED:
            granted.append((answer.event.who, answer.event.reason))
        if len(granted) == 3:
            break
    watching.cancel()
    assert granted == [("sage", floor_pb.FLOOR_REASON_SAY)] * 3


async def by_api(plane: Office, token: str, *arguments: str) -> str:
    """A command's standard output, given to the control plane by its API."""
    plane.environment["ROOMHAND_API_TOKEN"] = token.strip()
    address = f"http://127.0.0.1:{plane.environment['ROOMHAND_CONTROL_GRPC_PORT']}"
    return await plane.run("--api", address, *arguments)


async def test_an_operator_drains_a_worker_that_ends_when_its_last_agent_has_gone(
    venue: Venue, tmp_path: Path
) -> None:
    """Also where whoever started it then sends the usual signal: that is no second one."""
    async with (
        RealtimeServer(Behaviour()) as server,
        office(venue, server, tmp_path) as there,
        control_plane(venue, tmp_path) as plane,
    ):
        backend = await plane.run("token", venue.room, "--identity", "backend", "--api")
        joined = await by_api(plane, backend, "join", venue.room, "--agent", "sage", "--create")
        assert joined.startswith(f"sage is in {venue.room} as sage~")
        token = await plane.run("token", "--identity", "ops", "--api", "--scope", "operator")
        metadata = (("authorization", f"Bearer {token.strip()}"),)
        address = f"127.0.0.1:{plane.environment['ROOMHAND_CONTROL_GRPC_PORT']}"
        async with grpc.aio.insecure_channel(address) as channel:
            stub = OperatorsServiceStub(channel)

            async def mine() -> list[operators.Worker]:
                request = operators.ListWorkersRequest()
                listed = await stub.ListWorkers(request, metadata=metadata, timeout=20)
                return [one for one in listed.workers if one.name == venue.room]

            async def runs_sage() -> bool:
                return [job.agent for one in await mine() for job in one.jobs] == ["sage"]

            await eventually_true(runs_sage)
            (worker,) = await mine()
            shown = await by_api(plane, token, "workers")
            assert f"{worker.worker}: 1 of {worker.slots}" in shown
            assert f"sage in {venue.room}" in shown
            drained = await by_api(plane, token, "drain", worker.worker)
            assert drained.startswith(f"{worker.worker} drains")
            assert "worker: draining" in await there.until_page("readyz", 503)
            there.process.send_signal(signal.SIGTERM)
            await by_api(plane, backend, "leave", venue.room, "--agent", "sage")
            assert await asyncio.wait_for(there.process.wait(), 60) == 0
            assert await mine() == []
    log = (tmp_path / "worker.log").read_text()
    assert "asked to drain" in log
    assert "second signal" not in log
