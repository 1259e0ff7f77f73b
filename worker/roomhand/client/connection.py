"""A connection to the API, and calls on it that raise our own errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import grpc
import grpc.aio

from roomhand.client.refused import error_of
from roomhand.clock import own_now_s
from roomhand.errors import ConfigError, Fault, ServiceError
from roomhand.settings import ApiSettings, need_together, variable

CALL_S = 60.0
"""An agent says what became of a command long before."""
LASTED_S = 5.0
"""A stream that lasted so long was well: it is begun anew when it breaks."""
AGAIN_S = 60.0
"""So long the API may be out of reach before that."""
_OPTIONS = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.ping_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
)
"""A connection over which nothing comes is asked whether it lives, however quiet its call is (0: as
often as that takes), so a network that swallows everything breaks it within 40 s. The C core heeds
``ping_timeout_ms`` (a minute) where it is longer than ``keepalive_timeout_ms``."""
Request = TypeVar("Request")
Answer = TypeVar("Answer")


class ForPage(Protocol):
    """A request for one page of several."""

    page_token: str


class OnePage(Protocol):
    """An answer that says where the next page begins; empty: there is none."""

    @property
    def next_page_token(self) -> str:
        """For the next request."""


Paged = TypeVar("Paged", bound=ForPage)
Page = TypeVar("Page", bound=OnePage)


class Connection:
    """Every call raises RoomhandError: what the API refuses as without it, ServiceError where it
    does not answer."""

    def __init__(self, channel: grpc.aio.Channel, address: str, token: str) -> None:
        self.channel = channel
        self._address = address
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()

    @staticmethod
    @asynccontextmanager
    async def open(settings: ApiSettings) -> AsyncIterator[Connection]:
        """For as long as the block runs. Raises ConfigError for a file that cannot be read, or that
        needs another."""
        need_together(settings, ("api_cert", "api_key"))  # one alone would not be shown
        address = settings.api or ""
        scheme, _, target = address.rstrip("/").partition("://")
        if scheme == "https":
            reached = grpc.aio.secure_channel(target, _credentials(settings), _OPTIONS)
        else:
            reached = grpc.aio.insecure_channel(target, _OPTIONS)
        token = settings.api_token.get_secret_value() if settings.api_token else ""
        async with reached as channel:
            yield Connection(channel, address, token)

    async def call(
        self, method: grpc.aio.UnaryUnaryMultiCallable[Request, Answer], request: Request
    ) -> Answer:
        """The answer."""
        try:
            return await method(request, metadata=self._metadata, timeout=CALL_S)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, self._address) from None

    async def pages(
        self, method: grpc.aio.UnaryUnaryMultiCallable[Paged, Page], request: Paged
    ) -> AsyncGenerator[Page, None]:
        """Every page from ``request`` on, which is changed on the way."""
        while True:
            page = await self.call(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def stream(
        self, method: grpc.aio.UnaryStreamMultiCallable[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """The answers until the other side ends them."""
        call = method(request, metadata=self._metadata)
        try:
            async for answer in call:
                yield answer
        except grpc.aio.AioRpcError as error:
            raise error_of(error, self._address) from None
        finally:
            call.cancel()

    async def lasting(
        self,
        method: grpc.aio.UnaryStreamMultiCallable[Request, Answer],
        next_request: Callable[[], Request],
    ) -> AsyncGenerator[Answer, None]:
        """The same, and begun anew with the next request where a connection breaks that lasted:
        the API ends each after a while, or the network was away."""
        while True:
            began_s = own_now_s()
            try:
                async for answer in self.stream(method, next_request()):
                    yield answer
                return
            except ServiceError as error:
                if own_now_s() - began_s < LASTED_S:
                    raise
                await self._reached_again(error)

    async def _reached_again(self, broken: ServiceError) -> None:
        """Wait for a connection: to begin a stream without one may take longer than one lasts."""
        try:
            async with asyncio.timeout(AGAIN_S):
                await self.channel.channel_ready()
        except TimeoutError:
            raise broken from None


def _credentials(settings: ApiSettings) -> grpc.ChannelCredentials:
    files = {name: getattr(settings, name) for name in ("api_ca", "api_key", "api_cert")}
    texts, faults = dict[str, bytes | None](), list[Fault]()
    for name, path in files.items():
        try:
            texts[name] = _text(path)
        except OSError as error:
            problem = f"{path} cannot be read ({error.strerror})"
            faults.append(Fault(variable(name), problem, "Name a file that this user may read"))
    if faults:
        raise ConfigError(faults)
    return grpc.ssl_channel_credentials(*texts.values())


def _text(path: Path | None) -> bytes | None:
    return path.read_bytes() if path is not None else None
