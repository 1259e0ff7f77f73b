"""Who may call: a LiveKit token of the deployment, for one room or, to list them, for all.

``video.roomAdmin`` lets its holder do everything in a room. A token with less names what it is for
in the attribute ``roomhand.scopes``. LiveKit makes participants new tokens, signed by the same key,
with the attributes that they gave themselves: so scopes count only in a token that joins no room.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, TypeAlias

import jwt
from livekit import api
from livekit.api.access_token import Claims

from roomhand.attribution.identity import SCOPES_ATTRIBUTE
from roomhand.control.refusals import CallError, grant_missing, token_invalid, token_missing
from roomhand.settings import Settings

_SCHEME = "bearer "

Metadata: TypeAlias = Iterable[tuple[str, str | bytes]]
Scope: TypeAlias = Literal["floor", "transcript", "operator"]
SCOPES = SCOPES_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. A participant may have the name of a backend, and is another one."""

    identity: str
    joins: bool


@dataclass(frozen=True, slots=True)
class _Decided:
    """Of the token of the call under way: what stands in it, or why it is not good."""

    token: str | None
    found: Claims | CallError


_decided: ContextVar[_Decided | None] = ContextVar("decided", default=None)


class Grants:
    """Every method but ``decide`` raises CallError where the caller may not."""

    def __init__(self, settings: Settings) -> None:
        self._verifier = api.TokenVerifier(
            settings.livekit_api_key, settings.livekit_api_secret.get_secret_value()
        )

    def decide(self, metadata: Metadata | None) -> None:
        """Whether the token is good, for all of the call whose task this is: it may begin or cease
        to be while the call goes on."""
        token = _token(metadata)
        _decided.set(_Decided(token, self._verified(token)))

    def caller(self, metadata: Metadata | None) -> Caller | None:
        """Who calls, whatever he may do; None: the token is not good, and this raises nothing."""
        try:
            claims = self._claims(metadata)
        except CallError:
            return None
        return Caller(claims.identity or "api", bool(claims.video and claims.video.room_join))

    def room(self, metadata: Metadata | None, room: str) -> str:
        """Who calls, if he may do everything in this room."""
        claims = self._claims(metadata)
        video = claims.video
        if video is None or not video.room_admin or video.room != room:
            raise grant_missing(f"video.roomAdmin and video.room for {room!r}")
        return claims.identity or "api"

    def scope(self, metadata: Metadata | None, room: str | None, scope: Scope) -> str:
        """Who calls, if he may do what the scope is for in this room, or in all (None)."""
        claims = self._claims(metadata)
        video = claims.video or api.VideoGrants()
        scopes = set() if video.room_join else _scopes(claims)
        if room is None:
            may, grant = bool(video.room_list) and scope in scopes, "video.roomList"
        else:
            may = video.room == room and (bool(video.room_admin) or scope in scopes)
            grant = f"video.room for {room!r}"
        if not may:
            raise grant_missing(f"{grant}, and {scope!r} in its attribute {SCOPES}")
        return claims.identity or "api"

    def all_rooms(self, metadata: Metadata | None) -> str:
        """Who calls, if he may list all rooms."""
        claims = self._claims(metadata)
        if claims.video is None or not claims.video.room_list:
            raise grant_missing("video.roomList")
        return claims.identity or "api"

    def _claims(self, metadata: Metadata | None) -> Claims:
        token, decided = _token(metadata), _decided.get()
        if decided is None or decided.token != token:
            found = self._verified(token)
        else:
            found = decided.found
        if isinstance(found, CallError):
            raise found
        return found

    def _verified(self, token: str | None) -> Claims | CallError:
        if token is None:
            return token_missing()
        try:
            return self._verifier.verify(token)
        except (jwt.PyJWTError, ValueError) as error:
            return token_invalid(type(error).__name__)


def _scopes(claims: Claims) -> set[str]:
    given = (claims.attributes or {}).get(SCOPES, "")
    return set(given.split())


def _token(metadata: Metadata | None) -> str | None:
    for name, value in metadata or ():
        if name == "authorization" and isinstance(value, str) and value.lower().startswith(_SCHEME):
            return value[len(_SCHEME) :].strip()
    return None
