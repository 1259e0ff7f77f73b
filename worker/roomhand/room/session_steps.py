"""What one lane asks of an open session for its turns, each call within a limit."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from roomhand.attribution.segments import Turn
from roomhand.bridge import steps
from roomhand.room.open_session import OpenSession
from roomhand.room.session_contract import SessionContext
from roomhand.room.session_report import entry_of
from roomhand_plugins.base import Closed, PluginError, SessionClosedError

if TYPE_CHECKING:
    from roomhand.room.track_session import TrackSession

logger = logging.getLogger(__name__)


class SessionSteps:
    """A session that does not take a step is lost; nothing is raised."""

    def __init__(self, context: SessionContext, lane: TrackSession) -> None:
        self._context = context
        self._lane = lane
        self.commits = False
        """The end of a turn is being told."""

    async def take(self, opened: OpenSession, step: steps.Step) -> None:
        """Begin, Send, End or Discard."""
        self.commits = isinstance(step, steps.End)
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await self._perform(opened, step)
        except SessionClosedError:
            await self._lane.until_closed(opened)
        except TimeoutError:
            self._lane.lose(opened, Closed("lost", True, "it takes no more audio"))
        except Exception as error:
            logger.exception("the plugin failed on a turn")
            self._lane.lose(opened, Closed("server_error", True, type(error).__name__))
        finally:
            if self.commits:
                self.commits = False
                self._context.changed.beat()

    async def withdraw(self, former: OpenSession, turn: Turn) -> None:
        """The former must not take a part of a turn for all of it."""
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await former.session.discard_turn(turn.id)
        except (PluginError, TimeoutError) as error:
            logger.info("a turn is not withdrawn: %s", error)
        except Exception as error:
            logger.exception("the plugin failed to withdraw a turn")
            self._lane.lose(former, Closed("server_error", True, type(error).__name__))

    async def _perform(self, opened: OpenSession, step: steps.Step) -> None:
        session, uplink = opened.session, self._lane.uplink
        match step:
            case steps.Begin(turn):
                if spoken := uplink.turns.find(turn.id):
                    opened.briefing.add_own(entry_of(spoken))
                await session.begin_turn(turn.id)
            case steps.Send(start, stop):
                await session.send_audio(uplink.hearing.ring.read(start, stop))
                self._context.spent.send(stop - start)
            case steps.End(turn):
                await self._lane.replies.before_end(opened)
                await session.end_turn(turn.id)
            case steps.Discard(turn):
                await session.discard_turn(turn.id)
