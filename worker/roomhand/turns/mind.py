"""Pure: how an agent is minded, as its next owner is told."""

from __future__ import annotations

import json
from dataclasses import dataclass

from roomhand.profiles import Policy
from roomhand.turns.policy import RESTS, State

LASTING = frozenset({State.HOLDING, State.HELD, State.SILENCED, State.LISTENING, State.MUTED})
"""What somebody told it to be. A raised hand is not: what it was raised for is gone."""


@dataclass(frozen=True, slots=True)
class Mind:
    """In one meeting: what moderators and people made of it ends with that."""

    meeting: str
    policy: Policy
    state: State

    def to_json(self) -> str:
        """``of_json`` is the inverse."""
        fields = {"meeting": self.meeting, "policy": self.policy, "state": self.state}
        return json.dumps(fields, separators=(",", ":"))

    @staticmethod
    def of_json(text: str, meeting: str) -> Mind | None:
        """None where there is nothing of this meeting, or what another version wrote is unknown
        here: the agent then begins as its profile says."""
        try:
            read = json.loads(text)
            mind = Mind(str(read["meeting"]), Policy(read["policy"]), State(read["state"]))
        except (ValueError, KeyError, TypeError):
            return None
        return mind if mind.meeting == meeting else None

    @property
    def lasting(self) -> State:
        """The state in which the next owner begins."""
        return self.state if self.state in LASTING else RESTS[self.policy]
