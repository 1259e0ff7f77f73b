"""The agent's own voice, back from a loudspeaker, is told from somebody who speaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomhand.turns.echo import Echo, Sound
from roomhand.turns.own_voice import FLOOR_DB, HOP, OwnVoice, levels
from roomhand_plugins.base import SAMPLE_RATE
from tests.sim.voices import VOICES, speak

pytestmark = [pytest.mark.unit, pytest.mark.speech]

FRAME = SAMPLE_RATE // 50
AGENT = (
    "I have looked at the figures of the last three months, and they are better than we thought, "
    "mostly because of the new shop in the north."
)
PERSON = "Excuse me, could we go back to the budget for a second?"
DELAYS_MS = (60, 130, 230, 400, 600)


def agent() -> NDArray[np.int16]:
    """What the agent says."""
    return speak(AGENT, VOICES["low"])


def microphone(
    echo_ms: int | None,
    *,
    echo_db: float = -10.0,
    person_at_s: float | None = None,
    noise_db: float = -60.0,
) -> NDArray[np.int16]:
    """What a track carries while the agent speaks: a room's echo, a person, noise."""
    played, random = agent(), np.random.default_rng(1)
    sound = random.standard_normal(len(played) + SAMPLE_RATE) * 32768 * 10 ** (noise_db / 20)
    if echo_ms is not None:
        room = random.standard_normal(2000) * np.exp(-np.arange(2000) / 400) * 0.08
        room[0] = 1.0
        echo = np.convolve(played, room)[: len(played)] * 10 ** (echo_db / 20)
        begin = echo_ms * SAMPLE_RATE // 1000
        sound[begin : begin + len(echo)] += echo
    if person_at_s is not None:
        person = speak(PERSON, VOICES["middle"]).astype(np.float64)
        person = person[np.argmax(np.abs(person) > 1000) :]
        begin = round(person_at_s * SAMPLE_RATE)
        person = person[: len(sound) - begin]
        sound[begin : begin + len(person)] += person
    return np.clip(sound, -32768, 32767).astype(np.int16)


