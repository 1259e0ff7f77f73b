"""The archive: parts of transcripts in an object store (a folder, S3, Google Cloud, Azure).

Credentials come from where each provider's own tools find them. What obstore offers as coroutines
is not used: a reply that comes while Python ends aborts the process, exit code and all (seen with
0.12.1). So each call is a thread's, bounded by the client's own time-outs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from roomhand.coordination.closed import NAME, ClosedMeeting
from roomhand.coordination.entry import Entry, place
from roomhand.coordination.part import (
    Part,
    Span,
    entries_of_part,
    folder,
    folder_of_room,
    next_span,
)
from roomhand.errors import ArchiveError
from roomhand.settings import Settings

REQUEST_S = 5.0
RETRY_S = 8.0
CALL_S = 15.0
"""Of one call with all its attempts; a folder that hangs is given up on after it, too."""
THREADS = 2
_PROBE = ".roomhand"
_ATTEMPTS = 3
ERASED = "erased"
"""Object beside the parts of a meeting: they are to be no more."""

T = TypeVar("T")


class MissingError(ArchiveError):
    """The archive answers, and has no such object."""


class Archive:
    """Keeps parts and finds them. Every method raises ArchiveError, in bounded time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._store: ObjectStore | None = None
        # Of its own: calls into a folder that hangs must not use up the threads of the event loop.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="archive")

    async def keep(self, room: str, meeting: str, part: Part) -> None:
        """Write a part, and make sure by reading it back. Twice is once."""
        await self._write(f"{folder(room, meeting)}/{part.span.name}", part.to_bytes())

    async def close(self, room: str, meeting: str, closed: ClosedMeeting) -> None:
        """Write what is known of a meeting that is over, over what was known before."""
        await self._write(f"{folder(room, meeting)}/{NAME}", closed.to_bytes())

    async def erase(self, room: str, meeting: str) -> None:
        """Delete all that there is of a meeting, and make sure by looking. A sign stays, an empty
        object: whatever a process writes late is not read, and deleted the next time."""
        prefix = f"{folder(room, meeting)}/"
        sign = f"{prefix}{ERASED}"
        await self._write(sign, b"")
        for _ in range(_ATTEMPTS):
            left = [path for path in await self._paths(prefix) if path != sign]
            if not left:
                return
            await self._delete(left)
        raise ArchiveError(f"the archive at {self._url} does not delete what it is told to")

    async def erased(self, room: str, meeting: str) -> bool:
        """Whether a meeting was erased."""
        prefix = f"{folder(room, meeting)}/"
        return f"{prefix}{ERASED}" in await self._paths(prefix)

    async def has(self, room: str, meeting: str) -> bool:
        """Whether there is anything of a meeting, be it the sign that it was erased."""
        return bool(await self._paths(f"{folder(room, meeting)}/"))

    async def meetings(self, room: str) -> list[ClosedMeeting]:
        """What is known of the meetings of a room that are over, in no order."""
        prefix = f"{folder_of_room(room)}/"
        listed = await self._call(lambda store: obstore.list_with_delimiter(store, prefix=prefix))
        found = [await self._closed(path.rstrip("/")) for path in listed["common_prefixes"]]
        return [one for one in found if one is not None]

    async def closed(self, room: str, meeting: str) -> ClosedMeeting | None:
        """What is known of a meeting that is over, or None."""
        return await self._closed(folder(room, meeting))

    async def spans(self, room: str, meeting: str) -> list[Span]:
        """The parts that there are of a meeting."""
        paths = await self._paths(f"{folder(room, meeting)}/")
        names = {path.rpartition("/")[2] for path in paths}
        if ERASED in names:
            return []
        return [span for span in map(Span.of_name, names) if span is not None]

    async def entries(self, room: str, meeting: str, span: Span) -> list[Entry]:
        """What is in a part."""
        path = f"{folder(room, meeting)}/{span.name}"
        content = await self._read(path)
        try:
            entries = entries_of_part(content)
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{path} in the archive at {self._url} is damaged") from error
        if entries[-1].token != span.to:
            raise ArchiveError(f"{path} in the archive at {self._url} is cut short")
        return entries

    async def check(self) -> None:
        """It can be written and read."""
        await self._write(_PROBE, b"")

    async def _closed(self, path: str) -> ClosedMeeting | None:
        try:
            content = await self._read(f"{path}/{NAME}")
        except MissingError:
            return None
        if f"{path}/{ERASED}" in await self._paths(f"{path}/"):
            return None
        try:
            return ClosedMeeting.of_bytes(content)
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{path}/{NAME} in the archive at {self._url} is damaged") from error

    async def _paths(self, prefix: str) -> list[str]:
        found = await self._call(lambda store: obstore.list(store, prefix=prefix).collect())
        return [one["path"] for one in found]

    async def _delete(self, paths: list[str]) -> None:
        with contextlib.suppress(MissingError):  # somebody else has deleted one
            await self._call(lambda store: obstore.delete(store, paths))

    async def _write(self, path: str, content: bytes) -> None:
        await self._call(lambda store: obstore.put(store, path, content, mode="overwrite"))
        if await self._read(path) != content:
            raise ArchiveError(f"the archive at {self._url} does not give back what it was given")

    async def _read(self, path: str) -> bytes:
        return await self._call(lambda store: obstore.get(store, path).bytes().to_bytes())

    async def _call(self, act: Callable[[ObjectStore], T]) -> T:
        try:
            async with asyncio.timeout(CALL_S):
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, lambda: act(self._opened()))
        except TimeoutError:
            raise ArchiveError(f"the archive at {self._url} does not answer in time") from None
        except FileNotFoundError as error:
            raise MissingError(_refused(self._url, error)) from error
        except (BaseError, OSError, ValueError) as error:
            raise ArchiveError(_refused(self._url, error)) from error

    def _opened(self) -> ObjectStore:
        """At its first use, so that an archive that is away stops nobody from starting."""
        if self._store is None:
            self._store = _store(self._url)
        return self._store


