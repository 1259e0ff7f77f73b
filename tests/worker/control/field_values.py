"""Values of fields of requests, by name: at the bounds of what the protocol allows, and beyond."""

from __future__ import annotations

from typing import Any

UUID = "6f1c2d36-6d4a-4f0e-9c3e-2f6f0f0f0f0f"
RIGHT: dict[str, list[Any]] = {
    "room": ["r", " r ", "é" * 256],
    "agent": ["a", "sage-2", "x" * 32],
    "text": ["?", "😀" * 4000],
    "instructions": ["", "x" * 8000],
    "request_id": ["", UUID, UUID.upper()],
    "meeting": ["m", "x" * 64],
    "worker": ["w", "x" * 256],
    "page_size": [0, 1, 501, 2**31 - 1],
    "page_token": ["", "x" * 2048],
    "resume_token": ["", "0-0", "9" * 16 + "-" + "9" * 9],
    "after": ["", "0-0", "9" * 20 + "-" + "9" * 20],
    "from_ms": [0, 2**63 - 1],
    "to_ms": [0, 2**63 - 1],
    "speakers": [[], ["anna"], ["x" * 256] * 256],
    "policy": list(range(1, 8)),
    "format": list(range(1, 6)),
}
WRONG: dict[str, list[Any]] = {
    "room": ["", " ", "\t\n", "x" * 257],
    "agent": ["", "Sage", "sage\n", "ségo", "x" * 33, "x" * 100_000],
    "text": ["", "x" * 4001],
    "instructions": ["x" * 8001],
    "request_id": ["7", UUID + "0", UUID.replace("-", ""), f"{{{UUID}}}"],
    "meeting": ["", "x" * 65],
    "worker": ["", "x" * 257],
    "page_size": [-1, -(2**31)],
    "page_token": ["x" * 2049],
    "resume_token": ["0", "0-0\n", "٣-0", "9" * 17 + "-0", "0-" + "9" * 10],
    "after": ["0", "-", "٣-0", "9" * 21 + "-0"],
    "from_ms": [-1, -(2**63)],
    "to_ms": [-1, -(2**63)],
    "speakers": [[""], ["anna", "x" * 257], ["x"] * 257],
    "policy": [0, 8, -1],
    "format": [0, 6, -1],
}
MAY_BE_EMPTY = {
    "AgentsService.ListAgents": "room",
    "FloorService.TakeFloor": "agent",
    "FloorService.HoldFloor": "agent",
    "FloorService.ResumeFloor": "agent",
    "FloorService.MuteAgents": "agent",
    "TranscriptsService.ListSegments": "meeting",
    "TranscriptsService.StreamSegments": "meeting",
    "TranscriptsService.ExportTranscript": "meeting",
    "MeetingsService.GetMeeting": "meeting",
}
