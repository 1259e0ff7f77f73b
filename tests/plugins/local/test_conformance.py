"""The local plugin keeps the rules that every plugin must keep, with real models."""

from __future__ import annotations

import pytest

from roomhand_plugins.base import Plugin
from roomhand_plugins.conformance import PluginConformance
from roomhand_plugins.local import LocalPlugin
from tests.sim.voices import VOICES, speak

pytestmark = pytest.mark.speech

WORDS = "the budget for the new project is forty thousand dollars"


class TestLocalPlugin(PluginConformance):
    """There is no connection to lose and no session that expires."""

    wait_s = 60.0
    expected_text = WORDS

    async def make_plugin(self) -> Plugin:
        """One recogniser process is enough, and checks that turns wait for it."""
        return LocalPlugin({"workers": 1, "noise_scale": 0.0, "noise_w": 0.0})

    @property
    def speech(self) -> bytes:
        """A sentence that the recogniser is known to understand."""
        return speak(f"{WORDS.capitalize()}.", VOICES["low"]).tobytes()
