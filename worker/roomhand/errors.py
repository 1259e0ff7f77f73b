"""Every error Roomhand raises on purpose.

    RoomhandError
    ├── ConfigError              settings or profiles are wrong; lists every fault with its fix
    ├── ServiceError             something we need does not answer or refuses us
    │   ├── LiveKitError         livekit-server: wrong URL, key, unknown room
    │   ├── RedisError           Redis: unreachable, wrong kind
    │   ├── ArchiveError         the archive: unreachable, or a part of a transcript is missing
    │   └── ProviderError        a model provider or its plugin
    ├── OwnershipError           this process may not act for the agent
    │   ├── LeaseLostError       a higher epoch or another owner exists: end at once
    │   └── LeaseUnknownError    Redis does not answer: silent, but keep listening
    ├── NotFoundError            no such meeting, or no such agent in the room
    │   └── MeetingNotFoundError the room never had the meeting, or it was erased
    ├── MeetingOpenError         a meeting that runs is not erased
    ├── CommandError             a command is malformed, or got no outcome in time
    │   └── RefusedError         the agent understood a command and would not
    ├── ForgottenError           what a reader wants to go on with is not kept any more
    ├── StaleEpochError          a write carried an old epoch and was refused
    └── IllegalInputError        a state machine got an input its table does not have (a bug)

Each has an ``exit_code`` for the command line, after sysexits.h.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RoomhandError(Exception):
    """Root of the tree. The message is for a person: what is wrong, and what to do."""

    exit_code = 70  # EX_SOFTWARE


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the configuration: where, what, and the fix."""

    where: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}. {self.fix}"


class ConfigError(RoomhandError):
    """Settings or profiles are wrong. All faults are found before this is raised."""

    exit_code = 78  # EX_CONFIG

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ServiceError(RoomhandError):
    """A service that Roomhand needs does not answer, or refuses."""

    exit_code = 69  # EX_UNAVAILABLE


class LiveKitError(ServiceError):
    """livekit-server cannot be reached, refuses the key, or does not know the room."""


class RedisError(ServiceError):
    """Redis cannot be reached or is not fit for use."""


class ArchiveError(ServiceError):
    """The archive cannot be reached or used, or lacks a part of a transcript."""


class ProviderError(ServiceError):
    """A model provider or its plugin cannot be used."""


class OwnershipError(RoomhandError):
    """This process may not act for the agent now."""

    exit_code = 75  # EX_TEMPFAIL


class LeaseLostError(OwnershipError):
    """A script answered with a higher epoch or another owner: the process ends at once."""


class LeaseUnknownError(OwnershipError):
    """Redis has not answered in time: fall silent, keep listening, wait."""


class NotFoundError(RoomhandError):
    """There is no such meeting, or no such agent in the room."""

    exit_code = 66  # EX_NOINPUT


class MeetingNotFoundError(NotFoundError):
    """The room never had such a meeting, or it was erased."""


class MeetingOpenError(RoomhandError):
    """The meeting goes on, so it cannot be erased."""

    exit_code = 75


class CommandError(RoomhandError):
    """A command is malformed, or nobody told in time what became of it."""

    exit_code = 75  # EX_TEMPFAIL


class RefusedError(CommandError):
    """The agent understood a command and would not; the message says why."""


class ForgottenError(RoomhandError):
    """What a reader wants to go on with is not kept any more: it begins anew."""

    exit_code = 75


class StaleEpochError(RoomhandError):
    """A write was refused because its epoch is not the current one."""

    exit_code = 75


class IllegalInputError(RoomhandError):
    """A state machine was given an input that its table does not list for its state."""

    def __init__(self, machine: str, state: object, given: object) -> None:
        super().__init__(f"{machine}: input {given} is illegal in state {state}")
