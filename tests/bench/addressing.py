"""How well an agent knows that it was meant, beside two simpler ways of telling, on the same lines.

    python -m tests.bench.addressing [--corpus FILE] --report FILE

A table of right and wrong per language with precision, recall and their Wilson intervals, for the
rules, for any whole-word mention of the name, and for a wake phrase. The held-out part is never
tuned on: of it only totals are told, of the development part also every category.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomhand.profiles import Policy
from roomhand.turns.address import Names, Situation, Verdict, judge

CORPUS = Path(__file__).parents[1] / "corpus" / "addressing"
HELD_OUT = CORPUS / "held_out.jsonl"
DEVELOPMENT = CORPUS / "development.jsonl"

TARGET_PRECISION = 0.97
TARGET_RECALL = 0.95
WORDS_A_MINUTE = 150
"""Of people who talk without a pause: false starts an hour are counted at this rate."""
Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance of the corpus, and what is right."""

    id: str
    language: str
    text: str
    names: Names
    situation: Situation
    label: bool
    order: str | None
    category: str
    noisy: bool


def load(path: Path) -> list[Line]:
    """The lines of a corpus file, in order."""
    return [_line(json.loads(text)) for text in path.read_text(encoding="utf-8").splitlines()]


def _line(fields: dict[str, Any]) -> Line:
    now = fields["situation"]
    situation = Situation(
        speaker=fields["speaker"],
        now_ms=now["now_ms"],
        people=len(fields["people"]),
        agents=1 + len(fields["agents"]),
        answered=now["answered"],
        answered_ms=now["answered_ms"] or 0,
        asked=now["asked"],
        policy=Policy(now["policy"]),
        language=fields["language"],
        from_agent=now["from_agent"],
    )
    names = Names(tuple(fields["names"]), (*fields["people"], *fields["agents"]))
    kept = ("id", "language", "text", "label", "order", "category", "noisy")
    return Line(names=names, situation=situation, **{key: fields[key] for key in kept})


System = Callable[[Line], Verdict]
Judged = tuple[Line, Verdict]


def rules(line: Line) -> Verdict:
    """What the agent does."""
    return judge(line.text, line.names, line.situation)


def whole_word(line: Line) -> Verdict:
    """The first baseline: the name is said, as a word of its own."""
    names = "|".join(map(re.escape, line.names.own))
    return Verdict(bool(re.search(rf"\b(?:{names})\b", line.text, re.IGNORECASE)), "baseline")


def wake_phrase(line: Line) -> Verdict:
    """The second baseline: "hey NAME" anywhere, or NAME at the start or the end."""
    names = "|".join(map(re.escape, line.names.own))
    greeting = r"(?:hey|hi|hello|ok|okay|hallo|salut|bonjour|hola|oye)"
    pattern = rf"\b{greeting}\W+(?:{names})\b|^\W*(?:{names})\b|\b(?:{names})\W*$"
    return Verdict(bool(re.search(pattern, line.text, re.IGNORECASE)), "baseline")


SYSTEMS: dict[str, System] = {
    "rules": rules,
    "whole_word": whole_word,
    "wake_phrase": wake_phrase,
}


