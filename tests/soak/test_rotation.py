"""The rotation gate notices what is left over, and a call that its session forgot."""

from __future__ import annotations

import pytest

from roomhand.bridge.holds import Holds
from roomhand.errors import ProviderError
from tests.soak.rotation import Left
from tests.soak.tool_call import survives

pytestmark = pytest.mark.unit


async def test_a_pending_tool_call_survives_a_rotation() -> None:
    """Its answer reaches the session that asked, which says its reply to the end."""
    assert all([await survives(seed) for seed in range(5)])


async def test_a_session_left_with_its_call_pending_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: nothing keeps the former session."""
    monkeypatch.setattr(Holds, "former", property(lambda holds: False))
    with pytest.raises(ProviderError, match="has ended"):
        await survives(1)


@pytest.mark.parametrize("left", [Left(1, 9, 3), Left(0, 15, 3), Left(0, 9, 4)])
def test_growth_is_noticed(left: Left) -> None:
    """Of sessions, sockets and tasks."""
    first = Left(0, 9, 3)
    assert left.grown(first)
    assert not first.grown(first)
