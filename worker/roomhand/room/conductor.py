"""The conductor: what ears and sessions report becomes record, memory, questions and barge-in.

Everything here returns at once; what takes time is a task of ``Answering`` or of the recorder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from roomhand import metrics
from roomhand.attribution.conversation import Conversation, Entry
from roomhand.attribution.identity import TrackRef, safe_name
from roomhand.attribution.segments import Segment, SegmentKind, Turn
from roomhand.bridge.trouble import Trouble
from roomhand.clock import own_now_s
from roomhand.errors import CommandError
from roomhand.profiles import Profile
from roomhand.room.answer import Answer, Outcome
from roomhand.room.answering import Answering
from roomhand.room.company import Company
from roomhand.room.mouth import Ending, Mouth
from roomhand.room.obeying import Obeying
from roomhand.room.recorder import Recorder
from roomhand.room.sessions import SessionState
from roomhand.turns.address import Names, Situation, Verdict, early, judge
from roomhand.turns.barge_in import Action, BargeIn, Patience, State
from roomhand.turns.interjection import Interjections
from roomhand.turns.mind import Mind
from roomhand.turns.people import People
from roomhand.turns.policy import Input, heard
from roomhand.turns.questions import Pending, Question, Reason
from roomhand.turns.utterance import Judged, Utterance
from roomhand_plugins.base import (
    Heard,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyText,
    Role,
    ToolCall,
    Transcript,
    Usage,
)

logger = logging.getLogger(__name__)


GOES_ON_S = 60.0
"""Longer than one turn lasts and its words take."""


@dataclass(slots=True)
class _LastAnswer:
    identity: str = ""
    ended_ms: int = 0
    asked: str = ""
    """Whom its last words were a question to."""
    unfinished: dict[str, Question] = field(default_factory=dict)
    """Questions whose askers went on before they heard an answer: what they say next belongs to
    it and needs no name."""

    def take_unfinished(self, identity: str, now_s: float) -> Question | None:
        """The question that this person went on from; not one whose rest never became known."""
        begun = self.unfinished.pop(identity, None)
        return begun if begun and now_s - begun.asked_s <= GOES_ON_S else None


class Conductor:
    """One per job. It is the sessions' sink and takes the ears' reports."""

    def __init__(
        self,
        *,
        profile: Profile,
        recorder: Recorder,
        memory: Conversation,
        people: People,
        company: Callable[[], Company],
        now: Callable[[], float] = own_now_s,
    ) -> None:
        self._profile = profile
        self._recorder = recorder
        self._trouble = Trouble()
        self._memory = memory
        self._people = people
        self._company = company
        self._now = now
        floor = profile.floor
        self._barge_in = BargeIn(
            Patience(yield_after_ms=floor.yield_after_ms, stop_after_ms=floor.stop_after_ms)
        )
        self._interjections = Interjections(profile.language, profile.answers_to)
        self._last = _LastAnswer()
        self._judged = Judged()
        self._taken_over = frozenset[str]()
        self.obeying = Obeying(profile, now)
        self._answering: Answering
        self._mouth: Mouth

    def connect(
        self,
        answering: Answering,
        mouth: Mouth,
        dismiss: Callable[[str], None] = lambda identity: None,
    ) -> None:
        """Complete the circle: these two report to the conductor and are driven by it; ``dismiss``
        tells the sessions that what somebody said last will not be answered."""
        self._answering = answering
        self._mouth = mouth
        self._dismiss = dismiss
        self.obeying.connect(answering)

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What is still to be answered: also what its asker goes on from."""
        gone_on_from = (Pending(question) for question in self._last.unfinished.values())
        return (*self._answering.pending, *gone_on_from)

    # The sessions' sink.

    def speech_started(self, track: TrackRef, turn: Turn) -> None:
        """A person speaks; ``turn`` names what they say."""
        self._barge_in.turn(track.sid, turn.start_ms, self._now())
        self._people.started(track.sid, track.speaker.identity, self._now())
        self._answering.on_people_changed()

    def speech_ended(self, track: TrackRef, turn: Turn, end_ms: int) -> None:
        """The turn is over; its words may still come."""
        self._people.stopped(track.sid, self._now())
        self._act(self._barge_in.quiet(track.sid, self._now()))
        self._answering.on_people_changed()

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None:
        """Interim or final words of a turn."""
        self._recorder.words(track, turn, end_ms, words)
        self._interjected(track.sid, turn.start_ms, words.text, final=words.final)
        if words.final and words.text.strip():
            self.hear(_utterance(track, turn, words.text.strip()))
        elif words.final:
            self.nothing_said(track.speaker.identity)

    def words_doubted(self, track: TrackRef, turn: Turn, end_ms: int, words: Transcript) -> None:
        """Nobody said them: they are kept for whoever looks into it, and shown to nobody."""
        self._recorder.doubted(track, turn, end_ms, words)

    def turn_lost(self, track: TrackRef, turn: Turn, end_ms: int, reason: str) -> None:
        """No words will come of this turn."""
        self._recorder.hole(track, turn.id, turn.start_ms, end_ms, reason)
        self._interjected(track.sid, turn.start_ms, "", final=True)
        self.nothing_said(track.speaker.identity)

    def reply_event(
        self, event: ReplyStarted | ReplyAudio | ReplyText | ReplyDone | ToolCall
    ) -> None:
        """The next event of a reply. Tools come with a later version."""
        if isinstance(event, ToolCall):
            logger.warning("tool call without tools", extra={"tool": event.name})
            return
        self._answering.on_reply_event(event)

    def usage(self, track: TrackRef | None, usage: Usage) -> None:
        """What a session was billed."""
        metrics.TOKENS.labels("input", "text").inc(usage.input_text_tokens)
        metrics.TOKENS.labels("input", "audio").inc(usage.input_audio_tokens)
        metrics.TOKENS.labels("output", "text").inc(usage.output_text_tokens)
        metrics.TOKENS.labels("output", "audio").inc(usage.output_audio_tokens)
        metrics.AUDIO_SECONDS.inc(usage.audio_seconds)

    def stray_words(self, track: TrackRef | None, words: Transcript) -> None:
        """Words that belong to no turn we know: unknown beats wrong, so nobody said them."""
        metrics.STRAY_WORDS.inc(len(words.text.split()))
        logger.warning("words of no known turn", extra={"characters": len(words.text)})

    def provider_state(self, track: TrackRef | None, state: SessionState, detail: str) -> None:
        """A session changed. Trouble that lasts is said once, in the transcript and shown."""
        metrics.SESSION_CHANGES.labels(state).inc()
        sid = track.sid if track else ""
        logger.info("session", extra={"state": state, "track": sid, "detail": detail})
        if told := self._trouble.changed(state):
            self._recorder.announce(told, f": {detail}" if detail else "")

    # The ears.

    def voice(self, track: TrackRef, voiced_ms: float) -> None:
        """So much of a voice was heard on a track since its onset; 0: it was none."""
        if voiced_ms:
            self._act(self._barge_in.voice(track.sid, voiced_ms, self._now()))
        else:
            self._act(self._barge_in.quiet(track.sid, self._now()))

    def track_notice(self, kind: str, track: TrackRef, text: str) -> None:
        """A track is not heard, or heard again, and why."""
        logger.warning("track", extra={"kind": kind, "track": track.sid})
        name = safe_name(track.speaker.name, fallback=track.speaker.identity)
        if kind != "renamed":
            self._recorder.notice(f"{name} ({track.source}): {text}")

    def tick(self, *, busy: bool = False) -> None:
        """Time has passed: a voice may have fallen silent. ``busy``: an agent has the word."""
        self._act(self._barge_in.tick(self._now()))
        self.obeying.tick(self._people.quiet_for_s(self._now()), busy=busy)

    # The mouth.

    def on_started(self, reply_id: str) -> None:
        """The first audio of a reply is on its way."""
        self._answering.on_started(reply_id)
        self._act(self._barge_in.begin(self._now()))

    def on_ended(self, reply_id: str, heard: Heard, ending: Ending) -> None:
        """The last audio of a reply."""
        self._answering.on_ended(reply_id, heard, ending)
        if self._barge_in.state is not State.SILENT:
            self._act(self._barge_in.end(self._now()))

    def on_answer(self, answer: Answer) -> None:
        """What became of a question."""
        logger.info(
            "answer",
            extra={
                "outcome": answer.outcome,
                "heard_ms": answer.heard.audio_ms,
                "reason": answer.reason,
            },
        )
        if not answer.reply_id and answer.outcome is not Outcome.REPLACED:
            self._dismiss(answer.question.identity)
        if answer.outcome is Outcome.WITHDRAWN:
            self._last.unfinished[answer.question.identity] = answer.question
        if answer.outcome is Outcome.INTERRUPTED and answer.reply_id:
            self.obeying.cut_short(answer.question, answer.heard.text)
        if answer.outcome is Outcome.FAILED:
            self._recorder.notice(f"{self._profile.shown_as} could not answer: {answer.reason}")
        unheard = answer.outcome in (Outcome.EXPIRED, Outcome.REPLACED)
        if unheard and answer.question.is_command:
            wanted = f"{'say' if answer.question.verbatim else 'answer'}: {answer.question.text}"
            self._recorder.notice(f"{self._profile.shown_as} found no quiet moment to {wanted}")
        segment = self._recorder.answer(answer)
        if segment is not None:
            agent = answer.question.reason is Reason.AGENT
            self._last.identity = "" if agent else answer.question.identity
            self._last.ended_ms = segment.end_ms
            asks = answer.heard.text.rstrip().endswith("?") and not segment.interrupted
            self._last.asked = answer.question.identity if asks else ""
            if segment.kind is SegmentKind.AGENT:
                self._memory.say(_heard_entry(answer.reply_id, segment))

    def say(self, question: Question) -> None:
        """A command from outside: say this. Raises CommandError while muted."""
        if self._answering.muted:
            raise CommandError(f"{self._profile.name} is muted. Unmute it first")
        self._answering.ask(question)

    def take_over(self, mind: Mind) -> None:
        """Be minded as the process before was, and answer what it was asked. What it was saying is
        over: nobody knows how much of it was heard."""
        self._taken_over = frozenset(one.question.id for one in mind.pending)
        self.obeying.restore(mind.policy, mind.lasting, mind.unsaid)
        self._answering.take_over(mind.unheard)
        for question in mind.cut_off:
            what = f"saying: {question.text}" if question.verbatim else _answering(question)
            self._recorder.notice(f"{self._profile.shown_as} was cut off {what}")

    def interrupt(self) -> bool:
        """A command from outside: stop speaking. False if it was silent."""
        speaking = self._mouth.speaking is not None
        self._answering.cut(Outcome.INTERRUPTED)
        return speaking

    def mute(self, muted: bool) -> None:
        """A command from outside: do not speak until told otherwise."""
        self.obeying.mute(muted)

    # What was said, whoever wrote it down.

    def hear(self, said: Utterance) -> bool:
        """Somebody said this: answer it if it was meant for us. True: it became a question."""
        if said.turn_id in self._taken_over or not self._judged.is_news(said):
            return False
        if self._barge_in.backchannel(said.track, said.start_ms):
            self._dismiss(said.identity)
            return False
        begun = None if said.from_agent else self._last.take_unfinished(said.identity, self._now())
        verdict = judge(said.text, self._names(), self._situation(said))
        logger.info("heard", extra={"addressed": verdict.addressed, "reason": verdict.reason})
        text = said.text if begun is None else f"{begun.text} {said.text}"
        reason = _reason(said, verdict) if begun is None else begun.reason
        answers = self.obeying.hear(
            heard(verdict, went_on=begun is not None),
            Question(said.turn_id, said.identity, said.name, text, self._now(), reason=reason),
        )
        if not answers:
            self._dismiss(said.identity)
        return answers

    def read(self, said: Utterance) -> bool:
        """As ``hear``, where another process wrote it down; without text nothing was said."""
        if not said.from_agent:
            self._interjected(said.track, said.start_ms, said.text, final=True)
        if said.text:
            return self.hear(said)
        self.nothing_said(said.identity)
        return False

    def read_interim(self, said: Utterance) -> bool:
        """What another process has of a turn so far. True: it may well become a question."""
        self._interjected(said.track, said.start_ms, said.text, final=False)
        called = early(said.text, self._names(), self._situation(said))
        return called and self.obeying.prepares()

    def nothing_said(self, identity: str) -> None:
        """What sounded as if the asker went on had no words: the question stands as it was."""
        begun = self._last.take_unfinished(identity, self._now())
        if begun is not None:
            begun = replace(begun, asked_s=self._now())
        if begun is None or not self.obeying.hear(Input.WENT_ON, begun):
            self._dismiss(identity)

    def _names(self) -> Names:
        company = self._company()
        return Names(self._profile.answers_to, (*company.people, *company.agents))

    def _situation(self, said: Utterance) -> Situation:
        company = self._company()
        return Situation(
            speaker=said.identity,
            now_ms=said.start_ms,
            people=len(company.people),
            agents=1 + len(company.agents),
            answered=self._last.identity or None,
            answered_ms=self._last.ended_ms,
            follow_up_s=self._profile.address.follow_up_s,
            policy=self.obeying.policy,
            asked=self._last.asked or None,
            language=self._profile.language,
            from_agent=said.from_agent,
        )

    def _interjected(self, track: str, start_ms: int, text: str, *, final: bool) -> None:
        """Words of a person, or that none will come: they may have been said into our speech."""
        words = self._interjections.judge(text, final=final)
        self._act(self._barge_in.words(track, start_ms, words, self._now()))

    def _act(self, action: Action | None) -> None:
        if action is Action.DUCK:
            self._mouth.duck()
        elif action is Action.RESTORE:
            self._mouth.restore()
        elif action is Action.PAUSE:
            self._mouth.pause()
        elif action is Action.RESUME:
            self._mouth.resume()
        elif action is Action.STOP:
            metrics.BARGE_INS.inc()
            self._answering.cut(Outcome.INTERRUPTED)


def _answering(question: Question) -> str:
    return f"answering {question.name or 'what it was asked'}: {question.text}"


def _reason(said: Utterance, verdict: Verdict) -> Reason:
    if said.from_agent:
        return Reason.AGENT
    return Reason.FOLLOW_UP if verdict.reason == "follow_up" else Reason.ADDRESS


def _utterance(track: TrackRef, turn: Turn, text: str) -> Utterance:
    speaker = track.speaker
    return Utterance(
        turn_id=turn.id,
        identity=speaker.identity,
        name=safe_name(speaker.name, fallback=speaker.identity),
        text=text,
        track=track.sid,
        start_ms=turn.start_ms,
    )


def _heard_entry(reply_id: str, segment: Segment) -> Entry:
    return Entry(
        turn_id=reply_id,
        identity=segment.speaker,
        name=segment.name,
        role=Role.AGENT,
        text=segment.text,
        start_ms=segment.start_ms,
        interrupted=segment.interrupted,
    )
