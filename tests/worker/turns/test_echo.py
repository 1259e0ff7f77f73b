"""An agent's voice, back from a loudspeaker, is told from somebody who speaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomhand.turns.echo import Echo, Sound
from roomhand.turns.fellow_voice import UNKNOWN_S, FellowVoice
from roomhand.turns.own_voice import OwnVoice
from roomhand.turns.played import FLOOR_DB, HOP, levels
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


class Own(OwnVoice):
    """The agent's own: captured 200 ms ahead, as the mouth does."""

    def play(self, number: int, at_s: float, now_s: float) -> None:
        """What is there when frame ``number`` of a track has come."""
        first, ahead = (0, 11) if number == 0 else (number + 10, number + 11)
        for at in range(first, ahead):
            piece = agent()[at * FRAME : (at + 1) * FRAME]
            if len(piece):
                self.capture(piece.tobytes(), now_s if at else at_s)


class Fellow(FellowVoice):
    """Another agent's: it arrives in frames, also while it is silent."""

    def __init__(self) -> None:
        super().__init__(now_s=0.0)
        self._late = np.random.default_rng(5)

    def play(self, number: int, at_s: float, now_s: float) -> None:
        """What is there when frame ``number`` of a track has come."""
        piece = np.zeros(FRAME, np.int16)
        sounds = agent()[number * FRAME : (number + 1) * FRAME]
        piece[: len(sounds)] = sounds
        end_s = at_s + (number + 1) * FRAME / SAMPLE_RATE
        self.hear(piece.tobytes(), end_s + self._late.random() * 0.008)


VOICES_OF_AGENTS = pytest.mark.parametrize("voice_class", [Own, Fellow])
Voice = Own | Fellow


