"""Segments: the pieces a transcript is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

from roomhand.attribution.identity import Kind, Source

GAP_SUFFIX = ".gap"
"""Behind the id of a turn: the id of the gap that stands for its words."""
UNHEARD_SUFFIX = ".unheard" + GAP_SUFFIX
"""Behind track and onset: the id of a gap in which the scribe did not hear the track. It stands for
no turn."""


class SegmentKind(StrEnum):
    """What a segment records."""

    SPEECH = "speech"
    AGENT = "agent"
    """What people heard of an agent."""
    GAP = "gap"
    """Time for which the transcript knows nothing, and why."""
    NOTICE = "notice"
    DOUBTED = "doubted"
    """What a model wrote where too little voice was for any word: for debugging, never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One turn of one speaker, immutable id, growing ``revision`` until ``final``.

    ``start_ms`` and ``end_ms`` are meeting time. ``text`` of a gap or notice says what happened.
    """

    id: str
    kind: SegmentKind
    speaker: str
    """LiveKit identity of a person; the agent's name for an agent; empty for a notice."""
    name: str
    """Display name as of then, already safe."""
    text: str
    start_ms: int
    end_ms: int
    speaker_kind: Kind = Kind.PERSON
    track: str = ""
    source: Source | None = None
    revision: int = 1
    final: bool = True
    interrupted: bool = False
    estimated: bool = False
    language: str | None = None
    confidence: float | None = None
    meeting: str = ""
    epoch: int = 0
    """Of the agent that wrote it; with the meeting, filled in when it becomes durable."""

    @property
    def unheard(self) -> bool:
        """A track was not heard: it stands for no turn, and another agent may have heard some."""
        return self.kind is SegmentKind.GAP and self.id.endswith(UNHEARD_SUFFIX)

    def to_json(self) -> str:
        """One line of JSON; ``from_json`` is the inverse."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(line: str | bytes) -> Segment:
        """Raises ValueError or TypeError where the line is not a segment.

        What a later version added is left out: while a cluster is upgraded, old ones read new ones.
        """
        read = json.loads(line)
        if not isinstance(read, dict):
            raise ValueError("a segment is a JSON object")
        read["kind"] = SegmentKind(read.get("kind", ""))
        read["speaker_kind"] = Kind(read.get("speaker_kind", Kind.PERSON))
        read["source"] = Source(read["source"]) if read.get("source") else None
        return Segment(**{name: read[name] for name in _FIELDS & read.keys()})


_FIELDS = frozenset(one.name for one in fields(Segment))


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's speech from onset to end, named before anything is known of its words."""

    id: str
    onset: int
    """First sample, of its subscription."""
    start_ms: int
    """Onset in meeting time."""


def turn_id(meeting: str, track_sid: str, start_ms: int) -> str:
    """The name of a turn: meeting, track and onset say which turn it is, in any process."""
    return f"{meeting}.{track_sid}.{start_ms}"


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Each segment in its latest revision, by onset."""
    latest: dict[str, Segment] = {}
    for segment in segments:
        known = latest.get(segment.id)
        if known is None or segment.revision > known.revision:
            latest[segment.id] = segment
    return sorted(latest.values(), key=lambda s: (s.start_ms, s.end_ms, s.id))


def revisions_in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Every revision of each segment, the older first, by the onset of the newest."""
    every = list(segments)
    place = {one.id: number for number, one in enumerate(in_order(every))}
    distinct = {(one.id, one.revision): one for one in reversed(every)}
    return sorted(distinct.values(), key=lambda s: (place[s.id], s.revision))
