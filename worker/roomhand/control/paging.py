"""Pure: pages of a list, and the tokens between them (AIP-158).

A token names the last item of its page by what the list is sorted by, so it stays good while the
list grows, and the request that it belongs to.
"""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from google.protobuf.message import Message

from roomhand.control.refusals import field_invalid

Key: TypeAlias = tuple[int | str, ...]
"""What a list is sorted by; keys of one list have one shape."""
MAX_TOKEN = 2048
"""Characters of a token; none of ours is longer."""
MAX_BYTES = 2 << 20
"""Of a page: clients take messages of four mebibytes unless told otherwise."""


@dataclass(frozen=True, slots=True)
class PageTerms:
    """How many items a page has: ``usual`` where the caller does not say, ``most`` at most."""

    usual: int = 100
    most: int = 500

    def size(self, asked: int) -> int:
        """Of a page."""
        return min(asked or self.usual, self.most)


@dataclass(frozen=True, slots=True)
class Page:
    """Indices of the items of a page; an empty token where it is the last."""

    items: range
    next_token: str


def digest(request: Message) -> str:
    """Of all that a token belongs to: the method's request without its place and size."""
    asked = type(request)()
    asked.CopyFrom(request)
    for name in ("page_token", "page_size"):
        asked.ClearField(name)
    kind = request.DESCRIPTOR.full_name.encode()  # what is empty is alike in all methods
    return hashlib.sha256(kind + asked.SerializeToString(deterministic=True)).hexdigest()[:16]


def page_of(
    keys: Sequence[Key],
    after: Key | None,
    size: int,
    of: str,
    weigh: Callable[[int], int] = lambda index: 0,
) -> Page:
    """The page behind a key of a sorted list. ``weigh``: bytes of the item at an index; a page of
    more than one item has at most ``MAX_BYTES``."""
    first = beyond = 0 if after is None else bisect_right(keys, after)
    total = 0
    while beyond < min(first + size, len(keys)):
        total += weigh(beyond)
        if total > MAX_BYTES and beyond > first:
            break
        beyond += 1
    last = beyond == len(keys)
    return Page(range(first, beyond), "" if last else token_of(keys[beyond - 1], of))


def token_of(key: Key, of: str) -> str:
    """Behind the item with this key, in the answers to one request; ``key_of`` is the inverse."""
    return base64.urlsafe_b64encode(json.dumps([of, *key]).encode()).decode()


def key_of(token: str, of: str, shape: Key) -> Key | None:
    """None for the beginning. Raises CallError."""
    if not token:
        return None
    try:
        found_of, *key = json.loads(base64.b64decode(token[:MAX_TOKEN], b"-_", validate=True))
        alike = [type(part) for part in key] == [type(part) for part in shape]
    except (ValueError, TypeError, RecursionError):
        alike = False
    if not alike or found_of != of:
        raise field_invalid(
            "page_token", "write next_page_token of the page before, in the same request"
        )
    return tuple(key)
