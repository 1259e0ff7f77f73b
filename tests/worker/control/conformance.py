"""How each method of the API is brought to each end that is documented of it: one row for each.

What stands for any call (``docs/api.md``, its head) is in ``ANY``: every method is brought to it in
the same way. ``test_conformance`` fails where a documented end has no row, or a row has an end that
is not documented.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias, cast

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from roomhand.control import calls
from roomhand.coordination.commands import MAX_WAITING, Command, Mute, Outcome, Status
from roomhand.errors import RedisError
from roomhand.profiles import AddressOptions, Policy, Profile
from tests.worker.control.field_values import WRONG
from tests.worker.control.scene import HURRY_S, Scene, for_everything
from tests.worker.control.served import token
from tests.worker.coordination.samples import spoken
from tests.worker.room.speaking_stage import SpeakingStage

Way: TypeAlias = Callable[[Scene], Awaitable[None]]
OK = "OK"
NOWHERE = redis.asyncio.Redis(host="127.0.0.1", port=9, retry=Retry(NoBackoff(), 0))


async def as_it_is(_: Scene) -> None:
    """Everything is there."""


# Agents.


async def room_is_closed(scene: Scene) -> None:
    scene.stage.livekit.rooms.clear()


async def room_is_closed_for_all(scene: Scene) -> None:
    """And no agent is meant."""
    scene.fields["agent"] = ""
    await room_is_closed(scene)


async def no_agent_meant(scene: Scene) -> None:
    scene.fields["agent"] = ""


async def created(scene: Scene) -> None:
    await room_is_closed(scene)
    scene.fields["create_room"] = True


async def is_not_there(scene: Scene) -> None:
    """Nor wanted."""
    await scene.inbox.close()
    await scene.stage.go()
    await scene.wanted.stop("sage")


async def sage_is_not_there(scene: Scene) -> None:
    scene.fields["agent"] = "sage"
    await is_not_there(scene)


async def nobody_is_there(scene: Scene) -> None:
    scene.fields["agent"] = ""
    scene.stage.livekit.there.clear()


async def takes_nothing(scene: Scene) -> None:
    """Its process is frozen."""
    scene.fields["agent"] = "sage"
    scene.hurry()
    await scene.inbox.close()


async def fails(scene: Scene) -> None:
    """What its process needs is away."""

    async def fail(_: Command) -> Outcome:
        raise RedisError("Redis does not answer")

    scene.fields["agent"] = "sage"
    scene.obeys = fail


async def is_told_too_much(scene: Scene) -> None:
    await scene.inbox.close()
    commands = scene.stage.keys.commands("sage")
    for number in range(MAX_WAITING):
        await scene.stage.scripts.client.xadd(commands, {"number": number})


async def does_not_leave(scene: Scene) -> None:
    """It says that it will."""

    async def promise(_: Command) -> Outcome:
        return Outcome(status=Status.DONE)

    scene.hurry()
    scene.obeys = promise


async def is_muted(scene: Scene) -> None:
    scene.fields["agent"] = "sage"
    await scene.obeys(Mute())


async def only_listens(scene: Scene) -> None:
    scene.fields["agent"] = "sage"
    silenced = Profile(name="sage", plugin="fake").silenced()
    scene.obeys = scene.moderation(SpeakingStage(profile=silenced), speaks=False)


def with_policy(policy: Policy) -> Way:
    """By its profile."""

    async def way(scene: Scene) -> None:
        profile = Profile(name="sage", plugin="fake", address=AddressOptions(policy=policy))
        scene.fields["agent"] = "sage"
        scene.obeys = scene.moderation(SpeakingStage(profile=profile))

    return way


# Meetings and their transcripts.


async def never_had_it(scene: Scene) -> None:
    scene.fields["meeting"] = "m404"


async def was_erased(scene: Scene) -> None:
    await scene.does("MeetingsService.EraseMeeting")


async def never_had_one(scene: Scene) -> None:
    """The newest is asked for."""
    room = f"{scene.stage.room}-2"
    scene.bearer = for_everything(room)
    scene.fields |= {"room": room, "meeting": ""}


async def runs(scene: Scene) -> None:
    scene.fields["meeting"] = (await scene.stage.meet(spoken(1))).id


async def archive_is_away(scene: Scene) -> None:
    """Redis has forgotten the meeting that is asked for."""
    meeting = await scene.stage.meet(spoken(1))
    await scene.stage.end(meeting)
    assert await scene.stage.archiver(meeting).finish(10)
    await scene.stage.forget(meeting)
    scene.take_archive_away()
    scene.meeting = meeting.id


# Pages and streams.


def page_of_another(page: str, **fields: object) -> Way:
    """The token is of a page of this method, asked for with these fields."""

    async def way(scene: Scene) -> None:
        for agent in ("nova", "echo"):
            await scene.does("AgentsService.StartAgent", agent=agent)
        for number in (2, 3):
            await scene.add_worker(f"w{number}")
            meeting = await scene.stage.meet(spoken(1), spoken(2))
            await scene.stage.end(meeting)
        told = await scene.does(page, page_size=1, **fields)
        assert told.next_page_token
        scene.fields["page_token"] = told.next_page_token

    return way


async def of_another_room(scene: Scene) -> None:
    await page_of_another("MeetingsService.ListMeetings")(scene)
    room = f"{scene.stage.room}-2"
    scene.bearer = for_everything(room)
    scene.fields["room"] = room


async def page_of_other_revisions(scene: Scene) -> None:
    await page_of_another("TranscriptsService.ListSegments", meeting="")(scene)
    scene.fields |= {"meeting": "", "revisions": True}


async def is_forgotten(scene: Scene) -> None:
    """The log of the floor has let go of what came after the token."""
    log = scene.stage.keys.floor_log
    await scene.does("FloorService.HoldFloor")
    await scene.stage.scripts.client.xtrim(log, maxlen=1, approximate=False)


async def streams_are_taken(scene: Scene) -> None:
    await scene.takes_all_streams()


def livekit_is_away(**fields: object) -> Way:
    """And it would have to be asked, with these fields."""

    async def way(scene: Scene) -> None:
        scene.fields |= fields
        scene.stage.livekit.away = True

    return way


async def livekit_is_away_and_it_runs(scene: Scene) -> None:
    """So nobody knows whether the room is closed."""
    await runs(scene)
    scene.stage.livekit.away = True


def but(way: Way, **fields: object) -> Way:
    """The same, and then these fields."""

    async def changed(scene: Scene) -> None:
        await way(scene)
        scene.fields |= fields

    return changed


_TO_ONE: Mapping[str, tuple[Way, ...]] = {
    "AGENT_NOT_FOUND": (sage_is_not_there,),
    "COMMAND_UNANSWERED": (takes_nothing, fails),
}
_TO_ONE_OR_ALL: Mapping[str, tuple[Way, ...]] = {
    OK: (but(as_it_is, agent="sage"), but(as_it_is, agent="")),
    "ROOM_NOT_FOUND": (room_is_closed_for_all,),
    "SERVICE_UNAVAILABLE": (livekit_is_away(agent=""),),
    **_TO_ONE,
}
_MAY_NOT_SPEAK = (is_muted, only_listens, with_policy(Policy.SILENT))
_NO_SUCH_MEETING = (never_had_it, was_erased)
ROWS: Mapping[str, Mapping[str, tuple[Way, ...]]] = {
    "AgentsService.StartAgent": {
        OK: (as_it_is, is_not_there, created),
        "ROOM_NOT_FOUND": (room_is_closed,),
        "SERVICE_UNAVAILABLE": (livekit_is_away(),),
    },
    "AgentsService.UpdateAgent": {OK: (as_it_is,), **_TO_ONE},
    "AgentsService.StopAgent": {
        OK: (as_it_is, is_not_there),
        "COMMAND_UNANSWERED": (does_not_leave,),
        "SERVICE_UNAVAILABLE": (livekit_is_away(),),
    },
    "AgentsService.GetAgent": {OK: (as_it_is,), "AGENT_NOT_FOUND": (is_not_there,)},
    "AgentsService.ListAgents": {
        OK: (as_it_is, but(as_it_is, room="")),
        "FIELD_INVALID": (but(page_of_another("AgentsService.ListAgents"), room=""),),
    },
    "AgentsService.Say": {
        OK: (as_it_is,),
        **_TO_ONE,
        "COMMAND_UNANSWERED": (takes_nothing, fails, is_told_too_much),
        "COMMAND_REFUSED": (is_muted, only_listens),
    },
    "AgentsService.Ask": {
        OK: (as_it_is,),
        **_TO_ONE,
        "COMMAND_REFUSED": (*_MAY_NOT_SPEAK, with_policy(Policy.HOLD)),
    },
    "AgentsService.Interrupt": {OK: (as_it_is,), **_TO_ONE},
    "AgentsService.Mute": {OK: (as_it_is,), **_TO_ONE},
    "AgentsService.HandOver": {OK: (as_it_is,), **_TO_ONE},
    "FloorService.GetFloor": {
        OK: (as_it_is,),
        "ROOM_NOT_FOUND": (room_is_closed,),
        "SERVICE_UNAVAILABLE": (livekit_is_away(),),
    },
    "FloorService.WatchFloor": {
        OK: (as_it_is,),
        "ROOM_NOT_FOUND": (room_is_closed,),
        "RESUME_TOKEN_EXPIRED": (is_forgotten,),
        "TOO_MANY_STREAMS": (streams_are_taken,),
        "SERVICE_UNAVAILABLE": (livekit_is_away(),),
    },
    "FloorService.SetPolicy": {
        OK: (as_it_is,),
        **_TO_ONE,
        "COMMAND_REFUSED": (only_listens,),
    },
    "FloorService.TakeFloor": _TO_ONE_OR_ALL,
    "FloorService.GiveFloor": {OK: (as_it_is,), **_TO_ONE, "COMMAND_REFUSED": _MAY_NOT_SPEAK},
    "FloorService.HoldFloor": _TO_ONE_OR_ALL,
    "FloorService.ResumeFloor": {**_TO_ONE_OR_ALL, "COMMAND_REFUSED": _MAY_NOT_SPEAK},
    "FloorService.MuteAgents": {
        OK: (as_it_is, but(as_it_is, agent="")),
        **_TO_ONE,
        "AGENT_NOT_FOUND": (sage_is_not_there, nobody_is_there),
        "SERVICE_UNAVAILABLE": (livekit_is_away(agent=""),),
    },
    "TranscriptsService.ListSegments": {
        OK: (as_it_is,),
        "MEETING_NOT_FOUND": (*_NO_SUCH_MEETING, never_had_one),
        "FIELD_INVALID": (page_of_other_revisions,),
        "SERVICE_UNAVAILABLE": (archive_is_away,),
    },
    "TranscriptsService.StreamSegments": {
        OK: (as_it_is, runs),
        "MEETING_NOT_FOUND": (*_NO_SUCH_MEETING, never_had_one),
        "TOO_MANY_STREAMS": (streams_are_taken,),
        "SERVICE_UNAVAILABLE": (archive_is_away,),
    },
    "TranscriptsService.ExportTranscript": {
        OK: (as_it_is,),
        "MEETING_NOT_FOUND": (*_NO_SUCH_MEETING, never_had_one),
        "TOO_MANY_STREAMS": (streams_are_taken,),
        "SERVICE_UNAVAILABLE": (archive_is_away,),
    },
    "MeetingsService.GetMeeting": {
        OK: (as_it_is,),
        "MEETING_NOT_FOUND": (*_NO_SUCH_MEETING, never_had_one),
        "SERVICE_UNAVAILABLE": (archive_is_away,),
    },
    "MeetingsService.ListMeetings": {
        OK: (as_it_is,),
        "FIELD_INVALID": (of_another_room,),
        "SERVICE_UNAVAILABLE": (archive_is_away,),
    },
    "MeetingsService.EraseMeeting": {
        OK: (as_it_is, was_erased),
        "MEETING_NOT_FOUND": (never_had_it,),
        "MEETING_OPEN": (runs,),
        "SERVICE_UNAVAILABLE": (archive_is_away, livekit_is_away_and_it_runs),
    },
    "OperatorsService.ListWorkers": {
        OK: (as_it_is,),
        "FIELD_INVALID": (page_of_another("OperatorsService.ListRooms"),),
    },
    "OperatorsService.DrainWorker": {
        OK: (as_it_is,),
        "WORKER_NOT_FOUND": (but(as_it_is, worker="w404"),),
    },
    "OperatorsService.ListRooms": {
        OK: (as_it_is,),
        "FIELD_INVALID": (page_of_another("OperatorsService.ListWorkers"),),
    },
    "OperatorsService.RedispatchAgent": {
        OK: (as_it_is,),
        "AGENT_NOT_FOUND": (is_not_there,),
    },
    "OperatorsService.GetUsage": {OK: (as_it_is,)},
}


# What any call may end with.


async def no_token(scene: Scene) -> None:
    scene.bearer = ""


async def token_is_none(scene: Scene) -> None:
    scene.bearer = "no.token.atall"


async def token_of_another_room(scene: Scene) -> None:
    scene.bearer = token(room_admin=True, room="another", scopes="floor transcript operator")


async def no_request(scene: Scene) -> None:
    """A field without an end."""
    scene.body = b"\xff"


async def redis_is_away(scene: Scene) -> None:
    scene.stage.scripts.client = NOWHERE


class Broken:
    """Whatever is asked of it ends in an error that nobody expects."""

    def __getattr__(self, name: str) -> object:
        raise LookupError(f"planted in {name}")


async def something_is_broken(scene: Scene) -> None:
    scene.stage.scripts.client = cast(redis.asyncio.Redis, Broken())


async def redis_is_silent(scene: Scene) -> None:
    scene.patch.setattr(calls, "LONGEST_S", HURRY_S)
    await scene.silence_redis()


ANY: Mapping[str, Way] = {
    "TOKEN_MISSING": no_token,
    "TOKEN_INVALID": token_is_none,
    "GRANT_MISSING": token_of_another_room,
    "MESSAGE_MALFORMED": no_request,
    "SERVICE_UNAVAILABLE": redis_is_away,
    "INTERNAL_ERROR": something_is_broken,
    "TOOK_TOO_LONG": redis_is_silent,
}
"""Beside ``FIELD_INVALID`` and ``RATE_LIMITED``, which ``test_conformance`` brings about."""


def wrong_fields(names: list[str]) -> dict[str, object]:
    """The first of these fields that can be wrong, with what it may not hold."""
    return next(({name: WRONG[name][-1]} for name in names if name in WRONG), {})
