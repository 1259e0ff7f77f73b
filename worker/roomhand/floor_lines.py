"""The floor in words, for a terminal, and as JSON, for a program. One line is one state of it."""

from __future__ import annotations

import json
from dataclasses import asdict

from roomhand.coordination.floor_view import FloorHolder, FloorView, FloorWaiting


def floor_line(view: FloorView) -> str:
    """Holder, queue, people and moderators, as far as there are any."""
    parts = [_held(view.holder) if view.holder else "nobody has the floor"]
    if view.queue:
        waiting = (_waits(place, one) for place, one in enumerate(view.queue, 1))
        parts.append(f"waiting: {', '.join(waiting)}")
    if view.speaking:
        tracks = len({track for _, track in view.speaking})
        parts.append("a person speaks" if tracks == 1 else f"{tracks} people speak")
    if view.given:
        parts.append(f"given to {view.given}")
    if view.held_by:
        parts.append(f"held by {view.held_by}")
    return "; ".join(parts)


def floor_json(view: FloorView) -> str:
    """The same with every figure. ``queue`` is in order, ``speaking`` lists who hears it where."""
    fields = asdict(view)
    del fields["newest"]
    fields["speaking"] = [{"agent": agent, "track": track} for agent, track in view.speaking]
    fields["queue"] = [
        {"position": place, **asdict(one)} for place, one in enumerate(view.queue, 1)
    ]
    return json.dumps(fields, ensure_ascii=False)


def _held(holder: FloorHolder) -> str:
    doing = {"ending": "finishes its sentence", "revoking": "is told to stop"}
    why = f", {holder.reason}" if holder.reason else ""
    since = f"for {holder.since_ms / 1000:.1f} s"
    return f"{holder.agent} {doing.get(holder.status, 'has the floor')} ({since}{why})"


def _waits(place: int, one: FloorWaiting) -> str:
    return f"{place}. {one.agent} ({one.reason}, {one.waits_ms / 1000:.1f} s)"
