"""What is generated is what the protocol says, and the protocol says everything."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from roomhand.control import refusals
from roomhand.control.api import SERVICES

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parents[3] / "proto"
PROTOS = sorted(FOLDER.rglob("*.proto"))
RULES: Any = importlib.import_module("buf.validate.validate_pb2")
every_proto = pytest.mark.parametrize("proto", PROTOS, ids=lambda path: path.stem)
MESSAGE = re.compile(r"^message (\w+) \{(|\n.*?\n)\}$", re.MULTILINE | re.DOTALL)
METHOD = re.compile(r"rpc (\w+)\((\w+)\) returns \((?:stream )?(\w+)\)(?:;| \{)")
TYPE = r"(?:(?:repeated |optional )?[\w.]+|map<\w+, \w+>)"
FIELD = re.compile(rf"^  {TYPE} (\w+) = (\d+)(?:;| \[)", re.MULTILINE)
DECLARES = re.compile(rf"\s*(service|rpc|message|enum|{TYPE} \w+ = \d+[; ]|\w+ = \d+;)")


@every_proto
def test_methods_and_fields_are_those_of_the_protocol(proto: Path) -> None:
    """``make proto`` was not forgotten, and what it made is served."""
    text = proto.read_text(encoding="utf-8")
    made = importlib.import_module(f"roomhand.control.v1.{proto.stem}_pb2").DESCRIPTOR
    [service] = made.services_by_name.values()
    assert service.full_name in SERVICES
    known = [(one.name, one.input_type.name, one.output_type.name) for one in service.methods]
    assert METHOD.findall(text) == known != []
    messages = dict(MESSAGE.findall(text))
    assert set(messages) == set(made.message_types_by_name)
    for name, body in messages.items():
        fields = [(one.name, str(one.number)) for one in made.message_types_by_name[name].fields]
        assert FIELD.findall(body) == fields, name


def bounds(rules: Any) -> bool:
    """Whether a field with these rules cannot be just anything."""
    match rules.WhichOneof("type"):
        case "string":
            one = rules.string
            return bool(one.max_len or one.uuid or one.pattern.endswith("}$"))
        case "repeated":
            return bool(rules.repeated.max_items and bounds(rules.repeated.items))
        case "enum":
            return bool(rules.enum.defined_only)
        case "int32" | "int64" as kind:
            return bool(getattr(rules, kind).HasField("gte"))
    return False


@every_proto
def test_every_field_of_a_request_has_a_rule(proto: Path) -> None:
    """But what is true or false."""
    made = importlib.import_module(f"roomhand.control.v1.{proto.stem}_pb2").DESCRIPTOR
    [service] = made.services_by_name.values()
    free = [
        one.full_name
        for method in service.methods
        for one in method.input_type.fields
        if one.cpp_type != FieldDescriptor.CPPTYPE_BOOL
        and not bounds(one.GetOptions().Extensions[RULES.field])
    ]
    assert free == []


@every_proto
def test_everything_is_explained(proto: Path) -> None:
    """A comment stands before each service, method, message, field and value."""
    lines = proto.read_text(encoding="utf-8").splitlines()
    bare = [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(lines, start=1)
        if DECLARES.match(line) and not lines[number - 2].strip().startswith("//")
    ]
    assert bare == []


def test_every_reason_is_explained() -> None:
    """The page that callers are sent to has all words that an error may carry, and no other."""
    source = Path(refusals.__file__).read_text(encoding="utf-8")
    page = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Errors")[2]
    told = re.findall(r"StatusCode\.(\w+), \"(\w+)\"", source)
    explained = [
        (status, reason)
        for status, reasons in re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.MULTILINE)
        for reason in re.findall(r"\w+", reasons)
    ]
    assert set(told) == set(explained)


def test_every_service_is_on_the_page() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for proto in PROTOS:
        assert f"({proto.relative_to(FOLDER)})" in page
