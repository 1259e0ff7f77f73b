"""Prometheus metrics. Low cardinality: no room, participant or agent labels.

Each job is a process of its own and keeps its numbers in files (prometheus-client's multiprocess
mode); ``job_metrics`` adds them up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

WORKER = CollectorRegistry()
"""What the worker's main process itself knows."""
ROOMS = Gauge("roomhand_worker_rooms", "Jobs running now", registry=WORKER)
SLOTS = Gauge("roomhand_worker_slots", "Jobs this worker takes", registry=WORKER)
DRAINING = Gauge("roomhand_worker_draining", "1 while draining", registry=WORKER)
LOAD = Gauge("roomhand_worker_load_ratio", "How full; at 1 no job is taken", registry=WORKER)
LOAD_PART = Gauge(
    "roomhand_worker_load_part_ratio",
    "What the load is the largest of: jobs, tracks, cpu, lag",
    ["part"],
    registry=WORKER,
)
WORKER_LOOP_LAG_S = Histogram(
    "roomhand_worker_loop_lag_seconds",
    "Lag of the event loop of the worker's main process",
    buckets=_FAST_S,
    registry=WORKER,
)
JOBS_REFUSED = Counter(
    "roomhand_worker_jobs_refused", "Dispatches not accepted", ["reason"], registry=WORKER
)

CONTROL = CollectorRegistry()
"""What the control plane knows."""
SHARDS_WATCHED = Gauge("roomhand_control_shards", "Shards watched here", registry=CONTROL)
AGENTS_SENT_FOR = Counter(
    "roomhand_control_agents_sent_for", "Dispatches made by the reconciler", registry=CONTROL
)
AGENTS_REBALANCED = Counter(
    "roomhand_control_agents_rebalanced",
    "Agents that were to go to an emptier worker: moved, or stayed",
    ["outcome"],
    registry=CONTROL,
)
WEBHOOKS = Counter(
    "roomhand_control_webhooks", "Webhooks by what became of them", ["outcome"], registry=CONTROL
)
CALLS_LIMITED = Counter(
    "roomhand_control_calls_limited",
    "Calls refused because a caller made too many",
    registry=CONTROL,
)

TRACKS = Gauge("roomhand_ears_tracks", "Audio tracks heard now", multiprocess_mode="livesum")
LOOP_LAG_S = Histogram(
    "roomhand_job_loop_lag_seconds", "Lag of a job's event loop", buckets=_FAST_S
)
TRACK_SHORTFALL = Gauge(
    "roomhand_ears_shortfall_ratio_max",
    "Share of real time for which no audio came, of the worst track",
    multiprocess_mode="livemax",
)
"""A shortfall, not a ratio: idle processes hold 0 for it, which must be the good value."""
SAMPLES_DROPPED = Counter("roomhand_ears_samples_dropped", "Samples lost", ["reason"])
SAMPLES_UNCOUNTED = Counter(
    "roomhand_ears_samples_uncounted", "Samples that a ledger cannot explain: a bug"
)
TRACKS_ENDED = Counter("roomhand_ears_tracks_ended", "Subscriptions that ended", ["reason"])
SESSIONS = Gauge(
    "roomhand_bridge_sessions", "Model sessions by state", ["state"], multiprocess_mode="livesum"
)
SESSION_CHANGES = Counter(
    "roomhand_bridge_session_changes", "Sessions that entered a state", ["state"]
)
SESSIONS_OPENED = Counter("roomhand_bridge_sessions_opened", "Model sessions opened")
SESSIONS_ENDED = Counter("roomhand_bridge_sessions_ended", "Model sessions that ended", ["reason"])
MEETINGS_ENDED = Counter("roomhand_meetings_ended", "Meetings that this job ended", ["reason"])
ROTATIONS = Counter(
    "roomhand_bridge_rotations", "Sessions that took over from one that still worked"
)
AUDIO_SENT_S = Counter("roomhand_bridge_audio_sent_seconds", "Audio given to model sessions")
REPLIES = Counter("roomhand_mouth_replies", "Answers by outcome", ["outcome"])
FRAMES_REFUSED = Counter(
    "roomhand_mouth_frames_refused", "Frames without a valid grant", ["reason"]
)
BARGE_INS = Counter("roomhand_floor_barge_ins", "Times a person stopped the agent")
FLOOR_WAIT_S = Histogram(
    "roomhand_floor_wait_seconds", "From being addressed to holding the floor", buckets=_FAST_S
)
LEASE_CHANGES = Counter("roomhand_lease_changes", "Lease states entered", ["state"])
SEGMENTS = Counter("roomhand_transcript_segments", "Final segments written", ["kind"])
STRAY_WORDS = Counter(
    "roomhand_transcript_stray_words", "Words of a model that belong to no turn, so to nobody"
)
SEGMENTS_BUFFERED = Gauge(
    "roomhand_transcript_buffered", "Segments waiting for Redis", multiprocess_mode="livesum"
)
SEGMENTS_ARCHIVED = Counter("roomhand_archive_segments", "Segments moved from Redis to the archive")
ARCHIVE_FAILURES = Counter(
    "roomhand_archive_failures", "Attempts after which Redis had to keep its segments"
)
TOKENS = Counter("roomhand_provider_tokens", "Tokens billed", ["direction", "kind"])
AUDIO_SECONDS = Counter("roomhand_provider_audio_seconds", "Audio billed by duration")


class Mirror:
    """Brings counts that are kept where they happen into a labelled counter."""

    def __init__(self, counter: Counter, counts: Callable[[], Mapping[Any, int]]) -> None:
        self._counter = counter
        self._counts = counts
        self._told: dict[Any, int] = {}

    def update(self) -> None:
        """Add what has been counted since the last time."""
        for label, count in self._counts().items():
            self._counter.labels(label).inc(count - self._told.get(label, 0))
            self._told[label] = count
