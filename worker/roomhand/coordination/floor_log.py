"""What happened to the floor of a room, from its bounded log: each event once, from a token on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeAlias

from roomhand.coordination.connection import reported
from roomhand.coordination.entry import BEGINNING, entries_of, fields_of, place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts, text
from roomhand.errors import ForgottenError
from roomhand.turns.floor_event import Event

_PAGE = 100
_BLOCK_MS = 500
Told: TypeAlias = tuple[str, Event]
"""An event, and the token from which to go on after it."""


class FloorLog:
    """The log of one room."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._client = scripts.client
        self._log = keys.floor_log

    async def follow(self, after: str) -> AsyncGenerator[Told, None]:
        """What was told after a token, then what is, without end.

        Raises ForgottenError where the log has not all of it, RedisError without an answer.
        """
        await self._need_all_after(after)
        while True:
            with reported():
                reply = await self._client.xread({self._log: after}, count=_PAGE, block=_BLOCK_MS)
            page = entries_of(reply)
            if len(page) == _PAGE:  # far behind: the log may have gone on without this reader
                await self._need_all_after(after)
            for raw in page:
                after = text(raw[0])
                yield after, Event.from_json(fields_of(raw)["event"])

    async def _need_all_after(self, after: str) -> None:
        with reported():
            known = await self._client.exists(self._log)
            info = await self._client.xinfo_stream(self._log) if known else None
        if after == BEGINNING:
            whole = info is None or info["entries-added"] == info["length"]
        else:
            whole = info is not None and (
                place(text(info["first-entry"][0]))
                <= place(after)
                <= place(text(info["last-generated-id"]))
            )
        if not whole:
            raise ForgottenError("the floor's log is not kept from that token on. Look at it anew")
