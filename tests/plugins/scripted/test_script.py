"""A wrong script is refused with the name of what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from roomhand_plugins.base import PluginConfigError, TurnTaking
from roomhand_plugins.scripted import ScriptedPlugin

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"transcript": ["x"]}, "transcript: "),
        ({"replies": []}, "replies: "),
        ({"replies": [{"speed": 0}]}, r"replies\.0\.speed: "),
        ({"transcript_ms": -1}, "transcript_ms: "),
        ({"faults": [{"fault": "explode"}]}, r"faults\.0.*fault"),
        ({"faults": [{"fault": "lose_socket"}]}, "needs at: the moment of lose_socket"),
        ({"faults": [{"fault": "refuse", "at": "audio"}]}, "refuse can only happen at open"),
        ({"faults": [{"fault": "drop_event", "at": "audio"}]}, "needs an event"),
        ({"faults": [{"fault": "expire", "at": "audio", "nth": 0}]}, r"faults\.0\.nth"),
        ({"cues": [{"event": "closed"}]}, r"cues\.0\.event: must be one of speech_started"),
        ({"cues": [{"event": "usage", "fields": {"cost": 1}}]}, "usage has no cost"),
        ({"cues": [{"event": "closing_soon"}]}, r"cues\.0\.in_s: Field required"),
        ({"capabilities": {"magic": True}}, "capabilities: has no magic"),
        ({"capabilities": {"turn_taking": "sometimes"}}, "turn_taking"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], message: str) -> None:
    """In one line, with what is known."""
    with pytest.raises(PluginConfigError, match=message) as error:
        ScriptedPlugin(options)
    assert "\n" not in str(error.value)
    assert "Known options are transcripts" in str(error.value)


def test_all_wrong_options_are_named_at_once() -> None:
    """Nobody likes to mend one fault per run."""
    with pytest.raises(PluginConfigError, match=r"transcript_ms: .*; commit_ms: "):
        ScriptedPlugin({"transcript_ms": -1, "commit_ms": -1})


def test_capabilities_are_the_scripts() -> None:
    """What is not given stays as the plugin has it."""
    given = {"turn_taking": "listen", "max_session_s": 60}
    capabilities = ScriptedPlugin({"capabilities": given}).capabilities
    assert capabilities.turn_taking is TurnTaking.LISTEN
    assert capabilities.max_session_s == 60
    assert capabilities.verbatim
