"""From a question to what people heard of the answer: quiet, floor, reply, playout.

One task answers one question after the other. A reply's audio is staged until nobody speaks; from
then on the mouth plays it and people stop it without asking anybody (see ``conductor``).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from uuid import uuid4

from roomhand import metrics
from roomhand.clock import own_now_s
from roomhand.coordination.background import end_all
from roomhand.coordination.floor import Gone, Grant
from roomhand.errors import RoomhandError
from roomhand.room.answer import NOTHING, Answer, AnswerOptions, Outcome, Reply, ReplyEvent
from roomhand.room.asking import Asking
from roomhand.room.mouth import Ending, Mouth
from roomhand.room.sessions import Sessions
from roomhand.room.speech_reports import SpeechReports
from roomhand.turns.floor_request import FloorRequest, Status, Why
from roomhand.turns.people import People
from roomhand.turns.questions import WORTH_ANSWERING_S, Pending, Question, Questions
from roomhand.turns.sentences import ends_sentence
from roomhand_plugins.base import (
    Heard,
    PluginError,
    ReplyAudio,
    ReplyDone,
    ReplyRequest,
    ReplyStatus,
    ReplyText,
)

logger = logging.getLogger(__name__)

POLL_S = 0.05


async def _nobody_asks() -> bool:
    return True


class Answering:
    """Owns the order of answers. Every method but ``run`` returns at once."""

    def __init__(
        self,
        *,
        options: AnswerOptions,
        sessions: Sessions,
        mouth: Mouth,
        asking: Asking,
        reports: SpeechReports,
        people: People,
        on_answer: Callable[[Answer], None],
        on_begin: Callable[[], Awaitable[bool]] = _nobody_asks,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        """``on_begin``: whether ``pending`` is kept for the next owner as it is now. Nothing of an
        answer is heard before it is known to have begun: whoever takes over says nothing twice."""
        self._options = options
        self._sessions = sessions
        self._mouth = mouth
        self._asking = asking
        self._reports = reports
        self._people = people
        self._on_answer = on_answer
        self._on_begin = on_begin
        self._now = now
        self._questions = Questions()
        self._asked = asyncio.Event()
        self._settled = asyncio.Event()
        self._reply: Reply | None = None
        self._muted = False
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self._current: Question | None = None
        self._withdrawn: Question | None = None
        self._queued: dict[str, float] = {}
        self.instructions = ""
        """What the agent is told in this room; with every answer, whenever its session began."""

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer, or is being answered."""
        return self._current is not None or len(self._questions) > 0

    @property
    def engaged(self) -> bool:
        """Whether it is heard, or is going to be: the latter not while it is held back."""
        if self._goes_on.is_set():
            return self.busy
        return self._reply is not None and self._reply.playing

    @property
    def muted(self) -> bool:
        """Whether nothing is answered, also what was asked before."""
        return self._muted

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What is still to be answered, in order."""
        waiting = tuple(Pending(one, self._queued.get(one.id)) for one in self._questions.waiting)
        current = self._current
        if current is None or self._muted or self._withdrawn is current:
            return waiting
        begun = self._reply is not None and self._reply.begins
        return (Pending(current, self._queued.get(current.id), begun), *waiting)

    def take_over(self, pending: Iterable[Pending]) -> None:
        """Answer what another process was asked, at the place that it had in the floor's queue."""
        for one in pending:
            if one.queued_s is not None:
                self._queued[one.question.id] = one.queued_s
            self.ask(one.question)

    def hold_back(self) -> None:
        """Let nothing begin to be heard until ``go_on``; what is heard goes on. The rest stays
        ``pending``, and the floor is not asked for."""
        self._goes_on.clear()
        if self._reply is not None and not self._reply.playing:
            self._reply.begins = False

    async def rest(self, grace_s: float) -> None:
        """Let nothing begin to be heard until ``go_on``, and end what is; returns when that is
        recorded, or after ``grace_s``. What nobody has heard stays ``pending``."""
        self.hold_back()
        reply = self._reply
        if reply is None or not reply.playing:
            return
        self._cut(reply, Outcome.INTERRUPTED)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), grace_s)

    def go_on(self) -> None:
        """Nobody took over: answer as before."""
        self._goes_on.set()
        if self._reply is not None and not self._reply.playing:
            self._reply.told = False

    def mute(self, muted: bool) -> None:
        """From now on, or no longer, leave every question unanswered."""
        self._muted = muted
        self._asking.look()
        if muted:
            self.cut(Outcome.INTERRUPTED)

    def ask(self, question: Question) -> None:
        """Put a question in the queue."""
        replaced = self._questions.add(question)
        if replaced is not None:
            self._finish(Answer(replaced, "", Outcome.REPLACED))
        self._asked.set()

    def withdraw(self) -> list[Question]:
        """Leave unanswered what is being answered and what waits; returns what was not said to the
        end, in order."""
        unsaid = self._questions.clear()
        for question in unsaid:
            self._finish(Answer(question, "", Outcome.INTERRUPTED))
        if self._current is None or (self._reply and self._reply.ending is Ending.PLAYED):
            return unsaid
        self._withdrawn = self._current
        self._asking.look()
        self.cut(Outcome.INTERRUPTED)
        return [self._current, *unsaid]

    def on_reply_event(self, event: ReplyEvent) -> None:
        """A session's next event of a reply."""
        reply = self._reply
        if reply is None or reply.id != event.reply_id:
            return
        if isinstance(event, ReplyDone):
            reply.done = event
        if reply.playing:
            self._pass_on(event)
        else:
            reply.staged.append(event)
            self._try_to_begin()
        reply.changed.set()

    def on_people_changed(self) -> None:
        """Somebody began or stopped speaking."""
        self._reports.hear(self._people.tracks)
        self._asking.look()
        reply = self._reply
        if reply is None or reply.playing:
            return
        if self._people.speaks(reply.question.identity):
            self.cut(Outcome.WITHDRAWN)
        else:
            reply.changed.set()

    def on_started(self, reply_id: str) -> None:
        """The first audio of a reply went to LiveKit."""
        if self._reply and self._reply.id == reply_id:
            self._reply.started_s = self._now()
            self._reply.begun.set()
            self._asking.begin()

    def on_ended(self, reply_id: str, heard: Heard, ending: Ending) -> None:
        """The mouth is done with a reply."""
        if self._reply and self._reply.id == reply_id:
            self._reply.ending = ending

    def cut(self, outcome: Outcome) -> None:
        """Stop the reply under way, if any, now."""
        if self._reply is not None:
            self._cut(self._reply, outcome)

    def _cut(self, reply: Reply, outcome: Outcome) -> None:
        if reply.cut is not None:
            return
        reply.cut = outcome
        self._mouth.stop(reply.id)
        reply.changed.set()

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            question, stale = self._questions.next(self._now())
            for old in stale:
                self._finish(Answer(old, "", Outcome.EXPIRED))
            if question is None:
                self._asked.clear()
                await self._asked.wait()
                continue
            self._current = question
            self._settled.clear()
            answer = await self._answer(question)
            self._current = None
            self._finish(answer)
            self._settled.set()

    async def _answer(self, question: Question) -> Answer:
        """A floor that could not be kept before a sound was heard is asked for again: the wish is
        as good as before."""
        while True:
            asked_s = self._now()
            grant = await self._wait_for_floor(question)
            if isinstance(grant, Outcome):
                return Answer(question, "", grant)
            metrics.FLOOR_WAIT_S.observe(self._now() - asked_s)
            reply = self._reply = Reply(uuid4().hex, question, grant)
            answer = await self._answer_under(reply)
            if not reply.not_renewed or reply.started_s is not None:
                return answer

    async def _answer_under(self, reply: Reply) -> Answer:
        minding = [
            asyncio.create_task(self._keep_floor(reply), name="floor-renewal"),
            asyncio.create_task(self._end_in_time(reply), name="longest-talk"),
        ]
        try:
            return await self._reply_to(reply)
        finally:
            self._reply = None
            await end_all(minding)
            await self._asking.release(reply.grant)

    async def _reply_to(self, reply: Reply) -> Answer:
        question = reply.question
        try:
            await self._sessions.reply(question.identity, self._request(reply))
        except (PluginError, RoomhandError) as error:
            return Answer(question, reply.id, Outcome.FAILED, reason=str(error))
        await self._until_heard(reply)
        heard = await self._mouth.played(reply.id) if reply.playing else NOTHING
        ended_s = self._now()
        outcome = reply.cut or self._outcome(reply)
        if outcome is not Outcome.COMPLETED:
            await self._sessions.cancel_reply(reply.id, heard)
        reason = reply.done.reason if reply.done else ""
        if outcome is Outcome.FAILED and not reason:
            reason = "the model gave no audio"
        return Answer(question, reply.id, outcome, heard, reply.started_s, ended_s, reason)

    def _request(self, reply: Reply) -> ReplyRequest:
        question = reply.question
        if not question.verbatim:
            told = (self.instructions, question.instructions)
            return ReplyRequest(
                reply_id=reply.id,
                instructions="\n\n".join(filter(None, told)) or None,
                asked_by=question.name,
                question=question.text,
            )
        if self._options.verbatim:
            return ReplyRequest(reply_id=reply.id, verbatim=question.text)
        order = f"Say exactly this, word for word, and nothing else: {json.dumps(question.text)}"
        return ReplyRequest(reply_id=reply.id, instructions=order)

    def _outcome(self, reply: Reply) -> Outcome:
        if not reply.playing or (reply.done and reply.done.status is ReplyStatus.FAILED):
            return Outcome.FAILED
        if reply.ending is Ending.PLAYED:
            return Outcome.COMPLETED
        return Outcome.TOO_LONG if reply.ending is Ending.TRUNCATED else Outcome.INTERRUPTED

    async def _until_heard(self, reply: Reply) -> None:
        """Wait for audio and quiet; then the mouth plays. Bounded by ``first_audio_s``."""
        deadline_s = self._now() + self._options.first_audio_s
        while not reply.playing and reply.cut is None:
            if reply.done is not None and not reply.has_audio:
                return
            if self._now() >= deadline_s and self._goes_on.is_set():
                self.cut(Outcome.EXPIRED if reply.has_audio else Outcome.FAILED)
                return
            reply.changed.clear()
            if self._may_begin(reply) and not reply.told:
                reply.begins = True
                reply.told = await self._on_begin() and reply.begins
            self._try_to_begin()
            await _set_or_poll(reply.changed)

    def _try_to_begin(self) -> None:
        reply = self._reply
        if reply is None or not reply.told or not self._may_begin(reply):
            return
        reply.playing = True
        self._mouth.begin(reply.id, reply.grant.number)
        staged, reply.staged = reply.staged, []
        for event in staged:
            self._pass_on(event)

    def _may_begin(self, reply: Reply) -> bool:
        if not self._goes_on.is_set() or reply.playing or reply.cut or not reply.has_audio:
            return False
        return self._people.quiet_for_s(self._now()) >= self._options.quiet_s

    def _pass_on(self, event: ReplyEvent) -> None:
        if isinstance(event, ReplyAudio):
            self._mouth.push(event.reply_id, event.pcm)
        elif isinstance(event, ReplyText):
            self._mouth.text(event.reply_id, event)
        elif isinstance(event, ReplyDone):
            self._mouth.finish(event.reply_id)

    async def _wait_for_floor(self, question: Question) -> Grant | Outcome:
        """A grant, or why there is none."""
        unwanted: Outcome | None = None
        queued_s = self._queued.setdefault(question.id, self._now())

        def wanted() -> bool:
            nonlocal unwanted
            unwanted = self._unwanted(question)
            return unwanted is None

        await self._until_going_on(wanted)
        answer = await self._asking.ask(self._floor_request(question, queued_s), wanted)
        if isinstance(answer, Gone):
            return _without_floor(answer)
        return answer or unwanted or Outcome.INTERRUPTED

    async def _until_going_on(self, wanted: Callable[[], bool]) -> None:
        """Or not wanted any more: who is held back asks for no floor, which others may use."""
        while not self._goes_on.is_set() and wanted():
            await _set_or_poll(self._goes_on)

    def _unwanted(self, question: Question) -> Outcome | None:
        """Why the question is to be left unanswered, if it is."""
        if self._muted or self._withdrawn is question:
            return Outcome.INTERRUPTED
        if question.identity and self._people.speaks(question.identity):
            return Outcome.WITHDRAWN
        return None

    def _floor_request(self, question: Question, queued_s: float) -> FloorRequest:
        options = self._options
        worth_s = question.asked_s + WORTH_ANSWERING_S - self._now()
        return FloorRequest(
            id=uuid4().hex,
            reason=question.reason,
            answers=question.id,
            priority=options.priority,
            worth_ms=max(1, round(worth_s * 1000)),
            waited_ms=max(0, round((self._now() - queued_s) * 1000)),
            begin_ms=round(options.first_audio_s * 1000),
            max_talk_ms=round(options.max_talk_s * 1000),
            grace_ms=round(options.grace_s * 1000),
            turns_limit=options.turns_limit,
        )

    async def _keep_floor(self, reply: Reply) -> None:
        """Renew the grant while speaking; without it, cut."""
        gone = await self._asking.keep(reply.grant)
        too_long = gone.why == Why.TOO_LONG
        reply.not_renewed = reply.cut is None and gone.why == Why.NOT_RENEWED
        self._cut(reply, Outcome.TOO_LONG if too_long else Outcome.INTERRUPTED)

    async def _end_in_time(self, reply: Reply) -> None:
        """After the longest talk, which begins with the first audio, cut at the end of a sentence,
        or else of the grace."""
        options, latest_s = self._options, reply.grant.talk_until_s
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, latest_s - options.max_talk_s - self._now())):
                await reply.begun.wait()
        if reply.started_s is not None:
            latest_s = min(latest_s, reply.started_s + options.max_talk_s)
        await asyncio.sleep(max(0.0, latest_s - self._now()))
        while reply.playing and self._now() < latest_s + options.grace_s:
            if ends_sentence(self._mouth.heard(reply.id).text):
                break
            await asyncio.sleep(POLL_S)
        self._cut(reply, Outcome.TOO_LONG)

    def _finish(self, answer: Answer) -> None:
        self._queued.pop(answer.question.id, None)
        metrics.REPLIES.labels(answer.outcome).inc()
        self._on_answer(answer)


async def _set_or_poll(event: asyncio.Event) -> None:
    """Until it is set, or it is time to look again."""
    with suppress(TimeoutError):
        async with asyncio.timeout(POLL_S):
            await event.wait()


def _without_floor(gone: Gone) -> Outcome:
    if gone.status is Status.DENIED:
        return Outcome.DENIED
    return Outcome.EXPIRED if gone.status is Status.EXPIRED else Outcome.INTERRUPTED
