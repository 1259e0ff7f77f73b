"""Write docs/api.md from the protocol: ``python infra/api_docs.py``; with ``--check`` only compare.

What stands there is what the comments and rules of the protocol say, in an order to look things up.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    MethodOptions,
)
from protocol import PROTO, protoc

from buf.validate.validate_pb2 import IGNORE_IF_ZERO_VALUE
from buf.validate.validate_pb2 import field as field_rules

PAGE = PROTO.parent / "docs" / "api.md"
PACKAGE = "roomhand.control.v1"
HEAD = """# The API, call by call

Made of [the protocol](../proto/roomhand/control/v1) by `make api-docs`: change it there. Who may
call, and what to do about each error, stands in [proto/README.md](../proto/README.md). Any call may
end with `TOKEN_MISSING`, `TOKEN_INVALID`, `GRANT_MISSING`, `FIELD_INVALID` (where it has fields),
`MESSAGE_MALFORMED`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE` or `INTERNAL_ERROR`, and one with one
answer with `TOOK_TOO_LONG`; what else it may end with stands with it. A field that is left out is
empty, 0 or false.
"""
_REASONS = re.compile(r"(?<![`\w])((?:[A-Z]+_)+[A-Z]+)(?![`\w])")


@dataclass(frozen=True)
class Known:
    """Comments of one file, by the path of what they explain."""

    comments: dict[tuple[int, ...], str]

    @classmethod
    def of(cls, file: FileDescriptorProto) -> Known:
        """As protoc found them."""
        told = {tuple(one.path): one.leading_comments for one in file.source_code_info.location}
        return cls({path: _paragraphs(text) for path, text in told.items() if text})

    def about(self, *path: int) -> str:
        """Paragraphs, an empty line between them. Raises KeyError where there is no comment."""
        return self.comments[path]


def _paragraphs(comment: str) -> str:
    lines = (line.strip() for line in comment.splitlines())
    joined = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(_REASONS.sub(r"`\1`", one.replace("\n", " ")) for one in joined)


def described() -> list[FileDescriptorProto]:
    """The protocol, with its comments. Raises RuntimeError where it does not compile."""
    with tempfile.NamedTemporaryFile(suffix=".binpb") as made:
        if protoc(f"--descriptor_set_out={made.name}", "--include_source_info"):
            raise RuntimeError("the protocol does not compile")
        found = FileDescriptorSet.FromString(Path(made.name).read_bytes())
    return [one for one in found.file if one.package == PACKAGE]


def bounds(rules: Any) -> str:
    """What a field may hold by its ``FieldRules``, in words; empty where that is anything."""
    kind = rules.WhichOneof("type")
    if kind is None:
        return ""
    said = _SAID[kind](getattr(rules, kind))
    return f"{said}, or empty" if rules.ignore == IGNORE_IF_ZERO_VALUE else said


def _of_string(rules: Any) -> str:
    said = []
    if rules.max_len:
        low = f"{rules.min_len} to " if rules.min_len else "at most "
        said.append(f"{low}{rules.max_len} characters")
    if rules.pattern:
        said.append(f"matches `{rules.pattern}`")
    if rules.uuid:
        said.append("a UUID")
    return ", ".join(said)


def _of_list(rules: Any) -> str:
    return f"at most {rules.max_items}, each {bounds(rules.items)}"


_SAID: Mapping[str, Callable[[Any], str]] = {
    "string": _of_string,
    "repeated": _of_list,
    "enum": lambda rules: "one that is listed" + (", not 0" if 0 in rules.not_in else ""),
    "int32": lambda rules: f"at least {rules.gte}",
    "int64": lambda rules: f"at least {rules.gte}",
}


def _named(full_name: str) -> str:
    return full_name.removeprefix(f".{PACKAGE}.").removeprefix(".")


def _type(field: FieldDescriptorProto, maps: dict[str, DescriptorProto]) -> str:
    """With a link to where a type of ours is explained."""
    if field.type_name in maps:
        key, value = maps[field.type_name].field
        return f"map of {_type(key, maps)} to {_type(value, maps)}"
    if not field.type_name:
        shown = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    elif field.type_name.startswith(f".{PACKAGE}."):
        name = _named(field.type_name)
        shown = f"[{name}](#{name.lower().replace('.', '')})"
    else:
        shown = f"`{_named(field.type_name)}`"
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return f"list of {shown}"
    return f"{shown}, optional" if field.proto3_optional else shown


def _cell(text: str) -> str:
    return text.replace("\n\n", " ").replace("|", "\\|")


def fields(message: DescriptorProto, known: Known, path: tuple[int, ...], name: str) -> str:
    """A table."""
    if not message.field:
        return ""
    maps = {
        f".{PACKAGE}.{name}.{one.name}": one for one in message.nested_type if one.options.map_entry
    }
    rows: list[tuple[str, ...]] = [
        (
            f"`{one.name}`",
            _type(one, maps),
            bounds(one.options.Extensions[field_rules]),
            known.about(*path, 2, index),
        )
        for index, one in enumerate(message.field)
    ]
    heads: tuple[str, ...] = ("field", "type", "rule", "what it is")
    if not any(row[2] for row in rows):
        rows = [(*row[:2], row[3]) for row in rows]
        heads = ("field", "type", "what it is")
    return _table(heads, rows)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads), ["---" for _ in heads], *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def values(enum: EnumDescriptorProto, known: Known, path: tuple[int, ...]) -> str:
    """A table."""
    rows = [
        (f"`{one.name}`", str(one.number), known.about(*path, 2, index))
        for index, one in enumerate(enum.value)
    ]
    return _table(("value", "number", "what it is"), rows)


def method(one: MethodDescriptorProto, known: Known, path: tuple[int, ...]) -> Iterator[str]:
    """What it does, and what goes in and out."""
    yield f"### {one.name}\n"
    yield known.about(*path) + "\n"
    facts = []
    if one.options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS:
        facts.append("It changes nothing.")
    if one.server_streaming:
        facts.append("Its answers come one by one.")
    if facts:
        yield " ".join(facts) + "\n"


def service(file: FileDescriptorProto, known: Known) -> Iterator[str]:
    """A service with all its methods."""
    [served] = file.service
    places = {one.name: (index, one) for index, one in enumerate(file.message_type)}
    yield f"## {served.name}\n"
    yield known.about(6, 0) + "\n"
    yield known.about(12) + "\n"
    for number, one in enumerate(served.method):
        yield from method(one, known, (6, 0, 2, number))
        for what, type_name in (("Request", one.input_type), ("Answer", one.output_type)):
            index, made = places[_named(type_name)]
            yield f"{what}: {known.about(4, index)}\n"
            yield fields(made, known, (4, index), made.name)


def message(one: DescriptorProto, known: Known, path: tuple[int, ...], name: str) -> Iterator[str]:
    """With what is nested in it."""
    yield f"### {name}\n"
    yield known.about(*path) + "\n"
    yield fields(one, known, path, name)
    for index, nested in enumerate(one.nested_type):
        if not nested.options.map_entry:
            yield from message(nested, known, (*path, 3, index), f"{name}.{nested.name}")
    for index, enum in enumerate(one.enum_type):
        yield f"### {name}.{enum.name}\n"
        yield known.about(*path, 4, index) + "\n"
        yield values(enum, known, (*path, 4, index))


def types(file: FileDescriptorProto, known: Known) -> Iterator[str]:
    """Messages that requests and answers are made of, and what only a request has of its own."""
    for index, one in enumerate(file.message_type):
        if not one.name.endswith(("Request", "Response")):
            yield from message(one, known, (4, index), one.name)
            continue
        for number, enum in enumerate(one.enum_type):
            yield f"### {one.name}.{enum.name}\n"
            yield known.about(4, index, 4, number) + "\n"
            yield values(enum, known, (4, index, 4, number))
    for index, enum in enumerate(file.enum_type):
        yield f"### {enum.name}\n"
        yield known.about(5, index) + "\n"
        yield values(enum, known, (5, index))


def page() -> str:
    """All services, then all types."""
    files = [(one, Known.of(one)) for one in described()]
    parts = [HEAD]
    for file, known in files:
        parts += service(file, known)
    parts.append("## Types\n")
    for file, known in files:
        parts += types(file, known)
    return "\n".join(part for part in parts if part)


def main(arguments: list[str]) -> int:
    """Exit code: 1 where the page is not what the protocol says."""
    made = page()
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print("docs/api.md is not what the protocol says: run make api-docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
