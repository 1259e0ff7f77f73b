"""One tree of errors, as its docstring draws it."""

from __future__ import annotations

import inspect
import re

import pytest

from roomhand import errors
from roomhand.errors import ConfigError, Fault, RoomhandError

pytestmark = pytest.mark.unit

TREE = {
    kind.__name__: kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RoomhandError)
}


def test_the_docstring_draws_the_tree() -> None:
    """Every error, under the one that it is a kind of."""
    assert errors.__doc__
    above: dict[int, str] = {}
    drawn: dict[str, str] = {}
    for indent, name in re.findall(r"^    ([\s│├└─]*)(\w+Error)\b", errors.__doc__, re.MULTILINE):
        depth = len(indent) // 4
        above[depth] = name
        drawn[name] = above[depth - 1] if depth else "Exception"
    assert drawn == {name: kind.__base__.__name__ for name, kind in TREE.items() if kind.__base__}


def test_every_error_has_an_exit_code_of_sysexits() -> None:
    """Never 0, which is success, or 1 and 2, which others give."""
    assert {name for name, kind in TREE.items() if not 64 <= kind.exit_code <= 78} == set()


def test_a_configuration_error_says_all_faults() -> None:
    """One line each: where, what, and the fix."""
    error = ConfigError([Fault("A", "is wrong", "Mend it"), Fault("B", "is missing", "Add B")])
    assert str(error) == "A: is wrong. Mend it\nB: is missing. Add B"