def archive_of(settings: Settings) -> Archive | None:
    """The archive that the settings name, if any."""
    return Archive(settings.archive_url) if settings.archive_url else None


class ArchivedTranscript:
    """The archived beginning of one meeting's transcript, for one reader."""

    def __init__(self, archive: Archive, room: str, meeting: str) -> None:
        self._archive = archive
        self._room = room
        self._meeting = meeting
        self._spans: list[Span] = []

    async def page(self, after: str) -> list[Entry]:
        """The next entries after a token; none where the archive has nothing more."""
        span = next_span(self._spans, after)
        if span is None:
            self._spans = await self._archive.spans(self._room, self._meeting)
            span = next_span(self._spans, after)
        if span is None:
            return []
        entries = await self._archive.entries(self._room, self._meeting, span)
        return [one for one in entries if place(one.token) > place(after)]

    async def last(self) -> Entry | None:
        """What was written last of all that the archive has; None where it has nothing."""
        self._spans = await self._archive.spans(self._room, self._meeting)
        if not self._spans:
            return None
        newest = max(self._spans, key=lambda span: place(span.to))
        return (await self._archive.entries(self._room, self._meeting, newest))[-1]

    async def latest(self, segment_id: str, up_to: str) -> Entry | None:
        """The newest revision of a segment that was written up to a token.

        Raises ArchiveError also where a part before it is missing: then nobody knows.
        """
        found, after = None, "0-0"
        while place(after) < place(up_to):
            page = await self.page(after)
            if not page:
                raise ArchiveError(missing(self._room, after))
            found = next((one for one in reversed(page) if one.segment.id == segment_id), found)
            after = page[-1].token
        return found


def missing(room: str, after: str) -> str:
    """What to tell a person where Redis has let go of what the archive does not have."""
    return (
        f"the archive lacks the part of {room}'s transcript after {after}. "
        "Set ROOMHAND_ARCHIVE_URL to where the workers put it"
    )


def _store(url: str) -> ObjectStore:
    if url.startswith("file:"):
        return from_url(url, mkdir=True)
    return from_url(
        url,
        client_options={
            "allow_http": True,  # where an endpoint was set that says so
            "timeout": timedelta(seconds=REQUEST_S),
            "connect_timeout": timedelta(seconds=REQUEST_S / 2),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=RETRY_S)},
    )


def _refused(url: str, error: Exception) -> str:
    """The first line says it; what obstore adds below is for its own developers."""
    reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    return f"the archive at {url} cannot be used: {reason}. Mend it or ROOMHAND_ARCHIVE_URL"
