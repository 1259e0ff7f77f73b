"""The worker as a process: ready when it is, measured, quiet about words, gone when told."""

from __future__ import annotations

import asyncio
import signal

import psutil
import pytest

from tests.sim import servers
from tests.worker.command_line import CommandLine
from tests.worker.working import WorkingWorker, speak_in, until, working

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(240)]

HEARD, ANSWERED, TOLD = "albatross", "pelican", "cormorant"
AGENTS = f"""
agents:
  - name: sage
    plugin: scripted
    options:
      transcripts: ["Sage, {HEARD}?"]
      replies: [{{text: {ANSWERED}, audio_ms: 300}}]
"""


@pytest.fixture
def agents(roomhand: CommandLine, room_name: str) -> CommandLine:
    """A worker of this name is only this test's."""
    roomhand.environment["ROOMHAND_WORKER_NAME"] = f"worker-{room_name}"
    return roomhand.with_agents(AGENTS)


def join(roomhand: CommandLine, room: str) -> None:
    """Sage comes, and is there once the command has ended."""
    told = roomhand("join", room, "--agent", "sage", "--create", "--wait-s", "40")
    assert told.code == 0, told.text
    assert told.text.startswith(f"sage is in {room} as sage~")


def test_a_job_from_join_to_leave(
    agents: CommandLine, room_name: str, livekit_server: servers.LiveKit
) -> None:
    """It is heard, answered, measured, written down, and left; no word is in a log."""
    with working(agents) as worker:
        join(agents, room_name)
        asyncio.run(speak_in(livekit_server, room_name, stay_s=1))
        until(lambda: ANSWERED in agents("transcript", room_name).out)
        assert f"Ada: Sage, {HEARD}?" in agents("transcript", room_name).out
        until(lambda: agents("say", room_name, "--agent", "sage", TOLD).code == 0)
        until(lambda: TOLD in agents("transcript", room_name).out)
        while_there = worker.metrics()
        told = agents("leave", room_name, "--agent", "sage")
        assert (told.code, told.text) == (0, f"sage has left {room_name}")
        until(lambda: worker.metrics()["roomhand_worker_rooms"] == 0)
        until(lambda: worker.metrics() and worker.measured() <= {p.pid for p in worker.family()})
        afterwards = worker.metrics()
        words_in(worker)
    assert while_there["roomhand_worker_rooms"] == 1
    assert while_there["roomhand_worker_slots"] == 16
    assert while_there["roomhand_transcript_segments_total"] == 3
    assert while_there["roomhand_mouth_replies_total"] == 2
    assert while_there["roomhand_ears_shortfall_ratio_max"] < 0.5
    counts = [name for name in while_there if name.endswith(("_total", "_count", "_bucket"))]
    assert len(counts) >= 10
    assert {name: afterwards[name] >= while_there[name] for name in counts} == dict.fromkeys(
        counts, True
    )


def words_in(worker: WorkingWorker) -> None:
    """Every line of the log is JSON, ears and conductor have spoken, and none quotes speech."""
    records = worker.records()
    assert {"heard", "answer"} <= {record["message"] for record in records}
    text = worker.log.read_text().lower()
    assert [word for word in (HEARD, ANSWERED, TOLD) if word in text] == []


def test_a_drain_waits_for_the_room_until_told_again(agents: CommandLine, room_name: str) -> None:
    """Not ready, but alive; the second signal ends the jobs; nothing is left behind."""
    with working(agents) as worker:
        assert list(worker.scratch.glob("roomhand-metrics-*"))
        join(agents, room_name)
        family = worker.family()
        worker.process.send_signal(signal.SIGTERM)
        until(lambda: worker.get("/readyz") == (503, "worker: draining\n"))
        assert worker.get("/livez") == (200, "ok\n")
        assert worker.metrics()["roomhand_worker_draining"] == 1
        assert worker.metrics()["roomhand_worker_rooms"] == 1
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(60) == 0, worker.log.read_text()
        assert list(worker.scratch.glob("roomhand-metrics-*")) == []
        gone, alive = psutil.wait_procs(family, 10)
        assert alive == [], gone
        told = agents("say", room_name, "--agent", "sage", "hello")
        assert told.code == 75
        assert "no process runs the agent now" in told.text


def test_a_drain_without_jobs_is_over_at_once(agents: CommandLine) -> None:
    """With success."""
    with working(agents) as worker:
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(30) == 0, worker.log.read_text()


def test_without_redis_a_worker_is_alive_but_not_ready(agents: CommandLine) -> None:
    """And ready again when Redis is back."""
    port = servers.free_port()
    with (
        servers.redis_server(port=port) as first,
        working(agents, REDIS_URL=first.url) as worker,
    ):
        assert first.process is not None
        first.process.terminate()
        first.process.wait(10)
        until(lambda: worker.get("/readyz")[0] == 503)
        assert worker.get("/readyz")[1].startswith("redis: ")
        assert worker.get("/livez") == (200, "ok\n")
        with servers.redis_server(port=port):
            until(worker.is_ready)


def test_a_worker_that_was_killed_is_missed(agents: CommandLine, room_name: str) -> None:
    """Whoever wants something of its agent is told so, in bounded time."""
    with working(agents) as worker:
        join(agents, room_name)
        family = worker.family()
        worker.process.kill()
        worker.process.wait(10)
        gone, alive = psutil.wait_procs(family, 30)
        assert alive == [], gone
    told = agents("say", room_name, "--agent", "sage", "hello")
    assert told.code == 75
    assert "no process runs the agent now" in told.text
    told = agents("join", f"{room_name}-2", "--agent", "sage", "--create", "--wait-s", "1")
    assert told.code == 75
    assert "Does a worker run" in told.text
