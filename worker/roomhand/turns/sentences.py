"""Pure: where a sentence ends."""

from __future__ import annotations

import re

_END = re.compile(r"""[.!?…。！？][)\]"'”’»]*\s*$""")


def ends_sentence(text: str) -> bool:
    """Whether what was said so far ends with a sentence. Nothing said ends none."""
    return _END.search(text) is not None
