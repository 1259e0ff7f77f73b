"""Agents, read from a YAML file. Every fault is found, with file, line, field and fix.

The file has one key, ``agents``: a list of profiles. See ``docs/profiles.md`` for an example.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from roomhand.errors import ConfigError, Fault

AGENT_NAME = re.compile(r"[a-z0-9-]{1,32}")


class Policy(StrEnum):
    """When an agent answers."""

    ADDRESSED = "addressed"
    """When it is called by name, asked in a follow-up, or alone with one person."""
    FOLLOW_UP = "follow_up"
    """As addressed, and after its own turn anybody may follow up."""
    RAISE_HAND = "raise_hand"
    """As addressed, but it signals first and speaks when somebody calls on it."""
    FACILITATOR = "facilitator"
    """As addressed, and it may open the next point when everybody is silent."""
    OPEN = "open"
    """To any question or request that calls nobody else."""
    HOLD = "hold"
    """Not until it is told to resume."""
    SILENT = "silent"
    """Never: it listens."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressOptions(_Strict):
    """Which utterances are meant for the agent."""

    policy: Policy = Policy.ADDRESSED
    follow_up_s: Annotated[float, Field(ge=0, le=60)] = 8.0
    """After its own turn, an utterance of the same person within this time needs no name."""
    hand_s: Annotated[float, Field(ge=5, le=3600)] = 120.0
    """A raised hand goes down by itself after this time: what it was raised for is too old."""
    quiet_s: Annotated[float, Field(ge=5, le=600)] = 20.0
    """A facilitator opens the next point after a silence of everybody this long."""

    @field_validator("follow_up_s")
    @classmethod
    def _window_of_its_policy(cls, follow_up_s: float, info: ValidationInfo) -> float:
        if info.data.get("policy") is Policy.FOLLOW_UP and not follow_up_s:
            raise ValueError("must be more than 0 under the policy follow_up")
        return follow_up_s


class FloorOptions(_Strict):
    """How the agent competes for and yields the floor."""

    priority: Annotated[int, Field(ge=0, le=10)] = 5
    max_talk_s: Annotated[float, Field(ge=5, le=600)] | None = None
    """Longest speech under one grant; the setting of the same name, if not given."""
    grace_s: Annotated[float, Field(ge=0, le=30)] = 3.0
    """After the longest speech, to finish the sentence."""
    turns_limit: Annotated[int, Field(ge=0, le=20)] = 3
    """Turns that agents take in a row before this one answers no agent until a person speaks."""
    yield_after_ms: Annotated[int, Field(ge=60, le=2000)] = 320
    """Speech of a person this long, over the agent's, pauses it; shorter only ducks it."""
    stop_after_ms: Annotated[int, Field(ge=60, le=5000)] = 900
    """Speech this long stops it, whatever its words; before that, the words decide."""


class FallbackOptions(_Strict):
    """A plugin that stands in while those before it are in trouble."""

    plugin: str
    options: dict[str, Any] = {}
    """Handed to the plugin, which checks them."""
    voice: str | None = None
    """The agent's own means nothing to another provider; the plugin's usual one, if not given."""


class Profile(_Strict):
    """One agent."""

    name: str
    plugin: str
    options: dict[str, Any] = {}
    """Handed to the plugin, which checks them."""
    fallback: Annotated[list[FallbackOptions], Field(max_length=4)] = []
    """Tried in this order, and left again when the agent's own plugin has recovered."""
    instructions: Annotated[str, Field(max_length=32_000)] = ""
    display_name: Annotated[str, Field(max_length=64)] = ""
    """Shown in the room; ``name`` with a capital, if not given."""
    voice: str | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-US"
    names: list[Annotated[str, Field(min_length=2, max_length=64)]] = []
    """Names it answers to; the display name, if none is given."""
    address: AddressOptions = AddressOptions()
    floor: FloorOptions = FloorOptions()

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not AGENT_NAME.fullmatch(name):
            raise ValueError("must be 1 to 32 of a-z, 0-9 and -")
        return name

    @property
    def plugins(self) -> tuple[str, ...]:
        """Every plugin it may need."""
        return (self.plugin, *(one.plugin for one in self.fallback))

    @property
    def shown_as(self) -> str:
        """The name people see."""
        return self.display_name or self.name.capitalize()

    @property
    def answers_to(self) -> tuple[str, ...]:
        """Every name that calls it, never empty."""
        return tuple(self.names) or (self.shown_as,)

    def silenced(self) -> Profile:
        """The same agent under the policy ``silent``."""
        address = self.address.model_copy(update={"policy": Policy.SILENT})
        return self.model_copy(update={"address": address})


