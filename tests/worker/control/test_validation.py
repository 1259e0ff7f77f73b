"""The rules of the protocol: what each field may hold, and who is told that it may not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import grpc.aio
import pytest
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status

from roomhand.control.api import SERVICES
from roomhand.control.refusals import DETAILS
from roomhand.control.v1 import transcripts_service_pb2 as transcripts
from roomhand.control.validation import Rules
from tests.worker.control.field_values import MAY_BE_EMPTY, RIGHT, WRONG
from tests.worker.control.methods import METHODS
from tests.worker.control.served import Served, reason_of, token


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(SERVICES)


def requests(name: str, values: dict[str, list[Any]]) -> Iterator[tuple[str, Any, Message]]:
    """Calls of a method that are right but for one field, which has each of its values in turn."""
    method = METHODS[name]
    right = {"room": "r", **method.known.fields} if method.known.of_room else method.known.fields
    for field in method.descriptor.input_type.fields:
        for value in values.get(field.name, []):
            yield field.name, value, method.request(**{**right, field.name: value})


@pytest.mark.unit
@pytest.mark.parametrize("name", METHODS)
def test_what_is_at_its_bounds_is_let_through(rules: Rules, name: str) -> None:
    for field, value, request in requests(name, RIGHT):
        assert rules.broken_by(request) is None, (field, value)


@pytest.mark.unit
@pytest.mark.parametrize("name", METHODS)
def test_what_is_beyond_its_bounds_is_refused_by_its_field(rules: Rules, name: str) -> None:
    """Also where it is left out, unless that means something."""
    for field, value, request in requests(name, WRONG):
        error = rules.broken_by(request)
        if value == "" and MAY_BE_EMPTY.get(name) == field:
            assert error is None
        else:
            assert error is not None, (field, value)
            assert str(error).startswith((f"{field}: ", f"{field}[")), (field, value)


@pytest.mark.unit
def test_every_field_of_a_request_has_values_here() -> None:
    """A new one fails this test."""
    fields = [one for method in METHODS.values() for one in method.descriptor.input_type.fields]
    for one in fields:
        if one.cpp_type != one.CPPTYPE_BOOL:
            assert RIGHT[one.name]
            assert WRONG[one.name]


@pytest.mark.unit
def test_the_message_says_what_to_write(rules: Rules) -> None:
    policy = METHODS["FloorService.SetPolicy"].request(room="r", agent="sage")
    assert "policy: write one of POLICY_ADDRESSED, " in str(rules.broken_by(policy))
    speakers = transcripts.ListSegmentsRequest(room="r", speakers=["anna", ""])
    assert str(rules.broken_by(speakers)) == "speakers[1]: must be at least 1 characters"


@pytest.mark.unit
def test_a_request_that_is_wrong_in_many_places_costs_no_more(rules: Rules) -> None:
    """It is refused for the first: a mebibyte of empty names keeps nobody waiting."""
    request = transcripts.ListSegmentsRequest(room="r", speakers=[""] * 500_000)
    began_s = time.process_time()
    assert rules.broken_by(request) is not None
    assert time.process_time() - began_s < 0.1


@pytest.mark.redis
@pytest.mark.parametrize("name", ["AgentsService.Say", "FloorService.WatchFloor"])
async def test_a_caller_is_told_the_field_also_by_bad_request(served: Served, name: str) -> None:
    """Whether it would be answered at once or one by one."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await served.call(name, token(room_admin=True, room=" "), room=" ")
    assert reason_of(raised.value) == ("INVALID_ARGUMENT", "FIELD_INVALID")
    metadata = dict(raised.value.trailing_metadata() or ())
    found = BadRequest()
    assert Status.FromString(cast(bytes, metadata[DETAILS])).details[1].Unpack(found)
    [violation] = found.field_violations
    assert f"{violation.field}: {violation.description}" == raised.value.details()
    assert violation.field == "room"


@pytest.mark.redis
@pytest.mark.parametrize("name", [one for one in METHODS if any(requests(one, WRONG))])
async def test_every_method_that_is_served_has_its_rules_kept(served: Served, name: str) -> None:
    """And who has no good token is told nothing but that."""
    field, _, request = next(requests(name, WRONG))
    fields = {one.name: value for one, value in request.ListFields()} | {field: WRONG[field][-1]}
    assert await served.refused(name, **fields) == ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert await served.refused(name, "no.token.atall", **fields) == (
        "UNAUTHENTICATED",
        "TOKEN_INVALID",
    )
