"""Who writes, under which epoch; and what a refused write means."""

from __future__ import annotations

from dataclasses import dataclass

from roomhand.coordination.scripts import Answer
from roomhand.errors import LeaseUnknownError, StaleEpochError


@dataclass(frozen=True, slots=True)
class Fence:
    """What every write carries: the agent, and the epoch under which its process owns it."""

    agent: str
    epoch: int


def accepted(answer: Answer, fence: Fence) -> Answer:
    """The answer, if the epoch was not refused.

    Raises StaleEpochError where the agent has another epoch or none: the writer has lost it. Raises
    LeaseUnknownError where Redis has no record of the agent (it lost its data): nobody has proved
    anything, the keeper will acquire again under the same epoch, and the write may be tried then.
    """
    if answer.word == "stale":
        raise StaleEpochError(
            f"{fence.agent}: epoch {fence.epoch} is over, {answer['epoch']} is the latest"
        )
    if answer.word == "no_record":
        raise LeaseUnknownError(f"{fence.agent}: Redis has no record of who owns it")
    return answer
