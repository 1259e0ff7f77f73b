"""A job process as livekit-agents runs it."""

from __future__ import annotations

import logging
from unittest.mock import Mock

import pytest
from livekit import api, rtc
from livekit.agents import JobContext, JobExecutorType, JobProcess
from livekit.agents.job import JobAcceptArguments, RunningJobInfo
from livekit.protocol import agent

from roomhand.room.job import entrypoint

pytestmark = pytest.mark.unit


def _context() -> JobContext:
    """Of a project on LiveKit Cloud that records; its identity is not one of ours."""
    info = RunningJobInfo(
        accept_arguments=JobAcceptArguments(name="Sage", identity="nobody", metadata=""),
        job=agent.Job(id="J", enable_recording=True),
        url="wss://project.livekit.cloud",
        token=api.AccessToken("key", "secret" * 6).with_identity("nobody").to_jwt(),
        worker_id="W",
        fake_job=False,
    )
    process = JobProcess(
        executor_type=JobExecutorType.PROCESS, user_arguments=None, http_proxy=None
    )
    return JobContext(
        proc=process,
        info=info,
        room=rtc.Room(),
        on_connect=lambda: None,
        on_shutdown=lambda reason: None,
        inference_executor=Mock(),
    )


async def test_no_log_record_is_kept_for_a_recording_that_never_begins() -> None:
    """livekit-agents keeps them all from the start of a job until it is told what to record."""
    before, context = list(logging.getLogger().handlers), _context()
    context._start_log_buffering()
    assert logging.getLogger().handlers != before

    await entrypoint(context)

    assert logging.getLogger().handlers == before
