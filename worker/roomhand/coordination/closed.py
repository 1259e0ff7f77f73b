"""What is known of a meeting that is over, as the archive keeps it beside the parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from roomhand.attribution.ledger import Account
from roomhand.coordination.meeting import MeetingRecord

NAME = "meeting.json"


@dataclass(frozen=True, slots=True)
class ClosedMeeting:
    """Without it nobody could say, once Redis has forgotten the meeting, whether its transcript is
    complete."""

    record: MeetingRecord
    accounts: Sequence[Account]

    def to_bytes(self) -> bytes:
        """As JSON; ``of_bytes`` is the inverse."""
        body = {
            "meeting": asdict(self.record),
            "accounts": [one.as_dict() for one in self.accounts],
        }
        return json.dumps(body, ensure_ascii=False, indent=1).encode()

    @staticmethod
    def of_bytes(content: bytes) -> ClosedMeeting:
        """Raises ValueError, KeyError or TypeError where it is none."""
        read = json.loads(content)
        accounts = [Account.of_dict(one) for one in read["accounts"]]
        return ClosedMeeting(MeetingRecord(**read["meeting"]), accounts)
