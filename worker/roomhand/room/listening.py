"""The contract between the ears (who receive and judge audio) and the sessions (who send it on).

One *subscription* is one unbroken run of one track's audio. Its samples are numbered from 0 at
24 kHz; its *anchor* says when sample 0 was heard. A gap (reconnect, republish) ends a subscription
and begins another, with its own anchor and ledger. All calls come on the event loop, in order, and
must return at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger


class TrackListener(Protocol):
    """Takes one subscription's audio and what was judged about it."""

    def on_audio(self, start: int, pcm: bytes) -> None:
        """Samples from ``start`` on, mono int16 at 24 kHz. No gaps: starts where the last ended."""

    def on_speech_start(self, onset: int) -> None:
        """Speech began at sample ``onset``, which lies in the past of what ``on_audio`` gave."""

    def on_speech_end(self, end: int, voiced: int) -> None:
        """The speech that began last was over at ``end`` (the silence that proved it follows);
        ``voiced`` samples of it were voice."""

    def on_judged(self, upto: int) -> None:
        """Every sample before ``upto`` has been judged; called after the start or end it found."""

    def on_renamed(self, track: TrackRef) -> None:
        """The participant has another display name from now on. What was said, or was begun to be
        said, was said under the old one."""

    def on_ended(self, reason: TrackEnd) -> None:
        """The last call. All audio has been given and judged; an open speech ends here."""


ListenerFactory: TypeAlias = Callable[[TrackRef, Anchor, TrackLedger], TrackListener]
"""Called when a subscription begins. The ear counts received and absent into the ledger, the
listener counts sent, gated and dropped."""
