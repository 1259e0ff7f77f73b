"""All sessions of one job: one per participant and source, and a shared mouth where nobody speaks.

``Sessions.listen`` is the ears' ``ListenerFactory``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge.link import SessionState
from roomhand.bridge.uplink import Uplink
from roomhand.clock import own_now_s
from roomhand.errors import ProviderError
from roomhand.room.listening import TrackListener
from roomhand.room.pulse import Pulse
from roomhand.room.session_contract import (
    ReplyEvent,
    SessionContext,
    SessionOptions,
    SessionSink,
    Setup,
)
from roomhand.room.session_report import tell_fact
from roomhand.room.spent import Spent
from roomhand.room.track_session import TrackSession
from roomhand.room.withheld import Withheld
from roomhand_plugins.base import Heard, Plugin, ReplyRequest, TurnTaking

__all__ = ["ReplyEvent", "SessionOptions", "SessionSink", "SessionState", "Sessions", "Setup"]

MOUTH = ""
"""In the place of an identity: the session that only speaks."""


class Sessions:
    """Opens, feeds, asks and closes sessions. Must be made and used on the running event loop.

    With ``hears`` off another agent is the scribe: people's turns wait in the ring, only those that
    ``prepare`` or a reply asks for are sent, and no words are told.
    """

    def __init__(
        self,
        *,
        plugin: Plugin,
        setup: Setup,
        options: SessionOptions,
        meeting_id: str,
        memory: Conversation,
        sink: SessionSink,
        hears: bool = True,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        self._context = SessionContext(
            plugin=plugin,
            setup=setup,
            options=options,
            meeting_id=meeting_id,
            memory=memory,
            sink=sink,
            changed=Pulse(),
            withheld=Withheld(hears=hears),
            spent=Spent(),
            now=now,
        )
        self._limits = options.limits(plugin.capabilities)
        self._lanes: dict[str, list[TrackSession]] = {}
        self._closed = False
        memory.observe(lambda: self._context.changed.beat())

    @property
    def hears(self) -> bool:
        """Whether this agent is the scribe: every turn is sent, transcribed and told."""
        return self._context.withheld.hears

    @hears.setter
    def hears(self, hears: bool) -> None:
        """Turning it on sends the turns of the rings that are not ``recorded``; read the
        transcript to its end before."""
        self._context.withheld.hears = hears
        for lane in self._all():
            lane.uplink.hear(hears)
            lane.kick()
        for outcome in self._context.withheld.release() if hears else []:
            tell_fact(self._context, outcome)

    @property
    def spent(self) -> Spent:
        """What all sessions have cost so far."""
        return self._context.spent

    def recorded(self, track_sid: str, start_ms: int, end_ms: int) -> None:
        """The transcript has final words, or a final hole, of the turn between these times."""
        self._context.withheld.recorded(track_sid, start_ms)
        for lane in self._all():
            lane.uplink.recorded(track_sid, start_ms, end_ms)

    def prepare(self, track_sid: str, start_ms: int) -> None:
        """A reply to this turn is likely: open its speaker's session and send it the turn, from
        the ring and on while it lasts. A turn that is not held here any more is no error."""
        for lane in self._all():
            if lane.uplink.want(track_sid, start_ms):
                lane.kick()

    def listen(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
        """A subscription begins: it goes on in the lane of its participant and source."""
        self._forget_vacant()
        identity = track.speaker.identity
        lanes = self._lanes.setdefault(identity, [])
        fitting = (
            lane
            for lane in lanes
            if not lane.subscribed and lane.track and lane.track.source == track.source
        )
        lane = next(fitting, None)
        if lane is None:
            lane = self._lane(f"{identity}/{track.source}/{len(lanes)}")
            lanes.append(lane)
        return lane.listen(track, anchor, ledger)

    def held(self, track: TrackRef) -> int:
        """Samples of this subscription that its ledger cannot have counted yet."""
        lanes = self._lanes.get(track.speaker.identity, [])
        return sum(lane.uplink.held(track) for lane in lanes)

    @property
    def owed_from_ms(self) -> int | None:
        """Meeting time of the first onset whose words are still to come; None where none are."""
        owed = [lane.uplink.owed_from_ms for lane in self._all()]
        return min((ms for ms in owed if ms is not None), default=None)

    def dismiss(self, identity: str) -> None:
        """What this participant said last will not be answered: a model that replies by itself is
        stopped, and told that nobody heard it."""
        for lane in self._lanes.get(identity, []):
            lane.dismiss()

    async def reply(self, identity: str, request: ReplyRequest) -> None:
        """Ask for an answer in the session of this participant; returns when it is asked.

        The session is opened if need be, gets every turn that is over, and is told what the
        others said; who is unknown, or gone, is answered by the shared mouth. After a return one
        ``ReplyDone`` follows. Raises ProviderError if the model cannot be asked; then none does.
        """
        if self._context.plugin.capabilities.turn_taking is TurnTaking.LISTEN:
            raise ProviderError("this agent's model only listens; choose a plugin that replies")
        if self._closed:
            raise ProviderError("the sessions are closed")
        lane = self._lane_of(identity) or self._mouth()
        await lane.replies.ask(request)

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """Stop a reply, and cut the model's memory of it to what was heard; also after its end.

        Unknown ids are no error.
        """
        for lane in self._all():
            if lane.replies.knows(reply_id):
                await lane.replies.cancel(reply_id, heard)

    async def answer_tool(self, call_id: str, output: str) -> None:
        """Raises ProviderError if the session that asked has ended: it will not ask again."""
        for lane in self._all():
            if lane.replies.called(call_id):
                await lane.replies.answer_tool(call_id, output)
                return
        raise ProviderError("the session that called the tool has ended")

    async def aclose(self) -> None:
        """Wait a bounded time for outstanding words, then close everything. The ears end first."""
        self._closed = True
        lanes = list(self._all())
        await asyncio.gather(*(lane.aclose() for lane in lanes))

    def _all(self) -> Iterator[TrackSession]:
        return (lane for lanes in list(self._lanes.values()) for lane in list(lanes))

    def _lane_of(self, identity: str) -> TrackSession | None:
        """Where this participant spoke last."""
        lanes = self._lanes.get(identity, [])
        if not lanes:
            return None
        return max(lanes, key=lambda lane: lane.uplink.last_onset_ms)

    def _mouth(self) -> TrackSession:
        lanes = self._lanes.setdefault(MOUTH, [])
        if not lanes:
            lanes.append(self._lane("mouth"))
        return lanes[0]

    def _lane(self, name: str) -> TrackSession:
        seed = f"{self._context.meeting_id}/{name}"
        uplink = Uplink(self._limits, self._context.meeting_id, seed=seed, hears=self.hears)
        lane = TrackSession(self._context, uplink)
        lane.closing = self._closed
        return lane

    def _forget_vacant(self) -> None:
        for identity, lanes in list(self._lanes.items()):
            for lane in (lane for lane in lanes if lane.vacant):
                lane.uplink.finish("nobody is there")
            lanes[:] = [lane for lane in lanes if not lane.vacant]
            if not lanes:
                del self._lanes[identity]
