"""The floor in the words of the protocol, and back. What another version writes and this one does
not know is shown as unspecified."""

from __future__ import annotations

from collections.abc import Iterable

from roomhand.control.v1 import floor_service_pb2 as pb
from roomhand.coordination.floor_view import FloorHolder, FloorView, FloorWaiting
from roomhand.floor_control import AgentMind
from roomhand.profiles import Policy
from roomhand.turns.floor_event import Event, RoomEvent
from roomhand.turns.floor_request import HOLDING, Status
from roomhand.turns.policy import State
from roomhand.turns.questions import Reason


def _word(prefix: str, word: str) -> str:
    return f"{prefix}_{word.upper().replace(' ', '_')}"


_POLICIES = {policy: pb.Policy.Value(_word("POLICY", policy)) for policy in Policy}
_POLICY_OF = {number: policy for policy, number in _POLICIES.items()}
_REASONS = {str(one): pb.FloorReason.Value(_word("FLOOR_REASON", one)) for one in Reason}
_KINDS = {str(one): pb.FloorEvent.Kind.Value(_word("KIND", one)) for one in (*Status, *RoomEvent)}
_STATUSES = {str(one): pb.FloorHolder.Status.Value(_word("STATUS", one)) for one in HOLDING}
_REASON_OF = {number: word for word, number in _REASONS.items()}
_STATUS_OF = {number: word for word, number in _STATUSES.items()}
_STATES = {one: pb.AgentConduct.State.Value(_word("STATE", one)) for one in State}


def policy_of(number: pb.Policy.ValueType) -> Policy:
    """The policy that a request means."""
    return _POLICY_OF[number]


def shown(room: str, view: FloorView, minds: Iterable[AgentMind]) -> pb.Floor:
    """The floor, and how its agents are minded."""
    return pb.Floor(
        room=room,
        holder=_holder(view.holder) if view.holder else None,
        queue=map(_waiting, view.queue),
        speaking=(pb.HeardSpeech(agent=agent, track=track) for agent, track in view.speaking),
        held_by=view.held_by,
        given=view.given,
        agent_turns=view.agent_turns,
        agents=map(_conduct, minds),
    )


def policy_told(policy: Policy) -> pb.Policy.ValueType:
    """The inverse of ``policy_of``."""
    return _POLICIES[policy]


def view_of(floor: pb.Floor, newest: str) -> FloorView:
    """The inverse of ``shown``, but for how agents are minded; ``newest`` is the token that came
    with it."""
    return FloorView(
        holder=_holder_of(floor.holder) if floor.HasField("holder") else None,
        queue=tuple(map(_waiting_of, floor.queue)),
        speaking=tuple((one.agent, one.track) for one in floor.speaking),
        held_by=floor.held_by,
        given=floor.given,
        agent_turns=floor.agent_turns,
        newest=newest,
    )


def told(event: Event) -> pb.FloorEvent:
    """What happened."""
    return pb.FloorEvent(
        kind=_KINDS.get(event.event, pb.FloorEvent.KIND_UNSPECIFIED),
        who=event.who,
        at_us=event.at_us,
        reason=_reason(event.reason),
        why=event.why,
        answers=event.answers,
        number=event.number,
    )


def _holder(holder: FloorHolder) -> pb.FloorHolder:
    return pb.FloorHolder(
        agent=holder.agent,
        status=_STATUSES.get(holder.status, pb.FloorHolder.STATUS_UNSPECIFIED),
        reason=_reason(holder.reason),
        answers=holder.answers,
        number=holder.number,
        since_ms=max(0, holder.since_ms),
        expires_in_ms=max(0, holder.expires_in_ms),
    )


def _waiting(one: FloorWaiting) -> pb.FloorWaiting:
    return pb.FloorWaiting(
        agent=one.agent,
        reason=_reason(one.reason),
        priority=max(0, one.priority),
        waits_ms=max(0, one.waits_ms),
        answers=one.answers,
    )


def _holder_of(one: pb.FloorHolder) -> FloorHolder:
    return FloorHolder(
        agent=one.agent,
        number=one.number,
        expires_in_ms=one.expires_in_ms,
        since_ms=one.since_ms,
        status=_STATUS_OF.get(one.status, ""),
        reason=_REASON_OF.get(one.reason, ""),
        answers=one.answers,
    )


def _waiting_of(one: pb.FloorWaiting) -> FloorWaiting:
    return FloorWaiting(
        agent=one.agent,
        reason=_REASON_OF.get(one.reason, ""),
        priority=one.priority,
        waits_ms=one.waits_ms,
        answers=one.answers,
    )


def _conduct(one: AgentMind) -> pb.AgentConduct:
    if one.mind is None:
        return pb.AgentConduct(agent=one.agent)
    return pb.AgentConduct(
        agent=one.agent, policy=_POLICIES[one.mind.policy], state=_STATES[one.mind.state]
    )


def _reason(word: str) -> pb.FloorReason.ValueType:
    return _REASONS.get(word, pb.FLOOR_REASON_UNSPECIFIED)
