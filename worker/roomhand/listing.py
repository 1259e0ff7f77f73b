"""Meetings and workers in words, one a line, for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from roomhand.coordination.meeting import MeetingRecord
from roomhand.coordination.workers import SeenWorker


def meeting_line(one: MeetingRecord) -> str:
    """Its id, from when to when, and why it ended."""
    if one.end_s is None:
        return f"{one.id}  {_clock(one.start_s)}  runs"
    return f"{one.id}  {_clock(one.start_s)} to {_clock(one.end_s)}  {one.reason or 'ended'}"


def worker_line(seen: SeenWorker) -> str:
    """Its id, how full it is and of what, and what it runs."""
    one = seen.record
    most = max(one.load_parts, key=lambda part: one.load_parts[part], default="")
    load = "" if one.load is None else f", load {one.load:.0%} ({most})"
    drains = ", drains" if one.draining or seen.asked_to_drain else ""
    jobs = ", ".join(f"{job.agent} in {job.room}" for job in one.jobs)
    return f"{one.id}: {len(one.jobs)} of {one.slots}{load}{drains}{': ' if jobs else ''}{jobs}"


def _clock(seconds: float) -> str:
    """UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
