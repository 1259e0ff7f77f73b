"""A caller's deadline: what it told is void when it has gone, and without one a call ends too."""

from __future__ import annotations

from typing import Any

import grpc.aio
import pytest

from roomhand.control import calls
from roomhand.coordination.entry import fields_of, place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import text
from roomhand.coordination.wanted import WantedStore
from tests.worker.control.methods import METHODS
from tests.worker.control.served import Served

pytestmark = pytest.mark.redis

TO_AGENTS = (
    "AgentsService.Say",
    "AgentsService.Ask",
    "AgentsService.Interrupt",
    "AgentsService.Mute",
    "AgentsService.HandOver",
    "AgentsService.UpdateAgent",
    "FloorService.SetPolicy",
    "FloorService.GiveFloor",
    "FloorService.TakeFloor",
    "FloorService.HoldFloor",
    "FloorService.ResumeFloor",
    "FloorService.MuteAgents",
)
DEADLINE_S = 0.5


async def own_sage(served: Served) -> None:
    """Sage is wanted, and owned by a process that takes no command."""
    keys = RoomKeys(served.room)
    await WantedStore(served.scripts, keys).start("sage", "test")
    leases = LeaseStore(served.scripts, keys)
    await leases.acquire("sage", await leases.reserve("sage"), "AW_1/AJ_1", 600)


@pytest.mark.parametrize("name", TO_AGENTS)
async def test_what_an_agent_is_told_is_void_when_its_caller_has_gone(
    served: Served, name: str
) -> None:
    """A word that comes after that would surprise everybody."""
    await own_sage(served)
    fields = {**METHODS[name].known.fields, "room": served.room, "agent": "sage"}
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await served.begin(METHODS[name], None, fields, DEADLINE_S)
    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    waiting: Any = await served.scripts.client.xrange(RoomKeys(served.room).commands("sage"))
    (sent_ms, _), fields = place(text(waiting[0][0])), fields_of(waiting[0])
    assert len(waiting) == 1
    assert int(fields["expires_us"]) / 1000 - sent_ms <= DEADLINE_S * 1000 + 1


async def test_a_call_without_a_deadline_ends_too(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the caller's patience does, and with a reason."""
    monkeypatch.setattr(calls, "LONGEST_S", 0.2)
    await own_sage(served)
    assert await served.refused("Say") == ("DEADLINE_EXCEEDED", "TOOK_TOO_LONG")
