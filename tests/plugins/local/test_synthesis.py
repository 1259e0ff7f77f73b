"""The packaged voice speaks, says where each word ends, and without chance always the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.local.options import VoiceSettings
from roomhand_plugins.local.synthesis import MAX_SENTENCE, sentences, speak

pytestmark = pytest.mark.speech

STILL = VoiceSettings(noise_scale=0.0, noise_w=0.0)


def quiet_at(samples: np.ndarray, at: int, reach_ms: int) -> float:
    """Loudness around a position, as a part of the whole's."""
    reach = reach_ms * SAMPLE_RATE // 1000
    near = samples[max(0, at - reach) : at + reach].astype(float)
    return float(np.sqrt(np.mean(near**2) / np.mean(samples.astype(float) ** 2)))


def test_words_end_where_the_voice_pauses() -> None:
    """The model's own lengths of sounds are used: at the comma there is silence."""
    speech = speak("Yes, of course, he comes.", STILL)

    comma = speech.ends[speech.words.index("course,")]
    assert min(quiet_at(speech.samples, comma + late * 24, 10) for late in range(0, 200, 20)) < 0.1
    assert all(one < other for one, other in pairwise(speech.ends))


@pytest.mark.parametrize("text", ["In 1999 we met.", "One of the two - or both.", "Dr. Who?"])
def test_every_word_has_an_end_also_where_sounds_and_words_do_not_match(text: str) -> None:
    """Then the words share the time."""
    speech = speak(text, STILL)

    assert len(speech.ends) == len(speech.words) == len(text.split())
    assert list(speech.ends) == sorted(speech.ends)
    assert speech.ends[-1] <= len(speech.samples)


def test_without_noise_the_same_text_gives_the_same_samples() -> None:
    """Other sentences in between change nothing."""
    first = speak("It rains.", STILL)
    speak("Something else.", VoiceSettings())

    np.testing.assert_array_equal(first.samples, speak("It rains.", STILL).samples)


def test_a_pitch_shift_keeps_the_tempo() -> None:
    """Higher by three semitones, as long as before within a tenth."""
    plain, high = (
        speak("The train leaves at seven.", voice)
        for voice in (STILL, replace(STILL, semitones=3.0))
    )

    assert abs(len(high.samples) / len(plain.samples) - 1) < 0.1


@pytest.mark.parametrize("text", ["", "...", "- ?", "\N{ROCKET}"])
def test_what_has_no_words_is_no_sound(text: str) -> None:
    """And no error."""
    assert len(speak(text, STILL).samples) == 0


@given(st.text(alphabet="ab, .?!;\n", max_size=2000))
def test_sentences_are_short_and_nothing_is_lost(text: str) -> None:
    """Joined they are the text, blanks apart."""
    pieces = sentences(text)

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < len(piece) <= MAX_SENTENCE for piece in pieces)
