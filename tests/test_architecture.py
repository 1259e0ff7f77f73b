"""The rules of the layout, held over the source, and each proven by a file that breaks it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[1]
WORKER = ROOT / "worker"
PLUGINS = ROOT / "plugins"
COORDINATION = WORKER / "roomhand" / "coordination"
GENERATED = WORKER / "roomhand" / "control" / "v1"

MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 500
USUAL_FILE_LINES = 300

PURE = ("bridge", "turns", "attribution")
PURE_STANDARD = {
    *("__future__", "abc", "array", "bisect", "collections", "contextlib", "dataclasses", "enum"),
    *("functools", "heapq", "html", "itertools", "json", "math", "operator", "random", "re"),
    *("statistics", "string", "struct", "types", "typing", "unicodedata"),
    "zlib",
}
"""What a pure module may import from the standard library: nothing that waits, reads or tells
the time."""
PURE_OWN = frozenset({*PURE, "errors", "profiles"})
PURE_KEPT = frozenset({"numpy", "pysubs2"})
PURE_CONTRACTS = {
    "roomhand_plugins.base": PLUGINS / "roomhand_plugins" / "base.py",
}
"""Contracts with the outside that pure modules speak of; they keep the same rule themselves."""
HEAVY = frozenset({"livekit", "redis", "grpc", "numpy"})
INTERFACE = ("base.py", "registry.py", "conformance")
WORKER_MAY_IMPORT = frozenset({"roomhand_plugins.base", "roomhand_plugins.registry"})


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that these rules can be read off"
            yield node.lineno, node.module or ""


def pure_imports(tree: ast.AST) -> list[str]:
    """Imports that a pure module may not have."""
    found = []
    for line, name in imports(tree):
        top, *rest = name.split(".")
        own = top == "roomhand" and bool(rest) and rest[0] in PURE_OWN
        if not own and name not in PURE_CONTRACTS and top not in PURE_STANDARD | PURE_KEPT:
            found.append(f"line {line}: a pure module imports {name}")
    return found


def unseeded_draws(tree: ast.AST) -> list[str]:
    """Draws from the generator of the process; a seeded ``random.Random`` is as pure as a list."""
    return [
        f"line {node.lineno}: random.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr != "Random") == ("random", True)
    ]


def backward_imports(tree: ast.AST) -> list[str]:
    """Imports of the worker by a plugin."""
    return [
        f"line {line}: a plugin imports {name}"
        for line, name in imports(tree)
        if name.split(".")[0] == "roomhand"
    ]


def heavy_imports(tree: ast.AST) -> list[str]:
    """Imports that would make the interface cost a stranger something."""
    return [
        f"line {line}: the interface imports {name}"
        for line, name in imports(tree)
        if name.split(".")[0] in HEAVY
    ]


def side_doors(tree: ast.AST) -> list[str]:
    """Imports of a plugin by the worker, past the entry points."""
    return [
        f"line {line}: the worker imports {name}"
        for line, name in imports(tree)
        if name.split(".")[0] == "roomhand_plugins" and name not in WORKER_MAY_IMPORT
    ]


def environment_reads(tree: ast.AST) -> list[str]:
    """Uses of the process environment."""
    reads = {"environ", "environb", "getenv", "getenvb"}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "os" and node.attr in reads:
                found.append(f"line {node.lineno}: os.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            taken = reads & {alias.name for alias in node.names}
            found += [f"line {node.lineno}: from os import {name}" for name in sorted(taken)]
    return found


def long_functions(tree: ast.AST) -> list[str]:
    """Functions longer than the budget, their docstrings and signatures not counted."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > MAX_FUNCTION_LINES:
                found.append(f"line {node.lineno}: {node.name} has {lines} lines")
    return found


def lua_header(text: str) -> list[str]:
    """What the header of a script leaves out. ``text`` is the whole file."""
    lines = iter(text.splitlines())
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        header.append(line)
    named = {
        match[1] for line in header if (match := re.match(r"--+\s*(KEYS|ARGV|Returns)\b", line))
    }
    return [
        f"the header does not name {part}"
        for part in ("KEYS", "ARGV", "Returns")
        if part not in named
    ]


def sources(*roots: Path) -> list[Path]:
    """All our Python files below, without generated ones."""
    files = [root for root in roots if root.is_file()]
    files += [path for root in roots for path in root.rglob("*.py")]
    return sorted(path for path in files if GENERATED not in path.parents)


def offences(files: list[Path], rule: Callable[[ast.AST], list[str]]) -> list[str]:
    """What the rule finds, with the file's name."""
    return [
        f"{path.relative_to(ROOT)}, {found}"
        for path in files
        for found in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]


