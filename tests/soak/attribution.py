"""The attribution gate: meetings of 2 to 16 people, 0 to 40 % of them said at once.

Each cell of the grid is a meeting in tone words through a real SFU, to the mock provider in a
process of its own: no word may be lost, doubled or under a wrong name, and every sample must be
accounted for. One cell more is aloud, through the ``local`` plugin: there the same holds for
sentences, and the word error rate is a figure, not a gate.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import psutil

from roomhand.attribution.segments import SegmentKind
from roomhand.settings import VadKind
from roomhand_plugins.base import Plugin
from roomhand_plugins.local import LocalPlugin
from roomhand_plugins.openai import OpenAIPlugin
from tests.demo.lines import load_lines
from tests.demo.score import Score as SentenceScore
from tests.demo.score import Spoken
from tests.demo.score import score as score_sentences
from tests.demo.script import Kind, Saying
from tests.demo.words import words
from tests.sim.drawing import LEAD_S, NAMES, cast_of, draw
from tests.sim.error_rates import ErrorRates, error_rates
from tests.sim.meeting import Score, as_figures
from tests.sim.provider_process import provider_process
from tests.sim.script import Script, Turn
from tests.sim.tones import Samples
from tests.sim.voices import VOICES, speak
from tests.soak.tally import Tally
from tests.system.gathering import Held, perform
from tests.system.stage import RATE, Tap, Venue

LENGTH_S = 60.0
ATTEMPTS = 4
"""Where the machine did not carry the audio, as a listener beside the agent tells, the cell is held
again, if that can be all that is wrong with it."""
SENTENCES = 16
ALOUD_OVERLAP_S = 0.6
"""How long before the end of a sentence the next one begins."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One meeting of the grid."""

    people: int
    overlap: float
    aloud: bool = False

    @property
    def name(self) -> str:
        """In a report."""
        return "aloud" if self.aloud else f"people_{self.people}_overlap_{self.overlap * 100:.0f}"


GRID = tuple(Cell(people, overlap) for people in (2, 4, 8, 16) for overlap in (0.0, 0.2, 0.4))
CELLS = (*GRID, Cell(4, 0.2, aloud=True))


async def attribution(venues: Iterable[tuple[int, Venue]], length_s: float = LENGTH_S) -> Tally:
    """Round n is cell n of the grid, round and round; the number is also the seed."""
    tally = Tally()
    async with provider_process() as provider:
        for seed, venue in venues:
            cell, began_s = CELLS[seed % len(CELLS)], time.monotonic()
            if cell.aloud:
                tally.merge(await _aloud(cell, venue, seed))
            else:
                tally.merge(await _in_tones(cell, venue, seed, provider.url, length_s))
            tally.note(f"{cell.name}_wall_s", time.monotonic() - began_s)
    return tally


async def _in_tones(cell: Cell, venue: Venue, seed: int, url: str, length_s: float) -> Tally:
    script = draw(cell.people, length_s, overlap=cell.overlap, seed=seed)
    tally = Tally()
    for attempt in range(ATTEMPTS):
        plugin = OpenAIPlugin({"base_url": url, "api_key": "sk-test"}, environ={})
        held, busy = await _hold(replace(venue, room=f"{venue.room}-{attempt}"), script, plugin)
        outcome = held.score
        if not proves_nothing(outcome):
            break
        tally.add(held_again=1)
    listed = len(held.minutes.completeness().holes)
    tally.merge(judge(cell, outcome, listed, len(held.imbalances)))
    tally.note(f"{cell.name}_busy_percent", busy)
    if tally.counts["failures"]:
        print(f"round {seed}: {outcome}, {held.imbalances}", flush=True)
    return tally


async def _hold(
    venue: Venue, script: Script, plugin: Plugin, vad: VadKind = VadKind.ENERGY
) -> tuple[Held, float]:
    psutil.cpu_percent()
    with Tap().open() as tap:
        held = await perform(venue, tap, script, plugin, vad=vad)
    return held, psutil.cpu_percent()


def proves_nothing(outcome: Score) -> bool:
    """Whether the machine did not carry the audio, and nothing is wrong that cannot come of it:
    words that are written twice, or under another's name, it has not damaged."""
    wrong = outcome.doubled or outcome.misattributed or outcome.misnamed
    return not outcome.carried and not wrong


