"""What is generated is what the protocol says, and the protocol says everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roomhand.control.v1 import agents_service_pb2 as pb

pytestmark = pytest.mark.unit

PROTO = Path(__file__).parents[3] / "proto" / "roomhand" / "control" / "v1" / "agents_service.proto"
LINES = PROTO.read_text(encoding="utf-8").splitlines()
MESSAGE = re.compile(r"^message (\w+) \{(|\n.*?\n)\}$", re.MULTILINE | re.DOTALL)
DECLARES = re.compile(
    r"\s*(service|rpc|message|enum|\w+ \w+ = \d+;|repeated \w+ \w+ = \d+;|\w+ = \d+;)"
)


def test_methods_and_fields_are_those_of_the_protocol() -> None:
    """``make proto`` was not forgotten."""
    text = "\n".join(LINES)
    methods = re.findall(r"rpc (\w+)\((\w+)\) returns \((\w+)\);", text)
    generated = pb.DESCRIPTOR.services_by_name["AgentsService"].methods
    assert methods == [(one.name, one.input_type.name, one.output_type.name) for one in generated]
    for name, body in MESSAGE.findall(text):
        fields = re.findall(r"^  (?:repeated )?\w+ (\w+) = (\d+);", body, re.MULTILINE)
        known = pb.DESCRIPTOR.message_types_by_name[name].fields
        assert [(one.name, str(one.number)) for one in known] == fields, name


def test_everything_is_explained() -> None:
    """A comment stands before each service, method, message, field and value."""
    bare = [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(LINES, start=1)
        if DECLARES.match(line) and not LINES[number - 2].strip().startswith("//")
    ]
    assert bare == []
