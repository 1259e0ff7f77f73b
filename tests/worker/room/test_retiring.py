"""How a process ends writing in an agent's name before the agent is another's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from roomhand.errors import CommandError
from roomhand.room.retiring import Retirement

pytestmark = pytest.mark.unit


@dataclass
class FakeAccounts:
    """Ledgers that say whether what is held is left to others."""

    told: list[str]
    to_others: bool = False

    def leave(self, *, to_others: bool) -> None:
        self.to_others = to_others

    async def write(self) -> None:
        assert self.to_others
        self.told.append("ledgers written")


@dataclass
class FakeAgent:
    """All parts of an agent that has so many segments that cannot be written."""

    pending: int = 0
    told: list[str] = field(default_factory=list)
    takes_duty: bool = True
    hears: bool = True

    async def pause(self) -> None:
        self.told.append("no more commands")

    async def leave(self) -> None:
        self.told.append("memory left")

    async def flush(self, timeout_s: float) -> bool:
        self.told.append("transcript written" if not self.pending else "transcript waits")
        return not self.pending

    def stay(self) -> None:
        self.told.append("goes on")

    def start(self) -> None:
        self.told.append("commands again")


def retirement(agent: FakeAgent, accounts: FakeAccounts) -> Retirement:
    part = cast(Any, agent)
    return Retirement(part, part, part, part, cast(Any, accounts), part)


async def test_all_is_written_before_the_agent_is_given_away() -> None:
    """And nobody transcribes here any more, whatever is read meanwhile."""
    agent = FakeAgent()
    await retirement(agent, FakeAccounts(agent.told)).begin()
    assert agent.told == [
        "no more commands",
        "memory left",
        "ledgers written",
        "transcript written",
    ]
    assert (agent.takes_duty, agent.hears) == (False, False)


async def test_an_agent_whose_words_cannot_be_written_is_not_given_away() -> None:
    """Its next owner could not write them: it stays until they are written."""
    agent = FakeAgent(pending=2)
    accounts = FakeAccounts(agent.told)
    retiring = retirement(agent, accounts)
    with pytest.raises(CommandError, match="2 segments are not written"):
        await retiring.begin()
    retiring.undo()
    assert agent.told[-2:] == ["goes on", "commands again"]
    assert (agent.takes_duty, accounts.to_others) == (True, False)
