"""The archive on a folder and on S3: what is kept is there, and what is not is said."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from roomhand.coordination import archive as archive_module
from roomhand.coordination.archive import Archive, ArchivedTranscript
from roomhand.coordination.closed import ClosedMeeting
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.meeting import MeetingRecord
from roomhand.coordination.part import Part, Span
from roomhand.errors import ArchiveError
from tests.sim.object_store import BUCKET, ObjectStore, object_store, refused
from tests.worker.coordination.samples import spoken
from tests.worker.coordination.test_part import raw

pytestmark = pytest.mark.unit

ROOM = "Ünï/../room %2F"


@pytest.fixture
async def s3(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ObjectStore]:
    """A store that the S3 client finds by its own variables."""
    async with object_store() as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        yield store


@pytest.fixture(params=["folder", "s3"])
def archive(request: pytest.FixtureRequest, tmp_path: Path, s3: ObjectStore) -> Archive:
    """An archive of either kind, in a folder that is not there yet."""
    return Archive(
        f"s3://{BUCKET}/some/where" if request.param == "s3" else f"file://{tmp_path}/new/one"
    )


def part(after: int, to: int) -> Part:
    """Segments by number, each with that as its token."""
    raws = [raw(f"{n}-0", spoken(n)) for n in range(after + 1, to + 1)]
    return Part.after(f"{after}-0", raws)


async def test_parts_are_found_and_read(archive: Archive) -> None:
    """By room and meeting, whatever they are called; writing one twice is writing it once."""
    for one in (part(0, 3), part(3, 5), part(0, 3)):
        await archive.keep(ROOM, "m1", one)
    await archive.keep(ROOM, "m2", part(0, 9))

    spans = await archive.spans(ROOM, "m1")

    assert sorted(spans, key=lambda span: span.name) == [Span("0-0", "3-0"), Span("3-0", "5-0")]
    read = await archive.entries(ROOM, "m1", Span("3-0", "5-0"))
    assert [(one.token, one.segment) for one in read] == [("4-0", spoken(4)), ("5-0", spoken(5))]
    assert await archive.spans("another room", "m1") == []
    await archive.check()


async def test_a_transcript_is_read_from_any_token(archive: Archive) -> None:
    """Over parts, within one, and again when the archive has grown."""
    await archive.keep(ROOM, "m1", part(0, 3))
    reader = ArchivedTranscript(archive, ROOM, "m1")
    assert [one.token for one in await reader.page("1-0")] == ["2-0", "3-0"]
    assert await reader.page("3-0") == []
    await archive.keep(ROOM, "m1", part(3, 5))
    assert [one.token for one in await reader.page("3-0")] == ["4-0", "5-0"]


async def test_the_newest_revision_is_found(archive: Archive) -> None:
    """Up to a token; where a part is missing nobody can tell."""
    revised = [raw("4-0", spoken(2, revision=2)), raw("5-0", spoken(5))]
    await archive.keep(ROOM, "m1", part(0, 3))
    await archive.keep(ROOM, "m1", Part.after("3-0", revised))
    await archive.keep(ROOM, "m1", part(6, 8))
    reader = ArchivedTranscript(archive, ROOM, "m1")

    found = await reader.latest("s2", up_to="5-0")

    assert found is not None
    assert (found.token, found.segment.revision) == ("4-0", 2)
    assert await reader.latest("s404", up_to="5-0") is None
    with pytest.raises(ArchiveError, match=r"lacks the part .* after 5-0"):
        await reader.latest("s2", up_to="8-0")


async def test_what_is_not_given_back_is_not_kept(s3: ObjectStore) -> None:
    """A store that answers well and keeps something else is found out at once."""
    archive = Archive(f"s3://{BUCKET}")
    s3.fault = lambda method, key: s3.objects.update({key: b"{}\n"}) if method == "GET" else None
    with pytest.raises(ArchiveError, match="does not give back"):
        await archive.keep(ROOM, "m1", part(0, 3))


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b'{"token":"1-0"}', part(0, 2).to_bytes()]
)
async def test_a_damaged_part_is_said_to_be_one(s3: ObjectStore, content: bytes) -> None:
    """Also one that is cut short at the end of a line."""
    archive = Archive(f"s3://{BUCKET}")
    await archive.keep(ROOM, "m1", part(0, 3))
    s3.objects[next(iter(s3.objects))] = content
    with pytest.raises(ArchiveError, match=r"damaged|cut short"):
        await archive.entries(ROOM, "m1", Span(BEGINNING, "3-0"))


async def test_a_refusal_is_one_line_that_says_what_to_do(s3: ObjectStore) -> None:
    """Not what obstore prints for its own developers, and nothing secret."""
    s3.fault = lambda method, key: refused(403)
    with pytest.raises(ArchiveError) as told:
        await Archive(f"s3://{BUCKET}").check()
    assert "cannot be used" in str(told.value)
    assert "ROOMHAND_ARCHIVE_URL" in str(told.value)
    assert "\n" not in str(told.value)
    assert "test-secret" not in str(told.value)


async def test_an_archive_that_cannot_be_made_is_said_at_its_first_use(tmp_path: Path) -> None:
    """Not before: who only may need it goes on."""
    (tmp_path / "file").write_text("no folder")
    archive = Archive(f"file://{tmp_path}/file/folder")
    with pytest.raises(ArchiveError, match="cannot be used"):
        await archive.spans(ROOM, "m1")


async def test_a_folder_that_hangs_leaves_the_event_loop_its_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call is given up on in time, and whoever else needs a thread gets one."""
    released = threading.Event()

    def hang(*_: object, **__: object) -> None:
        released.wait(20)

    monkeypatch.setattr(archive_module, "CALL_S", 0.05)
    monkeypatch.setattr("obstore.put", hang)
    archive = Archive(f"file://{tmp_path}")
    try:
        for _ in range(40):
            with pytest.raises(ArchiveError, match="does not answer in time"):
                await archive.check()
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "here"), 5) == "here"
        assert threading.active_count() < 20
    finally:
        released.set()


