"""Headers and code of the scripts agree, and scripts run."""

from __future__ import annotations

import ast
import re
from importlib import resources
from pathlib import Path

import pytest

import roomhand.coordination
from roomhand.coordination.connection import open_client
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import (
    Answer,
    Call,
    Script,
    Scripts,
    load_script,
    parse_script,
    script_names,
)
from roomhand.errors import RedisError
from tests.sim import servers

PARAMETER = re.compile(r"^local (\w+) = (?:tonumber\()?(KEYS|ARGV)\[(\d+)\]\)?$", re.MULTILINE)
ANSWER = re.compile(r"return\s*\{\s*'(\w+)'((?:[^{}]|\{[^{}]*\})*)\}")


def body_of(name: str) -> str:
    """A script without the prelude."""
    return (resources.files(roomhand.coordination) / f"{name}.lua").read_text(encoding="utf-8")


def faults(script: Script, body: str) -> list[str]:
    """Where header and code disagree."""
    found = []
    code = "\n".join(line for line in body.splitlines() if not line.startswith("--"))
    for kind, header in (("KEYS", script.keys), ("ARGV", script.argv)):
        read = [(m[1], int(m[3])) for m in PARAMETER.finditer(code) if m[2] == kind]
        if read != [(name, number) for number, name in enumerate(header, 1)]:
            found.append(f"{kind}: the header says {header}, the code reads {read}")
        if code.count(kind) != len(read):
            found.append(f"{kind} is used apart from its list at the top")
        for name, _ in read:
            if len(re.findall(rf"\b{name}\b", code)) < 2:
                found.append(f"{name} is read and never used")
    answers = {m[1] for m in ANSWER.finditer(code)}
    if "refusal(agents, agent" in code and "return refused" in code:
        answers |= {"stale", "no_record"}
    if answers != set(script.returns):
        found.append(f"the header says {sorted(script.returns)}, the code {sorted(answers)}")
    return found


@pytest.mark.unit
@pytest.mark.parametrize("name", script_names())
def test_header_and_code_agree(name: str) -> None:
    """Every key, argument and answer of the code is in the header, in that order, and none else."""
    assert faults(load_script(name), body_of(name)) == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("local epoch = tonumber(ARGV[2])", "local epoch = tonumber(ARGV[3])"),
        ("--   ttl_ms: length", "--   length: length"),
        ("--   busy, agent, epoch, expires_in_ms\n", ""),
        ("return {'busy'", "return {'occupied'"),
        ("whole(now + ttl_ms * 1000)", "whole(now + ARGV[3] * 1000)"),
        ("local scribe = KEYS[2]", "local scribe = 'rh:scribe'"),
    ],
)
def test_a_header_that_rots_is_found(old: str, new: str) -> None:
    """The check above turns red for each way in which the two can part."""
    body = body_of("scribe_claim")
    assert old in body
    planted = body.replace(old, new)
    assert faults(parse_script("planted", planted), planted)


def calls() -> list[tuple[str, set[str] | None, set[str] | None]]:
    """Every call of ``run``, and every ``Call`` that is made, in the package: script, keys and
    arguments, where spelled out."""
    found = []
    for path in Path(str(resources.files(roomhand.coordination))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and called(node) in ("run", "_insist", "Call")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                maps = [*map(names_of, node.args[1:]), None, None]
                found.append((str(node.args[0].value), maps[0], maps[1]))
    return found


def called(node: ast.Call) -> str:
    """The name of a function, a method or a class."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def names_of(node: ast.expr) -> set[str] | None:
    """The keys of a dict that is written out."""
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
    return None


@pytest.mark.unit
def test_callers_pass_what_the_headers_name() -> None:
    """Every script has a caller; keys and arguments that are written out are the header's."""
    assert {name for name, _, _ in calls()} == set(script_names())
    for name, keys, args in calls():
        script = load_script(name)
        assert keys in (None, set(script.keys)), name
        assert args in (None, set(script.argv)), name


@pytest.mark.unit
def test_a_script_without_a_header_is_refused() -> None:
    """A section that is missing is named."""
    with pytest.raises(ValueError, match="Returns"):
        parse_script("planted", "-- What.\n--\n-- KEYS\n-- ARGV\nreturn {'ok'}")


@pytest.mark.redis
async def test_a_wrong_argument_never_reaches_redis(scripts: Scripts, keys: RoomKeys) -> None:
    """Names are checked before anything is sent."""
    with pytest.raises(TypeError, match="lease_reserve"):
        await scripts.run("lease_reserve", {"agents": keys.agents}, {"name": "sage"})


@pytest.mark.redis
async def test_a_server_that_forgot_the_script_gets_it_again(
    scripts: Scripts, keys: RoomKeys
) -> None:
    """After SCRIPT FLUSH, as after a restart or failover, the call just works."""
    arguments = ("lease_reserve", {"agents": keys.agents}, {"agent": "sage"})
    first = await scripts.run(*arguments)
    await scripts.client.script_flush()

    second = await scripts.run(*arguments)

    assert second.number("epoch") > first.number("epoch")


@pytest.mark.redis
async def test_a_key_of_the_wrong_kind_is_a_redis_error(scripts: Scripts, keys: RoomKeys) -> None:
    """What a script raises comes out as our own error."""
    await scripts.client.set(keys.agents, "no hash")
    with pytest.raises(RedisError, match="WRONGTYPE"):
        await scripts.run("lease_reserve", {"agents": keys.agents}, {"agent": "sage"})


def reserving(keys: RoomKeys, *agents: str) -> list[Call]:
    """An epoch for each."""
    return [Call("lease_reserve", {"agents": keys.agents}, {"agent": name}) for name in agents]


@pytest.mark.redis
async def test_operations_that_are_run_together_are_answered_in_their_order(
    scripts: Scripts, keys: RoomKeys
) -> None:
    """Also by a server that has forgotten the script."""
    for _ in range(2):
        answers = await scripts.run_together(reserving(keys, "sage", "sage", "nova"))
        epochs = [one.number("epoch") for one in answers if isinstance(one, Answer)]
        assert len(epochs) == 3
        assert epochs == sorted(epochs)
        await scripts.client.script_flush()


@pytest.mark.redis
@pytest.mark.parametrize("broken", [0, 1])
async def test_one_operation_that_fails_does_not_take_the_other_with_it(
    scripts: Scripts, keys: RoomKeys, broken: int
) -> None:
    """Whichever comes first."""
    elsewhere = RoomKeys(f"{keys.room}-elsewhere")
    await scripts.client.set(elsewhere.agents, "no hash")
    calls = reserving(keys, "sage")
    calls.insert(broken, *reserving(elsewhere, "sage"))
    await scripts.run_together(calls)  # the script is known from now on, or again
    answers = await scripts.run_together(calls)
    error, answer = answers[broken], answers[1 - broken]
    assert isinstance(error, RedisError)
    assert "WRONGTYPE" in str(error)
    assert isinstance(answer, Answer)
    await scripts.client.delete(elsewhere.agents)


@pytest.mark.redis
async def test_operations_without_an_answer_are_one_redis_error() -> None:
    """Nothing is known of any."""
    async with open_client(f"redis://127.0.0.1:{servers.free_port()}") as client:
        with pytest.raises(RedisError, match="cannot be reached"):
            await Scripts(client).run_together(reserving(RoomKeys("a"), "sage"))
