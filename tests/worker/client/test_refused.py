"""What the API refuses, as the command line tells it."""

from __future__ import annotations

import re
from pathlib import Path

import grpc
import grpc.aio
import pytest

from roomhand.client.refused import ERRORS, TOKEN_FIXES, error_of
from roomhand.control import refusals
from roomhand.control.refusals import CallError, refused_by
from roomhand.errors import RoomhandError

pytestmark = pytest.mark.unit


def received(error: CallError) -> grpc.aio.AioRpcError:
    """As it comes to a caller."""
    trailing = grpc.aio.Metadata(*error.details())
    return grpc.aio.AioRpcError(error.code, grpc.aio.Metadata(), trailing, str(error), "")


def test_every_reason_of_the_protocol_is_an_error_of_ours() -> None:
    """And no other."""
    source = Path(refusals.__file__).read_text(encoding="utf-8")
    reasons = re.findall(r"StatusCode\.\w+, \"(\w+)\"", source)
    assert set(reasons) == ERRORS.keys() | TOKEN_FIXES.keys()


@pytest.mark.parametrize("kind", list(dict.fromkeys(ERRORS.values())))
def test_an_error_comes_out_as_it_went_in(kind: type[RoomhandError]) -> None:
    """Same message, same exit code."""
    thrown = kind("agent sage is not in room blue")
    caught = error_of(received(refused_by(thrown)), "http://there:1")
    assert (type(caught), str(caught)) == (kind, str(thrown))


def test_what_is_wrong_with_the_token_is_told_with_the_fix() -> None:
    """By the variable that has it."""
    for refused, fix in (
        (refusals.token_missing(), "Set ROOMHAND_API_TOKEN"),
        (refusals.token_invalid("ExpiredSignatureError"), "Make a new one"),
        (refusals.grant_missing("video.roomAdmin"), "Ask for one that has it"),
    ):
        caught = error_of(received(refused), "http://there:1")
        assert caught.exit_code == 78
        assert str(caught).startswith(f"ROOMHAND_API_TOKEN: {refused}. {fix}")


def test_who_does_not_answer_is_named() -> None:
    """There is no reason where nobody gave one."""
    empty = grpc.aio.Metadata()
    lost = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, empty, empty, "no route", "")
    caught = error_of(lost, "http://there:1")
    assert caught.exit_code == 69
    assert str(caught) == "the API at http://there:1: UNAVAILABLE: no route"
