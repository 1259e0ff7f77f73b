"""An object store that speaks enough of S3 for the real client, and fails as it is told."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, unescape

from aiohttp import web

BUCKET = "meetings"
KEY_ID = "test-key"
_KEY = re.compile(r"<Key>([^<]*)</Key>")


@dataclass
class ObjectStore:
    """``objects`` by key. ``fault`` says, before a request is served, what is wrong with it."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    """Method and key of each."""
    fault: Callable[[str, str], web.Response | None] = lambda method, key: None
    delay_s: float = 0.0

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which an S3 client knows where it is and who asks."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": "test-secret",
            "AWS_REGION": "eu-test-1",
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        bucket, _, key = request.path.removeprefix("/").partition("/")
        assert bucket == BUCKET, request.path
        self.requests.append(f"{request.method} {key}")
        if f"Credential={KEY_ID}/" not in request.headers.get("Authorization", ""):
            return _error(403, "AccessDenied")
        body = await request.read()
        await asyncio.sleep(self.delay_s)
        wrong = self.fault(request.method, key)
        if wrong is not None:
            return wrong
        if request.method == "PUT":
            self.objects[key] = body
            return web.Response(headers={"ETag": _tag(body)})
        if request.method == "GET" and request.query.get("list-type") == "2":
            query = request.query
            return self._listed(query.get("prefix", ""), query.get("delimiter", ""))
        if request.method == "POST" and "delete" in request.query:
            return self._deleted(unescape(one) for one in _KEY.findall(body.decode()))
        if request.method == "GET" and key in self.objects:
            content = self.objects[key]
            headers = {"ETag": _tag(content), "Last-Modified": "Thu, 26 Nov 2026 03:00:00 GMT"}
            return web.Response(body=content, headers=headers)
        return _error(404, "NoSuchKey")

    def _deleted(self, keys: Iterable[str]) -> web.Response:
        """Several at once; those that are not there are no error."""
        rows = ""
        for key in keys:
            self.objects.pop(key, None)
            rows += f"<Deleted><Key>{escape(key)}</Key></Deleted>"
        body = f"<DeleteResult>{rows}</DeleteResult>"
        return web.Response(text=body, content_type="application/xml")

    def _listed(self, prefix: str, delimiter: str) -> web.Response:
        """With a delimiter: what is directly there, and the folders below."""
        found = {key: content for key, content in self.objects.items() if key.startswith(prefix)}
        below = {key: key.removeprefix(prefix).partition(delimiter or "\0") for key in found}
        folders = sorted({f"{prefix}{first}{mark}" for first, mark, _ in below.values() if mark})
        rows = "".join(
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders
        )
        rows += "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
            "<LastModified>2026-11-26T03:00:00.000Z</LastModified>"
            f"<ETag>{_tag(content)}</ETag></Contents>"
            for key, content in sorted(found.items())
            if not below[key][1]
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        return web.Response(text=body, content_type="application/xml")


def refused(status: int = 400) -> web.Response:
    """An answer that the client does not try again."""
    return _error(status, "InvalidRequest")


def _error(status: int, code: str) -> web.Response:
    body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return web.Response(status=status, text=body, content_type="application/xml")


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


@asynccontextmanager
async def object_store() -> AsyncIterator[ObjectStore]:
    """Served on loopback for as long as the block runs."""
    store = ObjectStore()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", store.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        store.port = runner.addresses[0][1]
        yield store
    finally:
        await runner.cleanup()
