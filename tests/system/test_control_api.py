"""The control plane's API on real servers: an agent from start to stop, by a backend."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import grpc.aio
import pytest
from livekit import api as livekit

from roomhand.control.grants import SCOPES
from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1 import operators_service_pb2 as operators
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from roomhand.control.v1.operators_service_pb2_grpc import OperatorsServiceStub
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.system.hearing import AgentListener
from tests.system.office import control_plane, eventually_true, office
from tests.system.stage import Venue
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

SAID = tones.speaker_words(40, 4)


async def test_a_backend_starts_an_agent_has_it_speak_and_stops_it(
    venue: Venue, tmp_path: Path
) -> None:
    behaviour = Behaviour(answer=lambda prompt: " ".join(SAID))
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

            async def runs() -> bool:
                found = await stub.GetAgent(
                    pb.GetAgentRequest(**who), metadata=metadata, timeout=20
                )
                return found.agent.state == pb.Agent.STATE_RUNNING

            await eventually_true(runs)
            listener = await AgentListener.enter(venue)
            await stub.Say(pb.SayRequest(**who, text="hello"), metadata=metadata, timeout=20)
            await eventually(lambda: SAID[-1] in listener.words)
            await stub.StopAgent(pb.StopAgentRequest(**who), metadata=metadata, timeout=20)
            listed = await stub.ListAgents(
                pb.ListAgentsRequest(room=venue.room), metadata=metadata, timeout=20
            )
            assert list(listed.agents) == []
            await listener.close()


def operator_of(venue: Venue) -> tuple[tuple[str, str], ...]:
    """What an operator's tool sends with every call."""
    made = livekit.AccessToken(venue.livekit.api_key, venue.livekit.api_secret)
    made = made.with_identity("operator").with_attributes({SCOPES: "operator"})
    token = made.with_grants(livekit.VideoGrants(room_list=True)).to_jwt()
    return (("authorization", f"Bearer {token}"),)


async def test_an_operator_drains_a_worker_that_ends_when_its_last_agent_has_gone(
    venue: Venue, tmp_path: Path
) -> None:
    """Also where whoever started it then sends the usual signal: that is no second one."""
    async with (
        RealtimeServer(Behaviour()) as server,
        office(venue, server, tmp_path) as there,
        control_plane(venue, tmp_path) as plane,
    ):
        await there.run("join", venue.room, "--agent", "sage", "--create")
        metadata = operator_of(venue)
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
            request = operators.DrainWorkerRequest(worker=worker.worker)
            await stub.DrainWorker(request, metadata=metadata, timeout=20)
            assert "worker: draining" in await there.until_page("readyz", 503)
            there.process.send_signal(signal.SIGTERM)
            await there.run("leave", venue.room, "--agent", "sage")
            assert await asyncio.wait_for(there.process.wait(), 60) == 0
            assert await mine() == []
    log = (tmp_path / "worker.log").read_text()
    assert "asked to drain" in log
    assert "second signal" not in log
