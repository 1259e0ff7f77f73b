"""Everything a session knows, driven by what the service says. Pure.

``receive`` takes the service's messages one by one and answers with facts to report and messages to
send; a ``Closed`` among them ends the session.
"""

from __future__ import annotations

import base64
import binascii
import logging
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from roomhand_plugins.base import SAMPLE_RATE, Closed, ReplyStatus
from roomhand_plugins.openai.committed_turns import CommittedTurns
from roomhand_plugins.openai.context import Context
from roomhand_plugins.openai.detected_turns import DetectedTurns
from roomhand_plugins.openai.effects import Effect
from roomhand_plugins.openai.faults import BUSY_CODES, ending_of_error
from roomhand_plugins.openai.options import Options, TurnDetection
from roomhand_plugins.openai.replies import Replies
from roomhand_plugins.openai.turns import Turns, Words, remember
from roomhand_plugins.openai.usage import usage_of_response, usage_of_transcription
from roomhand_plugins.openai.wire import MalformedEventError, UnknownEventError, decode

_log = logging.getLogger(__name__)
_SAMPLES_PER_MS = SAMPLE_RATE // 1000
_SEEN_EVENTS = 512
_Handler: TypeAlias = Callable[["Dialogue", Any, float], list[Effect]]


class Dialogue:
    """The pure half of one session. ``counts`` says what was ignored, and why."""

    def __init__(self, options: Options) -> None:
        self.counts: Counter[str] = Counter()
        self._options = options
        transcripts = options.transcription_model is not None
        local = options.turn_detection is TurnDetection.LOCAL
        self.turns: Turns = (CommittedTurns if local else DetectedTurns)(
            options.transcript_timeout_s, transcripts=transcripts, counts=self.counts
        )
        self.replies = Replies(options.answer_timeout_s, self.counts)
        self.context = Context(self.counts)
        self._tool_names: OrderedDict[str, str] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()

    @property
    def due(self) -> float | None:
        """When ``overdue`` must be called, if nothing happens before."""
        times = (self.turns.due, self.replies.due)
        return min((time for time in times if time is not None), default=None)

    def overdue(self, now: float) -> list[Effect]:
        """Patience ended for whatever was due by ``now``."""
        return [*self.turns.overdue(now), *self.replies.overdue(now)]

    def receive(self, data: str | bytes, now: float) -> list[Effect]:
        """One message of the service. Never raises for what it contains."""
        try:
            event = decode(data)
        except UnknownEventError as error:
            self.counts["unknown_events"] += 1
            _log.debug("event %s is not known", error)
            return []
        except MalformedEventError:
            self.counts["malformed_events"] += 1
            return []
        if self._repeated(getattr(event, "event_id", None)):
            self.counts["duplicate_events"] += 1
            return []
        handler = _HANDLERS.get(getattr(event, "type", ""))
        try:
            return handler(self, event, now) if handler else []
        except (AttributeError, LookupError, TypeError, ValueError):
            self.counts["malformed_events"] += 1
            return []

    def _repeated(self, event_id: Any) -> bool:
        if not isinstance(event_id, str) or not event_id:
            return False
        if event_id in self._seen:
            return True
        remember(self._seen, event_id, None, most=_SEEN_EVENTS)
        return False

    def _speech_started(self, event: Any, now: float) -> list[Effect]:
        return self.turns.speech_started(event.item_id, event.audio_start_ms * _SAMPLES_PER_MS)

    def _speech_stopped(self, event: Any, now: float) -> list[Effect]:
        return self.turns.speech_stopped(event.item_id, event.audio_end_ms * _SAMPLES_PER_MS)

    def _committed(self, event: Any, now: float) -> list[Effect]:
        return self.turns.committed(event.item_id)

    def _added(self, event: Any, now: float) -> list[Effect]:
        item = event.item
        parts = getattr(item, "content", None) or ()
        if not any(getattr(part, "type", None) == "input_audio" for part in parts):
            return []
        return self.turns.audio_added(item.id)

    def _words(self, event: Any, now: float) -> list[Effect]:
        return self.turns.words(event.item_id, event.delta or "")

    def _completed(self, event: Any, now: float) -> list[Effect]:
        languages = event.languages or []
        words = Words(
            text=event.transcript,
            language=getattr(languages[0], "code", None) if languages else None,
            confidence=_confidence(event.logprobs),
        )
        effects = self.turns.completed(event.item_id, words)
        used = usage_of_transcription(event, self._options.transcription_model or "")
        return [*effects, used] if used and effects else effects

    def _failed(self, event: Any, now: float) -> list[Effect]:
        error = event.error
        reason = getattr(error, "code", None) or getattr(error, "type", None) or "failed"
        return self.turns.failed(event.item_id, reason)

    def _created(self, event: Any, now: float) -> list[Effect]:
        return self.replies.created(event.response.id or "", event.response.metadata, now)

    def _item_added(self, event: Any, now: float) -> list[Effect]:
        item = event.item
        if getattr(item, "type", None) == "message" and getattr(item, "id", None):
            self.replies.item_added(event.response_id, item.id)
        elif getattr(item, "type", None) == "function_call" and getattr(item, "call_id", None):
            remember(self._tool_names, item.call_id, item.name or "")
        return []

    def _audio(self, event: Any, now: float) -> list[Effect]:
        try:
            pcm = base64.b64decode(event.delta, validate=True)
        except (binascii.Error, ValueError, TypeError):
            self.counts["malformed_events"] += 1
            return []
        index = event.content_index or 0
        return self.replies.audio(event.response_id, event.item_id, index, pcm, now)

    def _text(self, event: Any, now: float) -> list[Effect]:
        return self.replies.text(event.response_id, event.delta, now)

    def _tool_call(self, event: Any, now: float) -> list[Effect]:
        name = getattr(event, "name", None) or self._tool_names.get(event.call_id, "")
        return self.replies.tool_call(event.response_id, event.call_id, name, event.arguments, now)

    def _done(self, event: Any, now: float) -> list[Effect]:
        response = event.response
        details = response.status_details
        error = getattr(details, "error", None)
        code, kind = getattr(error, "code", None), getattr(error, "type", None)
        reason = code or kind or getattr(details, "reason", None) or ""
        status = _STATUSES.get(response.status or "", ReplyStatus.FAILED)
        effects = self.replies.finished(response.id or "", response.metadata, status, reason, now)
        used = usage_of_response(response, self._options.model)
        ending = ending_of_error(code, kind)
        return [
            *effects,
            *([used] if used else []),
            *([Closed(ending.reason, ending.retryable, reason)] if ending else []),
        ]

    def _error(self, event: Any, now: float) -> list[Effect]:
        error = event.error
        code, kind = getattr(error, "code", None), getattr(error, "type", None)
        message, event_id = getattr(error, "message", None), getattr(error, "event_id", None)
        ending = ending_of_error(code, kind)
        if ending is not None:
            return [Closed(ending.reason, ending.retryable, f"{code or kind}: {message}")]
        reason = code or kind or "error"
        busy = bool(BUSY_CODES & {code, kind})
        tied = self.replies.refused(event_id, reason, now, busy=busy)
        if tied is None and event_id:
            tied = self.turns.commit_refused(event_id, reason)
        if tied is not None:
            return tied
        again = self.context.refused(event_id)
        if again is None:
            self.counts["passing_errors"] += 1
            # Without its message, which may quote what somebody said.
            _log.warning("the service refused %s: %s", event_id or "something", reason)
        return [*(again or ())]


