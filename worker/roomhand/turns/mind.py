"""Pure: how an agent is minded and what it owes, as its next owner is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from roomhand.profiles import Policy
from roomhand.turns.policy import RESTS, State
from roomhand.turns.questions import Kept, Pending, Question, Reason

KEEPING = frozenset({State.HAND_RAISED, State.HOLDING})
"""In which it keeps what it has to say."""
LASTING = frozenset({State.HOLDING, State.HELD, State.SILENCED, State.LISTENING, State.MUTED})
"""What somebody told it to be. A raised hand lasts as long as there is something to say."""


@dataclass(frozen=True, slots=True)
class Mind:
    """In one meeting: what moderators and people made of it ends with that.

    Times are seconds of the own clock, or once ``shifted`` of the meeting, which every process can
    read.
    """

    meeting: str
    policy: Policy
    state: State
    kept: tuple[Kept, ...] = ()
    """What it answers when it is called on, or told to resume."""
    pending: tuple[Pending, ...] = ()
    """What it is about to answer, in order."""
    judged_to: str = ""
    """Token of the last entry of the transcript that it has read and judged."""

    def to_json(self) -> str:
        """``of_json`` is the inverse, but for less than a millisecond."""
        fields: dict[str, Any] = {
            "meeting": self.meeting,
            "policy": self.policy,
            "state": self.state,
            "kept": [_of_kept(one) for one in self.kept],
            "pending": [_of_pending(one) for one in self.pending],
            "judged_to": self.judged_to,
        }
        known = {name: value for name, value in fields.items() if value}
        return json.dumps(known, separators=(",", ":"), ensure_ascii=False)

    @staticmethod
    def of_json(text: str, meeting: str) -> Mind | None:
        """None where there is nothing of this meeting, or what another version wrote is unknown
        here: the agent then begins as its profile says."""
        try:
            read = json.loads(text)
            mind = Mind(
                str(read["meeting"]),
                Policy(read["policy"]),
                State(read["state"]),
                tuple(_kept(one) for one in read.get("kept", ())),
                tuple(_pending(one) for one in read.get("pending", ())),
                str(read.get("judged_to", "")),
            )
        except (ValueError, KeyError, TypeError):
            return None
        return mind if mind.meeting == meeting else None

    def shifted(self, by_s: float) -> Mind:
        """The same by another clock, which is so much ahead of this one."""
        kept = (
            replace(one, question=_later(one.question, by_s), until_s=one.until_s + by_s)
            for one in self.kept
        )
        pending = (
            replace(
                one,
                question=_later(one.question, by_s),
                queued_s=None if one.queued_s is None else one.queued_s + by_s,
            )
            for one in self.pending
        )
        return replace(self, kept=tuple(kept), pending=tuple(pending))

    @property
    def lasting(self) -> State:
        """The state in which the next owner begins."""
        if self.state is State.HAND_RAISED and self.kept:
            return self.state
        return self.state if self.state in LASTING else RESTS[self.policy]

    @property
    def unsaid(self) -> tuple[Kept, ...]:
        """What it still keeps in ``lasting``."""
        return self.kept if self.lasting in KEEPING else ()

    @property
    def unheard(self) -> tuple[Pending, ...]:
        """What nobody has heard a word of: it is to be answered."""
        return tuple(one for one in self.pending if not one.begun)

    @property
    def cut_off(self) -> Iterable[Question]:
        """What ended in the middle with the process that said it: nobody knows where."""
        return (one.question for one in self.pending if one.begun)


def _later(question: Question, by_s: float) -> Question:
    return replace(question, asked_s=question.asked_s + by_s)


def _of_kept(kept: Kept) -> dict[str, Any]:
    until_s = round(kept.until_s, 3)
    return {"question": _of_question(kept.question), "until_s": until_s, "told": kept.told}


def _kept(read: Mapping[str, Any]) -> Kept:
    return Kept(_question(read["question"]), float(read["until_s"]), str(read["told"]))


def _of_pending(pending: Pending) -> dict[str, Any]:
    queued_s = None if pending.queued_s is None else round(pending.queued_s, 3)
    question = _of_question(pending.question)
    return {"question": question, "queued_s": queued_s, "begun": pending.begun}


def _pending(read: Mapping[str, Any]) -> Pending:
    queued_s = read["queued_s"]
    return Pending(
        _question(read["question"]),
        None if queued_s is None else float(queued_s),
        bool(read["begun"]),
    )


def _of_question(question: Question) -> dict[str, Any]:
    return asdict(replace(question, asked_s=round(question.asked_s, 3)))


def _question(read: Mapping[str, Any]) -> Question:
    return Question(
        id=str(read["id"]),
        identity=str(read["identity"]),
        name=str(read["name"]),
        text=str(read["text"]),
        asked_s=float(read["asked_s"]),
        verbatim=bool(read["verbatim"]),
        instructions=str(read["instructions"]),
        reason=Reason(read["reason"]),
    )
