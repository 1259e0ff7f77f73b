"""Real speech, found by the network that ships, followed by samples from microphone to model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.sim.realtime_server import RealtimeServer, SessionRecord
from tests.sim.voices import VOICES, speak
from tests.system.stage import LISTENER, RATE, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import hush

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.speech]

SENTENCES = (
    "The meeting starts at nine, so please bring the figures for March.",
    "We sold forty tickets in the first week. That is more than we had hoped for.",
    "I do not think that the garden can be finished before the summer.",
)
ONSET = round(0.3 * RATE)
STEP = RATE // 50
LOUD = 200
REACH = 2 * RATE


@dataclass(frozen=True, slots=True)
class Reached:
    """Samples of speech: how many there were, and how many the session got."""

    onset: int
    onset_sent: int
    rest: int
    rest_sent: int


def sent_samples(heard: bytes, records: list[SessionRecord]) -> NDArray[np.bool_]:
    """Which samples of what came out of the SDK are in a committed turn of a session.

    A turn is found by its bytes: what the session got is what the ear got, or it is not found.
    """
    sent = np.zeros(len(heard) // 2, np.bool_)
    for record in records:
        for turn in record.committed:
            at = heard.find(bytes(record.audio[turn.first * 2 : turn.end * 2]))
            if at >= 0:
                sent[at // 2 : at // 2 + turn.end - turn.first] = True
    return sent


def place_of(spoken: NDArray[np.int16], heard: NDArray[np.int16], near: int) -> int:
    """Where an utterance begins in what was heard, by cross-correlation around ``near``."""
    begin = max(0, near - REACH)
    window = heard[begin : near + len(spoken) + REACH].astype(np.float64)
    size = len(window) + len(spoken)
    spectrum = np.fft.rfft(window, size) * np.conj(np.fft.rfft(spoken.astype(np.float64), size))
    return begin + int(np.argmax(np.fft.irfft(spectrum)[: len(window)]))


def reached(spoken: NDArray[np.int16], sent: NDArray[np.bool_], at: int) -> Reached:
    """Counts the samples of an utterance's loud steps, its first 300 ms apart."""
    steps = spoken[: len(spoken) // STEP * STEP].reshape(-1, STEP)
    loud = np.repeat(np.abs(steps).max(axis=1) > LOUD, STEP)
    got = sent[at : at + len(loud)]
    first = int(np.argmax(loud))
    early = np.zeros_like(loud)
    early[first : first + ONSET] = True
    late = loud & ~early
    early &= loud
    return Reached(*(int(n.sum()) for n in (early, early & got, late, late & got)))


async def test_speech_reaches_the_session_to_the_sample(venue: Venue, tap: Tap) -> None:
    """Three voices, three utterances each, over one another: at least 99.9 % of the samples of
    speech are in the audio that the sessions got; the first 300 ms are counted apart."""
    names = ("Anna", "Ben", "Cleo")
    utterances = {
        name: [speak(text, voice) for text in SENTENCES]
        for name, voice in zip(names, VOICES.values(), strict=True)
    }
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server), LISTENER, vad="neural") as held,
        people(venue, *names) as present,
    ):
        await held.seat.hears(*(known.track for _, known in present))
        sounds: dict[str, NDArray[np.int16]] = {}
        starts: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            pieces, starts[name] = [hush(500 + 700 * number, rate=RATE)], []
            for samples in utterances[name]:
                starts[name].append(sum(map(len, pieces)))
                pieces += [samples, hush(1200, rate=RATE)]
            sounds[name] = np.concatenate(pieces)
        await asyncio.gather(*(who.say(sounds[known.name], step_ms=50) for who, known in present))
        attendants = [known for _, known in present]
    found = []
    for known in attendants:
        raw = bytes(tap.audio[known.track])
        heard, sent = np.frombuffer(raw, np.int16), sent_samples(raw, server.sessions)
        lead = place_of(utterances[known.name][0], heard, starts[known.name][0])
        for samples, start in zip(utterances[known.name], starts[known.name], strict=True):
            near = lead + start - starts[known.name][0]
            found.append(reached(samples, sent, place_of(samples, heard, near)))
    onset, rest = sum(one.onset for one in found), sum(one.rest for one in found)
    print(f"first 300 ms: {sum(one.onset_sent for one in found) / onset:.4%}")
    print(f"after that: {sum(one.rest_sent for one in found) / rest:.4%}")
    assert rest > 20 * RATE
    assert sum(one.rest_sent for one in found) >= 0.999 * rest, found
    assert sum(one.onset_sent for one in found) >= 0.99 * onset, found
    assert set(held.minutes.unaccounted.values()) == {0}
    assert held.minutes.dropped == {}
