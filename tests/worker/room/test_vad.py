"""Voice detection for many tracks: order, rounds, backlog, and what is taken for speech."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from roomhand.room import vad
from roomhand.room.detectors import (
    Detector,
    EnergyDetector,
    NeuralDetector,
    TwoThirds,
    make_detector,
)
from roomhand.room.vad import VadPool
from roomhand.settings import VadKind
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

WINDOW = 100


class FirstSample:
    """A fake detector: the probability is the window's first sample, in hundredths."""

    window_samples = WINDOW

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.resets = 0

    def probability(self, window: bytes) -> float:
        self.threads.add(threading.get_ident())
        return float(np.frombuffer(window, np.int16)[0]) / 100

    def reset(self) -> None:
        self.resets += 1


class Failing(FirstSample):
    """A fake detector that is broken."""

    def probability(self, window: bytes) -> float:
        raise RuntimeError("planted")


class Held(FirstSample):
    """A fake detector that does not come back until it is let go."""

    def __init__(self, free: threading.Event) -> None:
        super().__init__()
        self._free = free

    def probability(self, window: bytes) -> float:
        assert self._free.wait(10)
        return super().probability(window)


class Verdicts:
    """What one lane was told."""

    def __init__(self) -> None:
        self.probabilities: list[float] = []
        self.ended = asyncio.Event()

    def take(self, probabilities: Sequence[float], ended: bool) -> None:
        assert not self.ended.is_set()
        self.probabilities.extend(probabilities)
        if ended:
            self.ended.set()


def audio(hundredths: int, samples: int = WINDOW) -> bytes:
    return np.full(samples, hundredths, np.int16).tobytes()


@pytest.mark.parametrize("inline", [True, False])
async def test_windows_are_cut_across_frames_and_judged_in_order(inline: bool) -> None:
    pool = VadPool(FirstSample, inline=inline)
    told = Verdicts()
    lane = pool.open(told.take)
    for part in (audio(10, 60), audio(20, 60), audio(30, 250)):
        lane.hear(part)
    lane.end()
    await asyncio.wait_for(told.ended.wait(), 5)
    assert told.probabilities == [0.1, 0.2, 0.3]
    await pool.aclose()


async def test_all_tracks_share_one_thread_and_one_round() -> None:
    """Twenty tracks that have audio at the same time cost one trip to the thread."""
    detectors: list[FirstSample] = []

    def make() -> Detector:
        detectors.append(FirstSample())
        return detectors[-1]

    pool = VadPool(make)
    tellings = [Verdicts() for _ in range(20)]
    lanes = [pool.open(told.take) for told in tellings]
    for number, lane in enumerate(lanes):
        lane.hear(audio(number))
        lane.end()
    await asyncio.gather(*(asyncio.wait_for(told.ended.wait(), 5) for told in tellings))
    assert [told.probabilities for told in tellings] == [[n / 100] for n in range(20)]
    assert pool.rounds == 1
    assert len(set().union(*(detector.threads for detector in detectors))) == 1
    assert threading.get_ident() not in detectors[0].threads
    await pool.aclose()


@in_virtual_time
async def test_tracks_of_a_large_room_share_rounds_but_for_audio_that_cannot_wait() -> None:
    """A round every so often; what may end a turn, and all that waits then, is judged at once."""
    pool = VadPool(FirstSample, inline=True)
    tellings = [Verdicts() for _ in range(11)]
    first, second, third, *_ = [pool.open(told.take) for told in tellings]

    async def rounds_after(s: float) -> int:
        await asyncio.sleep(s)
        return pool.rounds

    first.hear(audio(1))
    assert await rounds_after(0.001) == 1
    second.hear(audio(2))
    first.hear(audio(3))
    assert await rounds_after(0.008) == 1
    assert await rounds_after(0.002) == 2
    second.hear(audio(4))
    assert await rounds_after(0.001) == 2
    third.hear(audio(5), at_once=True)
    assert await rounds_after(0) == 3
    assert [told.probabilities for told in tellings[:3]] == [[0.01, 0.03], [0.02, 0.04], [0.05]]
    first.hear(audio(6))
    first.end()
    assert await rounds_after(0) == 4
    await pool.aclose()


@in_virtual_time
async def test_audio_that_waits_for_a_round_is_judged_at_the_close() -> None:
    pool = VadPool(FirstSample, inline=True)
    told = [Verdicts() for _ in range(20)]
    lanes = [pool.open(one.take) for one in told]
    lanes[0].hear(audio(1))
    await asyncio.sleep(0.001)
    lanes[1].hear(audio(2))
    before_s = asyncio.get_running_loop().time()
    await pool.aclose()
    assert told[1].probabilities == [0.02]
    assert asyncio.get_running_loop().time() == before_s


