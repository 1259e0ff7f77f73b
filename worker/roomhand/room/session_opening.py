"""A new session for a lane, told what the room knows; or why there is none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from roomhand.attribution.identity import TrackRef
from roomhand.bridge.spoken import SpokenTurn
from roomhand.room.briefing import Briefing
from roomhand.room.open_session import OpenSession
from roomhand.room.session_contract import SessionContext
from roomhand.room.session_report import entry_of
from roomhand.room.session_unasked import SessionUnasked
from roomhand_plugins.base import Closed, SessionRefusedError

logger = logging.getLogger(__name__)


async def open_session(
    context: SessionContext,
    track: TrackRef | None,
    own: Iterable[SpokenTurn],
) -> OpenSession | Closed:
    """``own`` turns will reach it as audio, and are left out of its history."""
    try:
        entries = [entry_of(turn) for turn in own]
        setup = context.setup(track)
        briefing = Briefing(context.memory, setup, context.options.history, entries)
        async with asyncio.timeout(context.options.open_s):
            session = await context.plugin.open(briefing.setup)
    except SessionRefusedError as error:
        reason = "unavailable" if error.retryable else "refused"
        return Closed(reason, error.retryable, str(error), error.retry_after_s)
    except TimeoutError:
        return Closed("lost", True, "the handshake took too long")
    except Exception as error:
        logger.exception("the plugin failed to open a session")
        return Closed("server_error", True, type(error).__name__)
    context.spent.open()
    return OpenSession(session, briefing, SessionUnasked(context, session))
