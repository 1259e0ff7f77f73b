"""One JSON object a line, whatever is logged."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomhand.log import AUDIT, JsonLines, configure_logging

pytestmark = pytest.mark.unit

SOURCES = [
    file
    for root in ("worker/roomhand", "plugins/roomhand_plugins")
    for file in (Path(__file__).parents[2] / root).rglob("*.py")
]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where a logger of this test writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("roomhand.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield out
    logger.removeHandler(handler)


def test_fields_become_keys(lines: io.StringIO) -> None:
    """Beside time, level, logger and message."""
    logging.getLogger("roomhand.test").info("track %s", "TR_1", extra={"samples": 480})
    record = json.loads(lines.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", record.pop("time"))
    assert record == {
        "level": "INFO",
        "logger": "roomhand.test",
        "message": "track TR_1",
        "samples": 480,
    }


def test_line_breaks_and_strange_objects_stay_on_one_line(lines: io.StringIO) -> None:
    """An exception too."""
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("roomhand.test").exception("a\nb", extra={"path": Path("x"), "b": b"\n"})
    (line,) = lines.getvalue().splitlines()
    record = json.loads(line)
    assert record["message"] == "a\nb"
    assert record["path"] == "x"
    assert "ValueError: two\nlines" in record["exception"]


@pytest.fixture
def unconfigured() -> Iterator[None]:
    """Logging as it was before, at the end."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("unconfigured")
def test_logging_can_be_set_up_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The last one counts, and each record is written once."""
    configure_logging("WARNING", json_lines=False)
    configure_logging("WARNING", json_lines=True)
    logging.getLogger("roomhand.test").warning("once")
    assert json.loads(capsys.readouterr().err)["message"] == "once"


@pytest.mark.usefixtures("unconfigured")
def test_who_changed_what_is_written_at_every_level(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody may have to answer for it, who did not choose the level."""
    configure_logging("ERROR", json_lines=True)
    logging.getLogger("roomhand.other").info("not this")
    logging.getLogger(AUDIT).info("but this")
    assert json.loads(capsys.readouterr().err)["message"] == "but this"


_SPEECH = {"text", "pcm", "words", "question", "transcript", "verbatim"}
_LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}


def spoken_in(call: ast.Call) -> set[str]:
    """Names of speech that a log call gives away other than by their length."""
    measured = {
        id(inner)
        for node in ast.walk(call)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
        for inner in ast.walk(node)
    }
    names = (
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in measured
    )
    return set(names) & _SPEECH


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of a logger."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _LOGGING
            and isinstance(node.func.value, ast.Name)
            and "log" in node.func.value.id
        ):
            yield node


def test_no_log_call_has_speech_in_it() -> None:
    """Lengths, ids and times instead."""
    found = [
        f"{file.name}:{call.lineno} {sorted(spoken)}"
        for file in SOURCES
        for call in log_calls(ast.parse(file.read_text()))
        if (spoken := spoken_in(call))
    ]
    assert found == []


def test_speech_in_a_log_call_is_seen() -> None:
    """The test above can fail."""
    source = 'logger.info("heard", extra={"text": words.text, "characters": len(words.text)})'
    (call,) = log_calls(ast.parse(source))
    assert spoken_in(call) == {"text", "words"}
