"""Options: every fault named with its fix, and no secret ever printed."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from roomhand_plugins.base import PluginConfigError
from roomhand_plugins.openai import OpenAIPlugin
from roomhand_plugins.openai.models import known_models
from roomhand_plugins.openai.options import read_options

pytestmark = pytest.mark.unit

KEY = "sk-very-secret"


def test_the_defaults_are_data() -> None:
    """Without options the data file decides, and its models are known there."""
    options = read_options({"api_key": KEY}, {})

    models = known_models()
    assert (options.model, options.transcription_model) == ("gpt-realtime-2.1", models_default())
    assert options.model in models.models
    assert options.transcription_model in models.transcription_models


def models_default() -> str:
    """What the file says."""
    return known_models().defaults.transcription_model


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"modell": "x"}, "option modell is not known: did you mean model?"),
        ({"colour": "x"}, "option colour is not known: known are model, "),
        ({"speed": 9}, "option speed: "),
        ({"base_url": "ftp://x"}, "option base_url: must begin with https://"),
        ({"base_url": "wss://"}, "option base_url: must name a host"),
        ({"turn_detection": "magic"}, "option turn_detection: "),
        ({"vad_silence_ms": 500}, "vad_silence_ms needs turn_detection: server_vad"),
        ({"vad_eagerness": "low"}, "vad_eagerness needs turn_detection: semantic_vad"),
        ({"model": "gpt-realtime", "reasoning_effort": "low"}, "does not work with model gpt-r"),
        ({"api_key": "two words"}, "option api_key: must be printable ASCII"),
        ({"connect_timeout_s": 0}, "option connect_timeout_s: "),
        ({"listen_only": True, "transcription_model": None}, "needs a transcription_model"),
        ({"listen_only": True, "turn_detection": "server_vad"}, "needs turn_detection: local"),
        ({"listen_only": True, "voice": "marin"}, "voice is of a model that speaks"),
    ],
)
def test_a_wrong_option_is_named_with_its_fix(given: dict[str, Any], said: str) -> None:
    """One sentence a person can act on."""
    with pytest.raises(PluginConfigError) as caught:
        OpenAIPlugin({"api_key": KEY, **given}, environ={})

    assert said in str(caught.value)
    assert KEY not in str(caught.value)


def test_all_faults_come_at_once() -> None:
    """Two wrong options, one error."""
    with pytest.raises(PluginConfigError, match=r"speed.*; .*voicee"):
        read_options({"speed": 9, "voicee": "x", "api_key": KEY}, {})


def test_the_key_comes_from_the_environment_only_if_not_given() -> None:
    """An option beats OPENAI_API_KEY."""
    environ = {"OPENAI_API_KEY": f"{KEY}\n"}

    from_environment, given = read_options({}, environ), read_options({"api_key": "own"}, environ)

    assert from_environment.api_key is not None
    assert given.api_key is not None
    assert from_environment.api_key.get_secret_value() == KEY
    assert given.api_key.get_secret_value() == "own"


def test_no_key_is_refused_except_for_a_server_of_ones_own() -> None:
    """Other servers need none."""
    with pytest.raises(PluginConfigError, match="Set OPENAI_API_KEY"):
        read_options({}, {})

    assert read_options({"base_url": "ws://127.0.0.1:1/v1"}, {}).api_key is None


def test_secrets_are_never_printed() -> None:
    """Neither the key nor a header's value."""
    options = read_options({"api_key": KEY, "headers": {"x-token": KEY}}, {})

    assert KEY not in f"{options!r} {options} {options.model_dump()}"


def test_a_model_that_ends_soon_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Announced shutdowns are data."""
    with caplog.at_level(logging.WARNING):
        OpenAIPlugin({"api_key": KEY, "model": "gpt-realtime"}, environ={})

    assert "gpt-realtime is shut down on 2027-01-20" in caplog.text


@pytest.mark.parametrize("detection", ["local", "server_vad", "semantic_vad"])
def test_capabilities_follow_the_options(detection: str) -> None:
    """Whoever finds the turns needs the silence, too."""
    plugin = OpenAIPlugin({"api_key": KEY, "turn_detection": detection}, environ={})

    theirs = detection != "local"
    assert plugin.capabilities.speech_detection is theirs
    assert plugin.capabilities.unbroken_input is theirs
    assert not plugin.capabilities.verbatim
    assert not plugin.capabilities.replies_after_tools
