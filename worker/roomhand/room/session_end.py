"""Closing a session that nobody uses any more: bounded, and never in anybody's way."""

from __future__ import annotations

import asyncio
import logging

from roomhand_plugins.base import Session

logger = logging.getLogger(__name__)


async def end_session(session: Session, reader: asyncio.Task[None] | None, limit_s: float) -> None:
    """Close, let the last events be read, and stop reading. Each takes at most ``limit_s``."""
    try:
        async with asyncio.timeout(limit_s):
            await session.close()
    except TimeoutError:
        logger.warning("a session did not close within %.0f s", limit_s)
    except Exception:
        logger.exception("the plugin failed to close a session")
    if reader is None:
        return
    _, still_reading = await asyncio.wait({reader}, timeout=limit_s)
    if still_reading:
        reader.cancel()
        await asyncio.wait({reader})
