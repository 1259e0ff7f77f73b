"""The tone-word codec: exact where it can be, silent where it cannot."""

from __future__ import annotations

import time

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sim.tone_code import SYMBOL_S, checks_of, is_word
from tests.sim.tones import (
    GAP_S,
    WORD_S,
    WORDS,
    Ear,
    Samples,
    as_words,
    decode,
    encode,
    encode_text,
    speaker_of,
    speaker_words,
    to_number,
    to_word,
)

pytestmark = pytest.mark.unit

RATE = 24_000
numbers = st.integers(0, WORDS - 1)
some_words = st.lists(numbers, min_size=1, max_size=6)
few = settings(max_examples=40, deadline=None, derandomize=True)


def heard(audio: npt.ArrayLike, rate: int = RATE) -> list[str]:
    return [word.word for word in decode(audio, rate)]


def mixed(*parts: tuple[int, Samples], noise: float = 0.0, seed: int = 0) -> Samples:
    """Parts added up, each from its own sample on, with noise of this rms."""
    length = max(at + len(part) for at, part in parts)
    total = np.random.default_rng(seed).normal(0, noise, length)
    for at, part in parts:
        total[at : at + len(part)] += part
    return total.astype(np.int16)


def through_opus(audio: Samples, bitrate: int) -> Samples:
    """48 kHz audio, encoded and decoded as a browser would."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.format, encoder.layout = 48_000, av.AudioFormat("s16"), "mono"
    encoder.bit_rate, encoder.options = bitrate, {"application": "voip"}
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    pieces = []
    for at in range(0, len(audio) - 959, 960):
        frame = av.AudioFrame.from_ndarray(audio[None, at : at + 960], "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, at
        for packet in encoder.encode(frame):
            pieces += [decoded.to_ndarray().reshape(-1) for decoded in decoder.decode(packet)]
    return np.concatenate(pieces)


# Words.


@few
@given(numbers)
def test_every_number_has_its_own_word(number: int) -> None:
    word = to_word(number)
    assert to_number(word) == number
    assert word.isalpha()
    assert len(word) == 6
    assert as_words(word.upper()) == [word]


@pytest.mark.parametrize("text", ["", "sage", "bakit", "bakitoo", "qakito", "12"])
def test_other_text_is_no_tone_word(text: str) -> None:
    with pytest.raises(ValueError, match="not a tone word"):
        to_number(text)


def test_plain_text_is_spoken_as_the_same_words_every_time() -> None:
    assert as_words("Sage, what now?") == [*as_words("sage"), *as_words("what"), *as_words("now")]
    assert heard(encode_text("Sage, what now?")) == as_words("Sage, what now?")


def test_a_word_proves_who_said_it() -> None:
    said = {speaker: speaker_words(speaker, 500, seed=1) for speaker in (0, 7, 63)}
    assert all(speaker_of(word) == speaker for speaker, words in said.items() for word in words)
    assert all(len(set(words)) == 500 for words in said.values())
    assert speaker_words(7, 500, seed=1) == said[7] != speaker_words(7, 500, seed=2)
    with pytest.raises(ValueError, match="speaker"):
        speaker_words(64, 1)


@few
@given(numbers, st.lists(st.tuples(st.integers(0, 5), st.integers(1, 63)), min_size=1, max_size=3))
def test_up_to_three_wrong_symbols_never_make_another_word(
    number: int, errors: list[tuple[int, int]]
) -> None:
    data = [number // 4096, number // 64 % 64, number % 64]
    right = [*data, *checks_of(data)]
    wrong = list(right)
    for place, error in errors:
        wrong[place] = right[place] ^ error
    assert is_word(right)
    assert not is_word(wrong)


# Hearing.


@few
@given(some_words, st.integers(0, 5000), st.floats(0, 0.2), st.sampled_from([8, 16, 24, 48]))
def test_words_are_heard_at_any_rate_place_and_pace(
    words: list[int], before: int, gap_s: float, rate_khz: int
) -> None:
    rate = rate_khz * 1000
    audio = mixed((before, encode(words, rate, gap_s=gap_s)), noise=30)
    found = decode(audio, rate)
    assert [word.word for word in found] == [to_word(number) for number in words]
    for place, word in enumerate(found):
        at_s = before / rate + place * (WORD_S + gap_s)
        assert word.first / rate == pytest.approx(at_s, abs=0.011)
        assert word.end / rate == pytest.approx(at_s + WORD_S, abs=0.011)
        assert word.level_dbfs == pytest.approx(-20, abs=1)


@few
@given(some_words, st.integers(0, 12_000), st.floats(0, 0.2), st.integers(0, 2**16))
def test_words_are_heard_over_a_talker_6_db_below(
    words: list[int], offset: int, gap_s: float, seed: int
) -> None:
    strong = encode([number % (63 * 4096) for number in words])
    weak = encode(speaker_words(63, 7, seed=seed), gap_s=gap_s, level_dbfs=-26)
    found = heard(mixed((2000, strong), (offset, weak), noise=60, seed=seed))
    own = [word for word in found if speaker_of(word) != 63]
    assert own == [to_word(number % (63 * 4096)) for number in words]


@few
@given(some_words, st.integers(0, 40_000), st.integers(1, 5_000))
def test_a_stream_is_heard_like_the_whole(words: list[int], before: int, step: int) -> None:
    audio = mixed((before, encode(words)), noise=30)
    ear = Ear()
    pieces = [audio[at : at + step] for at in range(0, len(audio), step)]
    found = [word for piece in pieces for word in ear.push(piece)] + ear.flush()
    assert [(w.word, w.first, w.end) for w in found] == [
        (w.word, w.first, w.end) for w in decode(audio)
    ]


def test_a_stream_tells_a_word_soon_after_its_end() -> None:
    ear, audio = Ear(), np.concatenate([encode([77], gap_s=0), np.zeros(RATE, dtype=np.int16)])
    for at in range(0, len(audio), 480):
        if ear.push(audio[at : at + 480]):
            assert at / RATE < WORD_S + 0.1
            return
    pytest.fail("the word was not heard")


# Damage.


@few
@given(numbers, st.floats(0, WORD_S))
def test_a_word_without_its_beginning_is_itself_or_nothing(number: int, cut_s: float) -> None:
    found = heard(encode([number])[round(cut_s * RATE) :])
    assert found in ([], [to_word(number)])
    assert cut_s < 0.7 * SYMBOL_S or not found


@few
@given(numbers, st.floats(0, WORD_S))
def test_a_word_without_its_end_is_itself_or_nothing(number: int, cut_s: float) -> None:
    found = heard(encode([number], gap_s=0)[: round((WORD_S - cut_s) * RATE)])
    assert found in ([], [to_word(number)])
    assert cut_s < 1.4 * SYMBOL_S or not found


@few
@given(numbers, numbers, st.floats(0, WORD_S), st.floats(0, WORD_S))
def test_two_halves_of_words_never_make_a_third(
    a: int, b: int, end_s: float, begin_s: float
) -> None:
    halves = [encode([a])[: round(end_s * RATE)], encode([b])[round(begin_s * RATE) :]]
    assert set(heard(np.concatenate(halves))) <= {to_word(a), to_word(b)}


@few
@given(numbers, st.integers(1, 6), st.floats(0.02, 0.19))
def test_a_pause_that_a_jitter_buffer_puts_into_a_word_does_no_harm(
    number: int, place: int, pause_s: float
) -> None:
    audio = encode([number, 99])
    at = round(place * SYMBOL_S * RATE)
    pause = np.zeros(round(pause_s * RATE), dtype=np.int16)
    assert heard(np.concatenate([audio[:at], pause, audio[at:]])) == [to_word(number), to_word(99)]


@pytest.mark.parametrize("rms", [10, 300, 3000])
def test_noise_has_no_words(rms: int) -> None:
    noise = np.random.default_rng(rms).normal(0, rms, RATE * 20)
    assert heard(noise.astype(np.int16)) == []


@pytest.mark.parametrize("bitrate", [16_000, 24_000, 64_000])
@pytest.mark.parametrize("with_talker_below", [False, True])
def test_words_survive_opus(bitrate: int, with_talker_below: bool) -> None:
    words = speaker_words(1, 50)
    parts = [(500, encode(words, 48_000, gap_s=0.04))]
    if with_talker_below:
        parts.append((0, encode(speaker_words(63, 40), 48_000, gap_s=0.1, level_dbfs=-26)))
    found = heard(
        through_opus(mixed(*parts, (0, np.zeros(48_000 * 25, np.int16))), bitrate), 48_000
    )
    assert [word for word in found if speaker_of(word) != 63] == words


def test_decoding_takes_less_than_a_twentieth_of_real_time() -> None:
    audio = encode(speaker_words(0, 60))
    began = time.process_time()
    ear = Ear()
    for at in range(0, len(audio), 480):
        ear.push(audio[at : at + 480])
    assert time.process_time() - began < 0.05 * 60 * (WORD_S + GAP_S)
