"""Pure: who is in a transcript, by identity, and under which names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import Segment, in_order


@dataclass(frozen=True, slots=True)
class Named:
    """One speaker. ``names``: all that the transcript has, oldest first; a name may be another
    speaker's, too."""

    identity: str
    kind: Kind
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The newest, under which the last words stand."""
        return self.names[-1]


def people(segments: Iterable[Segment]) -> list[Named]:
    """Everybody of whom a transcript has something, in the order of their first."""
    found: dict[str, Named] = {}
    for one in in_order(segments):
        if one.speaker:
            known = found.get(one.speaker)
            earlier = tuple(name for name in known.names if name != one.name) if known else ()
            found[one.speaker] = Named(one.speaker, one.speaker_kind, (*earlier, one.name))
    return list(found.values())
