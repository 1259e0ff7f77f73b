"""Who else is in the room: people, other agents, and which of them are Roomhand's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from livekit import rtc

from roomhand.attribution.identity import AGENT_ATTRIBUTE, safe_name
from roomhand.room.presence import STATE_ATTRIBUTE
from roomhand.turns.visible import AgentState


@dataclass(frozen=True, slots=True)
class Company:
    """Who is in the room now, besides this agent."""

    people: Collection[str]
    """Display names."""
    agents: Collection[str]


def company(room: rtc.Room, own: str) -> Company:
    """Everybody but the agent called ``own``, and what an earlier process of it left behind."""
    people: list[str] = []
    agents: list[str] = []
    for participant in room.remote_participants.values():
        name = safe_name(participant.name or participant.identity)
        ours = participant.attributes.get(AGENT_ATTRIBUTE)
        if ours == own:
            continue
        is_agent = participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        (agents if ours or is_agent else people).append(name)
    return Company(tuple(people), tuple(agents))


def fellows(room: rtc.Room, own: str) -> set[str]:
    """Names of the other Roomhand agents of the room."""
    there = room.remote_participants.values()
    return {one.attributes.get(AGENT_ATTRIBUTE, "") for one in there} - {"", own}


def others_speak(room: rtc.Room) -> bool:
    """Whether another agent says that it speaks."""
    there = room.remote_participants.values()
    return AgentState.SPEAKING in {one.attributes.get(STATE_ATTRIBUTE) for one in there}


def heard_by_others(room: rtc.Room) -> set[str]:
    """The tracks that are there and not muted: whoever was here heard them."""
    people = room.remote_participants.values()
    published = (one for person in people for one in person.track_publications.values())
    return {one.sid for one in published if not one.muted}
