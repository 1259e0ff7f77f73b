"""The control plane's API on real servers: an agent from start to stop, by a backend."""

from __future__ import annotations

from pathlib import Path

import grpc.aio
import pytest

from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
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
