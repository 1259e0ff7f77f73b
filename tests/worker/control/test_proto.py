"""What is generated is what the protocol says, and the protocol says everything."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from google.protobuf.descriptor import FileDescriptor

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parents[3] / "proto" / "roomhand" / "control" / "v1"
PROTOS = sorted(path.stem for path in FOLDER.glob("*.proto"))
MESSAGE = re.compile(r"^message (\w+) \{(|\n.*?\n)\}$", re.MULTILINE | re.DOTALL)
METHOD = re.compile(r"rpc (\w+)\((\w+)\) returns \((?:stream )?(\w+)\);")
TYPE = r"(?:(?:repeated |optional )?[\w.]+|map<\w+, \w+>)"
FIELD = re.compile(rf"^  {TYPE} (\w+) = (\d+);", re.MULTILINE)
DECLARES = re.compile(rf"\s*(service|rpc|message|enum|{TYPE} \w+ = \d+;|\w+ = \d+;)")


def text_of(proto: str) -> str:
    """The protocol as it is written."""
    return (FOLDER / f"{proto}.proto").read_text(encoding="utf-8")


def generated(proto: str) -> FileDescriptor:
    """What the generator made of it."""
    module = importlib.import_module(f"roomhand.control.v1.{proto}_pb2")
    described: FileDescriptor = module.DESCRIPTOR
    return described


@pytest.mark.parametrize("proto", PROTOS)
def test_methods_and_fields_are_those_of_the_protocol(proto: str) -> None:
    """``make proto`` was not forgotten."""
    text, made = text_of(proto), generated(proto)
    known = [
        (one.name, one.input_type.name, one.output_type.name)
        for service in made.services_by_name.values()
        for one in service.methods
    ]
    assert METHOD.findall(text) == known != []
    messages = dict(MESSAGE.findall(text))
    assert set(messages) == set(made.message_types_by_name)
    for name, body in messages.items():
        fields = [(one.name, str(one.number)) for one in made.message_types_by_name[name].fields]
        assert FIELD.findall(body) == fields, name


@pytest.mark.parametrize("proto", PROTOS)
def test_everything_is_explained(proto: str) -> None:
    """A comment stands before each service, method, message, field and value."""
    lines = text_of(proto).splitlines()
    bare = [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(lines, start=1)
        if DECLARES.match(line) and not lines[number - 2].strip().startswith("//")
    ]
    assert bare == []