class _File(_Strict):
    agents: Annotated[list[Profile], Field(min_length=1)]


_Path = tuple[str | int, ...]
_CONSTRUCTION = (ValueError, LookupError, AttributeError, TypeError)
"""What PyYAML lets through from the constructors of dates, numbers and the like."""
_PROBLEMS = {
    "model_type": "must be fields, each as NAME: VALUE",
    "dict_type": "must be fields, each as NAME: VALUE",
    "list_type": "must be a list",
    "string_type": "must be text; put it in quotes",
    "too_short": "must not be empty",
}
"""In the words of who writes the file, by pydantic's type of error."""


def load_profiles(path: Path) -> dict[str, Profile]:
    """All agents of a file by name. Raises ConfigError with every fault of the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            [Fault(str(path), f"cannot be read ({error.strerror})", "Set ROOMHAND_PROFILES")]
        ) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(path), "is not UTF-8 text", "Save it as UTF-8")]) from None
    return parse_profiles(text, str(path))


def parse_profiles(text: str, source: str) -> dict[str, Profile]:
    """As ``load_profiles``, from text; ``source`` names it in messages."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        problem = getattr(error, "problem", None) or "is not YAML"
        raise ConfigError([Fault(where, str(problem), "Mend the YAML")]) from None
    except RecursionError:
        raise ConfigError([Fault(source, "is nested too deep", "Mend the YAML")]) from None
    except _CONSTRUCTION as error:
        raise ConfigError(
            [Fault(source, f"holds a bad value ({error})", "Mend the YAML")]
        ) from None
    lines, doubled = _walk(tree)
    faults = [
        Fault(f"{source}:{lines[path]} {_dotted(path)}", "is given twice", "Keep one")
        for path in doubled
    ]
    try:
        file = _File.model_validate(data if data is not None else {})
    except ValidationError as error:
        faults += [_fault(source, lines, item) for item in error.errors()]
        raise ConfigError(faults) from None
    faults += _same_names(source, lines, file.agents)
    if faults:
        raise ConfigError(faults)
    return {profile.name: profile for profile in file.agents}


def _walk(tree: yaml.Node | None) -> tuple[dict[_Path, int], list[_Path]]:
    """The line of every field, and the fields given twice. What an alias names is seen once."""
    lines: dict[_Path, int] = {}
    doubled: list[_Path] = []
    waiting: list[tuple[_Path, yaml.Node, int]] = []
    if tree is not None:
        waiting.append(((), tree, tree.start_mark.line + 1))
    seen: set[int] = set()
    while waiting:
        path, node, line = waiting.pop()
        lines[path] = line
        if id(node) in seen:
            continue
        seen.add(id(node))
        inner = list(_inner(node))
        keys = [key for key, _, _ in inner]
        doubled += [(*path, key) for key in dict.fromkeys(keys) if keys.count(key) > 1]
        waiting += [((*path, key), value, at) for key, value, at in reversed(inner)]
    return lines, doubled


def _inner(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.value, value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield index, value, value.start_mark.line + 1


def _fault(source: str, lines: Mapping[_Path, int], item: Any) -> Fault:
    path: _Path = tuple(item["loc"])
    known = path
    while known and known not in lines:
        known = known[:-1]
    where = f"{source}:{lines.get(known, 1)} {_dotted(path)}".rstrip()
    if item["type"] == "extra_forbidden":
        return Fault(where, "is not a known field", _suggestion(path))
    if item["type"] == "missing":
        return Fault(where, "is missing", f"Add {path[-1]}")
    problem = _PROBLEMS.get(item["type"]) or str(item["msg"]).removeprefix("Value error, ")
    return Fault(where, problem[:1].lower() + problem[1:], f"Change {path[-1] if path else 'it'}")


def _suggestion(path: _Path) -> str:
    model: type[BaseModel] = _File
    if len(path) > 1:
        inner: dict[str, type[BaseModel]] = {"address": AddressOptions, "floor": FloorOptions}
        model = inner.get(str(path[-2]), Profile)
        if "fallback" in path[:-1]:
            model = FallbackOptions
    close = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(model.model_fields)}"


def _same_names(source: str, lines: Mapping[_Path, int], agents: list[Profile]) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for index, profile in enumerate(agents):
        if profile.name in first:
            where = f"{source}:{lines.get(('agents', index), 1)} agents.{index}.name"
            faults.append(Fault(where, f"{profile.name} is taken", "Give each agent its own name"))
        first.setdefault(profile.name, index)
    return faults


def _dotted(path: _Path) -> str:
    return ".".join(str(part) for part in path)
