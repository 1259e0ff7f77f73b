"""Finds the lines that the offline recogniser understands, so that a demo can be judged by words.

    python -m tests.sim.vetting

speaks every candidate below in every voice, sends it through Opus, recognises it, and writes
``tests/sim/lines.json``: what was kept, what each line's word error rate was, and what the voices
score on ``PLAIN``, ten sentences that nobody chose. About ten minutes on one core.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from tests.sim.hearing import Listener, plain, through_opus, word_errors
from tests.sim.voices import VOICES, speak

LINES = Path(__file__).with_name("lines.json")
AGENT = "Sage"
MAX_WORD_ERRORS = 0.12
"""Mean over the voices, for a line to be kept."""
PEOPLE = (
    *("Martin", "Robert", "Michael", "Patrick"),
    *("Richard", "Margaret", "Maria"),
)
"""Of 24 common names the seven that every voice got across best in "what did NAME say". Not, for
example: Laura, Linda, Helen, Carol, Peter, Susan, Sarah, George, Daniel, Kevin."""
PLAIN = (
    "I think that we should move the meeting to Tuesday.",
    "The budget for the new project is forty thousand dollars.",
    "My sister bought a red bicycle in Boston last summer.",
    "We need to finish the report before the end of the month.",
    "The train from Chicago will arrive at seven in the morning.",
    "I promise to send the letter to the office tomorrow.",
    "The doctor said that the weather will be better in April.",
    "Nobody knows where the keys to the garage are.",
    "Our customers want a cheaper product with a longer battery.",
    "Please remember to call the bank about the loan.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say. ``key`` are the words that must be understood in every voice."""

    kind: str
    text: str
    topic: str = ""
    person: str = ""
    key: tuple[str, ...] = ()


def _filled(topic: str, text: str, *facts: str) -> list[Line]:
    return [
        Line("statement", text.format(fact), topic, key=(topic, *plain(fact).split()))
        for fact in facts
    ]


_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "ninety")
_MONTHS = (
    *("January", "April", "June", "July"),
    *("August", "September", "October", "November"),
)
_PLACES = (
    *("Washington", "Paris", "California", "Germany"),
    *("Canada", "Florida", "Mexico"),
)
_WHEN = ("in the morning", "on Friday", "on Wednesday", "tomorrow", "in November")
_THINGS = ("computer", "camera", "contract", "product", "program", "service")

STATEMENTS = [
    *_filled("budget", "The budget for the new project is {} thousand dollars.", *_TENS),
    *_filled("price", "The price of the house has gone up by {} percent.", *_TENS),
    *_filled("building", "The new building will cost {} million dollars.", *_TENS),
    *_filled("company", "The company has sold {} thousand cameras.", *_TENS),
    *_filled("election", "The election will be in {}.", *_MONTHS),
    *_filled("project", "The project will be finished in {}.", *_MONTHS),
    *_filled("conference", "The conference will be in {}.", *_PLACES),
    *_filled("customers", "Most of our customers want a better {}.", *_THINGS),
    *_filled("hospital", "I promise to call the hospital {}.", *_WHEN),
]
TOPICS = tuple(dict.fromkeys(line.topic for line in STATEMENTS))
OTHERS = [
    *(
        Line("mention", text, key=(AGENT.lower(),))
        for text in (
            "Maybe we could ask Sage later.",
            "It was good that Sage was here last time.",
            "I think Sage was right about the price.",
            "My brother thinks that Sage is very good.",
            "Everybody was happy with Sage last year.",
            "I believe that Sage already knows about it.",
        )
    ),
    *(
        Line("interruption", text)
        for text in (
            "Sorry, but we have to go on now.",
            "Excuse me, I have to stop you there.",
            "Wait, that is not what I wanted to know.",
            "Stop, I have another question.",
            "Sorry, I have to go to another meeting now.",
        )
    ),
    *(
        Line("remark", text)
        for text in (
            "I think that is a very good idea.",
            "That is a lot more than I expected.",
            "We have to be very careful with the money this year.",
            "That is good news for all of us.",
            "This is very important for the whole company.",
        )
    ),
]


def questions(people: Iterable[str], topics: Iterable[str]) -> list[Line]:
    """Every person asked about, by every topic."""
    return [
        Line(
            "question",
            f"{AGENT}, what did {person} say about the {topic}?",
            topic,
            person,
            (AGENT.lower(), person.lower(), topic),
        )
        for person, topic in product(people, topics)
    ]


def vet(listener: Listener, line: Line) -> dict[str, float] | None:
    """Word error rate by voice, or None where a voice is not understood well enough."""
    rates = {}
    for name, voice in VOICES.items():
        heard = listener.hear(through_opus(speak(line.text, voice)))
        rates[name] = round(word_errors(line.text, heard), 3)
        if not set(line.key) <= set(plain(heard).split()):
            return None
    return rates if sum(rates.values()) / len(rates) <= MAX_WORD_ERRORS else None


def voices_on_plain() -> dict[str, float]:
    """Word error rate of each voice on sentences that were not chosen."""
    listener = Listener()
    rates = {}
    for name, voice in VOICES.items():
        heard = [plain(listener.hear(through_opus(speak(text, voice)))) or "-" for text in PLAIN]
        errors = [
            word_errors(*pair) * len(pair[0].split()) for pair in zip(PLAIN, heard, strict=True)
        ]
        rates[name] = round(sum(errors) / sum(len(text.split()) for text in PLAIN), 3)
    return rates


def main() -> None:
    """Vet everything and write the file."""
    listener = Listener([AGENT, *PEOPLE])
    kept: list[dict[str, object]] = []
    counts: dict[str, list[int]] = {}

    def take(lines: Sequence[Line]) -> None:
        for line in lines:
            rates = vet(listener, line)
            count = counts.setdefault(line.kind, [0, 0])
            count[0] += rates is not None
            count[1] += 1
            print("+" if rates else "-", line.text, rates, file=sys.stderr, flush=True)
            if rates is not None:
                kept.append(asdict(line) | {"word_errors": rates})

    plain_rates = voices_on_plain()
    print(plain_rates, file=sys.stderr, flush=True)
    take([*STATEMENTS, *OTHERS])
    topics = {str(line["topic"]) for line in kept if line["kind"] == "statement"}
    take(questions(PEOPLE, [topic for topic in TOPICS if topic in topics]))
    table = {
        "made_by": "python -m tests.sim.vetting",
        "agent": AGENT,
        "voices": {
            name: asdict(VOICES[name]) | {"word_errors_on_plain_sentences": rate}
            for name, rate in plain_rates.items()
        },
        "kept_of_candidates": {kind: f"{got} of {tried}" for kind, (got, tried) in counts.items()},
        "lines": kept,
    }
    LINES.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
