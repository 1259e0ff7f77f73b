"""Every method of the API as the tests know it: who may call it, and with what.

One that is served and missing here fails ``test_conformance``, and so does one that is not served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message

from roomhand.control.api import SERVICES


@dataclass(frozen=True)
class Known:
    """A call that is right. ``scope`` lets one do it who is no admin of the room; empty: none."""

    scope: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Beside the room."""
    of_room: bool = True
    """False: of all rooms; it then needs ``video.roomList`` too."""


_SAGE = Known(fields={"agent": "sage"})
_OPERATOR = Known("operator", of_room=False)
KNOWN: Mapping[str, Known] = {
    "AgentsService.StartAgent": _SAGE,
    "AgentsService.UpdateAgent": Known(fields={"agent": "sage", "instructions": "Be brief."}),
    "AgentsService.StopAgent": _SAGE,
    "AgentsService.GetAgent": _SAGE,
    "AgentsService.ListAgents": Known(),
    "AgentsService.Say": Known(fields={"agent": "sage", "text": "hello"}),
    "AgentsService.Ask": Known(fields={"agent": "sage", "text": "what did we decide?"}),
    "AgentsService.Interrupt": _SAGE,
    "AgentsService.Mute": _SAGE,
    "AgentsService.HandOver": _SAGE,
    "FloorService.GetFloor": Known("floor"),
    "FloorService.WatchFloor": Known("floor", {"resume_token": "0-0"}),
    "FloorService.SetPolicy": Known("floor", {"agent": "sage", "policy": 1}),
    "FloorService.TakeFloor": Known("floor"),
    "FloorService.GiveFloor": Known("floor", {"agent": "sage"}),
    "FloorService.HoldFloor": Known("floor"),
    "FloorService.ResumeFloor": Known("floor"),
    "FloorService.MuteAgents": Known("floor", {"agent": "sage"}),
    "TranscriptsService.ListSegments": Known("transcript"),
    "TranscriptsService.StreamSegments": Known("transcript"),
    "TranscriptsService.ExportTranscript": Known("transcript", {"format": 1}),
    "MeetingsService.GetMeeting": Known("transcript"),
    "MeetingsService.ListMeetings": Known("transcript"),
    "MeetingsService.EraseMeeting": Known(fields={"meeting": "m404"}),
    "OperatorsService.ListWorkers": _OPERATOR,
    "OperatorsService.DrainWorker": Known("operator", {"worker": "w404"}, of_room=False),
    "OperatorsService.ListRooms": _OPERATOR,
    "OperatorsService.RedispatchAgent": Known(
        "operator", {"room": "any", "agent": "sage"}, of_room=False
    ),
    "OperatorsService.GetUsage": _OPERATOR,
}


@dataclass(frozen=True)
class Method:
    """One method, by its descriptor."""

    descriptor: MethodDescriptor

    @property
    def name(self) -> str:
        """SERVICE.METHOD, without the package."""
        return f"{self.descriptor.containing_service.name}.{self.descriptor.name}"

    @property
    def path(self) -> str:
        """As HTTP/2 has it."""
        return f"/{self.descriptor.containing_service.full_name}/{self.descriptor.name}"

    @property
    def known(self) -> Known:
        """What the tests know of it."""
        return KNOWN[self.name]

    @property
    def streams(self) -> bool:
        """Whether its answers come one by one."""
        return bool(self.descriptor.server_streaming)

    @property
    def request(self) -> type[Message]:
        """What it takes."""
        return message_factory.GetMessageClass(self.descriptor.input_type)

    @property
    def response(self) -> type[Message]:
        """What it answers."""
        return message_factory.GetMessageClass(self.descriptor.output_type)


METHODS: Mapping[str, Method] = {
    method.name: method
    for service in SERVICES
    for descriptor in Default().FindServiceByName(service).methods
    for method in [Method(descriptor)]
}