async def test_an_archive_that_hangs_is_given_up_on(
    s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the time that is set, attempts and all."""
    monkeypatch.setattr(archive_module, "REQUEST_S", 0.2)
    monkeypatch.setattr(archive_module, "RETRY_S", 0.3)
    s3.delay_s = 2.0
    began_s = time.monotonic()
    with pytest.raises(ArchiveError):
        await Archive(f"s3://{BUCKET}").spans(ROOM, "m1")
    assert time.monotonic() - began_s < 5


def closed(meeting: str) -> ClosedMeeting:
    """What is known of a meeting that is over."""
    return ClosedMeeting(MeetingRecord(meeting, "RM_1", 1.0, 2.0, None), [])


async def test_the_meetings_of_a_room_are_found(archive: Archive) -> None:
    """Those that are closed, of this room, whatever else there is."""
    for room, meeting in ((ROOM, "m1"), (ROOM, "m2"), (f"{ROOM}2", "m3")):
        await archive.close(room, meeting, closed(meeting))
        await archive.keep(room, meeting, part(0, 3))
    await archive.keep(ROOM, "m4", part(0, 3))
    assert sorted(one.record.id for one in await archive.meetings(ROOM)) == ["m1", "m2"]
    assert await archive.meetings("another") == []


async def test_what_is_erased_is_gone_and_what_comes_late_is_not_read(archive: Archive) -> None:
    """By nobody, also not by who has begun to read; the next time it is deleted, too."""
    for meeting in ("m1", "m10"):
        await archive.keep(ROOM, meeting, part(0, 3))
        await archive.close(ROOM, meeting, closed(meeting))
    reader = ArchivedTranscript(archive, ROOM, "m1")
    await reader.page("0-0")
    assert not await archive.erased(ROOM, "m1")

    await archive.erase(ROOM, "m1")

    assert await archive.erased(ROOM, "m1")
    with pytest.raises(ArchiveError):
        await reader.page("0-0")
    with pytest.raises(ArchiveError):
        await archive.entries(ROOM, "m1", Span("0-0", "3-0"))
    for _ in range(2):
        await archive.keep(ROOM, "m1", part(0, 3))
        await archive.close(ROOM, "m1", closed("m1"))
        assert await archive.spans(ROOM, "m1") == []
        assert await archive.closed(ROOM, "m1") is None
        assert [one.record.id for one in await archive.meetings(ROOM)] == ["m10"]
        assert await ArchivedTranscript(archive, ROOM, "m1").page("0-0") == []
        await archive.erase(ROOM, "m1")
        with pytest.raises(ArchiveError):
            await archive.entries(ROOM, "m1", Span("0-0", "3-0"))
    assert len(await archive.spans(ROOM, "m10")) == 1


async def test_an_archive_that_does_not_delete_is_noticed(s3: ObjectStore) -> None:
    """It says yes, and everything is still there."""
    archive = Archive(f"s3://{BUCKET}/some/where")
    await archive.keep(ROOM, "m1", part(0, 3))
    s3.fault = lambda method, key: deaf() if method == "POST" else None
    with pytest.raises(ArchiveError, match="does not delete"):
        await archive.erase(ROOM, "m1")
    assert await archive.spans(ROOM, "m1") == []


def deaf() -> web.Response:
    """The answer to a deletion that was none."""
    body = "<DeleteResult><Deleted><Key>another</Key></Deleted></DeleteResult>"
    return web.Response(text=body, content_type="application/xml")
