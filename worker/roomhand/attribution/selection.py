"""Pure: part of a transcript, by speaker and time."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from roomhand.attribution.segments import Segment

_CLOCK = re.compile(r"(?:(?:(\d+):)?([0-5]?\d):)?([0-5]?\d)(?:\.(\d{1,3}))?|(\d+)(?:\.(\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read. ``speakers`` are identities or names, any case; none: everybody. Times are
    meeting time; a segment counts that overlaps them."""

    speakers: Collection[str] = ()
    from_ms: int | None = None
    to_ms: int | None = None

    def holds(self, segment: Segment) -> bool:
        """Whether the segment is part of it; notices are nobody's."""
        if self.from_ms is not None and segment.end_ms < self.from_ms:
            return False
        if self.to_ms is not None and segment.start_ms > self.to_ms:
            return False
        wanted = {one.casefold() for one in self.speakers}
        return not wanted or bool(wanted & {segment.speaker.casefold(), segment.name.casefold()})


def meeting_time_ms(text: str) -> int:
    """Milliseconds of ``H:MM:SS``, ``MM:SS`` or seconds, with a fraction or without.

    Raises ValueError for anything else.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no meeting time. Write H:MM:SS, MM:SS or seconds")
    hours, minutes, seconds, fraction, only, only_fraction = match.groups()
    whole = int(only) if only else int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole * 1000 + int((fraction or only_fraction or "0").ljust(3, "0"))
