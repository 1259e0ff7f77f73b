"""A backend that commands an agent by the API, and asks again as the API's errors tell it to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import grpc.aio

from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from tests.system.office import Office
from tests.worker.control.served import reason_of

DONE = ""
TIMEOUT_S = 20.0


@dataclass
class Told:
    """One command, which keeps its request id, and what its sender was told: ``DONE`` or the reason
    of the error. Raises AssertionError for an outcome that changes once it was done."""

    method: Any
    request: Any
    metadata: tuple[tuple[str, str], ...]
    outcomes: list[str] = field(default_factory=list)

    async def send(self) -> str:
        """Once; again it is the same command."""
        try:
            await self.method(self.request, metadata=self.metadata, timeout=TIMEOUT_S)
            outcome = DONE
        except grpc.aio.AioRpcError as error:
            _, outcome = reason_of(error)
        assert DONE not in self.outcomes or outcome == DONE, self.outcomes
        self.outcomes.append(outcome)
        return outcome


@dataclass
class Backend:
    """What commands sage in one room."""

    stub: AgentsServiceStub
    who: dict[str, str]
    metadata: tuple[tuple[str, str], ...]

    def say(self, text: str) -> Told:
        """Say this."""
        return self._told(self.stub.Say, pb.SayRequest(**self._named(), text=text))

    def ask(self, text: str) -> Told:
        """Answer this."""
        return self._told(self.stub.Ask, pb.AskRequest(**self._named(), text=text))

    def mute(self, muted: bool) -> Told:
        """Say nothing, or speak again."""
        return self._told(self.stub.Mute, pb.MuteRequest(**self._named(), muted=muted))

    def instruct(self, told: str) -> Told:
        """Be told this in the room."""
        request = pb.UpdateAgentRequest(**self._named(), instructions=told)
        return self._told(self.stub.UpdateAgent, request)

    def _named(self) -> dict[str, str]:
        return {**self.who, "request_id": str(uuid4())}

    def _told(self, method: Any, request: Any) -> Told:
        return Told(method, request, self.metadata)


@asynccontextmanager
async def backend(plane: Office, room: str) -> AsyncIterator[Backend]:
    """With a token for the room."""
    token = await plane.run("token", room, "--identity", "backend", "--api")
    address = f"127.0.0.1:{plane.environment['ROOMHAND_CONTROL_GRPC_PORT']}"
    async with grpc.aio.insecure_channel(address) as channel:
        yield Backend(
            AgentsServiceStub(channel),
            {"room": room, "agent": "sage"},
            (("authorization", f"Bearer {token.strip()}"),),
        )
