"""Each command reaches the part of the agent that carries it out, and its outcome says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest

from roomhand.coordination.commands import (
    Ask,
    ChangePolicy,
    Command,
    Give,
    HandOver,
    Hold,
    Instruct,
    Interrupt,
    Move,
    Mute,
    Outcome,
    Resume,
    Say,
    Status,
    Stop,
    Take,
)
from roomhand.errors import CommandError
from roomhand.profiles import Policy, Profile
from roomhand.room.answering import Answering
from roomhand.room.conductor import Conductor
from roomhand.room.moderation import WROTE, Moderation
from roomhand.room.obeying import Obeying
from roomhand.turns.policy import Input, State
from roomhand.turns.questions import Question, Reason
from tests.worker.room.test_obeying import FakeAnswering

pytestmark = pytest.mark.unit


@dataclass
class FakeConductor:
    """Keeps what it is to say."""

    said: list[Question] = field(default_factory=list)
    speaks: bool = True

    def say(self, question: Question) -> None:
        """As the real one."""
        self.said.append(question)

    def interrupt(self) -> bool:
        """As the real one."""
        spoke, self.speaks = self.speaks, False
        return spoke


class Stage:
    """Sage and those who give it commands."""

    def __init__(self) -> None:
        self.conductor, self.answering = FakeConductor(), FakeAnswering()
        self.stopped: list[str] = []
        self.handed_over_to, self.instructed = list[str](), 0
        self.kept: list[tuple[int, bool]] = []
        self.obeying = Obeying(Profile(name="sage", plugin="fake"))
        self.obeying.connect(cast(Answering, self.answering))
        self.moderation = self.of_agent(speaks=True)

    def of_agent(self, *, speaks: bool) -> Moderation:
        """Of one whose plugin speaks, or only listens."""
        return Moderation(
            cast(Conductor, self.conductor),
            self.obeying,
            self.stopped.append,
            self._hand_over,
            self._instruct,
            self._keep,
            speaks=speaks,
        )

    async def _instruct(self) -> None:
        self.instructed += 1

    async def _keep(self) -> bool:
        self.kept.append((len(self.conductor.said), self.answering.muted))
        return True

    def _hand_over(self, worker: str) -> None:
        self.handed_over_to.append(worker)

    async def done(self, command: Command) -> str:
        """The detail of an outcome that is DONE."""
        outcome = await self.moderation.carry_out(command)
        assert outcome == Outcome(status=Status.DONE, detail=outcome.detail)
        return outcome.detail


async def test_say_interrupt_and_stop() -> None:
    """Word for word, at once, for a reason."""
    stage = Stage()
    said = await stage.done(Say(text="Welcome"))
    assert said.startswith("said at the next quiet moment")
    [question] = stage.conductor.said
    assert (question.text, question.verbatim) == ("Welcome", True)
    assert await stage.done(Interrupt()) == "stopped"
    assert await stage.done(Interrupt()) == "it was silent"
    assert await stage.done(Stop(reason="over")) == "leaving"
    assert stage.stopped == ["over"]


async def test_what_was_set_going_is_kept_for_the_next_owner_before_anybody_is_told() -> None:
    """A process that ends then loses nothing of what somebody was told is done."""
    stage = Stage()
    await stage.done(Say(text="Welcome"))
    assert stage.kept == [(1, False)]
    await stage.done(Mute())
    assert stage.kept == [(1, False), (1, True)]
    with pytest.raises(CommandError):
        await stage.moderation.carry_out(Give())
    assert len(stage.kept) == 2


@pytest.mark.parametrize(
    ("command", "detail", "state"),
    [
        (Hold(), "held", State.HOLDING),
        (Resume(), "resumed", State.ATTENDING),
        (Give(), "speaks next", State.ATTENDING),
        (Take(), "stopped", State.ATTENDING),
        (Mute(), "muted", State.MUTED),
        (Mute(muted=False), "unmuted", State.ATTENDING),
        (ChangePolicy(policy=Policy.SILENT), "policy silent", State.LISTENING),
    ],
)
async def test_a_moderator_changes_how_it_is_minded(
    command: Command, detail: str, state: State
) -> None:
    """By each command."""
    stage = Stage()
    assert await stage.done(command) == detail
    assert stage.obeying.state is state


async def test_given_the_floor_it_speaks() -> None:
    """Though nobody asked it anything."""
    stage = Stage()
    await stage.done(Give())
    assert len(stage.answering.asked) == 1


async def test_it_is_handed_over_at_a_quiet_moment() -> None:
    """The outcome does not wait for it."""
    stage = Stage()
    assert await stage.done(HandOver()) == "handing over at a quiet moment"
    assert stage.handed_over_to == [""]


async def test_it_moves_to_the_worker_that_is_named() -> None:
    """At a quiet moment, too."""
    stage = Stage()
    told = await stage.done(Move(worker="box-1"))
    assert told == "handing over to box-1 at a quiet moment"
    assert stage.handed_over_to == ["box-1"]


async def test_it_reads_anew_what_it_is_told_in_the_room() -> None:
    """Also one that only listens: another process may run it later."""
    stage = Stage()
    assert await stage.done(Instruct()) == "told, from the next answer on"
    await stage.of_agent(speaks=False).carry_out(Instruct())
    assert stage.instructed == 2


async def test_what_it_will_not_do_has_a_reason() -> None:
    """Whoever sent the command is told it."""
    stage = Stage()
    await stage.done(Mute())
    with pytest.raises(CommandError, match="sage is muted"):
        await stage.done(Give())


async def test_asked_from_outside_it_answers_in_its_own_words() -> None:
    """Also where it was told to be quiet: it is asked by name."""
    stage = Stage()
    stage.obeying.hear(Input.TOLD_SILENT, Question("t1", "ada", "Ada", "be quiet, sage", 0.0))
    said = await stage.done(Ask(text='what is "it"?'))
    assert said.startswith("answered at the next quiet moment")
    [question] = stage.answering.asked
    assert (question.text, question.verbatim) == ('what is "it"?', False)
    assert question.instructions == WROTE.format(text='"what is \\"it\\"?"')
    assert question.reason is Reason.SAY


async def test_asked_from_outside_it_raises_its_hand_by_its_policy() -> None:
    """And answers the same when it is called on."""
    stage = Stage()
    await stage.done(ChangePolicy(policy=Policy.RAISE_HAND))
    for text in ("when?", "where?"):
        assert (await stage.done(Ask(text=text))).startswith("it has raised its hand")
    assert stage.answering.asked == []
    stage.obeying.call_on()
    assert stage.answering.texts == ["when?", "where?"]
    assert stage.answering.asked[0].instructions == WROTE.format(text='"when?"')


@pytest.mark.parametrize(
    ("minded", "why"),
    [
        (Mute(), "sage is muted"),
        (ChangePolicy(policy=Policy.HOLD), "sage is held by its policy"),
        (ChangePolicy(policy=Policy.SILENT), "sage only listens, by its policy"),
    ],
)
async def test_asked_what_it_may_not_answer_it_says_why(minded: Command, why: str) -> None:
    """And keeps nothing of it for later."""
    stage = Stage()
    await stage.done(minded)
    with pytest.raises(CommandError, match=why):
        await stage.done(Ask(text="when?"))
    await stage.done(ChangePolicy(policy=Policy.ADDRESSED))
    await stage.done(Mute(muted=False))
    assert stage.answering.asked == []


SPEAKING = [Say(text="Hello"), Ask(text="When?"), Give(), ChangePolicy(policy=Policy.OPEN)]


@pytest.mark.parametrize("command", SPEAKING)
async def test_an_agent_that_only_listens_is_not_made_to_speak(command: Command) -> None:
    """Nor does it forget how it was minded."""
    stage = Stage()
    with pytest.raises(CommandError, match="only listens"):
        await stage.of_agent(speaks=False).carry_out(command)
    assert (stage.conductor.said, stage.answering.asked) == ([], [])
    assert stage.obeying.policy is Policy.ADDRESSED
