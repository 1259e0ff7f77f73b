"""What all commands share: consoles, arguments that several have, and the way to a deployment."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from roomhand.coordination.background import insist_on_end
from roomhand.deployment import Deployment
from roomhand.remote import RoomControl
from roomhand.settings import ApiSettings, load_api_settings, load_settings

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)
T = TypeVar("T")
Reached = TypeVar("Reached")
told_api: ContextVar[str | None] = ContextVar("api", default=None)
"""What ``--api`` says; None: nothing."""


def not_empty(text: str) -> str:
    """The same text. Raises BadParameter."""
    if not text.strip():
        raise typer.BadParameter("must not be empty")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("must be UTF-8") from None
    return text


def not_empty_if_given(text: str | None) -> str | None:
    """The same, or None. Raises BadParameter."""
    return None if text is None else not_empty(text)


Room = Annotated[str, typer.Argument(help="Name of the LiveKit room", callback=not_empty)]
Agent = Annotated[
    str,
    typer.Option("--agent", "-a", help="Agent's name in the profiles file", callback=not_empty),
]
AsJson = Annotated[bool, typer.Option("--json", help="A JSON object a line")]


def by_api() -> ApiSettings | None:
    """The way by the API, if somebody named one. Raises ConfigError."""
    settings = load_api_settings(told_api.get())
    return settings if settings.api else None


def reach(act: Callable[[Deployment], Coroutine[Any, Any, T]]) -> T:
    """What ``act`` finds in the deployment, by Redis and LiveKit or by the API. Raises
    RoomhandError."""
    settings = by_api()
    if settings is None:
        return run(RoomControl.open(load_settings()), act)
    from roomhand.client.control import ApiControl

    return run(ApiControl.open(settings), act)


def run(
    opened: AbstractAsyncContextManager[Reached], act: Callable[[Reached], Coroutine[Any, Any, T]]
) -> T:
    """What ``act`` finds there; ctrl-C ends it. Raises KeyboardInterrupt."""

    async def within() -> T:
        loop, running = asyncio.get_running_loop(), asyncio.current_task()
        assert running is not None
        loop.add_signal_handler(signal.SIGINT, insist_on_end, running)
        async with opened as there:
            return await act(there)

    try:
        return asyncio.run(within())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