_STATUSES: Mapping[str, ReplyStatus] = {
    "completed": ReplyStatus.COMPLETED,
    "cancelled": ReplyStatus.CANCELLED,
    "incomplete": ReplyStatus.INCOMPLETE,
    "failed": ReplyStatus.FAILED,
}
_HANDLERS: Mapping[str, _Handler] = {
    "input_audio_buffer.speech_started": Dialogue._speech_started,
    "input_audio_buffer.speech_stopped": Dialogue._speech_stopped,
    "input_audio_buffer.committed": Dialogue._committed,
    "conversation.item.added": Dialogue._added,
    "conversation.item.input_audio_transcription.delta": Dialogue._words,
    "conversation.item.input_audio_transcription.completed": Dialogue._completed,
    "conversation.item.input_audio_transcription.failed": Dialogue._failed,
    "response.created": Dialogue._created,
    "response.output_item.added": Dialogue._item_added,
    "response.output_audio.delta": Dialogue._audio,
    "response.output_audio_transcript.delta": Dialogue._text,
    "response.output_text.delta": Dialogue._text,
    "response.function_call_arguments.done": Dialogue._tool_call,
    "response.done": Dialogue._done,
    "error": Dialogue._error,
}


def _confidence(logprobs: Any) -> float | None:
    """Mean probability of a token, from 0 to 1."""
    values = [entry.logprob for entry in logprobs or () if entry.logprob is not None]
    return min(1.0, math.exp(sum(values) / len(values))) if values else None
