"""The scripted plugin: opens sessions that follow one script, and lets a test strike at them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from roomhand_plugins.base import SessionRefusedError, SessionSetup, Token
from roomhand_plugins.scripted.director import Answer, Call, Director, Speak, Transcribe
from roomhand_plugins.scripted.script import Fault, FaultKind, Moment, read_script
from roomhand_plugins.scripted.session import ScriptedSession

_REFUSALS = {FaultKind.REFUSE: True, FaultKind.REFUSE_FATAL: False}
"""Whether trying again may help."""


class ScriptedPlugin:
    """Follows ``options`` (see ``script``). Time is the event loop's.

    ``transcribe``, ``answer`` and ``speak`` are for tests in Python and take the place of the
    script's texts and of the hum.
    """

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        transcribe: Transcribe | None = None,
        answer: Answer | None = None,
        speak: Speak | None = None,
    ) -> None:
        script = read_script(options or {})
        self.capabilities = script.declared()
        self.sessions: list[ScriptedSession] = []
        """Those open now, oldest first."""
        self._director = Director(script, self.capabilities, transcribe, answer, speak)
        self._opened = 0
        self._closed = False

    @property
    def calls(self) -> deque[Call]:
        """The last moments of all sessions, oldest first."""
        return self._director.calls

    async def open(self, setup: SessionSetup, resume: Token | None = None) -> ScriptedSession:
        """A session, unless a fault of the script says otherwise."""
        if self._closed:
            raise SessionRefusedError("the plugin is closed", retryable=False)
        self._opened += 1
        number = self._opened
        faults, cues = self._director.reached(Moment.OPEN, number, setup.speaker)
        for fault in faults:
            if fault.fault is FaultKind.DELAY_OPEN:
                await asyncio.sleep(fault.ms / 1000)
            if fault.fault in _REFUSALS:
                raise SessionRefusedError(
                    "the script refuses this session", retryable=_REFUSALS[fault.fault]
                )
        if self._closed:
            raise SessionRefusedError("the plugin was closed meanwhile", retryable=False)
        session = ScriptedSession(self._director, number, setup, self.sessions.remove)
        self.sessions.append(session)
        session.wire.follow(cues, setup.speaker)
        if self._director.script.session_s is not None:
            session.wire.expire_after(self._director.script.session_s)
        for fault in faults:
            session.wire.suffer(fault)
        return session

    async def close(self) -> None:
        """Close every session."""
        self._closed = True
        for session in list(self.sessions):
            await session.close()

    def strike(self, kind: FaultKind) -> None:
        """Let a fault happen now to every open session: an end, or a stall."""
        for session in list(self.sessions):
            session.wire.suffer(Fault(fault=kind, at=Moment.AUDIO))

    def unstall(self) -> None:
        """The peers of all sessions read again."""
        for session in self.sessions:
            session.wire.unstall()

    def hold_transcripts(self) -> None:
        """Transcripts wait from now on."""
        self._director.transcripts_released.clear()

    def release_transcripts(self) -> None:
        """Transcripts come again."""
        self._director.transcripts_released.set()
