"""Agents, rooms, meetings, workers and use in words, one a line, for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from roomhand.coordination.meeting import MeetingRecord
from roomhand.coordination.workers import DeploymentUsage, SeenWorker
from roomhand.remote import AgentInRoom, RoomState


def agent_line(one: AgentInRoom) -> str:
    """Who runs it, who wants it, and how often it was sent for in vain."""
    runs = f"run by {one.owner}" if one.owner else "not running"
    tried = f", sent for {one.attempts} times" if one.attempts > 1 and not one.owner else ""
    wanted = f"wanted by {one.wanted_by}" if one.wanted_by else "not wanted: nobody brings it back"
    return f"{one.room}: {one.agent} {runs}{tried}, {wanted}"


def room_line(one: RoomState) -> str:
    """Its meeting, who runs there, and who is awaited."""
    meeting = f"meeting {one.meeting}" if one.meeting else "no meeting"
    runs = f", {', '.join(one.running)} there" if one.running else ""
    awaited = f", {', '.join(one.awaited)} awaited" if one.awaited else ""
    return f"{one.room}: {meeting}{runs}{awaited}"


def usage_line(one: DeploymentUsage) -> str:
    """How much runs, and what that has used."""
    runs = f"{one.agents} of {one.slots} agents in {one.rooms} rooms on {one.workers} workers"
    used = one.used
    into = used.input_text_tokens + used.input_audio_tokens
    tokens = f"{into} tokens in, {used.output_text_tokens + used.output_audio_tokens} out"
    return f"{runs}; {used.sessions_opened} sessions, {used.audio_sent_s:.0f} s of audio, {tokens}"


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
