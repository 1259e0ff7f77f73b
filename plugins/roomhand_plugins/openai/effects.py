"""What the pure parts of a session decide: facts to report and messages to send, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from openai.types.realtime.realtime_client_event_param import RealtimeClientEventParam

from roomhand_plugins.base import Event


@dataclass(frozen=True, slots=True)
class Send:
    """Send this to the service."""

    message: RealtimeClientEventParam


Effect: TypeAlias = Event | Send