def listen(
    heard: NDArray[np.int16], echo: Echo, own: OwnVoice, *, at_s: float = 1000.0
) -> list[Sound]:
    """What is found in each frame; the agent's voice is captured 200 ms ahead, as the mouth does.

    Frames come up to 8 ms late, as they do from the network.
    """
    played, late = agent(), np.random.default_rng(2)
    found, captured = [], 0
    for number in range(len(heard) // FRAME):
        now_s = at_s + (number + 1) * FRAME / SAMPLE_RATE + late.random() * 0.008
        while captured < len(played) and captured < (number + 11) * FRAME:
            begin_s = at_s if not captured else now_s
            own.capture(played[captured : captured + FRAME].tobytes(), begin_s)
            captured += FRAME
        found.append(echo.hear(heard[number * FRAME : (number + 1) * FRAME].tobytes(), now_s))
    return found


def hear(heard: NDArray[np.int16]) -> tuple[list[Sound], Echo]:
    """By a track of its own."""
    own = OwnVoice()
    echo = Echo(own)
    return listen(heard, echo, own), echo


@pytest.mark.parametrize("delay_ms", DELAYS_MS)
def test_an_echo_is_known_within_half_a_second_and_then_never_taken_for_speech(
    delay_ms: int,
) -> None:
    found, echo = hear(microphone(delay_ms))
    first = found.index(Sound.ECHO)
    assert first * 20 < delay_ms + 500
    assert set(found[first:-5]) == {Sound.ECHO}
    assert echo.lag_ms == pytest.approx(delay_ms, abs=20)
    begun = delay_ms // 20 + 8
    assert set(found[begun:first]) <= {Sound.UNSURE}, "it is not taken for speech before"


@pytest.mark.parametrize("delay_ms", DELAYS_MS[::2])
def test_a_person_who_speaks_over_the_echo_is_heard_at_once_and_to_the_end(delay_ms: int) -> None:
    found, _ = hear(microphone(delay_ms, person_at_s=3.0))
    assert set(found[100:145]) == {Sound.ECHO}
    first = found.index(Sound.SPEECH, 145)
    assert (first - 150) * 20 <= 260
    over = found[first : first + 100]
    assert over.count(Sound.SPEECH) >= 75


@pytest.mark.parametrize("begin_s", [0.5, 1.7, 3.0])
def test_a_person_with_headphones_is_never_taken_for_an_echo(begin_s: float) -> None:
    found, echo = hear(microphone(None, person_at_s=begin_s))
    assert Sound.ECHO not in found
    assert echo.lag_ms is None


def test_a_quiet_room_is_neither() -> None:
    found, _ = hear(microphone(None))
    assert set(found) == {Sound.SPEECH}, "nothing is kept from the detector"


def test_the_way_back_is_remembered_for_the_next_reply() -> None:
    own = OwnVoice()
    echo = Echo(own)
    listen(microphone(230), echo, own, at_s=1000.0)
    found = listen(microphone(230), echo, own, at_s=1030.0)
    assert set(found[12:-5]) == {Sound.ECHO}


def test_an_echo_that_is_gone_is_forgotten_when_somebody_speaks() -> None:
    """The person puts headphones on: what is heard no longer follows what is played."""
    own = OwnVoice()
    echo = Echo(own)
    listen(microphone(230), echo, own, at_s=1000.0)
    found = listen(microphone(None, person_at_s=2.0), echo, own, at_s=1030.0)
    speaking = found[105:220]
    assert speaking.count(Sound.SPEECH) >= 0.7 * len(speaking)


def test_a_delay_that_changes_is_learned_again_before_it_is_a_turn() -> None:
    """A jitter buffer grows: for a moment the echo is louder than the old delay explains."""
    own = OwnVoice()
    echo = Echo(own)
    heard = microphone(200)
    half = 3 * SAMPLE_RATE
    heard = np.concatenate([heard[:half], heard[half - SAMPLE_RATE // 8 :]])
    found = listen(heard, echo, own)
    assert echo.lag_ms == pytest.approx(325, abs=20)
    taken = [number for number, sound in enumerate(found[25:-10]) if sound is Sound.SPEECH]
    assert len(taken) <= 12
    assert echo.learned_at > half


def test_while_the_agent_is_silent_nothing_is_an_echo_and_nothing_is_computed() -> None:
    own = OwnVoice()
    echo = Echo(own)
    for number in range(100):
        pcm = agent()[number * FRAME : (number + 1) * FRAME].tobytes()
        assert echo.hear(pcm, 1000 + number * 0.02) is Sound.SPEECH
    assert own._measured == 0


def test_a_ducked_voice_comes_back_ducked() -> None:
    """The levels that were really played are what is compared."""
    own = OwnVoice()
    echo = Echo(own)
    played, heard = agent().copy(), microphone(230)
    half = 2 * SAMPLE_RATE
    played[half:] = (played[half:] * 0.063).astype(np.int16)
    heard[half + 230 * 24 :] = (heard[half + 230 * 24 :] * 0.063).astype(np.int16)
    found = []
    for number in range(len(played) // FRAME):
        now_s = 1000.0 + (number + 1) * FRAME / SAMPLE_RATE
        piece = slice(number * FRAME, (number + 1) * FRAME)
        own.capture(played[piece].tobytes(), now_s - FRAME / SAMPLE_RATE)
        found.append(echo.hear(heard[piece].tobytes(), now_s))
    assert set(found[found.index(Sound.ECHO) :]) == {Sound.ECHO}


def test_what_was_cleared_was_not_played() -> None:
    own = OwnVoice()
    own.capture(agent()[: SAMPLE_RATE // 2].tobytes(), 1000.0)
    own.clear(1000.2)
    assert own.sounded(1000.25, 0.1)
    assert not own.sounded(1000.31, 0.1)
    before, after = own.levels(100_019, 15, 1001.0), own.levels(100_060, 30, 1001.0)
    assert before.max() > -50
    assert after.max() == after.min() == FLOOR_DB


@given(
    pieces=st.lists(
        st.tuples(
            st.sampled_from(["capture", "clear", "hear", "pass"]),
            st.integers(0, 2000),
            st.sampled_from([0, 40, 3000, 32767]),
            st.integers(0, 99),
        ),
        max_size=60,
    )
)
def test_any_sound_in_any_order_is_judged(pieces: list[tuple[str, int, int, int]]) -> None:
    own = OwnVoice()
    echo, now_s = Echo(own), 50.0
    for kind, length, level, seed in pieces:
        noise = np.random.default_rng(seed).uniform(-level, level, length).astype(np.int16)
        if kind == "capture":
            own.capture(noise.tobytes(), now_s)
        elif kind == "clear":
            own.clear(now_s)
        elif kind == "hear":
            now_s += length / SAMPLE_RATE
            assert echo.hear(noise.tobytes(), now_s) in Sound
        else:
            now_s += length / 1000
        assert np.isfinite(echo._gain).all()


def test_levels_of_a_tone_are_its_own_in_its_band() -> None:
    at = np.arange(20 * HOP)
    tone = (np.sin(2 * np.pi * 1000 * at / SAMPLE_RATE) * 3276.7).astype(np.int16)
    rows = levels(tone)
    assert rows.shape == (19, 15)
    assert set(rows.argmax(axis=1)) == {6}, "920 to 1080 Hz"
    assert rows.max() == pytest.approx(-23, abs=1.5)
