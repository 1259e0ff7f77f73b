"""The plugin: built once per agent, opens one session per voice."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine, Mapping
from typing import Any

from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from roomhand_plugins.base import (
    Capabilities,
    PluginError,
    SessionClosedError,
    SessionRefusedError,
    SessionSetup,
    Token,
    TurnTaking,
)
from roomhand_plugins.openai.configuration import session_of
from roomhand_plugins.openai.faults import redacted
from roomhand_plugins.openai.handshake import configure, connect, hang_up, tls_for
from roomhand_plugins.openai.models import known_models
from roomhand_plugins.openai.options import Options, TurnDetection, read_options
from roomhand_plugins.openai.rehearsal import rehearse
from roomhand_plugins.openai.session import OpenAISession

_log = logging.getLogger(__name__)
_NO_KEY = "none"


class OpenAIPlugin:
    """As ``base.Plugin``, for the Realtime protocol of OpenAI and of servers that speak it.

    ``options`` are those of ``options.Options``; a fault raises PluginConfigError. ``environ`` is
    where the key is looked for if the options have none.
    """

    def __init__(
        self, options: Mapping[str, Any], *, environ: Mapping[str, str] | None = None
    ) -> None:
        self._options = read_options(options, os.environ if environ is None else environ)
        self.capabilities = _capabilities(self._options)
        # Both take long to make, and here no voice is waiting for the event loop.
        self._client = _client(self._options)
        self._tls = tls_for(self._options)
        self._sessions: set[OpenAISession] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False
        _warn_of_shutdowns(self._options)

    @staticmethod
    def rehearse() -> None:
        """As ``base.Plugin`` says of it."""
        rehearse()

    async def open(self, setup: SessionSetup, resume: Token | None = None) -> OpenAISession:
        """As ``base.Plugin.open``. Raises PluginError for a token: nothing can be resumed."""
        if resume is not None:
            raise PluginError("resume: this service has no resumption. Give the history instead")
        if self._closed:
            raise PluginError("the plugin is closed: build a new one")
        limit_s = self._options.connect_timeout_s
        try:
            async with asyncio.timeout(limit_s):
                return await self._open(setup)
        except TimeoutError:
            raise SessionRefusedError(
                f"the service did not set up the session within {limit_s} s", retryable=True
            ) from None
        except SessionRefusedError as error:
            raise SessionRefusedError(
                self._redact(str(error)),
                retryable=error.retryable,
                retry_after_s=error.retry_after_s,
            ) from None

    async def close(self) -> None:
        """As ``base.Plugin.close``."""
        self._closed = True
        await asyncio.gather(*(session.close() for session in tuple(self._sessions)))
        if self._leaving:
            await asyncio.wait(self._leaving)
        await self._client.close()

    async def _open(self, setup: SessionSetup) -> OpenAISession:
        connection = await connect(self._client, self._options, self._tls)
        session: OpenAISession | None = None
        try:
            said_s = await configure(connection, session_of(self._options, setup))
            session = self._begin(connection, setup, said_s)
            if not self._options.listen_only:
                for turn in setup.history:
                    await session.add_text(turn)
        except SessionClosedError:
            ended = session.closed if session else None
            detail = f"the session ended at once: {ended.detail or ended.reason}" if ended else ""
            raise SessionRefusedError(detail, retryable=not ended or ended.retryable) from None
        except BaseException:
            # In the background: the caller's time-out is for opening, not for a polite good-bye.
            self._leave(session.close() if session else hang_up(connection))
            raise
        return session

    def _begin(
        self, connection: AsyncRealtimeConnection, setup: SessionSetup, said_s: float | None
    ) -> OpenAISession:
        longest_s = self._options.max_session_s
        if said_s is None or said_s <= 0:  # not said, or our wall clock is wrong
            said_s = longest_s
        session = OpenAISession(
            connection,
            self._options,
            setup,
            lives_s=min(said_s, longest_s),
            finished=self._sessions.discard,
            redact=self._redact,
        )
        self._sessions.add(session)
        return session

    def _leave(self, leaving: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(leaving, name="openai-leaving")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _redact(self, text: str) -> str:
        options = self._options
        secrets = [*options.headers.values(), *([options.api_key] if options.api_key else [])]
        return redacted(text, (secret.get_secret_value() for secret in secrets))


def _client(options: Options) -> AsyncOpenAI:
    key = options.api_key.get_secret_value() if options.api_key else _NO_KEY
    client = AsyncOpenAI(
        api_key=key, base_url=options.base_url, websocket_base_url=options.base_url
    )
    # The package takes these from the environment, which is not ours to read.
    client.organization = options.organization
    client.project = options.project
    return client


def _capabilities(options: Options) -> Capabilities:
    models = known_models()
    name = options.transcription_model
    local = options.turn_detection is TurnDetection.LOCAL
    if options.listen_only:
        return Capabilities(
            turn_taking=TurnTaking.LISTEN,
            interim_transcripts=name is not None and models.transcription(name).interim,
            cancel=False,
            text_injection=False,
            max_session_s=options.max_session_s,
            silence_billed=True,
        )
    return Capabilities(
        turn_taking=TurnTaking.TURNS,
        speech_detection=not local,
        transcripts=name is not None,
        interim_transcripts=name is not None and models.transcription(name).interim,
        truncation=True,
        mutable_instructions=True,
        mutable_tools=True,
        tools=True,
        unbroken_input=not local,
        max_session_s=options.max_session_s,
        silence_billed=local,
    )


def _warn_of_shutdowns(options: Options) -> None:
    models = known_models()
    name = options.transcription_model
    ends = {} if options.listen_only else {options.model: models.speech(options.model).shutdown}
    if name is not None:
        ends[name] = models.transcription(name).shutdown
    for model, day in ends.items():
        if day is not None:
            _log.warning("model %s is shut down on %s: choose a newer one", model, day)
