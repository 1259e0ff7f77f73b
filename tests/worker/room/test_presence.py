"""The agent's state as any LiveKit client sees it, and what a slow server does to it: nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest
from livekit import rtc

from roomhand.attribution.identity import AGENT_ATTRIBUTE
from roomhand.room.presence import FLOOR_ATTRIBUTE, STATE_ATTRIBUTE, Presence
from roomhand.turns.visible import AgentState, Visible
from tests.sim import servers
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_person import Person, token
from tests.worker.room.strict_listener import eventually

IDLE = Visible(AgentState.LISTENING, "idle")
SPEAKING = Visible(AgentState.SPEAKING, "speaking")
HELD = Visible(AgentState.LISTENING, "held")


@dataclass
class SlowRoom:
    """A room that takes attributes in its own time, or not at all."""

    takes_s: float = 0.0
    breaks: bool = False
    written: list[dict[str, str]] = field(default_factory=list)
    listeners: dict[str, list[object]] = field(default_factory=dict)

    @property
    def local_participant(self) -> SimpleNamespace:
        """As the real one."""
        return SimpleNamespace(set_attributes=self._set)

    def on(self, event: str, callback: object) -> None:
        """As the real one."""
        self.listeners.setdefault(event, []).append(callback)

    def off(self, event: str, callback: object) -> None:
        """As the real one."""
        self.listeners[event].remove(callback)

    def reconnected(self) -> None:
        """The connection is a new one."""
        for callback in self.listeners["reconnected"]:
            callback()  # type: ignore[operator]

    async def _set(self, attributes: dict[str, str]) -> None:
        self.written.append(attributes)
        await asyncio.sleep(self.takes_s)
        if self.breaks:
            raise RuntimeError("engine: closed")


def opened(room: SlowRoom) -> Presence:
    """At work in this room."""
    presence = Presence(cast(rtc.Room, room))
    presence.open()
    return presence


@pytest.mark.unit
@in_virtual_time
async def test_showing_takes_no_time_and_the_newest_state_wins() -> None:
    """While one writing lasts, what comes and goes is skipped."""
    room = SlowRoom(takes_s=0.8)
    presence = opened(room)
    began_s = asyncio.get_running_loop().time()
    presence.show(IDLE)
    await asyncio.sleep(0.1)
    for seen in (SPEAKING, IDLE, SPEAKING, HELD):
        presence.show(seen)
    assert asyncio.get_running_loop().time() - began_s < 0.2
    await asyncio.sleep(3)
    assert [one[FLOOR_ATTRIBUTE] for one in room.written] == ["idle", "held"]
    assert STATE_ATTRIBUTE not in room.written[1], "what has not changed is not written"
    await presence.close()


@pytest.mark.unit
@in_virtual_time
async def test_a_state_that_was_come_back_to_is_not_written_again() -> None:
    """Nothing has changed for the room."""
    room = SlowRoom(takes_s=0.8)
    presence = opened(room)
    presence.show(IDLE)
    await asyncio.sleep(0.1)
    presence.show(SPEAKING)
    presence.show(IDLE)
    await asyncio.sleep(5)
    assert len(room.written) == 1
    await presence.close()


@pytest.mark.unit
@in_virtual_time
@pytest.mark.parametrize("room", [SlowRoom(takes_s=5.0), SlowRoom(breaks=True)])
async def test_a_writing_that_fails_is_followed_by_the_newest_state(room: SlowRoom) -> None:
    """It hangs, as one in two hundred does, or breaks: all is written again."""
    presence = opened(room)
    presence.show(IDLE)
    await asyncio.sleep(0.5)
    presence.show(HELD)
    await asyncio.sleep(0.4)
    room.takes_s, room.breaks = 0.0, False
    await asyncio.sleep(2)
    assert room.written[-1] == {STATE_ATTRIBUTE: "listening", FLOOR_ATTRIBUTE: "held"}
    assert presence.failed > 0
    count = len(room.written)
    await asyncio.sleep(60)
    assert len(room.written) == count
    await presence.close()


@pytest.mark.unit
@in_virtual_time
async def test_a_writing_that_failed_is_done_again_though_nothing_has_changed() -> None:
    """Until the room confirms it."""
    room = SlowRoom(breaks=True)
    presence = opened(room)
    presence.show(IDLE)
    await asyncio.sleep(2.2)
    assert presence.failed == 5
    room.breaks = False
    await asyncio.sleep(2)
    assert presence.written == 1
    assert len(room.written) == 6
    await presence.close()


@pytest.mark.unit
@in_virtual_time
async def test_after_a_reconnect_everything_is_written_again() -> None:
    """The new connection knows only what the token says; a closed one writes no more."""
    room = SlowRoom()
    presence = opened(room)
    presence.show(IDLE)
    await asyncio.sleep(1)
    room.reconnected()
    await asyncio.sleep(1)
    assert len(room.written) == 2
    assert room.written[0] == room.written[1]
    await presence.close()
    await presence.close()
    presence.show(HELD)
    await asyncio.sleep(1)
    assert len(room.written) == 2
    assert room.listeners == {"reconnected": []}


@pytest.mark.livekit
async def test_a_client_sees_the_state_beside_the_name(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """Also one that joins later; a full reconnect of the agent loses nothing."""
    agent = rtc.Room()
    attributes = {AGENT_ATTRIBUTE: "sage"}
    admission = token(livekit_server, room_name, "sage~1", kind="agent", attributes=attributes)
    await asyncio.wait_for(agent.connect(livekit_server.url, admission), 10)
    ada = await Person.join(livekit_server, room_name, "p-ada")
    presence = Presence(agent)
    presence.open()
    presence.show(IDLE)

    def seen_by(person: Person) -> dict[str, str]:
        return dict(person.room.remote_participants["sage~1"].attributes)

    def shows(person: Person, floor: str, state: str) -> bool:
        expected = {AGENT_ATTRIBUTE: "sage", FLOOR_ATTRIBUTE: floor, STATE_ATTRIBUTE: state}
        seen = seen_by(person)
        return {name: seen.get(name) for name in expected} == expected

    await eventually(lambda: shows(ada, "idle", "listening"))
    presence.show(SPEAKING)
    await eventually(lambda: shows(ada, "speaking", "speaking"))
    ben = await Person.join(livekit_server, room_name, "p-ben")
    await eventually(lambda: shows(ben, "speaking", "speaking"))
    reconnected = asyncio.Event()
    agent.on("reconnected", reconnected.set)
    await agent.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
    await asyncio.wait_for(reconnected.wait(), 20)
    await eventually(lambda: "sage~1" in ada.room.remote_participants)
    await eventually(lambda: shows(ada, "speaking", "speaking"))
    presence.show(HELD)
    await eventually(lambda: shows(ada, "held", "listening"))
    await presence.close()
    await ada.leave()
    await ben.leave()
    await asyncio.wait_for(agent.disconnect(), 10)
