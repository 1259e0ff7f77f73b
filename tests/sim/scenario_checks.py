"""Whether a script can be held, and its outcome foretold: what is wrong with it, and the fix. Pure.

A word at the edge of a mute is heard or not as the network pleases. So is one that is said while a
track comes or goes. Scripts keep words away from such moments, and then their records are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from tests.sim.script import Role, Script, Turn, Window

Finding: TypeAlias = tuple[str, str, str]
"""Field, problem, fix."""

COMING_S = 1.0
"""After a track comes, or is subscribed to again, until something is said on it."""
GOING_S = 0.5
"""After the last word, until a track goes."""
EDGE_S = 0.5
"""Between a word and a mute or a new name."""
BREATH_S = 0.1
"""Between two turns of one person."""


def may_speak(role: Role, turns: Sequence[Turn], person: int, window: Window) -> bool:
    """Whether a drawn turn of this person is heard for sure, and leaves the given ones alone."""
    room = window.widened(COMING_S, GOING_S)
    edges = (role.joins_s, *role.republishes_s, role.leaves_s)
    there = role.joins_s <= room.from_s and (role.leaves_s is None or room.to_s <= role.leaves_s)
    undisturbed = not any(room.meets(other) for other in (*role.mutes, *role.unheard))
    steady = not any(edge is not None and room.from_s < edge < room.to_s for edge in edges)
    named = not any(room.from_s < rename.at_s < room.to_s for rename in role.renames)
    own = (turn for turn in turns if turn.person == person)
    alone = not any(room.meets(turn.window) for turn in own)
    return there and undisturbed and steady and named and alone


def faults(script: Script) -> Iterator[Finding]:
    """Everything that is wrong with a script."""
    if not script.turns:
        yield "people", "nobody says a word", "Add says to a person, or talk"
        return
    taken = Counter(role.identity for role in script.cast)
    spoken = Counter(word for turn in script.turns if turn.spoken_s is None for word in turn.words)
    twice = [word for word, count in spoken.items() if count > 1]
    if twice:
        yield "people", f"{twice[0]!r} is said twice", "Give every word to one turn"
    for person, role in enumerate(script.cast):
        where = f"people.{person}"
        if taken[role.identity] > 1:
            fix = "Give each person an identity of their own"
            yield f"{where}.identity", f"{role.identity} is taken", fix
        yield from _presence(script, person, where)
        for turn in script.turns_of(person):
            yield from _turn(script, turn, where)


def _presence(script: Script, person: int, where: str) -> Iterator[Finding]:
    role, length_s = script.cast[person], script.length_s
    leaves_s = length_s if role.leaves_s is None else role.leaves_s
    if leaves_s <= role.joins_s:
        yield f"{where}.leaves_s", "is not after joins_s", f"Make it more than {role.joins_s:g}"
        return
    if any(not role.joins_s < at_s < leaves_s for at_s in role.republishes_s):
        fix = f"Choose a time between {role.joins_s:g} and {leaves_s:g}"
        yield f"{where}.republishes_s", f"{role.name} is not there then", fix
    for name, windows in (("mutes", role.mutes), ("track_lost", role.unheard)):
        for window in windows:
            if not any(part.holds(window) for part in script.published(person)):
                fix = "Keep it within the time of one track"
                yield f"{where}.{name}", f"{window.from_s:g} to {window.to_s:g} s has no track", fix
    for earlier, later in pairwise(script.turns_of(person)):
        if later.start_s < earlier.end_s + BREATH_S:
            fix = f"Let it begin at {earlier.end_s + BREATH_S:.2f} or later"
            yield f"{where}.says", f"at {later.start_s:g} s {role.name} still speaks", fix


def _turn(script: Script, turn: Turn, where: str) -> Iterator[Finding]:
    role, when = script.cast[turn.person], f"what is said at {turn.start_s:g} s"
    room = turn.window.widened(COMING_S, GOING_S)
    if not any(part.holds(room) for part in script.published(turn.person)):
        fix = f"Keep it {COMING_S:g} s after a track comes and {GOING_S:g} s before it goes"
        yield f"{where}.says", f"{when} has no track", fix
    for mute in role.mutes:
        clear = not mute.meets(turn.window.widened(EDGE_S, EDGE_S))
        if not clear and not mute.holds(turn.window.widened(EDGE_S, EDGE_S)):
            fix = f"Keep words {EDGE_S:g} s away from the edges of a mute"
            yield f"{where}.mutes", f"{when} is half muted", fix
    for lost in role.unheard:
        clear = not lost.meets(room)
        if not clear and not lost.holds(turn.window.widened(EDGE_S, EDGE_S)):
            fix = f"Keep words {EDGE_S:g} s before and {COMING_S:g} s after it, or all within"
            yield f"{where}.track_lost", f"{when} is half lost", fix
    for rename in role.renames:
        if turn.start_s - EDGE_S < rename.at_s < turn.end_s + EDGE_S:
            fix = f"Keep words {EDGE_S:g} s away from a new name"
            yield f"{where}.renames", f"{when} has two names", fix
