"""Obeying: what people say to the agent, and what it is told from outside, becomes what it does.

``turns.policy`` decides; here its decisions are carried out: questions go to ``Answering``, wait
for somebody to call on the agent, or end. Everything returns at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from roomhand.clock import own_now_s
from roomhand.errors import CommandError
from roomhand.profiles import Policy, Profile
from roomhand.room.answering import Answering
from roomhand.turns.policy import Action, Conduct, Input, State
from roomhand.turns.questions import MAX_WAITING, Kept, Question, Reason

logger = logging.getLogger(__name__)

KEPT_S = 120.0
"""How long what a hold interrupted is worth saying after it."""
CUT_S = 10.0
"""Who says "hold on" into an answer has ended it before the words are known: what was cut so long
ago or less is held with the rest."""
NEXT_POINT = (
    "Nobody has asked you anything: you have the floor. Open the next point of the meeting in one "
    "or two sentences, from what was said; if nothing is open, ask the others what comes next."
)
NEXT_POINT_QUESTION = "What is the next point?"
"""The same for a model that takes no instructions."""
CALLED_ON = "You had raised your hand for what {name} asked: {text} Answer that now."
STOPPED = (
    "You were told to wait before you had answered what {name} asked: {text} Answer that now; "
    "leave out what was heard of it."
)


class Obeying:
    """One per job. Who asks for what the agent will not do gets a CommandError with the reason."""

    def __init__(self, profile: Profile, now: Callable[[], float] = own_now_s) -> None:
        self._profile = profile
        self._now = now
        self._conduct = Conduct(profile.address.policy)
        self._kept: list[Kept] = []
        self._opened = True
        """Whether it has broken this silence already; before the first word there is none."""
        self._openings = 0
        self._busy_s = 0.0
        self._cut: tuple[Question, float] | None = None
        self._withdrawn: list[Question] = []
        self._answering: Answering

    def connect(self, answering: Answering) -> None:
        """Complete the circle: what is obeyed is done there."""
        self._answering = answering

    @property
    def policy(self) -> Policy:
        """The policy as of now; a moderator may have changed the profile's."""
        return self._conduct.policy

    @property
    def state(self) -> State:
        """How the agent is minded now."""
        return self._conduct.state

    @property
    def kept(self) -> tuple[Kept, ...]:
        """What it says when it is called on, or told to resume."""
        return tuple(self._kept)

    def hear(self, given: Input | None, question: Question) -> bool:
        """Somebody said something; ``given`` is what it is to the agent, by ``policy.heard``.

        Returns whether it answers now.
        """
        if question.reason is not Reason.AGENT:
            self._opened = False
        return given is not None and Action.ANSWER in self._do(given, question)

    def ask(self, question: Question) -> bool:
        """Asked by name from outside of the room. Returns whether it answers at the next quiet
        moment, or has raised its hand for it. Raises CommandError where it will do neither."""
        answers = self.hear(Input.CALLED, question)
        if not answers and self.state is not State.HAND_RAISED:
            raise CommandError(self._why_not())
        return answers

    def cut_short(self, question: Question, heard: str) -> None:
        """An answer was ended before it was all said, in whatever way; people heard so much."""
        rest = unsaid(question, heard)
        if not any(question is one for one in self._withdrawn):
            self._cut = (rest, self._now()) if rest else None
            return
        kept = ((one, rest if one.question is question else one.question) for one in self._kept)
        self._kept = [replace(one, question=left) for one, left in kept if left]

    def prepares(self) -> bool:
        """Somebody who still speaks has clearly called it: whether an answer would follow."""
        return Action.PREPARE in self._conduct.take(Input.CALLING)

    def hold(self) -> None:
        """Say nothing until resumed or asked by name; keep what it was saying."""
        self._do(Input.HOLD)

    def resume(self) -> None:
        """Say what was held, and be as the policy wants it. Raises CommandError while muted."""
        self._do(Input.RESUME)

    def give(self) -> None:
        """Speak now: what was kept, or the next point. Raises CommandError where it may not."""
        self._do(Input.GIVE)

    def take(self) -> None:
        """Stop speaking and forget what it was about to say."""
        self._do(Input.TAKE)

    def raise_hand(self, question: Question) -> None:
        """Signal instead of speaking; answer this when called on. Raises CommandError where it
        may not speak at all."""
        self._do(Input.RAISE, question)

    def call_on(self) -> None:
        """Say what the hand was raised for. Raises CommandError where it is not raised."""
        if self.state is not State.HAND_RAISED:
            raise CommandError(f"{self._profile.name} has not raised its hand")
        self._do(Input.RESUME)

    def lower_hand(self) -> None:
        """Forget what the hand was raised for. A hand that is down is no error."""
        self._do(Input.LOWER)

    def mute(self, muted: bool) -> None:
        """Whatever it is asked, say nothing; or be as the policy wants it again."""
        self._do(Input.MUTE if muted else Input.UNMUTE)

    def restore(self, policy: Policy, state: State, kept: Iterable[Kept] = ()) -> None:
        """Be minded as the process before was, and keep what it kept; before anybody is heard."""
        self._conduct.restore(policy, state)
        self._kept = list(kept)
        self._answering.mute(state is State.MUTED)
        logger.info("conduct", extra={"given": "restored", "state": state})

    def change(self, policy: Policy) -> None:
        """Follow another policy from now on, until the meeting ends."""
        for action in self._conduct.change(policy):
            self._act(action, None)
        logger.info("policy", extra={"policy": policy, "state": self.state})

    def tick(self, quiet_s: float, *, busy: bool = False) -> None:
        """Time has passed; no person has spoken for ``quiet_s``. ``busy``: an agent speaks, or this
        one is about to."""
        now_s = self._now()
        if busy:
            self._busy_s = now_s
        self._expire(now_s)
        silence_s = min(quiet_s, now_s - self._busy_s)
        facilitates = self.policy is Policy.FACILITATOR and not self._opened
        if facilitates and silence_s >= self._profile.address.quiet_s:
            self._opened = True
            self._do(Input.QUIET)

    def _expire(self, now_s: float) -> None:
        fresh = [kept for kept in self._kept if now_s < kept.until_s]
        lost, self._kept = len(self._kept) - len(fresh), fresh
        if lost and not fresh:
            self._do(Input.EXPIRED)

    def _do(self, given: Input, question: Question | None = None) -> tuple[Action, ...]:
        before = self.state
        actions = self._conduct.take(given)
        if self.state is not before:
            logger.info("conduct", extra={"given": given, "state": self.state})
            self._answering.mute(self.state is State.MUTED)
        for action in actions:
            self._act(action, question)
        return actions

    def _act(self, action: Action, question: Question | None) -> None:
        match action:
            case Action.ANSWER if question is not None:
                self._speak()
                self._cut = None
                self._answering.ask(question)
            case Action.SPEAK:
                self._speak()
            case Action.OPEN:
                if not self._speak() and not self._answering.busy:
                    self._answering.ask(self._next_point())
            case Action.RAISE if question is not None:
                self._keep([question], self._profile.address.hand_s, CALLED_ON)
            case Action.PAUSE:
                self._keep(self._cut_lately() + self._withdraw(), KEPT_S, STOPPED)
            case Action.STOP:
                self._withdraw()
                self._forget()
            case Action.FORGET:
                self._forget()
            case Action.REFUSE:
                raise CommandError(self._why_not())

    def _keep(self, questions: list[Question], for_s: float, told: str) -> None:
        until_s = self._now() + for_s
        kept = self._kept + [Kept(question, until_s, told) for question in questions]
        self._kept = kept[-MAX_WAITING:]

    def _withdraw(self) -> list[Question]:
        self._withdrawn = self._answering.withdraw()
        return self._withdrawn

    def _cut_lately(self) -> list[Question]:
        cut, self._cut = self._cut, None
        return [cut[0]] if cut and self._now() - cut[1] <= CUT_S else []

    def _forget(self) -> None:
        self._kept.clear()
        self._cut = None

    def _speak(self) -> bool:
        kept, self._kept = self._kept, []
        for one in kept:
            question = one.question
            text = json.dumps(question.text, ensure_ascii=False)
            told = question.instructions or one.told.format(name=question.name, text=text)
            self._answering.ask(replace(question, asked_s=self._now(), instructions=told))
        return bool(kept)

    def _next_point(self) -> Question:
        self._openings += 1
        return Question(
            id=f"open.{self._openings}.{self._now()}",
            identity="",
            name="",
            text=NEXT_POINT_QUESTION,
            asked_s=self._now(),
            instructions=NEXT_POINT,
            reason=Reason.POLICY,
        )

    def _why_not(self) -> str:
        name = self._profile.name
        if self.state is State.MUTED:
            return f"{name} is muted. Unmute it first"
        if self.state is State.HELD:
            return f"{name} is held by its policy. Resume it first"
        return f"{name} only listens, by its policy. Give it another policy first"


def unsaid(question: Question, heard: str) -> Question | None:
    """What is left to say of something that was to be said word for word; None: nothing. Of
    anything else the model is told what was heard, and finds the rest itself."""
    if not question.verbatim:
        return question
    rest = question.text.split()[len(heard.split()) :]
    return replace(question, text=" ".join(rest)) if rest else None
