"""Who may do what, by what stands in the token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from livekit import api as livekit

from roomhand.control.grants import SCOPES, Grants, Scope
from roomhand.control.refusals import CallError
from roomhand.settings import Settings

pytestmark = pytest.mark.unit

KEY, SECRET = "devkey", "secret-that-is-long-enough-for-hs256"


@pytest.fixture
def grants() -> Grants:
    """Of a deployment."""
    return Grants(
        Settings(
            livekit_url="ws://127.0.0.1:9",
            livekit_api_key=KEY,
            livekit_api_secret=SECRET,  # type: ignore[arg-type]
        )
    )


def may(
    grants: Grants, where: str | None, scope: Scope, scopes: str | None = None, **video: Any
) -> bool:
    """Whether a token with these scopes and grants lets its holder do it."""
    made = livekit.AccessToken(KEY, SECRET).with_identity("backend")
    made = made.with_grants(livekit.VideoGrants(**video)).with_ttl(timedelta(seconds=60))
    if scopes is not None:
        made = made.with_attributes({SCOPES: scopes})
    metadata = (("authorization", f"Bearer {made.to_jwt()}"),)
    try:
        return grants.scope(metadata, where, scope) == "backend"
    except CallError as error:
        return error.reason != "GRANT_MISSING"


def test_a_scope_lets_its_holder_do_that_in_its_room_alone(grants: Grants) -> None:
    assert may(grants, "here", "floor", "floor", room="here")
    assert may(grants, "here", "floor", "transcript  floor\n", room="here")
    assert not may(grants, "here", "transcript", "floor", room="here")
    assert not may(grants, "here", "floor", "floors", room="here")
    assert not may(grants, "here", "floor", "", room="here")
    assert not may(grants, "here", "floor", room="here")
    assert not may(grants, "here", "floor", "floor", room="there")
    assert not may(grants, "here", "floor", "floor")


def test_who_is_admin_of_a_room_needs_no_scope_there(grants: Grants) -> None:
    assert may(grants, "here", "floor", room="here", room_admin=True)
    assert not may(grants, "here", "floor", room="there", room_admin=True)


def test_a_scope_for_all_rooms_goes_with_the_grant_to_list_them(grants: Grants) -> None:
    """Neither alone is enough, nor an admin of one room."""
    assert may(grants, None, "operator", "operator", room_list=True)
    assert not may(grants, None, "operator", "operator")
    assert not may(grants, None, "operator", room_list=True)
    assert not may(grants, None, "operator", "operator", room="here", room_admin=True)
    assert not may(grants, "here", "floor", "floor", room_list=True)


def test_who_joins_a_room_gives_itself_no_scope(grants: Grants) -> None:
    """A participant may set its attributes, and LiveKit signs them into its next token."""
    assert not may(grants, "here", "floor", "floor", room="here", room_join=True)
    assert not may(grants, None, "operator", "operator", room="x", room_list=True, room_join=True)
    assert may(grants, "here", "floor", "x", room="here", room_join=True, room_admin=True)
