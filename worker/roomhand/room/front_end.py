"""What front ends may ask of the agent: RPC methods of its participant. See docs/front-ends.md.

Whoever is in the room may hold it, resume it, have it raise or lower its hand, and call on it: all
that a person could also say aloud. Only a moderator may mute it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from livekit import rtc
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roomhand.attribution.identity import MODERATOR, ROLE_ATTRIBUTE, safe_name
from roomhand.clock import own_now_s
from roomhand.errors import CommandError
from roomhand.room.obeying import Obeying
from roomhand.turns.questions import Question
from roomhand.turns.visible import Visible

logger = logging.getLogger(__name__)

BAD_REQUEST = 2400
"""The payload is not what the method takes; the message names the field."""
NOT_ALLOWED = 2403
"""Only a moderator may."""
REFUSED = 2409
"""Understood, and not done in the state that the agent is in; the message says why."""

KNOWN_AFTER_S = 4.0
"""livekit-server tells of participants who publish nothing every three seconds only: a call can
come before its caller is known."""
LOOK_S = 0.05
WROTE = "{name} asks this in writing: {text} Answer it now."
WANTED_TO_SAY = (
    "You had raised your hand and are called on. Say in one or two sentences what you have to add "
    "to what was said."
)
WANTED_TO_SAY_QUESTION = "What did you want to say?"
"""The same for a model that takes no instructions."""


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Nothing(_Payload):
    pass


class _RaiseHand(_Payload):
    question: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class _Mute(_Payload):
    muted: bool = True


@dataclass(frozen=True, slots=True)
class _Caller:
    identity: str
    name: str
    moderates: bool


@dataclass(frozen=True, slots=True)
class _Method:
    payload: type[_Payload]
    act: Callable[[_Caller, _Payload], None]
    by_name: bool = False
    """It matters who calls."""
    moderators_only: bool = False


class FrontEnd:
    """Answers the calls of one room for one agent."""

    def __init__(
        self,
        room: rtc.Room,
        agent: str,
        obeying: Obeying,
        seen: Callable[[], Visible],
        now: Callable[[], float] = own_now_s,
    ) -> None:
        """``seen``: the agent's state, as it is shown in the room."""
        self._room = room
        self._agent = agent
        self._obeying = obeying
        self._seen = seen
        self._now = now
        self._calls = 0
        self.methods: Mapping[str, _Method] = {
            "roomhand.hold": _Method(_Nothing, lambda _, __: obeying.hold()),
            "roomhand.resume": _Method(_Nothing, lambda _, __: obeying.resume()),
            "roomhand.raise_hand": _Method(_RaiseHand, self._raise_hand, by_name=True),
            "roomhand.lower_hand": _Method(_Nothing, lambda _, __: obeying.lower_hand()),
            "roomhand.call_on": _Method(_Nothing, lambda _, __: obeying.call_on()),
            "roomhand.mute": _Method(_Mute, self._mute, by_name=True, moderators_only=True),
        }

    def open(self) -> None:
        """Answer from now on."""
        for name, method in self.methods.items():
            self._room.local_participant.register_rpc_method(name, self._handler(name, method))

    def close(self) -> None:
        """Answer no more: callers are told that the method is not supported."""
        for name in self.methods:
            self._room.local_participant.unregister_rpc_method(name)

    def _handler(
        self, name: str, method: _Method
    ) -> Callable[[rtc.RpcInvocationData], Awaitable[str]]:
        async def answer(call: rtc.RpcInvocationData) -> str:
            payload = _parsed(name, method.payload, call.payload)
            wait_s = KNOWN_AFTER_S if method.by_name else 0.0
            caller = await self._caller(call.caller_identity, wait_s)
            if method.moderators_only and not caller.moderates:
                raise rtc.RpcError(NOT_ALLOWED, f"{name}: only a moderator may")
            logger.info("front end", extra={"method": name, "caller": caller.identity})
            try:
                method.act(caller, payload)
            except CommandError as error:
                raise rtc.RpcError(REFUSED, f"{name}: {error}") from None
            return json.dumps({"agent": self._agent, "floor": self._seen().floor})

        return answer

    async def _caller(self, identity: str, wait_s: float) -> _Caller:
        """Who calls. Hidden participants stay unknown: they have no name, and moderate nothing."""
        until_s = self._now() + wait_s
        while (found := self._room.remote_participants.get(identity)) is None:
            if self._now() >= until_s:
                return _Caller(identity, safe_name(identity), moderates=False)
            await asyncio.sleep(LOOK_S)
        role = found.attributes.get(ROLE_ATTRIBUTE)
        # The token says so, and lets nobody say so of themselves.
        moderates = role == MODERATOR and not found.permissions.can_update_metadata
        return _Caller(identity, safe_name(found.name, fallback=safe_name(identity)), moderates)

    def _raise_hand(self, caller: _Caller, payload: _Payload) -> None:
        assert isinstance(payload, _RaiseHand)
        self._calls += 1
        question, instructions = WANTED_TO_SAY_QUESTION, WANTED_TO_SAY
        if payload.question is not None:
            question = payload.question
            instructions = WROTE.format(
                name=caller.name, text=json.dumps(question, ensure_ascii=False)
            )
        self._obeying.raise_hand(
            Question(
                id=f"front_end.{self._calls}.{self._now()}",
                identity=caller.identity,
                name=caller.name,
                text=question,
                asked_s=self._now(),
                instructions=instructions,
            )
        )

    def _mute(self, caller: _Caller, payload: _Payload) -> None:
        assert isinstance(payload, _Mute)
        self._obeying.mute(payload.muted)


def _parsed(name: str, payload: type[_Payload], text: str) -> _Payload:
    """Raises RpcError that names every field at fault. No payload at all is an empty one."""
    try:
        return payload.model_validate_json(text or "{}")
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'payload'}: {fault['msg'].lower()}"
            for fault in error.errors()
        )
        raise rtc.RpcError(BAD_REQUEST, f"{name}: {faults}") from None
