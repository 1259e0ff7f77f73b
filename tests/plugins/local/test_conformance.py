"""The local plugin keeps the rules that every plugin must keep, with real models."""

from __future__ import annotations

import asyncio

import pytest

from roomhand_plugins.base import Plugin
from roomhand_plugins.conformance import PluginConformance
from roomhand_plugins.local import LocalPlugin
from tests.plugins.local.recognisers import recognisers
from tests.sim.voices import VOICES, speak

pytestmark = pytest.mark.speech

WORDS = "the election will be in november"


class TestLocalPlugin(PluginConformance):
    """There is no connection to lose and no session that expires; the peer that may not read is a
    recogniser process."""

    wait_s = 60.0
    expected_text = WORDS

    async def make_plugin(self) -> Plugin:
        """One recogniser process is enough, and checks that turns wait for it."""
        return LocalPlugin({"workers": 1, "noise_scale": 0.0, "noise_w": 0.0})

    @property
    def speech(self) -> bytes:
        """A sentence that the recogniser is known to understand."""
        return speak(f"{WORDS.capitalize()}.", VOICES["low"]).tobytes()

    async def stall(self) -> None:
        """Stop every recogniser; the first starts with the first turn."""
        async with asyncio.timeout(self.wait_s):
            while not recognisers():  # noqa: ASYNC110  no event
                await asyncio.sleep(0.01)
        for recogniser in recognisers():
            recogniser.suspend()

    async def unstall(self) -> None:
        """Let them go on."""
        for recogniser in recognisers():
            recogniser.resume()


class TestListening(TestLocalPlugin):
    """Without a voice."""

    async def make_plugin(self) -> Plugin:
        """One recogniser process."""
        return LocalPlugin({"workers": 1, "listen_only": True})