async def test_a_round_that_falls_behind_is_caught_up_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vad, "LATE_S", 0.0)
    free = threading.Event()
    pool = VadPool(lambda: Held(free))
    told = Verdicts()
    lane = pool.open(told.take)
    for number in range(50):
        lane.hear(audio(number))
        await asyncio.sleep(0)
    lane.end()
    free.set()
    await asyncio.wait_for(told.ended.wait(), 5)
    assert told.probabilities == [n / 100 for n in range(50)]
    assert pool.rounds == pool.late_rounds == 2
    await pool.aclose()


async def test_behind_a_long_backlog_the_last_verdict_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every window still gets a verdict, memory stays bounded, and the skipped are counted."""
    monkeypatch.setattr(vad, "BACKLOG_S", 10 * WINDOW / vad.SAMPLE_RATE)
    free = threading.Event()
    pool = VadPool(lambda: Held(free))
    told = Verdicts()
    lane = pool.open(told.take)
    lane.hear(audio(1))
    await asyncio.sleep(0)
    for _ in range(1000):
        lane.hear(audio(70))
    assert len(lane._waiting) <= 12
    lane.end()
    free.set()
    await asyncio.wait_for(told.ended.wait(), 5)
    assert told.probabilities == [0.01] + [0.7] * 1000
    assert lane.skipped_samples == (1000 - 11) * WINDOW
    await pool.aclose()


async def test_known_silence_needs_no_detector() -> None:
    """The window in which it begins is still judged, so that a last sound is not lost."""
    detectors: list[FirstSample] = []

    def make() -> Detector:
        detectors.append(FirstSample())
        return detectors[-1]

    pool = VadPool(make, inline=True)
    told = Verdicts()
    lane = pool.open(told.take)
    lane.hear(audio(90, 130))
    lane.hear_silence(300)
    lane.hear(audio(80, 70))
    lane.end()
    await asyncio.wait_for(told.ended.wait(), 5)
    assert told.probabilities == [0.9, 0.9, 0, 0, 0.0]
    assert detectors[0].resets == 1
    await pool.aclose()


async def test_a_broken_detector_counts_as_speech(caplog: pytest.LogCaptureFixture) -> None:
    pool = VadPool(Failing, inline=True)
    told = Verdicts()
    lane = pool.open(told.take)
    lane.hear(audio(0, 3 * WINDOW))
    lane.end()
    await asyncio.wait_for(told.ended.wait(), 5)
    assert told.probabilities == [1.0] * 3
    assert lane.failures == 3
    assert len(caplog.records) == 1
    await pool.aclose()


async def test_a_listener_that_fails_harms_no_other_track() -> None:
    def fail(_: Sequence[float], __: bool) -> None:
        raise RuntimeError("planted")

    pool = VadPool(FirstSample, inline=True)
    told = Verdicts()
    for lane in (pool.open(fail), pool.open(told.take)):
        lane.hear(audio(5))
        lane.end()
    await asyncio.wait_for(told.ended.wait(), 5)
    assert told.probabilities == [0.05]
    await pool.aclose()


async def test_closing_waits_for_what_was_heard() -> None:
    pool = VadPool(FirstSample)
    told = Verdicts()
    lane = pool.open(told.take)
    lane.hear(audio(5, 500))
    lane.end()
    await pool.aclose()
    assert told.probabilities == [0.05] * 5
    assert told.ended.is_set()


def test_resampling_keeps_speech_and_refuses_what_would_alias() -> None:
    at = np.arange(768 * 20) / 24_000

    def through(hertz: float) -> NDArray[np.int16]:
        resample = TwoThirds(768)
        pcm = (np.sin(2 * np.pi * hertz * at) * 10_000).astype(np.int16)
        windows = [resample(pcm[n : n + 768].tobytes()) for n in range(0, len(pcm), 768)]
        return np.concatenate(windows)[1024:]

    def level_db(samples: NDArray[np.int16]) -> float:
        return 20 * float(np.log10(np.std(samples.astype(float)) / (10_000 / np.sqrt(2)) + 1e-9))

    for hertz in (200, 1000, 3000, 5000):
        out = through(hertz)
        assert len(out) == 512 * 18
        assert level_db(out) == pytest.approx(0, abs=0.5)
        peak = np.argmax(np.abs(np.fft.rfft(out.astype(float)))) * 16_000 / len(out)
        assert peak == pytest.approx(hertz, abs=2)
    assert level_db(through(9_500)) < -30


def test_resampling_has_no_seam_between_windows() -> None:
    at = np.arange(768 * 8) / 24_000
    pcm = (np.sin(2 * np.pi * 440 * at) * 10_000).astype(np.int16)
    short, long = TwoThirds(768), TwoThirds(768 * 8)
    pieces = [short(pcm[n : n + 768].tobytes()) for n in range(0, len(pcm), 768)]
    assert np.array_equal(np.concatenate(pieces), long(pcm.tobytes()))


def test_loud_audio_does_not_wrap_around() -> None:
    square = np.tile(np.repeat(np.array([32767, -32768], np.int16), 12), 32)
    out = TwoThirds(768)(square.tobytes())
    assert np.sign(out[100:]).sum() == pytest.approx(0, abs=20)
    assert out.max() == 32767


def voiced(detector: Detector, pcm: NDArray[np.int16]) -> list[bool]:
    size = detector.window_samples
    whole = len(pcm) // size * size
    return [detector.probability(pcm[n : n + size].tobytes()) >= 0.5 for n in range(0, whole, size)]


def noise(seconds: float, level_db: float) -> NDArray[np.int16]:
    random = np.random.default_rng(7)
    return (random.normal(0, 10 ** (level_db / 20), int(24_000 * seconds)) * 32768).astype(np.int16)


def tone(seconds: float, level_db: float = -15) -> NDArray[np.int16]:
    at = np.arange(int(24_000 * seconds)) / 24_000
    return (np.sin(2 * np.pi * 700 * at) * 10 ** (level_db / 20) * 32767).astype(np.int16)


def test_energy_finds_tones_to_the_window() -> None:
    silence = np.zeros(4800, np.int16)
    found = voiced(EnergyDetector(), np.concatenate([silence, tone(0.5), silence, tone(0.2)]))
    assert found == [False] * 20 + [True] * 50 + [False] * 20 + [True] * 20


def test_energy_gets_used_to_noise_and_still_hears_a_word_above_it() -> None:
    detector = EnergyDetector()
    assert sum(voiced(detector, noise(12, -45))[-200:]) == 0
    over = tone(0.5) + noise(0.5, -45)
    assert sum(voiced(detector, over)) >= 49


def test_energy_does_not_get_used_to_a_minute_of_words() -> None:
    word = np.concatenate([tone(5.0), np.zeros(2400, np.int16)])
    detector = EnergyDetector()
    for _ in range(12):
        assert sum(voiced(detector, word)) == 500


def test_energy_hears_nothing_in_very_quiet_audio() -> None:
    assert not any(voiced(EnergyDetector(), noise(2, -75)))


def music(seconds: float, seed: int) -> NDArray[np.int16]:
    """Struck chords with their overtones, two a second, each with a beat of a drum."""
    random, rate = np.random.default_rng(seed), 24_000
    wave = np.zeros(round(seconds * rate))
    for begin in range(0, len(wave), rate // 2):
        at = np.arange(min(rate, len(wave) - begin)) / rate
        root = 220 * 2 ** (random.integers(12) / 12)
        for part in (root * note * over for note in (1, 5 / 4, 3 / 2) for over in range(1, 6)):
            wave[begin : begin + len(at)] += np.sin(2 * np.pi * part * at) * np.exp(-3 * at)
        wave[begin : begin + 1_200] += 4 * random.standard_normal(1_200) * np.exp(-at[:1_200] * 120)
    return np.asarray(wave / np.abs(wave).max() * 16_000, np.int16)


@pytest.mark.parametrize(
    "pcm",
    [np.zeros(48_000, np.int16), noise(2, -40), tone(2), music(6, 1), music(6, 2)],
    ids=["silence", "noise", "tone", "music", "other music"],
)
def test_the_network_takes_nothing_for_speech_that_is_none(pcm: NDArray[np.int16]) -> None:
    found = voiced(make_detector(VadKind.NEURAL), pcm)
    assert sum(found) <= 2


def test_the_network_starts_anew_after_a_reset() -> None:
    detector = NeuralDetector()
    first = [detector.probability(noise(0.032, -30).tobytes()) for _ in range(5)]
    detector.reset()
    assert [detector.probability(noise(0.032, -30).tobytes()) for _ in range(5)] == first
