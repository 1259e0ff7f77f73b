"""docs/plugins.md: its tables have every option, and its examples work."""

from __future__ import annotations

import re
from enum import StrEnum
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from roomhand_plugins.local.options import LocalOptions
from roomhand_plugins.openai.options import Options
from roomhand_plugins.registry import Registry, discover

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def examples() -> dict[str, Any]:
    """What the page's Python defines, run in order."""
    names: dict[str, Any] = {"__name__": "parrot"}
    for code in PYTHON:
        exec(code, names)  # the examples are ours, and this is how a reader would run them
    return names


EXAMPLES = examples()


def section(name: str) -> str:
    """One of the bundled plugins' part of the page."""
    return PAGE.split(f"### `{name}`")[1].split("\n##")[0]


@pytest.mark.parametrize(("name", "options"), [("openai", Options), ("local", LocalOptions)])
def test_the_page_has_every_option_with_its_default(name: str, options: type[BaseModel]) -> None:
    """In the order of the code."""
    found = re.findall(r"^\| `(\w+)` \| (.+?) \| \S.*\|$", section(name), re.MULTILINE)
    assert found == [(name, shown(field.default)) for name, field in options.model_fields.items()]


def shown(default: Any) -> str:
    """A default as YAML writes it."""
    if default is None:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, StrEnum):
        default = default.value
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_the_page_names_every_bundled_plugin() -> None:
    """With what it needs."""
    listed = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", PAGE.split("### ")[0], re.MULTILINE)
    assert sorted(listed) == sorted(discover().names)


def test_the_example_comes_in_through_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a stranger's plugin would."""
    point = EntryPoint("parrot", "my_package:ParrotPlugin", "roomhand.plugins")
    monkeypatch.setattr(EntryPoint, "load", lambda _: EXAMPLES["ParrotPlugin"])
    assert type(Registry([point]).build("parrot", {})).__name__ == "ParrotPlugin"


TestTheExample = EXAMPLES["TestParrot"]
"""The page's plugin passes the kit as the page's test runs it."""
