"""Key names: one slot a room, whatever its name."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.coordination.keys import RoomKeys

pytestmark = pytest.mark.unit

names = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def all_keys(room: str, agent: str = "sage", meeting: str = "m1") -> list[str]:
    """Every key that a room can have."""
    keys = RoomKeys(room)
    plain = [
        getattr(keys, name)
        for name, member in inspect.getmembers(RoomKeys)
        if isinstance(member, property)
    ]
    of_meeting = [keys.meeting(meeting), keys.segments(meeting)]
    of_meeting += [keys.appended(meeting), keys.ledger(meeting)]
    return [*plain, *of_meeting, keys.memory(agent), keys.commands(agent), keys.results(agent)]


@given(names)
def test_the_hash_tag_is_whole_and_never_empty(room: str) -> None:
    """Redis hashes what is between the first brace and the next closing one: always the room."""
    for key in all_keys(room):
        tag = key[key.index("{") + 1 : key.index("}")]
        assert tag
        assert key.startswith(f"rh:{{{tag}}}:")
        assert key.count("{") == key.count("}") == 1


@given(names, names)
def test_two_rooms_share_no_key(one: str, other: str) -> None:
    """Encoding is one to one."""
    if one != other:
        assert not set(all_keys(one)) & set(all_keys(other))


def test_the_keys_of_a_room_differ() -> None:
    """No two kinds of key have one name."""
    keys = all_keys("room")
    assert len(keys) == len(set(keys))


def test_hostile_names_are_encoded() -> None:
    """Braces, colons and other scripts do not reach a key."""
    keys = RoomKeys("a}{b:Ü")
    assert keys.agents == "rh:{a%7D%7Bb%3A%C3%9C}:agents"
    assert keys.commands("x:y") == "rh:{a%7D%7Bb%3A%C3%9C}:agent:x%3Ay:commands"


def test_a_room_without_a_name_is_refused() -> None:
    """An empty tag would spread the room over the cluster."""
    with pytest.raises(ValueError, match="name"):
        RoomKeys("")
