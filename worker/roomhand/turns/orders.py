"""Pure: what people may tell an agent about its own behaviour."""

from __future__ import annotations

from enum import StrEnum


class Order(StrEnum):
    """Carried out by the agent itself, not answered by its model."""

    HOLD = "hold"
    """Say nothing more until told to resume, or asked by name."""
    RESUME = "resume"
    SILENT = "silent"
    """Only listen until called by name."""
    CANCEL = "cancel"
    """Forget it: it also ends what the agent was about to do."""
    CALL_ON = "call_on"
    """The hand that it raised was seen: speak."""
