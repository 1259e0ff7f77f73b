"""Runs the Lua scripts beside this module: one file an operation, each with a header.

A header names what the script takes and what it answers, and is the only list of them: the keys and
arguments of a call are given by name and put in the header's order, and an answer that the header
does not list is a bug. ``prelude.lua`` is put before every script.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import redis.asyncio
from redis.exceptions import NoScriptError

from roomhand.coordination.connection import reported
from roomhand.errors import RedisError

_SECTIONS = ("KEYS", "ARGV", "Returns")
_FOLDER = resources.files("roomhand.coordination")


@dataclass(frozen=True, slots=True)
class Script:
    """One operation. ``keys`` and ``argv`` are names in order, ``returns`` the possible answers."""

    name: str
    source: str
    keys: tuple[str, ...]
    argv: tuple[str, ...]
    returns: Mapping[str, tuple[str, ...]]

    @property
    def sha(self) -> str:
        """By which Redis knows the script."""
        return hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script answered: a word from its header, and the values that go with it by name."""

    word: str
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def number(self, name: str) -> int:
        """A whole number: an epoch, a count, milliseconds or microseconds."""
        return int(self.values[name])

    def seconds(self, name: str) -> float:
        """Seconds, from a value in microseconds."""
        return int(self.values[name]) / 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """One operation to be run; keys and arguments by their names in its header."""

    name: str
    keys: Mapping[str, str]
    args: Mapping[str, str | int]


def script_names() -> list[str]:
    """Every operation there is."""
    files = (entry.name for entry in _FOLDER.iterdir())
    return sorted(
        name.removesuffix(".lua")
        for name in files
        if name.endswith(".lua") and not name.endswith("prelude.lua")
    )


@cache
def load_script(name: str) -> Script:
    """A script by name. Raises FileNotFoundError or ValueError where there is none like that."""
    body = (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")
    family = _FOLDER / f"{name.partition('_')[0]}_prelude.lua"
    preludes = [_FOLDER / "prelude.lua", *([family] if family.is_file() else [])]
    return parse_script(name, body, "".join(one.read_text(encoding="utf-8") for one in preludes))


def parse_script(name: str, body: str, prelude: str = "") -> Script:
    """Read the header of ``body``. Raises ValueError where a section is missing."""
    sections: dict[str, list[str]] = {}
    for line in body.splitlines():
        if not line.startswith("--"):
            break
        title = line.removeprefix("--").strip()
        if title in _SECTIONS:
            sections[title] = []
        elif sections:
            sections[next(reversed(sections))].append(title)
    if tuple(sections) != _SECTIONS:
        raise ValueError(f"{name}.lua: the header needs {', '.join(_SECTIONS)}, in this order")
    return Script(
        name=name,
        source=prelude + body,
        keys=tuple(line.partition(":")[0] for line in sections["KEYS"]),
        argv=tuple(line.partition(":")[0] for line in sections["ARGV"]),
        returns={word: tuple(names) for word, *names in map(_words, sections["Returns"])},
    )


def _words(line: str) -> list[str]:
    return re.split(r",\s*", line)


class Scripts:
    """Runs scripts on one client, each call bounded by ``timeout_s``."""

    def __init__(self, client: redis.asyncio.Redis, timeout_s: float = 2.0) -> None:
        self.client = client
        self._timeout_s = timeout_s

    async def run(
        self, name: str, keys: Mapping[str, str], args: Mapping[str, str | int]
    ) -> Answer:
        """Run one operation. Raises RedisError where Redis does not answer in time or refuses."""
        script, ordered = _in_order(Call(name, keys, args))
        with reported():
            async with asyncio.timeout(self._timeout_s):
                return _answer(script, await self._evaluate(script, ordered))

    async def run_together(self, calls: Sequence[Call]) -> list[Answer | RedisError]:
        """Run operations in one round trip, one after the other but not as one: what became of
        each. Raises RedisError where Redis does not answer in time."""
        pipe = self.client.pipeline(transaction=False)
        for script, ordered in map(_in_order, calls):
            pipe.evalsha(script.sha, len(script.keys), *ordered)
        with reported():
            async with asyncio.timeout(self._timeout_s):
                replies = await pipe.execute(raise_on_error=False)
        return [await self._outcome(*one) for one in zip(calls, replies, strict=True)]

    async def _outcome(
        self, call: Call, reply: list[bytes | str] | Exception
    ) -> Answer | RedisError:
        try:
            if isinstance(reply, NoScriptError):
                return await self.run(call.name, call.keys, call.args)
            with reported():
                if isinstance(reply, Exception):
                    raise reply
        except RedisError as error:
            return error
        return _answer(load_script(call.name), reply)

    async def _evaluate(self, script: Script, ordered: list[str]) -> list[bytes | str]:
        count = len(script.keys)
        try:
            reply = await self.client.evalsha(script.sha, count, *ordered)
        except NoScriptError:
            reply = await self.client.eval(script.source, count, *ordered)
        return list(reply)


def _in_order(call: Call) -> tuple[Script, list[str]]:
    """Keys and arguments as the script reads them."""
    script, keys, args = load_script(call.name), call.keys, call.args
    if keys.keys() != set(script.keys) or args.keys() != set(script.argv):
        raise TypeError(f"{call.name}.lua takes keys {script.keys} and arguments {script.argv}")
    return script, [keys[key] for key in script.keys] + [str(args[arg]) for arg in script.argv]


def _answer(script: Script, reply: Sequence[bytes | str]) -> Answer:
    word, *values = map(text, reply)
    return Answer(word, dict(zip(script.returns[word], values, strict=True)))


def text(value: bytes | str) -> str:
    """What Redis keeps as text, whichever way the client was set up."""
    return value.decode() if isinstance(value, bytes) else value
