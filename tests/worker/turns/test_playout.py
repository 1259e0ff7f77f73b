"""The playout clock: what was really played, and which words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import IllegalInputError
from roomhand.turns.playout import LAST_SOUND, STEP_SAMPLES, Playout
from roomhand_plugins.base import SAMPLE_RATE, Heard

pytestmark = pytest.mark.unit

MS = SAMPLE_RATE // 1000


def captured(ms: int, *, at_s: float = 10.0) -> Playout:
    """A reply of so many milliseconds, all in the queue at once."""
    playout = Playout()
    playout.receive(ms * MS)
    playout.capture(ms * MS, at_s)
    return playout


def test_the_queue_plays_in_real_time() -> None:
    playout = captured(200)
    assert playout.played(10.0) == 0
    assert playout.played(10.05) == 50 * MS
    assert playout.queued(10.05) == 150 * MS
    assert playout.played(99.0) == 200 * MS


def test_silence_while_the_model_is_slow_never_counts() -> None:
    playout = captured(100)
    playout.receive(100 * MS)
    playout.capture(100 * MS, 11.0)
    assert playout.played(11.03) == 130 * MS
    assert playout.underruns == 1


def test_a_cut_freezes_the_clock() -> None:
    playout = captured(200)
    playout.cut(10.08)
    playout.cut(10.15)
    assert playout.played(99.0) == 80 * MS
    with pytest.raises(IllegalInputError):
        playout.receive(1)


def test_a_rewind_goes_back_to_the_first_unplayed_step_and_is_no_underrun() -> None:
    playout = captured(200)
    assert playout.rewind(10.052) == 50 * MS
    playout.capture(150 * MS, 10.053)
    assert playout.underruns == 0
    assert playout.played(10.153) == 150 * MS


def test_a_reply_is_done_when_all_was_received_and_played() -> None:
    playout = captured(100)
    assert not playout.done(99.0)
    playout.finish()
    assert not playout.done(10.05)
    assert playout.done(10.1)


def test_more_than_was_received_cannot_be_captured() -> None:
    with pytest.raises(IllegalInputError):
        captured(100).capture(1, 10.0)


def test_nothing_comes_after_the_finish() -> None:
    playout = captured(100)
    playout.finish()
    with pytest.raises(IllegalInputError, match="finished"):
        playout.receive(1)


def heard(pieces: list[tuple[str, int | None]], *, of_ms: int, played_ms: int) -> Heard:
    """What was heard of a finished reply of ``of_ms``."""
    playout = captured(of_ms)
    for text, audio_ms in pieces:
        playout.say(text, audio_ms)
    playout.finish()
    return playout.heard(10.0 + played_ms / 1000)


EXACT: list[tuple[str, int | None]] = [
    ("I promised", 600),
    (" the report", 1200),
    (" by Friday.", 2000),
]
LOOSE: list[tuple[str, int | None]] = [("one two three", None), (" four five", None)]


def test_text_with_positions_is_heard_exactly() -> None:
    assert heard(EXACT, of_ms=2000, played_ms=1200) == Heard(
        audio_ms=1200, text="I promised the report"
    )


def test_a_piece_that_was_cut_inside_is_an_estimate_of_whole_words() -> None:
    cut = heard(EXACT, of_ms=2000, played_ms=1700)
    assert cut == Heard(audio_ms=1700, text="I promised the report by", estimated=True)


def test_a_single_word_that_was_cut_was_not_heard() -> None:
    pieces: list[tuple[str, int | None]] = [("Yes,", 400), (" absolutely", 1200)]
    assert heard(pieces, of_ms=1200, played_ms=1190) == Heard(audio_ms=1190, text="Yes,")


def test_text_without_positions_is_spread_over_the_audio_and_marked() -> None:
    half = heard(LOOSE, of_ms=2000, played_ms=1000)
    assert half == Heard(audio_ms=1000, text="one two", estimated=True)


def test_a_reply_played_to_its_end_is_no_estimate() -> None:
    assert heard(LOOSE, of_ms=2000, played_ms=2000) == Heard(
        audio_ms=2000, text="one two three four five"
    )


def test_nothing_played_is_nothing_heard() -> None:
    assert heard(LOOSE, of_ms=2000, played_ms=0) == Heard(audio_ms=0, text="")


def test_signs_without_spaces_are_words_of_their_own() -> None:
    assert heard([("今日は金曜日", None)], of_ms=600, played_ms=300).text == "今日は"


def test_text_after_the_last_position_shares_the_audio_after_it() -> None:
    pieces: list[tuple[str, int | None]] = [("known", 1000), (" a b c d", None)]
    assert heard(pieces, of_ms=2000, played_ms=1500).text == "known a b"


WORDS: list[tuple[str, int | None]] = [("one", 400), (" two", 1000), (" three", 1500)]


def broken_at(ms: int, words: list[tuple[str, int | None]] = WORDS) -> Playout:
    """A reply of three words, cleared after so many milliseconds of its sound."""
    playout = captured(1500)
    for text, audio_ms in words:
        playout.say(text, audio_ms)
    playout.rewind(10.0 + ms / 1000)
    return playout


def mended(playout: Playout, *, silent: bool = False) -> int:
    """Milliseconds at which it goes on."""
    playout.mend(20.0, lambda start, stop: silent)
    return playout.captured // MS


def test_a_broken_word_is_said_again_from_its_beginning() -> None:
    assert mended(broken_at(700)) == 400
    assert mended(broken_at(100)) == 0
    assert mended(broken_at(1430)) == 1000


def test_a_word_of_which_only_the_last_sound_is_missing_was_understood() -> None:
    playout = broken_at(1430)
    playout.mend(20.0, lambda start, stop: start == stop)
    assert playout.captured == 1000 * MS
    playout = broken_at(1450)
    playout.mend(20.0, lambda start, stop: start == stop)
    assert playout.captured == 1450 * MS


def test_a_word_of_which_only_silence_is_left_is_not_said_again() -> None:
    assert mended(broken_at(700), silent=True) == 700


def test_between_two_words_nothing_is_said_again() -> None:
    assert mended(broken_at(400)) == 400
    assert mended(broken_at(1000)) == 1000


def test_where_the_place_of_a_word_is_a_guess_not_a_sample_is_said_again() -> None:
    assert mended(broken_at(700, [("one two three", None)])) == 700
    assert mended(broken_at(700, [("one", 400), (" two three", 1500)])) == 700
    assert mended(broken_at(700, [("one", 400), (" two", None)])) == 700


def test_only_an_empty_queue_is_mended() -> None:
    playout = broken_at(700)
    playout.capture(100 * MS, 20.0)
    with pytest.raises(IllegalInputError, match="mend"):
        playout.mend(20.01, lambda start, stop: False)


def test_what_is_said_again_was_not_heard_before() -> None:
    playout = broken_at(700)
    assert playout.heard(20.0) == Heard(audio_ms=700, text="one")
    mended(playout)
    assert playout.heard(20.0) == Heard(audio_ms=400, text="one")
    playout.capture(1100 * MS, 20.0)
    assert playout.heard(20.6) == Heard(audio_ms=1000, text="one two")
    assert playout.underruns == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "capture", "rewind", "say"]),
        st.integers(0, 5000),
        st.floats(0, 0.3),
    ),
    max_size=40,
)


@given(steps=STEPS, more_s=st.floats(0, 5))
def test_whatever_happens_played_never_exceeds_captured_nor_captured_received(
    steps: list[tuple[str, int, float]], more_s: float
) -> None:
    playout, now_s, last = Playout(), 100.0, 0
    for kind, amount, pause_s in steps:
        now_s += pause_s
        if kind == "receive":
            playout.receive(amount)
        elif kind == "capture":
            playout.capture(min(amount, playout.pending()), now_s)
        elif kind == "rewind":
            last = min(last, playout.rewind(now_s))
        else:
            playout.say("word ", amount if amount % 2 else None)
        played = playout.played(now_s)
        assert last - STEP_SAMPLES // 2 <= played <= playout.captured <= playout.received
        last = played
    said = playout.heard(now_s + more_s)
    playout.cut(now_s + more_s)
    assert playout.heard(now_s + 99) == said
    assert said.audio_ms <= playout.received * 1000 / SAMPLE_RATE


@given(
    words=st.lists(
        st.tuples(st.text("abc,.", min_size=1, max_size=8), st.none() | st.integers(0, 3000)),
        min_size=1,
        max_size=20,
    ),
    first_ms=st.integers(0, 2000),
    more_ms=st.integers(0, 1000),
)
def test_heard_text_is_whole_words_from_the_start_and_grows_with_time(
    words: list[tuple[str, int | None]], first_ms: int, more_ms: int
) -> None:
    pieces = [(f"{word} ", audio_ms) for word, audio_ms in words]
    spoken = [word for word, _ in words]
    early = heard(pieces, of_ms=2500, played_ms=first_ms).text.split()
    late = heard(pieces, of_ms=2500, played_ms=first_ms + more_ms).text.split()
    assert early == spoken[: len(early)]
    assert late == spoken[: len(late)]
    assert len(early) <= len(late)


SILENCE = -1


@dataclass
class Loudspeaker:
    """Plays a reply as the mouth and the SDK do: a queue of at most 200 ms, in steps of 10 ms."""

    words: list[tuple[int, int]]
    """Of each word, in steps: its sound, and the silence after it."""
    told: bool
    playout: Playout = field(default_factory=Playout)
    heard: list[int] = field(default_factory=list)
    """The number of each step of the reply that left the queue, in order; SILENCE for none."""
    queue: list[int] = field(default_factory=list)
    now: int = 1000

    def __post_init__(self) -> None:
        end = 0
        for number, (sound, silence) in enumerate(self.words):
            end += sound + silence
            self.playout.say(f"w{number} ", end * 10 if self.told else None)
        self.playout.receive(end * STEP_SAMPLES)
        self.playout.finish()

    @property
    def now_s(self) -> float:
        return self.now / 100

    def spans(self) -> list[tuple[int, int]]:
        """First and last step of the sound of each word."""
        ends = list(accumulate(sound + silence for sound, silence in self.words))
        begins = [0, *ends[:-1]]
        return [(at, at + sound) for at, (sound, _) in zip(begins, self.words, strict=True)]

    def silent(self, start: int, stop: int) -> bool:
        """No step of any word's sound is between these samples."""
        steps = range(start // STEP_SAMPLES, -(-stop // STEP_SAMPLES))
        return not any(begin < steps.stop and steps.start < end for begin, end in self.spans())

    def play(self, steps: int, *, paused: bool = False) -> None:
        """Time passes; the pump feeds the queue unless it is paused."""
        for _ in range(steps):
            while not paused and len(self.queue) < 20 and self.playout.pending():
                self.queue.append(self.playout.captured // STEP_SAMPLES)
                self.playout.capture(STEP_SAMPLES, self.now_s)
            self.heard.append(self.queue.pop(0) if self.queue else SILENCE)
            self.now += 1

    def clear(self) -> None:
        """What a duck and a pause do."""
        self.queue.clear()
        self.playout.rewind(self.now_s)


@given(
    words=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 30)), min_size=1, max_size=12),
    acts=st.lists(
        st.tuples(st.sampled_from(["duck", "pause"]), st.integers(1, 80), st.integers(0, 150)),
        max_size=12,
    ),
    told=st.booleans(),
)
def test_no_word_is_lost_or_said_twice_over_ducks_and_pauses(
    words: list[tuple[int, int]], acts: list[tuple[str, int, int]], told: bool
) -> None:
    """With told places every word is heard in one piece, once, but for its last 60 ms, which may
    follow; without them every step is heard, once."""
    speaker = Loudspeaker(words, told)
    for kind, before, pause in acts:
        speaker.play(before)
        speaker.clear()
        if kind == "pause":
            speaker.play(pause, paused=True)
            speaker.playout.mend(speaker.now_s, speaker.silent)
    speaker.play(2000)
    assert speaker.playout.done(speaker.now_s)
    assert speaker.playout.underruns == 0
    if not told:
        heard = [step for step in speaker.heard if step != SILENCE]
        assert heard == list(range(sum(map(sum, words))))
        return
    runs = split_when(speaker.heard)
    for begin, end in speaker.spans():
        understood = max(begin, end - 1 - LAST_SOUND // STEP_SAMPLES)
        whole = [run for run in runs if run[0] <= begin and run[-1] >= understood]
        assert len(whole) == 1, (begin, end, runs)


def split_when(steps: list[int]) -> list[list[int]]:
    """Cut where the next step is not the one that follows."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and runs[-1][-1] == step - 1 != SILENCE:
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs
