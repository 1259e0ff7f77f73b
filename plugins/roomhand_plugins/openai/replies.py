"""The one queue of responses: the service runs one at a time, and so do we. Pure.

A reply lives as the table says. What we do that the table does not list is a bug and raises; what
the service says that the table does not list (a second ``response.done``) is ignored and counted.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from openai.types.realtime.realtime_response_create_params_param import (
    RealtimeResponseCreateParamsParam,
)

from roomhand_plugins.base import (
    Heard,
    PluginError,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyStatus,
    ReplyText,
    ToolCall,
)
from roomhand_plugins.openai.effects import Effect, Send
from roomhand_plugins.openai.reply_states import ACTIVE, TABLE, Input, State
from roomhand_plugins.openai.truncation import SpokenItem, cuts
from roomhand_plugins.openai.turns import remember

REPLY_KEY = "roomhand_reply"
"""The metadata key that carries our reply id."""
_WAITING_LIMIT = 32
_REMEMBERED = 64
_BUSY_PAUSE_S = 0.5
_BUSY_TRIES = 20
_CANCEL_LIMIT_S = 5.0


@dataclass(slots=True)
class _Reply:
    reply_id: str
    request: RealtimeResponseCreateParamsParam
    state: State = State.QUEUED
    event_id: str = ""
    response_id: str | None = None
    items: dict[str, SpokenItem] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    heard: Heard | None = None
    cut: bool = False
    complete: bool = False
    tries: int = 0
    due: float | None = None
    """When to look again: a retry if queued, otherwise patience ends."""


class Replies:
    """All replies of one session. ``now`` is in seconds of any steady clock."""

    def __init__(self, answer_limit_s: float, counts: Counter[str]) -> None:
        self._answer_limit_s = answer_limit_s
        self._counts = counts
        self._waiting: OrderedDict[str, _Reply] = OrderedDict()
        self._past: OrderedDict[str, _Reply] = OrderedDict()
        self._by_response: dict[str, _Reply] = {}
        self._strays: OrderedDict[str, float] = OrderedDict()
        self._asked = 0

    @property
    def due(self) -> float | None:
        """When ``overdue`` must be called, if nothing happens before."""
        head = self._head()
        times = [*self._strays.values()]
        if head is not None and head.due is not None:
            times.append(head.due)
        return min(times, default=None)

    def ask(
        self, reply_id: str, request: RealtimeResponseCreateParamsParam, now: float
    ) -> list[Effect]:
        """Queue a reply. Raises PluginError for an id used before and for too many waiting."""
        if reply_id in self._waiting or reply_id in self._past:
            raise PluginError(f"reply {reply_id} was asked before: choose a new reply_id")
        if len(self._waiting) >= _WAITING_LIMIT:
            raise PluginError(f"{_WAITING_LIMIT} replies are waiting already: ask later")
        self._waiting[reply_id] = _Reply(reply_id, request)
        return list(self._pump(now))

    def cancel(self, reply_id: str, heard: Heard, now: float) -> list[Effect]:
        """Stop a reply wherever it is; unknown ids do nothing."""
        reply = self._waiting.get(reply_id) or self._past.get(reply_id)
        if reply is None:
            return []
        before = reply.state
        self._move(reply, Input.CANCEL)
        reply.heard = reply.heard or heard
        match before, reply.state:
            case State.QUEUED, State.DONE:
                return [*self._settle(reply, ReplyStatus.CANCELLED, "", now)]
            case State.RUNNING, State.CANCELLING:
                return [self._stop(reply, now)]
            case State.DONE, _:
                return list(self._cut(reply))
        return []

    def created(
        self, response_id: str, metadata: Mapping[str, str] | None, now: float
    ) -> list[Effect]:
        """The service began a response: the one we asked for, or one nobody asked for."""
        reply = self._of(response_id, metadata)
        if reply is None or not self._accept(reply, Input.CREATED):
            known = response_id in self._by_response or response_id in self._strays
            return [] if known else self._refuse_stray(response_id, now)
        self._name(reply, response_id)
        if reply.state is State.CANCELLING:
            return [self._stop(reply, now)]
        reply.due = now + self._answer_limit_s
        return [ReplyStarted(reply.reply_id)]

    def item_added(self, response_id: str, item_id: str) -> None:
        """A response has a spoken item."""
        reply = self._by_response.get(response_id)
        if reply is not None:
            reply.items.setdefault(item_id, SpokenItem(item_id))

    def audio(
        self, response_id: str, item_id: str, content_index: int, pcm: bytes, now: float
    ) -> list[Effect]:
        """More audio. Counted also when it is no longer wanted: the service remembers it."""
        reply = self._by_response.get(response_id)
        if reply is None:
            return []
        item = reply.items.setdefault(item_id, SpokenItem(item_id))
        item.received += len(pcm)
        item.content_index = content_index
        return [ReplyAudio(reply.reply_id, pcm)] if pcm and self._goes_on(reply, now) else []

    def text(self, response_id: str, text: str, now: float) -> list[Effect]:
        """More words."""
        reply = self._by_response.get(response_id)
        if reply is None or not text or not self._goes_on(reply, now):
            return []
        return [ReplyText(reply.reply_id, text)]

    def tool_call(
        self, response_id: str, call_id: str, name: str, arguments: str, now: float
    ) -> list[Effect]:
        """The model wants a tool; a repeated call id is ignored."""
        reply = self._by_response.get(response_id)
        if reply is None or call_id in reply.calls or not self._goes_on(reply, now):
            return []
        reply.calls.add(call_id)
        return [ToolCall(reply.reply_id, call_id, name, arguments)]

    def finished(
        self,
        response_id: str,
        metadata: Mapping[str, str] | None,
        status: ReplyStatus,
        reason: str,
        now: float,
    ) -> list[Effect]:
        """The service ended a response, with or without having announced it."""
        if self._strays.pop(response_id, None) is not None:
            return list(self._pump(now))
        reply = self._of(response_id, metadata)
        if reply is None or not self._accept(reply, Input.FINISHED):
            return []
        self._name(reply, response_id)
        reply.complete = status is ReplyStatus.COMPLETED
        if reply.heard is not None:
            status = ReplyStatus.CANCELLED
        return [*self._cut(reply), *self._settle(reply, status, reason, now)]

    def refused(
        self, event_id: str | None, reason: str, now: float, *, busy: bool
    ) -> list[Effect] | None:
        """An error about a request of ours; None if it is about something else.

        Servers that leave out whose fault it was can only mean the open request.
        """
        reply = self._head()
        if reply is None or event_id not in ({reply.event_id, None} if busy else {reply.event_id}):
            return None
        retry = busy and reply.tries < _BUSY_TRIES
        if not self._accept(reply, Input.BUSY if retry else Input.REFUSED):
            return []
        if reply.state is State.QUEUED:
            reply.due = now + _BUSY_PAUSE_S
            self._counts["busy_responses"] += 1
            return []
        doomed = reply.heard is not None
        status = ReplyStatus.CANCELLED if doomed else ReplyStatus.FAILED
        return list(self._settle(reply, status, "" if doomed else reason, now))

    def overdue(self, now: float) -> list[Effect]:
        """Patience ended for whatever was due by ``now``."""
        for stray in [stray for stray, due in self._strays.items() if due <= now]:
            del self._strays[stray]
        head = self._head()
        if head is None or head.state is State.QUEUED or head.due is None or head.due > now:
            return list(self._pump(now))
        running = head.state is State.RUNNING
        self._move(head, Input.OVERDUE)
        self._counts["overdue_responses"] += 1
        stop = [self._stop(head, now)] if running else []
        cancelled = head.heard is not None
        status = ReplyStatus.CANCELLED if cancelled else ReplyStatus.FAILED
        reason = "" if cancelled else "the service did not answer in time"
        return [*stop, *self._cut(head), *self._settle(head, status, reason, now)]

    def lost(self, status: ReplyStatus, reason: str) -> list[Effect]:
        """The session ended: every reply that is not done is done now."""
        waiting, self._waiting = list(self._waiting), OrderedDict()
        return [ReplyDone(reply_id, status, reason) for reply_id in waiting]

    def _head(self) -> _Reply | None:
        return next(iter(self._waiting.values()), None)

    def _pump(self, now: float) -> Iterator[Effect]:
        head = self._head()
        if head is None or head.state in ACTIVE or self._strays:
            return
        if head.due is not None and head.due > now:
            return
        self._move(head, Input.SEND)
        self._asked += 1
        head.tries += 1
        head.event_id = f"reply_{self._asked}"
        head.due = now + self._answer_limit_s
        yield Send({"type": "response.create", "event_id": head.event_id, "response": head.request})

    def _settle(
        self, reply: _Reply, status: ReplyStatus, reason: str, now: float
    ) -> Iterator[Effect]:
        del self._waiting[reply.reply_id]
        self._past[reply.reply_id] = reply
        if len(self._past) > _REMEMBERED:
            _, oldest = self._past.popitem(last=False)
            self._by_response.pop(oldest.response_id or "", None)
        yield ReplyDone(reply.reply_id, status, reason)
        yield from self._pump(now)

    def _cut(self, reply: _Reply) -> Iterator[Send]:
        if reply.heard is None or reply.cut:
            return
        reply.cut = True
        yield from cuts(reply.items.values(), reply.heard.audio_ms, complete=reply.complete)

    def _stop(self, reply: _Reply, now: float) -> Send:
        reply.due = now + _CANCEL_LIMIT_S
        return _cancel(reply.response_id)

    def _refuse_stray(self, response_id: str, now: float) -> list[Effect]:
        self._counts["stray_responses"] += 1
        remember(self._strays, response_id, now + _CANCEL_LIMIT_S)
        return [_cancel(response_id)]

    def _goes_on(self, reply: _Reply, now: float) -> bool:
        if reply.state is not State.RUNNING:
            return False
        reply.due = now + self._answer_limit_s
        return True

    def _of(self, response_id: str, metadata: Mapping[str, str] | None) -> _Reply | None:
        reply_id = (metadata or {}).get(REPLY_KEY, "")
        return self._by_response.get(response_id) or self._waiting.get(reply_id)

    def _name(self, reply: _Reply, response_id: str) -> None:
        reply.response_id = response_id
        self._by_response[response_id] = reply

    def _accept(self, reply: _Reply, given: Input) -> bool:
        state = TABLE.get((reply.state, given))
        if state is None:
            self._counts["unexpected_events"] += 1
            return False
        reply.state = state
        return True

    def _move(self, reply: _Reply, given: Input) -> None:
        if (reply.state, given) not in TABLE:
            raise PluginError(f"replies: input {given} is illegal in state {reply.state}")
        self._accept(reply, given)


def _cancel(response_id: str | None) -> Send:
    if response_id is None:
        return Send({"type": "response.cancel"})
    return Send({"type": "response.cancel", "response_id": response_id})