def listen(
    heard: NDArray[np.int16], echo: Echo, voice: Voice, *, at_s: float = 1000.0
) -> list[Sound]:
    """What is found in each frame, while the voice plays.

    Frames come up to 8 ms late, as they do from the network.
    """
    late, found = np.random.default_rng(2), []
    for number in range(len(heard) // FRAME):
        now_s = at_s + (number + 1) * FRAME / SAMPLE_RATE + late.random() * 0.008
        voice.play(number, at_s, now_s)
        found.append(echo.hear(heard[number * FRAME : (number + 1) * FRAME].tobytes(), now_s))
    return found


def hear(
    heard: NDArray[np.int16], voice_class: type[Voice] = Own
) -> tuple[list[Sound], int | None]:
    """By a track of its own, of a voice of its own; and how much later it came back (ms)."""
    voice = voice_class()
    echo = Echo([voice])
    return listen(heard, echo, voice), echo.lag_ms(voice)


@VOICES_OF_AGENTS
@pytest.mark.parametrize("delay_ms", DELAYS_MS)
def test_an_echo_is_known_within_half_a_second_and_then_never_taken_for_speech(
    delay_ms: int, voice_class: type[Voice]
) -> None:
    found, lag_ms = hear(microphone(delay_ms), voice_class)
    first = found.index(Sound.ECHO)
    assert first * 20 < delay_ms + 500
    assert set(found[first:-5]) == {Sound.ECHO}
    assert lag_ms == pytest.approx(delay_ms, abs=20)
    begun = delay_ms // 20 + 8
    assert set(found[begun:first]) <= {Sound.UNSURE}, "it is not taken for speech before"


@VOICES_OF_AGENTS
@pytest.mark.parametrize("delay_ms", DELAYS_MS[::2])
def test_a_person_who_speaks_over_the_echo_is_heard_at_once_and_to_the_end(
    delay_ms: int, voice_class: type[Voice]
) -> None:
    found, _ = hear(microphone(delay_ms, person_at_s=3.0), voice_class)
    assert set(found[100:145]) == {Sound.ECHO}
    first = found.index(Sound.SPEECH, 145)
    assert (first - 150) * 20 <= 260
    over = found[first : first + 100]
    assert over.count(Sound.SPEECH) >= 75


@VOICES_OF_AGENTS
@pytest.mark.parametrize("begin_s", [0.5, 1.7, 3.0])
def test_a_person_with_headphones_is_never_taken_for_an_echo(
    begin_s: float, voice_class: type[Voice]
) -> None:
    found, lag_ms = hear(microphone(None, person_at_s=begin_s), voice_class)
    assert Sound.ECHO not in found
    assert lag_ms is None


def test_a_quiet_room_is_neither() -> None:
    found, _ = hear(microphone(None))
    assert set(found) == {Sound.SPEECH}, "nothing is kept from the detector"


def test_the_way_back_is_remembered_for_the_next_reply() -> None:
    own = Own()
    echo = Echo([own])
    listen(microphone(230), echo, own, at_s=1000.0)
    found = listen(microphone(230), echo, own, at_s=1030.0)
    assert set(found[12:-5]) == {Sound.ECHO}


def test_an_echo_that_is_gone_is_forgotten_when_somebody_speaks() -> None:
    """The person puts headphones on: what is heard no longer follows what is played."""
    own = Own()
    echo = Echo([own])
    listen(microphone(230), echo, own, at_s=1000.0)
    found = listen(microphone(None, person_at_s=2.0), echo, own, at_s=1030.0)
    speaking = found[105:220]
    assert speaking.count(Sound.SPEECH) >= 0.7 * len(speaking)


def told(heard: NDArray[np.int16], echo: Echo, voice: Voice, at_s: float = 1000.0) -> list[int]:
    """Frames from which on somebody would be told to speak."""
    late, found = np.random.default_rng(2), []
    for number in range(len(heard) // FRAME):
        now_s = at_s + (number + 1) * FRAME / SAMPLE_RATE + late.random() * 0.008
        voice.play(number, at_s, now_s)
        sound = echo.hear(heard[number * FRAME : (number + 1) * FRAME].tobytes(), now_s)
        if sound is Sound.SPEECH and echo._spoken and not echo.doubtful:
            found.append(number)
    return found


@VOICES_OF_AGENTS
@pytest.mark.parametrize("by_ms", [-80, 125, 180])
def test_a_delay_that_changes_is_learned_again_before_it_is_a_turn(
    by_ms: int, voice_class: type[Voice]
) -> None:
    """A jitter buffer grows or empties: for a moment the old delay does not explain the echo, which
    is known for one before anybody is told of speech."""
    voice = voice_class()
    echo = Echo([voice])
    heard, cut = microphone(300), 2 * SAMPLE_RATE
    heard = np.concatenate([heard[:cut], heard[cut - by_ms * SAMPLE_RATE // 1000 :]])
    assert told(heard, echo, voice) == []
    assert echo.lag_ms(voice) == pytest.approx(300 + by_ms, abs=20)


@VOICES_OF_AGENTS
@pytest.mark.parametrize("delay_ms", [60, 230])
def test_a_reply_whose_echo_comes_at_another_delay_than_the_last_one_is_no_turn(
    delay_ms: int, voice_class: type[Voice]
) -> None:
    """The buffers emptied or grew while nobody spoke: the delay that is known is not the one that
    counts. What comes sooner than it is explained by nothing, until it is learned anew."""
    voice = voice_class()
    echo = Echo([voice])
    told(microphone(170), echo, voice, at_s=1000.0)
    assert told(microphone(delay_ms), echo, voice, at_s=1030.0) == []
    assert echo.lag_ms(voice) == pytest.approx(delay_ms, abs=20)


def test_while_all_agents_are_silent_nothing_is_an_echo_and_nothing_is_computed() -> None:
    """Of a fellow whose track brings silence nothing is kept."""
    own, fellow = OwnVoice(), FellowVoice(now_s=990.0)
    echo = Echo([own, fellow])
    for number in range(100):
        fellow.hear(bytes(FRAME * 2), 1000 + number * 0.02)
        pcm = agent()[number * FRAME : (number + 1) * FRAME].tobytes()
        assert echo.hear(pcm, 1000 + number * 0.02) is Sound.SPEECH
    assert (own._measured, fellow._measured) == (0, 0)
    assert (own._end, fellow._end) == (0, 0)


def test_two_agents_that_speak_in_turn_come_back_each_on_its_way() -> None:
    """The second is known at once, for the track is known to have a loudspeaker beside it."""
    own, fellow = Own(), Fellow()
    echo = Echo([own, fellow])
    listen(microphone(230), echo, own, at_s=1000.0)
    found = listen(microphone(180), echo, fellow, at_s=1030.0)
    assert echo.lag_ms(own) == pytest.approx(230, abs=20)
    assert echo.lag_ms(fellow) == pytest.approx(180, abs=20)
    first = found.index(Sound.ECHO)
    assert first * 20 < 180 + 350
    assert set(found[first:-5]) == {Sound.ECHO}
    assert Sound.SPEECH not in found[180 // 20 + 8 : first]


def test_a_person_is_heard_over_the_second_of_two_agents() -> None:
    own, fellow = Own(), Fellow()
    echo = Echo([own, fellow])
    listen(microphone(230), echo, own, at_s=1000.0)
    found = listen(microphone(180, person_at_s=3.0), echo, fellow, at_s=1030.0)
    assert set(found[100:145]) == {Sound.ECHO}
    first = found.index(Sound.SPEECH, 145)
    assert (first - 150) * 20 <= 260


def test_who_joins_while_a_fellow_speaks_does_not_take_it_for_a_person() -> None:
    """Before the fellow's track has brought a frame nobody knows what it plays."""
    fellow = Fellow()
    fellow.begin(999.9)
    echo = Echo([fellow])
    heard, found = microphone(230), []
    for number in range(50, 150):
        now_s = 1000 + (number - 49) * 0.02
        if number >= 54:
            fellow.play(number, 1000 - 0.98, now_s)
        found.append(echo.hear(heard[number * FRAME : (number + 1) * FRAME].tobytes(), now_s))
    assert Sound.SPEECH not in found[2:]
    assert found[-1] is Sound.ECHO


def test_a_track_that_never_brings_a_frame_holds_nobody_up_for_long() -> None:
    echo = Echo([FellowVoice(now_s=1000.0)])
    person = speak(PERSON, VOICES["middle"])
    found = [
        echo.hear(person[at : at + FRAME].tobytes(), 1000 + at / SAMPLE_RATE)
        for at in range(0, 3 * SAMPLE_RATE, FRAME)
    ]
    assert set(found[round(UNKNOWN_S * 50) :]) == {Sound.SPEECH}


def test_a_voice_that_has_left_takes_no_part_any_more() -> None:
    own, fellow = Own(), Fellow()
    voices: list[Voice] = [own, fellow]
    echo = Echo(voices)
    listen(microphone(180), echo, fellow, at_s=1000.0)
    voices.remove(fellow)
    listen(microphone(230), echo, own, at_s=1030.0)
    assert echo.lag_ms(fellow) is None
    assert echo.lag_ms(own) is not None


def test_silence_that_has_not_arrived_is_not_taken_for_silence() -> None:
    """What a fellow plays is measured when it is there, not when it is asked for."""
    fellow = FellowVoice(now_s=0.0)
    pcm = agent()[SAMPLE_RATE : SAMPLE_RATE + 5 * FRAME]
    fellow.hear(pcm[:FRAME].tobytes(), 1000.0)
    early = fellow.levels(100_008, 4, 1000.1)
    for at in range(1, 5):
        fellow.hear(pcm[at * FRAME : (at + 1) * FRAME].tobytes(), 1000.0 + at * 0.02)
    assert early.max() == FLOOR_DB
    assert fellow.levels(100_007, 4, 1000.1).max() > FLOOR_DB + 20


def test_a_ducked_voice_comes_back_ducked() -> None:
    """The levels that were really played are what is compared."""
    own = OwnVoice()
    echo = Echo([own])
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
    echo, now_s = Echo([own]), 50.0
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
        assert all(np.isfinite(way._gain).all() for way in echo._ways.values())


def test_levels_of_a_tone_are_its_own_in_its_band() -> None:
    at = np.arange(20 * HOP)
    tone = (np.sin(2 * np.pi * 1000 * at / SAMPLE_RATE) * 3276.7).astype(np.int16)
    rows = levels(tone)
    assert rows.shape == (19, 15)
    assert set(rows.argmax(axis=1)) == {6}, "920 to 1080 Hz"
    assert rows.max() == pytest.approx(-23, abs=1.5)
