"""Synthetic people and the observer, in a real room."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from livekit import api

from roomhand_plugins.base import SAMPLE_RATE
from tests.demo.observer import AUDIBLE_DB, STEP_MS, Observer
from tests.demo.overlap import on_time, sounding
from tests.demo.people import Samples, SyntheticPerson
from tests.sim import servers

pytestmark = pytest.mark.livekit

ONE_S = SAMPLE_RATE


def admission(server: servers.LiveKit, room: str, identity: str, *, hidden: bool = False) -> str:
    """A token."""
    grants = api.VideoGrants(room_join=True, room=room, hidden=hidden)
    made = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
    return made.with_grants(grants).with_ttl(timedelta(hours=1)).to_jwt()


def hum() -> Samples:
    """A second of a tone."""
    at = np.arange(ONE_S) / SAMPLE_RATE
    return (np.sin(2 * np.pi * 300 * at) * 8000).astype(np.int16)


async def until(ready: Callable[[], bool]) -> None:
    """Wait, at most ten seconds."""
    deadline_s = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.05)


async def test_an_observer_hears_each_person_when_they_say_they_spoke(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    observer = Observer()
    await observer.join(livekit_server.url, admission(livekit_server, room_name, "o", hidden=True))
    first, second = [
        await SyntheticPerson.join(
            livekit_server.url, admission(livekit_server, room_name, identity)
        )
        for identity in ("a", "b")
    ]
    try:
        await until(lambda: set(observer.heard) == {"a", "b"})
        heard = observer.heard["a"]
        await until(lambda: bool(heard.at_s))
        said = await first.say(hum())
        await until(lambda: heard.at_s[-1] > max(said.end_s, heard.audible_at_s) + 0.3)
        sounds = sorted(sounding(on_time(heard.at_s, STEP_MS), heard.level_db, AUDIBLE_DB, STEP_MS))
        assert len(sounds) * STEP_MS == pytest.approx(1000, abs=150)
        assert sounds[0] * STEP_MS / 1000 == pytest.approx(said.start_s, abs=0.5)
        span = heard.span(said.start_s)
        assert span is not None
        assert span[1] - span[0] == pytest.approx(1.0, abs=0.2)
        assert said.end_s - said.start_s == pytest.approx(1.0, abs=0.2)
        assert observer.heard["b"].audible_s(0.0) == 0
        assert first.published_samples >= ONE_S
    finally:
        await asyncio.gather(first.leave(), second.leave(), observer.leave())
        await observer.leave()
