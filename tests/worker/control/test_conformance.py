"""The API does what its pages say, as a stock client finds it: each method by server reflection,
each of its documented ends brought about, with status, reason and details."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from google.rpc.error_details_pb2 import BadRequest, RetryInfo

from roomhand.control import calls
from tests.worker.control import documented
from tests.worker.control.conformance import (
    ANY,
    OK,
    ROWS,
    Way,
    something_is_broken,
    wrong_fields,
)
from tests.worker.control.scene import Scene, scene_of
from tests.worker.control.stranger import Ended

pytestmark = pytest.mark.redis

STATUS = documented.status_of_reasons()
ANY_CALL = documented.errors_of_any_call()
BESIDE = {"FIELD_INVALID": "google.rpc.BadRequest", "RATE_LIMITED": "google.rpc.RetryInfo"}
"""What comes with an error beside its reason."""
ELSEWHERE = {"FIELD_INVALID", "RATE_LIMITED"}
"""What any call may end with, and has no row in ``ANY``."""


@pytest.fixture
async def scene(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Scene]:
    async with scene_of(redis_client, room_name, tmp_path / "archive", monkeypatch) as made:
        yield made


def check(ended: Ended, reason: str) -> None:
    """Status, reason, domain, a message for a person and details are as documented."""
    assert (ended.status, ended.reason) == (STATUS[reason], reason), ended
    assert ended.domain == "roomhand"
    assert ended.message
    assert list(ended.details) == ([BESIDE[reason]] if reason in BESIDE else [])


def ends() -> Iterator[Any]:
    """Each way to each end, by its names."""
    for method, row in ROWS.items():
        for reason, ways in row.items():
            for number, way in enumerate(ways):
                yield pytest.param(method, reason, way, id=f"{method}-{reason}-{number}")


@pytest.mark.parametrize(("method", "reason", "way"), [*ends()])
async def test_a_call_ends_as_documented(scene: Scene, method: str, reason: str, way: Way) -> None:
    await way(scene)
    ended = await scene.call(method)
    if reason == OK:
        assert ended.status == "OK", ended
    else:
        check(ended, reason)


async def test_every_method_that_a_stranger_finds_has_a_row_of_success(scene: Scene) -> None:
    """And none is documented, or known here, that is not found."""
    assert set(scene.stranger.methods) == {name for name, row in ROWS.items() if row.get(OK)}
    assert set(scene.stranger.methods) == set(ROWS) == set(documented.errors_of_methods())


def test_every_documented_error_has_a_row_and_every_row_is_documented() -> None:
    told = documented.errors_of_methods()
    missing = {f"{name}: {one}" for name, row in ROWS.items() for one in told[name] - set(row)}
    assert missing == set(), "documented, and nobody brings it about"
    known = {name: told[name] | ANY_CALL | {OK} for name in ROWS}
    beyond = {f"{name}: {one}" for name, row in ROWS.items() for one in set(row) - known[name]}
    assert beyond == set(), "brought about, and not documented"
    assert set(ANY) | ELSEWHERE == ANY_CALL


@pytest.mark.parametrize(("reason", "way"), ANY.items())
async def test_any_call_may_end_so(scene: Scene, reason: str, way: Way) -> None:
    """But one that is answered one by one takes as long as it takes."""
    await way(scene)
    streams = {name for name, one in scene.stranger.methods.items() if one.server_streaming}
    for name in ROWS.keys() - (streams if reason == "TOOK_TOO_LONG" else set()):
        check(await scene.call(name), reason)


async def test_a_bug_is_logged_with_the_way_to_it_and_told_to_nobody_else(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """In a call with one answer, and in one that is answered one by one."""
    await something_is_broken(scene)
    for name in ("AgentsService.GetAgent", "TranscriptsService.StreamSegments"):
        caplog.clear()
        ended = await scene.call(name)
        assert "planted" not in ended.message
        (line,) = [one for one in caplog.records if one.name == calls.__name__]
        assert line.exc_info is not None
        assert "planted" in str(line.exc_info[1])


async def test_a_method_that_there_is_not_is_refused_by_grpc_itself(scene: Scene) -> None:
    """Without a reason of ours."""
    for path in ("/roomhand.control.v1.AgentsService/Dance", "/roomhand.control.v9.Any/Say"):
        ended = await scene.stranger.call_path(path, scene.bearer)
        assert (ended.status, ended.reason, list(ended.details)) == ("UNIMPLEMENTED", "", [])


async def test_any_call_is_refused_for_a_wrong_field_which_is_named(scene: Scene) -> None:
    """Where it has fields."""
    for name in ROWS:
        names = [one.name for one in scene.stranger.methods[name].input_type.fields]
        wrong = wrong_fields(names)
        assert bool(wrong) is bool(names), name
        if not wrong:
            continue
        ended = await scene.call(name, **wrong)
        check(ended, "FIELD_INVALID")
        told = BadRequest()
        ended.details["google.rpc.BadRequest"].Unpack(told)
        [field] = wrong
        assert [one.field for one in told.field_violations] == [field]
        assert ended.message.startswith(f"{field}: ")


async def test_any_call_is_refused_to_who_calls_too_often(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And is told when to call again."""
    slow: dict[str, Any] = {"control_rate_per_s": 0.01, "control_burst": 1}
    async with scene_of(redis_client, room_name, tmp_path, monkeypatch, **slow) as scene:
        for name in ROWS:
            ended = await scene.call(name)
            check(ended, "RATE_LIMITED")
            told = RetryInfo()
            ended.details["google.rpc.RetryInfo"].Unpack(told)
            assert 0 < told.retry_delay.ToMilliseconds() <= 100_000
