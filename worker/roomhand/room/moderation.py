"""Moderation: the commands that come through Redis, carried out by the parts of one agent."""

from __future__ import annotations

from collections.abc import Callable

from roomhand.clock import own_now_s
from roomhand.coordination.commands import (
    ChangePolicy,
    Command,
    Give,
    HandOver,
    Hold,
    Interrupt,
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
from roomhand.turns.questions import Question


class Moderation:
    """Carries out one command at a time. Raises CommandError with the reason where it will not."""

    def __init__(
        self,
        conductor: Conductor,
        obeying: Obeying,
        on_stop: Callable[[str], None],
        on_hand_over: Callable[[], None],
        *,
        speaks: bool = True,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        """``on_stop`` ends the job, for the given reason; ``on_hand_over`` gives the agent to
        another process. ``speaks``: False where the plugin only
        listens."""
        self._conductor = conductor
        self._obeying = obeying
        self._on_stop = on_stop
        self._on_hand_over = on_hand_over
        self._speaks = speaks
        self._now = now

    async def carry_out(self, command: Command) -> Outcome:
        """Set it going; the detail of the outcome says what was."""
        return Outcome(status=Status.DONE, detail=self._done(command))

    def _done(self, command: Command) -> str:
        if isinstance(command, Say | Give | ChangePolicy) and not self._speaks:
            raise CommandError("its plugin only listens. Ask an agent that speaks")
        match command:
            case Say(text=text):
                now_s = self._now()
                self._conductor.say(Question(f"say.{now_s}", "", "", text, now_s, verbatim=True))
                return "said at the next quiet moment; a notice in the transcript if there is none"
            case Interrupt():
                return "stopped" if self._conductor.interrupt() else "it was silent"
            case Mute(muted=muted):
                self._obeying.mute(muted)
                return "muted" if muted else "unmuted"
            case Stop(reason=reason):
                self._on_stop(reason)
                return "leaving"
            case HandOver():
                self._on_hand_over()
                return "handing over at a quiet moment"
            case Hold() | Resume() | Give() | Take() | ChangePolicy():
                return self._minded(command)
        raise CommandError(f"{command.kind} comes with a later version")

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
