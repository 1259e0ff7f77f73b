"""Learns from the lines by which marks a call is told from a mention, and writes the weights.

    python -m tests.corpus.addressing.learn [--leave-out WRITER,...] [--without-writing]

Needs scikit-learn, which nothing else does. Every line is taken as it was written and three times
as a recogniser might write it. ``--leave-out`` learns without some writers and tells how well their
lines are judged then: thresholds are chosen by that, never by the held-out file.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

import roomhand.turns
from roomhand.turns.address_languages import lexicon_for
from roomhand.turns.address_learned import Weights, hashes
from roomhand.turns.address_namings import Names
from roomhand.turns.address_rules import marks, occurrences
from roomhand.turns.address_text import sentences
from roomhand.turns.address_weights import FILE
from tests.corpus.addressing.lines import taught

DEVELOPMENT = Path(__file__).parent / "development.jsonl"
SEEDS = ("1", "2", "3")
"""Of the noise."""
NOISY_WEIGHT = 0.4
DEVELOPMENT_WEIGHT = 0.5
"""Its lines made the rules, which are marks here: it flatters them."""
STRENGTH = 0.3
"""Inverse of the regularisation (scikit-learn's C)."""
SELDOM = 16
"""Marks of fewer texts are not kept."""
DEVELOPMENT_WRITER = "development"
_LEFT_TO_WORDS = frozenset(
    (
        *("vocative_start", "vocative_end", "vocative_inside", "near_miss", "together"),
        *("mention", "quotation", "lookalike", "look_alike", "other_name"),
        *("command", "hold", "resume", "silent", "call_on"),
    )
)
"""Categories of the development part that the words decide, and not the situation."""


@dataclass(frozen=True, slots=True)
class Text:
    """One thing that was said, clean or noisy."""

    writer: str
    language: str
    names: tuple[str, ...]
    others: tuple[str, ...]
    text: str
    called: bool
    noisy: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and the marks of each occurrence of the agent's names in it."""

    text: Text
    occurrences: Sequence[npt.NDArray[np.uint32]]

    @property
    def weight(self) -> float:
        """Of one occurrence."""
        weight = NOISY_WEIGHT if self.text.noisy else 1.0
        if self.text.writer == DEVELOPMENT_WRITER:
            weight *= DEVELOPMENT_WEIGHT
        return weight / max(1, len(self.occurrences))


def texts() -> Iterator[Text]:
    """All that may be learned from."""
    for line in taught():
        if line.order == "cancel":
            continue
        told = (line.writer, line.language, line.names, line.others)
        yield Text(*told, line.text, line.called, False)
        for seed in SEEDS:
            yield Text(*told, line.noisy(seed), line.called, True)
    yield from developed()


def developed() -> Iterator[Text]:
    """Those of the development part that their words decide."""
    for row in DEVELOPMENT.read_text(encoding="utf-8").splitlines():
        if (text := _developed(json.loads(row))) is not None:
            yield text


def _developed(row: dict[str, object]) -> Text | None:
    situation, names, people = row["situation"], row["names"], row["people"]
    assert isinstance(situation, dict)
    assert isinstance(names, list)
    assert isinstance(people, list)
    agents = row["agents"]
    assert isinstance(agents, list)
    aside = situation["from_agent"] or situation["policy"] == "silent" or row["order"] == "cancel"
    if aside or row["category"] not in _LEFT_TO_WORDS:
        return None
    others = (*people, *agents)
    return Text(
        DEVELOPMENT_WRITER,
        str(row["language"]),
        tuple(names),
        others,
        str(row["text"]),
        bool(row["label"]),
        bool(row["noisy"]),
    )


def example(text: Text) -> Example:
    """What the judge sees of a text."""
    spoken = sentences(text.text)
    words = [word for sentence in spoken for word in sentence.words]
    lexicon = lexicon_for(words, text.language)
    names = Names(text.names, text.others)
    return Example(
        text,
        [
            hashes(marks(naming, spoken, number))
            for number, sentence in enumerate(spoken)
            for naming in occurrences(sentence, names.own, names, lexicon)
        ],
    )


def fingerprint(examples: Iterable[Example]) -> int:
    """CRC-32 of what the judge sees of some texts: of other marks the weights know nothing."""
    found = 0
    for one in examples:
        for marks_ in one.occurrences:
            found = crc32(marks_.tobytes(), found)
    return found


def sample() -> Iterator[Text]:
    """Whose marks are compared: every tenth of the development part."""
    return islice(developed(), 0, None, 10)


def learn(examples: Sequence[Example]) -> Weights:
    """Logistic regression over the marks that are met often enough."""
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    rows = [(one, marks_) for one in examples for marks_ in one.occurrences]
    met = np.concatenate([marks_ for _, marks_ in rows])
    kept, places, times = np.unique(met, return_inverse=True, return_counts=True)
    starts = np.cumsum([0, *(len(marks_) for _, marks_ in rows)])
    shape = (len(rows), len(kept))
    told = (np.ones(len(met), np.float32), places.astype(np.int32), starts.astype(np.int32))
    matrix = csr_array(told, shape=shape)
    often = times >= SELDOM
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=200)
    called = [one.text.called for one, _ in rows]
    model.fit(matrix[:, often], called, sample_weight=[one.weight for one, _ in rows])
    weights = model.coef_[0].astype(np.float16).astype(np.float32)
    bias = float(model.intercept_[0])
    return Weights(kept[often], weights, bias, fingerprint(map(example, sample())))


def main() -> None:
    """Learn, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__, prog="learn")
    parser.add_argument("--leave-out", default="", metavar="WRITER,...")
    parser.add_argument("--without-writing", action="store_true")
    args = parser.parse_args()
    left_out = frozenset(filter(None, args.leave_out.split(",")))
    with ProcessPoolExecutor() as pool:
        examples = list(pool.map(example, texts(), chunksize=200))
    weights = learn([one for one in examples if one.text.writer not in left_out])
    print(f"{len(examples)} texts, {len(weights.marks)} marks")
    if left_out:
        _tell(weights, [one for one in examples if one.text.writer in left_out])
    if not args.without_writing:
        path = Path(roomhand.turns.__path__[0]) / FILE
        np.savez_compressed(
            path,
            marks=weights.marks,
            weights=weights.weights.astype(np.float16),
            bias=weights.bias,
            fingerprint=weights.fingerprint,
        )


def _tell(weights: Weights, examples: Sequence[Example]) -> None:
    """Precision and recall at some thresholds."""
    for noisy in (False, True):
        found = [
            (one.text.called, max(map(weights.sum_up, one.occurrences), default=0.0))
            for one in examples
            if one.text.noisy == noisy
        ]
        for threshold in (0.4, 0.5, 0.6, 0.7, 0.8):
            precision, recall = _rates(found, threshold)
            kind = "noisy" if noisy else "clean"
            print(f"{kind} from {threshold}: precision {precision:.3f}, recall {recall:.3f}")


def _rates(found: Iterable[tuple[bool, float]], threshold: float) -> tuple[float, float]:
    counted = Counter((called, likelihood >= threshold) for called, likelihood in found)
    right = counted[True, True]
    heard, called = right + counted[False, True], right + counted[True, False]
    return right / max(1, heard), right / max(1, called)


if __name__ == "__main__":
    main()
