"""What a session knew is let go when it ends, and not when the garbage collector looks next."""

from __future__ import annotations

import pytest

from roomhand.attribution.ends import SessionEnd
from roomhand.room.briefing import Briefing
from roomhand.room.open_session import OpenSession
from tests.left_alive import alive, without_collector
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import stage
from tests.worker.room.test_session_ends import WAYS

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("end", WAYS)
@in_virtual_time
async def test_an_ended_session_is_let_go_whichever_way_it_ended(end: SessionEnd) -> None:
    way = WAYS[end]
    async with stage(way.script, way.options) as s:
        with without_collector():
            await way.happens(s, s.person("anna"))
            s.plugin.sessions.clear()
            ended = s.sessions.spent.opened - sum(len(lane.open) for lane in s.sessions._all())
            assert ended > 0
            for kind in (OpenSession, Briefing):
                assert alive(kind) == s.sessions.spent.opened - ended, kind
