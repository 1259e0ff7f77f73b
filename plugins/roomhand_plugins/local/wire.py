"""What the plugin and a recogniser process say to each other over a local socket.

A message is a kind (one byte), a length (four bytes, little-endian) and the body: audio for
``AUDIO``, JSON otherwise. For one turn the plugin sends ``BEGIN``, ``AUDIO`` any number of times,
and ``END`` or ``DISCARD``. The recogniser sends ``READY`` once, then for each turn ``INTERIM`` any
number of times and one ``FINAL``, which is empty after a ``DISCARD``.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import Any

HEADER = struct.Struct("<BI")
MAX_BODY = 1 << 24


class Kind(IntEnum):
    """Kinds of messages."""

    READY = 1
    BEGIN = 2
    AUDIO = 3
    END = 4
    DISCARD = 5
    INTERIM = 6
    FINAL = 7


def pack(kind: Kind, body: bytes = b"") -> bytes:
    """One message."""
    return HEADER.pack(kind, len(body)) + body


def pack_json(kind: Kind, fields: dict[str, Any]) -> bytes:
    """One message with a JSON body."""
    return pack(kind, json.dumps(fields).encode())


def unpack_header(header: bytes) -> tuple[Kind, int]:
    """Raises ValueError for what is no header."""
    kind, length = HEADER.unpack(header)
    if length > MAX_BODY:
        raise ValueError(f"a body of {length} bytes is too long")
    return Kind(kind), length