def judge_all(lines: Iterable[Line], system: System) -> list[Judged]:
    """Each line with its verdict."""
    return [(line, system(line)) for line in lines]


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate of ``right`` in ``of``."""
    if not of:
        return 0.0, 1.0
    rate, spread = right / of, Z_95**2 / of
    middle = (rate + spread / 2) / (1 + spread)
    reach = Z_95 / (1 + spread) * math.sqrt(rate * (1 - rate) / of + spread / (4 * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def rate(right: int, of: int) -> dict[str, object]:
    """A rate with its interval; null where there is nothing to count."""
    low, high = wilson(right, of)
    found = round(right / of, 4) if of else None
    return {"rate": found, "of": of, "wilson_95": [round(low, 4), round(high, 4)]}


def confusion(judged: Iterable[Judged]) -> dict[str, Any]:
    """The four counts, precision and recall."""
    counts = Counter((line.label, verdict.addressed) for line, verdict in judged)
    hits, wrong = counts[True, True], counts[False, True]
    return {
        "addressed_and_heard": hits,
        "addressed_and_missed": counts[True, False],
        "not_addressed_and_heard": wrong,
        "not_addressed_and_left": counts[False, False],
        "precision": rate(hits, hits + wrong),
        "recall": rate(hits, hits + counts[True, False]),
    }


def false_starts_an_hour(judged: Iterable[Judged]) -> float:
    """Of talk that is not meant for the agent, at ``WORDS_A_MINUTE``.

    The lines hold far more mentions of the agent than talk does, so this is an upper bound.
    """
    others = [(line, verdict) for line, verdict in judged if not line.label]
    wrong = sum(verdict.addressed for _, verdict in others)
    said = sum(len(line.text.split()) for line, _ in others)
    return round(wrong / (said / WORDS_A_MINUTE / 60), 2) if said else 0.0


def orders(judged: Iterable[Judged]) -> dict[str, Any]:
    """How many orders were understood, and how many lines without one were taken for one."""
    pairs = [(line.order, verdict.order) for line, verdict in judged]
    given = [(wanted, found) for wanted, found in pairs if wanted is not None]
    return {
        "understood": rate(sum(wanted == found for wanted, found in given), len(given)),
        "invented": sum(wanted is None and found is not None for wanted, found in pairs),
    }


def grouped(judged: Iterable[Judged], key: Callable[[Line], str]) -> dict[str, dict[str, Any]]:
    """The confusion of each part, in the order of its first line."""
    parts: dict[str, list[Judged]] = defaultdict(list)
    for line, verdict in judged:
        parts[key(line)].append((line, verdict))
    return {name: confusion(part) for name, part in parts.items()}


def measure(lines: Sequence[Line]) -> dict[str, Any]:
    """All figures that may be told of any corpus."""
    judged = {name: judge_all(lines, system) for name, system in SYSTEMS.items()}
    systems = {
        name: {
            "all": confusion(found),
            "by_language": grouped(found, lambda line: line.language),
            "by_noise": grouped(found, lambda line: "noisy" if line.noisy else "clean"),
            "false_starts_an_hour": false_starts_an_hour(found),
        }
        for name, found in judged.items()
    }
    return {
        "lines": len(lines),
        "words_a_minute": WORDS_A_MINUTE,
        "targets": {"precision": TARGET_PRECISION, "recall": TARGET_RECALL},
        "systems": systems,
        "orders": orders(judged["rules"]),
    }


def met(figures: dict[str, Any]) -> bool:
    """Whether the rules reach the targets over all lines."""
    found = figures["systems"]["rules"]["all"]
    precision, recall = found["precision"]["rate"], found["recall"]["rate"]
    return (precision or 0) >= TARGET_PRECISION and (recall or 0) >= TARGET_RECALL


def show(figures: dict[str, Any]) -> None:
    """The tables, for a terminal."""
    for name, system in figures["systems"].items():
        print(f"-- {name}: {system['false_starts_an_hour']} false starts an hour")
        for part, found in ({"all": system["all"]} | system["by_language"]).items():
            print(f"{part:4} {_row(found)}")
    understood = figures["orders"]["understood"]
    print(f"orders understood {understood['rate']} of {understood['of']}", end=", ")
    print(f"invented {figures['orders']['invented']}")
    for category, found in figures.get("by_category", {}).items():
        print(f"{category:18} {_row(found)}")
    print(f"precision {TARGET_PRECISION} and recall {TARGET_RECALL}:", end=" ")
    print("ok" if met(figures) else "MISSED")


def _row(found: dict[str, Any]) -> str:
    counts = " ".join(f"{value:4}" for value in list(found.values())[:4])
    rates = ((name, found[name]) for name in ("precision", "recall"))
    shown = "  ".join(
        f"{name} {'-' if one['rate'] is None else one['rate']} {one['wilson_95']}"
        for name, one in rates
    )
    return f"{counts}  {shown}"


def main() -> int:
    """Run and report. Returns an exit code: 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=HELD_OUT)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    lines = load(options.corpus)
    figures = {"corpus": options.corpus.name} | measure(lines)
    if options.corpus.resolve() == DEVELOPMENT:
        judged = judge_all(lines, rules)
        figures["by_category"] = grouped(judged, lambda line: line.category)
    show(figures)
    if options.report:
        options.report.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if met(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
