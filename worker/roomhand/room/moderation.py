"""Moderation: the commands that come through Redis, carried out by the parts of one agent."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from roomhand.clock import own_now_s
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
from roomhand.room.conductor import Conductor
from roomhand.room.obeying import Obeying
from roomhand.turns.questions import Question, Reason

WROTE = "Somebody asks you this in writing: {text} Answer it now."


class Moderation:
    """Carries out one command at a time. Raises CommandError with the reason where it will not."""

    def __init__(
        self,
        conductor: Conductor,
        obeying: Obeying,
        on_stop: Callable[[str], None],
        on_hand_over: Callable[[str], None],
        on_instruct: Callable[[], Awaitable[None]],
        on_done: Callable[[], Awaitable[bool]],
        *,
        speaks: bool = True,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        """``on_stop`` ends the job, for the given reason; ``on_hand_over`` gives the agent to
        another process, of the worker of this id or of any where it is empty; ``on_instruct`` reads
        anew what it is told in this room; ``on_done`` keeps for the next owner what was set going,
        before whoever asked is told. ``speaks``: False where the plugin only listens."""
        self._conductor = conductor
        self._obeying = obeying
        self._on_stop = on_stop
        self._on_hand_over = on_hand_over
        self._on_instruct = on_instruct
        self._on_done = on_done
        self._speaks = speaks
        self._now = now

    async def carry_out(self, command: Command) -> Outcome:
        """Set it going; the detail of the outcome says what was."""
        if isinstance(command, Instruct):
            await self._on_instruct()
            return Outcome(status=Status.DONE, detail="told, from the next answer on")
        outcome = Outcome(status=Status.DONE, detail=self._done(command))
        await self._on_done()
        return outcome

    def _done(self, command: Command) -> str:
        if isinstance(command, Say | Ask | Give | ChangePolicy) and not self._speaks:
            raise CommandError("its plugin only listens. Ask an agent that speaks")
        match command:
            case Say(text=text):
                self._conductor.say(self._question("say", text))
                return "said at the next quiet moment; a notice in the transcript if there is none"
            case Ask(text=text):
                return self._asked(text)
            case Interrupt():
                return "stopped" if self._conductor.interrupt() else "it was silent"
            case Mute(muted=muted):
                self._obeying.mute(muted)
                return "muted" if muted else "unmuted"
            case Stop(reason=reason):
                self._on_stop(reason)
                return "leaving"
            case HandOver():
                self._on_hand_over("")
                return "handing over at a quiet moment"
            case Move(worker=worker):
                self._on_hand_over(worker)
                return f"handing over to {worker} at a quiet moment"
            case Hold() | Resume() | Give() | Take() | ChangePolicy():
                return self._minded(command)
        raise CommandError(f"{command.kind} comes with a later version")

    def _asked(self, text: str) -> str:
        told = WROTE.format(text=json.dumps(text, ensure_ascii=False))
        if self._obeying.ask(self._question("ask", text, told)):
            return "answered at the next quiet moment; a notice in the transcript if there is none"
        return "it has raised its hand, and answers when it is called on"

    def _question(self, kind: str, text: str, told: str = "") -> Question:
        now_s = self._now()
        return Question(
            id=f"{kind}.{now_s}",
            identity="",
            name="",
            text=text,
            asked_s=now_s,
            verbatim=not told,
            instructions=told,
            reason=Reason.SAY,
        )

    def _minded(self, command: Hold | Resume | Give | Take | ChangePolicy) -> str:
        match command:
            case Hold():
                self._obeying.hold()
                return "held"
            case Resume():
                self._obeying.resume()
                return "resumed"
            case Give():
                self._obeying.give()
                return "speaks next"
            case Take():
                self._obeying.take()
                return "stopped"
            case ChangePolicy(policy=policy):
                self._obeying.change(policy)
                return f"policy {policy}"
