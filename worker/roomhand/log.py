"""Structured logs: one JSON object a line, or plain lines for a terminal.

Speech text never goes into a log message or field: log lengths, ids and times instead.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

AUDIT = "roomhand.audit"
"""The log of who changed what, which is written whatever the level of the others is."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object per record; ``extra`` fields become keys."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(level: str, *, json_lines: bool) -> None:
    """Log to standard error. Replaces the handlers that are there."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if json_lines else plain)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger(AUDIT).setLevel(logging.INFO)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
