"""One job process: owns one agent in one room, from dispatch to departure.

``entrypoint`` starts it and returns; livekit-agents calls ``ended`` before it leaves the room. A
lost lease ends the process at once, without a polite goodbye: a disconnect can hang as long as the
network is away, and somebody else is the agent already.
"""

from __future__ import annotations

import logging
import os
from contextlib import AsyncExitStack
from functools import partial

import redis.asyncio
from livekit import rtc
from livekit.agents import AutoSubscribe, JobContext, JobProcess, RecordingOptions

from roomhand.admin import generation_of, livekit_admin, succeeds
from roomhand.attribution.identity import parse_agent_identity
from roomhand.coordination.background import Background
from roomhand.coordination.connection import connect
from roomhand.coordination.fencing import Fence
from roomhand.coordination.ownership import State
from roomhand.ended_jobs import owner_of
from roomhand.errors import (
    LeaseLostError,
    LiveKitError,
    NotFoundError,
    OwnershipError,
    RoomhandError,
)
from roomhand.profiles import Profile, load_profiles
from roomhand.room import attributes
from roomhand.room.agent import RoomAgent
from roomhand.room.encryption import encryption_of
from roomhand.room.holding import Holding, stand_by, take_hold
from roomhand.room.orphan import end_with_worker
from roomhand.room.provision import provision_of
from roomhand.room.rehearsal import load, rehearse
from roomhand.room.same_room import end_with_room
from roomhand.room.succession import POLL_S, STANDS_BY_S, SUCCESSOR_ATTRIBUTE
from roomhand.settings import Settings, load_settings
from roomhand_plugins.base import Plugin, PluginError
from roomhand_plugins.registry import discover

logger = logging.getLogger(__name__)

_RUNNING = "roomhand.running"
NOTHING = RecordingOptions(audio=False, traces=False, logs=False, transcript=False)
"""Of LiveKit Cloud's recording, which belongs to AgentSession: where a project has it on and nobody
answers, livekit-agents keeps every log record of the job in memory until the job ends."""


def warm(process: JobProcess) -> None:
    """Load what every job needs before a job comes, because an import blocks the event loop."""
    end_with_worker()
    rehearse(_plugins())


def preload() -> None:
    """Load it in the process that job processes are forked from, as far as it survives a fork."""
    load(_plugins())


def _plugins() -> list[str]:
    """Of all agents; none where the profiles cannot be read, which the job says, too."""
    try:
        profiles = load_profiles(load_settings().profiles)
    except RoomhandError as error:
        logger.warning("agents not read yet: %s", error)
        return []
    return sorted({name for profile in profiles.values() for name in profile.plugins})


async def entrypoint(context: JobContext) -> None:
    """Bring the agent into the room, or end the job with a clear log line."""
    stack = AsyncExitStack()
    context.proc.userdata[_RUNNING] = stack
    context.init_recording(NOTHING)
    try:
        await _start(context, stack)
    except OwnershipError as error:
        logger.warning("not the owner: %s", error)
        context.shutdown("another process owns this agent")
    except (RoomhandError, PluginError) as error:
        logger.error("%s", error)
        context.shutdown(type(error).__name__)


async def ended(context: JobContext) -> None:
    """Everything is written and given up before the room is left."""
    await context.proc.userdata[_RUNNING].aclose()


def _profile_of(fence: Fence, settings: Settings) -> Profile:
    """Raises NotFoundError."""
    profile = load_profiles(settings.profiles).get(fence.agent)
    if profile is None:
        raise NotFoundError(
            f"{settings.profiles} has no agent {fence.agent} any more. "
            "Restart the worker after a change of its profiles"
        )
    return profile


async def _start(context: JobContext, stack: AsyncExitStack) -> None:
    parsed = parse_agent_identity(context.local_participant_identity)
    if parsed is None:
        raise LiveKitError("the job's identity carries no epoch; dispatch it to a Roomhand worker")
    fence = Fence(*parsed)
    settings = load_settings()
    profile = _profile_of(fence, settings)
    plugin = provision_of(profile, discover())
    client, _ = await connect(settings.redis_url.get_secret_value())
    stack.push_async_callback(client.aclose)
    admin = await stack.enter_async_context(livekit_admin(settings))
    await context.connect(
        auto_subscribe=AutoSubscribe.SUBSCRIBE_NONE, encryption=encryption_of(settings)
    )
    holding = await _hold(context, settings, client, fence, plugin)
    stack.push_async_callback(holding.lease.close)
    agent = RoomAgent(
        settings=settings,
        profile=profile,
        plugin=plugin,
        room=context.room,
        holding=holding,
        admin=admin,
        on_stop=context.shutdown,
    )
    plugin.changed = agent.provider_changed
    stack.push_async_callback(agent.close)
    if succeeds(context.job.metadata):
        await _succeed(context.room, agent, holding)
    await agent.start()
    same = end_with_room(context.room, holding.meeting.sid, context.shutdown)
    stack.push_async_callback(Background(same, "same-room").end)


async def _hold(
    context: JobContext,
    settings: Settings,
    client: redis.asyncio.Redis,
    fence: Fence,
    plugin: Plugin,
) -> Holding:
    hold = partial(
        stand_by if succeeds(context.job.metadata) else take_hold,
        settings,
        client,
        room=context.room.name,
        sid=await context.room.sid,
        fence=fence,
        owner=owner_of(context.worker_id, context.job.id),
        wanted=generation_of(context.job.metadata) > 0,
        on_state=_obey,
        transcribes=plugin.capabilities.transcripts,
    )
    return await hold()


async def _succeed(room: rtc.Room, agent: RoomAgent, holding: Holding) -> None:
    """Hear beside the owner, say so, and wait to be given the agent."""
    await agent.stand_by()
    async with attributes.kept(room, {SUCCESSOR_ATTRIBUTE: holding.lease.owner}):
        await holding.succeed(STANDS_BY_S, POLL_S)


def _obey(state: State) -> None:
    if state is State.LOST:
        logger.error("another process owns this agent now: ending at once")
        os._exit(LeaseLostError.exit_code)
