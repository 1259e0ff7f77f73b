"""What the pages say of errors: which each method may end with, and the status of each reason.

``docs/api.md`` is the protocol's comments, word for word (``tests/test_api_docs.py``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[3]
_REASON = re.compile(r"`((?:[A-Z]+_)+[A-Z]+)`")
_SERVICE = re.compile(r"^## (\w+Service)$(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
_METHOD = re.compile(r"^### (\w+)$(.*?)^Request: ", re.MULTILINE | re.DOTALL)


def _page() -> str:
    return (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def errors_of_methods() -> Mapping[str, frozenset[str]]:
    """What stands with each method, by SERVICE.METHOD."""
    return {
        f"{service}.{method}": frozenset(_REASON.findall(told))
        for service, methods in _SERVICE.findall(_page())
        for method, told in _METHOD.findall(methods)
    }


def errors_of_any_call() -> frozenset[str]:
    """What stands for all of them in the head of the page."""
    return frozenset(_REASON.findall(_page().partition("\n## ")[0]))


def status_of_reasons() -> Mapping[str, str]:
    """By the table of ``proto/README.md``."""
    page = (ROOT / "proto" / "README.md").read_text(encoding="utf-8").partition("## Errors")[2]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.MULTILINE)
    return {reason: status for status, told in rows for reason in re.findall(r"\w+", told)}