CONSTANTS = {WORKER / "roomhand" / "turns" / "address_weights.py"}
"""They read what came with the package, and nothing else."""
PURE_FILES = [
    path
    for path in sources(*(WORKER / "roomhand" / name for name in PURE), *PURE_CONTRACTS.values())
    if path not in CONSTANTS
]
INTERFACE_FILES = sources(*(PLUGINS / "roomhand_plugins" / name for name in INTERFACE))
WORKER_FILES = sources(WORKER)
PLUGIN_FILES = sources(PLUGINS)

Rule = Callable[[ast.AST], list[str]]
RULES: dict[str, tuple[Rule, list[Path], str]] = {
    "pure modules decide and do nothing else": (
        pure_imports,
        PURE_FILES,
        "def now():\n    import time\n    return time.time()\n",
    ),
    "pure modules know no other module of ours": (
        pure_imports,
        PURE_FILES,
        "from roomhand.room.ears import Ears\n",
    ),
    "pure modules draw from a seeded generator": (
        unseeded_draws,
        PURE_FILES,
        "import random\nwait_s = random.random()\n",
    ),
    "plugins never import the worker": (
        backward_imports,
        PLUGIN_FILES,
        "from roomhand.settings import Settings\n",
    ),
    "the interface imports nothing heavy": (
        heavy_imports,
        INTERFACE_FILES,
        "if True:\n    from numpy import array\n",
    ),
    "the worker gets plugins through entry points": (
        side_doors,
        WORKER_FILES,
        "from roomhand_plugins.openai import OpenAIPlugin\n",
    ),
    "only settings.py reads the environment": (
        environment_reads,
        [path for path in WORKER_FILES if path.name != "settings.py"],
        "import os\nkey = os.environ['KEY']\n",
    ),
    "nobody takes the environment by another name": (
        environment_reads,
        [path for path in WORKER_FILES if path.name != "settings.py"],
        "from os import getenv\n",
    ),
    "functions are short": (
        long_functions,
        [*WORKER_FILES, *PLUGIN_FILES],
        "def long():\n" + "    pass\n" * (MAX_FUNCTION_LINES + 1),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_source_keeps_the_rule(name: str) -> None:
    """Every file that the rule is about."""
    rule, files, _ = RULES[name]
    assert files, "the rule looks at no file"
    assert not offences(files, rule)


@pytest.mark.parametrize("name", RULES)
def test_a_planted_offence_is_found(name: str) -> None:
    """The rule is not blind."""
    rule, _, planted = RULES[name]
    assert len(rule(ast.parse(planted))) == 1


def test_files_are_of_a_size_to_read() -> None:
    """None above 500 lines, and at most one in ten above 300."""
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in [*WORKER_FILES, *PLUGIN_FILES]
    }
    assert not {name: size for name, size in sizes.items() if size > MAX_FILE_LINES}
    long = {name: size for name, size in sizes.items() if size > USUAL_FILE_LINES}
    assert len(long) <= len(sizes) / 10, long


def test_every_script_has_a_header() -> None:
    """KEYS, ARGV and Returns are named, so that a caller need not read the code.

    A prelude is no script: it is put before others.
    """
    scripts = sorted(
        path for path in COORDINATION.glob("*.lua") if not path.stem.endswith("prelude")
    )
    assert scripts
    missing = {path.name: lua_header(path.read_text(encoding="utf-8")) for path in scripts}
    assert not {name: parts for name, parts in missing.items() if parts}


def test_a_script_without_a_part_of_its_header_is_found() -> None:
    """Also where the word stands in the code below."""
    text = "-- Do it.\n-- KEYS\n--   lease\n-- Returns\n--   1\n\nreturn ARGV[1] -- ARGV\n"
    assert lua_header(text) == ["the header does not name ARGV"]


def test_bundled_plugins_use_the_same_door_as_a_strangers() -> None:
    """Every package of a plugin, and nothing else of ours, is an entry point."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    offered = project["entry-points"]["roomhand.plugins"]
    packages = {
        path.parent.name
        for path in (PLUGINS / "roomhand_plugins").glob("*/__init__.py")
        if path.parent.name != "conformance"
    }
    assert set(offered) == packages
    for name, value in offered.items():
        assert value.startswith(f"roomhand_plugins.{name}:")


@pytest.mark.parametrize("module", ["roomhand_plugins.base", "roomhand_plugins.registry"])
def test_importing_the_interface_loads_nothing_heavy(module: str) -> None:
    """Not by a detour either: asked of a fresh interpreter."""
    code = f"import sys, {module}; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.split(".")[0] for name in run.stdout.split()}
    assert "roomhand_plugins" in loaded
    assert not loaded & (HEAVY | {"pydantic", "pytest", "roomhand"})
