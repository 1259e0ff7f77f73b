"""The names of everything Roomhand keeps in Redis. Design page, section 5, has the table.

Every key of a room carries the hash tag ``{room}``, so that one script can touch several of them in
Redis Cluster. Every key ends by itself (``prelude.lua``): those of a room a day after the last
write, those of a meeting thirty days after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

WORKERS = "rh:{workers}:records"
"""Hash: worker -> what it tells of itself."""
WORKERS_SEEN = "rh:{workers}:seen"
"""Sorted set of workers by when they were last heard of."""
WORKERS_DRAINING = "rh:{workers}:drains"
"""Set of workers that are to drain."""

SHARDS = 16
"""Parts into which the control plane divides all rooms, each watched by one instance at a time."""


ROOMS_TOLD = "rh:told"
"""Sorted set of what livekit-server told of rooms, by when to look at them."""


def control_shard(shard: int) -> str:
    """String: who watches a shard, with an expiry."""
    return f"rh:control:{shard}"


def rooms_hint(shard: int) -> str:
    """Set of rooms that may have agents; a hint, repaired by the sweep."""
    return f"rh:rooms:{shard}"


def leases_hint(shard: int) -> str:
    """Sorted set of agents by the deadline of their lease; a hint, repaired by the sweep."""
    return f"rh:leases:{shard}"


@dataclass(frozen=True, slots=True)
class RoomKeys:
    """The keys of one room. Raises ValueError for a room without a name: its tag would be empty."""

    room: str
    _base: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.room:
            raise ValueError("a room has a name")
        object.__setattr__(self, "_base", f"rh:{{{_encoded(self.room)}}}")

    @property
    def agents(self) -> str:
        """Hash: agent -> its record (owner, epoch, deadline)."""
        return f"{self._base}:agents"

    @property
    def closing(self) -> str:
        """String, for a minute: LiveKit sid of the room that somebody closes, or that is empty."""
        return f"{self._base}:closing"

    @property
    def wanted(self) -> str:
        """Hash: agent -> desired state."""
        return f"{self._base}:wanted"

    @property
    def instructions(self) -> str:
        """Hash: agent -> what it is told in this room, beside what its profile says."""
        return f"{self._base}:wanted:instructions"

    @property
    def scribe(self) -> str:
        """Hash: agent, epoch and deadline of the one who transcribes the people."""
        return f"{self._base}:scribe"

    @property
    def floor(self) -> str:
        """Hash: who holds the floor, the last number, what moderators said of it."""
        return f"{self._base}:floor"

    @property
    def floor_queue(self) -> str:
        """Sorted set: waiting agents by rank."""
        return f"{self._base}:floor:queue"

    @property
    def floor_requests(self) -> str:
        """Hash: agent -> its newest request and what became of it."""
        return f"{self._base}:floor:requests"

    @property
    def floor_log(self) -> str:
        """Stream: bounded history of the floor."""
        return f"{self._base}:floor:log"

    @property
    def floor_results(self) -> str:
        """Hash: a moderator's request id -> what it was answered."""
        return f"{self._base}:floor:results"

    @property
    def floor_events(self) -> str:
        """Channel, not a key: what happens to the floor, for whoever listens now."""
        return f"{self._base}:floor:events"

    @property
    def speaking(self) -> str:
        """Hash: (reporter, track) now speaking -> since when and until when."""
        return f"{self._base}:speaking"

    @property
    def current(self) -> str:
        """String: id of the running meeting."""
        return f"{self._base}:current"

    @property
    def latest(self) -> str:
        """String: id of the newest meeting, running or ended."""
        return f"{self._base}:latest"

    @property
    def meetings(self) -> str:
        """Sorted set: the newest meetings by their start."""
        return f"{self._base}:meetings"

    @property
    def interim(self) -> str:
        """Channel, not a key: interim text, for whoever listens now."""
        return f"{self._base}:interim"

    def meeting(self, meeting: str) -> str:
        """Hash: room sid, state, start and end of a meeting."""
        return f"{self._base}:m:{_encoded(meeting)}"

    def segments(self, meeting: str) -> str:
        """Stream: final segments in the order of their writing."""
        return f"{self.meeting(meeting)}:segments"

    def appended(self, meeting: str) -> str:
        """Hash: segment id -> revision and entry that the stream has of it."""
        return f"{self.meeting(meeting)}:appended"

    def ledger(self, meeting: str) -> str:
        """Hash: subscription -> where its samples went."""
        return f"{self.meeting(meeting)}:ledger"

    def memory(self, agent: str) -> str:
        """Hash: what a successor needs to go on."""
        return f"{self._agent(agent)}:memory"

    def commands(self, agent: str) -> str:
        """Stream: commands that wait."""
        return f"{self._agent(agent)}:commands"

    def results(self, agent: str) -> str:
        """Hash: request id -> outcome."""
        return f"{self._agent(agent)}:results"

    def _agent(self, agent: str) -> str:
        return f"{self._base}:agent:{_encoded(agent)}"


def _encoded(name: str) -> str:
    return quote(name, safe="")