def judge(cell: Cell, outcome: Score, holes: int, imbalances: int) -> Tally:
    """One meeting in tone words. A cell whose audio came out of the SFU damaged proves nothing: it
    says so, and is red for that reason and no other."""
    tally = Tally()
    figures = as_figures(outcome)
    tally.add(faults_injected=0, words_said=figures.pop("said"), **figures)
    wrong = {**outcome.faults, "holes_listed": holes, "imbalances": imbalances}
    tally.add(holes_listed=holes, imbalances=imbalances, not_carried=not outcome.carried)
    tally.add(failures=any(wrong.values()) or outcome.rates.named > 0 or not outcome.carried)
    named = {"words": outcome.said, "damaged": outcome.damaged, **wrong}
    tally.add(**{f"{cell.name}_{name}": count for name, count in named.items()})
    tally.note(f"{cell.name}_named_wer", outcome.rates.named)
    tally.note(f"{cell.name}_cp_wer", outcome.rates.cp)
    if proves_nothing(outcome):
        print(
            f"{cell.name}: {outcome.damaged} of {outcome.said} words came out of the SFU damaged:"
            " this machine is too busy for so many people, the cell proves nothing",
            flush=True,
        )
    return tally


async def _aloud(cell: Cell, venue: Venue, seed: int) -> Tally:
    script = sentences(cell.people, seed)
    plugin = LocalPlugin({"workers": 2})
    held, busy = await _hold(venue, script, plugin, VadKind.NEURAL)
    spoken = [
        Spoken(
            Saying(script.cast[turn.person].identity, Kind.FACT, " ".join(turn.words)),
            held.began_ms + round(turn.start_s * 1000),
            held.began_ms + round(turn.end_s * 1000),
        )
        for turn in script.turns
    ]
    speech = held.minutes.of(SegmentKind.SPEECH)
    found = score_sentences(spoken, speech)
    rates = error_rates(
        _texts((one.saying.who, one.saying.text) for one in spoken),
        _texts((one.speaker, one.text) for one in speech),
    )
    holes = held.minutes.completeness().holes
    tally = judge_aloud(cell, script.words, found, rates, len(holes))
    unaccounted = sum(map(abs, held.minutes.unaccounted.values()))
    tally.add(unaccounted_samples=unaccounted, failures=bool(unaccounted))
    tally.note(f"{cell.name}_busy_percent", busy)
    if tally.counts["failures"]:
        print(f"round {seed}, aloud: {found}, unaccounted {unaccounted}", flush=True)
    return tally


def judge_aloud(
    cell: Cell, said: int, found: SentenceScore, rates: ErrorRates, holes: int
) -> Tally:
    """One meeting aloud: a recogniser errs, so single words are a rate and sentences a gate. Where
    it does not keep up with the people, its turns are holes, and that is said."""
    wrong = {
        "lost": found.lost,
        "doubled": found.doubled,
        "misattributed": found.misattributed,
        "holes_listed": holes,
    }
    if holes:
        print(
            f"{cell.name}: {holes} holes: if they are of turns without a transcript, this machine"
            " is too slow for the recogniser, and the cell proves nothing",
            flush=True,
        )
    tally = Tally()
    tally.add(words_said=said, failures=any(wrong.values()), **wrong)
    tally.add(**{f"{cell.name}_{name}": count for name, count in {"words": said, **wrong}.items()})
    tally.note(f"{cell.name}_named_wer", rates.named)
    tally.note(f"{cell.name}_cp_wer", rates.cp)
    return tally


def sentences(people: int, seed: int) -> Script:
    """People say sentences that the recogniser was measured with, each a little over the last."""
    drawn = random.Random(seed)
    stated = load_lines().of("statement")
    voices = [*VOICES] * people
    cast = tuple(
        replace(role, voice=voice)
        for role, voice in zip(cast_of(NAMES[:people]), voices, strict=False)
    )
    turns: list[Turn] = []
    start_s = LEAD_S
    for number, line in enumerate(drawn.sample(stated, SENTENCES)):
        person = number % people
        spoken_s = len(_sound(line.text, cast[person].voice)) / RATE
        turns.append(Turn(person, round(start_s, 3), tuple(line.text.split()), spoken_s))
        start_s += spoken_s - ALOUD_OVERLAP_S
    return Script(cast, tuple(turns))


def _sound(text: str, voice: str) -> Samples:
    return speak(text, VOICES[voice])


def _texts(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for who, text in said:
        texts.setdefault(who, []).extend(words(text))
    return {who: " ".join(each) for who, each in texts.items()}
