"""Voice activity detection for many tracks: a detector each, one worker thread for all.

Audio waits per track and is judged in *rounds*: whatever has arrived for all tracks goes to the
thread in one call, and the next round starts some time after that one, at the earliest when it is
back. A round that falls behind therefore catches up by itself. Audio that may end a turn has a
round at once. Audio is never lost here, the sessions' ring has it; what a stall costs is lateness,
and beyond ``BACKLOG_S`` the last verdict stands for audio that is not judged.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from roomhand.clock import own_now_s
from roomhand.room.detectors import Detector

logger = logging.getLogger(__name__)

BACKLOG_S = 20.0
"""Audio per track that may wait for a verdict; behind it the last verdict is repeated."""
LATE_S = 0.1
"""A round whose oldest audio waited longer than this is counted as late."""
ROUND_PER_LANE_S, ROUND_MAX_S = 0.001, 0.02
"""From one round to the next: hardly any delay in a small room, large rounds in a large one, which
keep the network in the processor's cache (at 24 tracks 20 ms cost a fifth less than 10 ms)."""
CLOSE_LIMIT_S = 5.0
SAMPLE_BYTES = 2
SAMPLE_RATE = 24_000


@dataclass(slots=True)
class Assumed:
    """Samples that need no detector: known silence, or a backlog (probability None: as before)."""

    samples: int
    probability: float | None


Piece: TypeAlias = bytes | Assumed
OnVerdicts: TypeAlias = Callable[[Sequence[float], bool], None]
"""Probabilities of the next windows, in order; True with the last call of an ended lane."""


class Lane:
    """One track's way through the pool."""

    def __init__(self, pool: VadPool, detector: Detector, on_verdicts: OnVerdicts) -> None:
        self.window_samples = detector.window_samples
        self.skipped_samples = 0
        """Not judged because of a backlog."""
        self.failures = 0
        """Windows on which the detector failed; they count as speech, so that no word is lost."""
        self.on_verdicts = on_verdicts
        self.ended = False
        self._pool = pool
        self._detector = detector
        self._waiting: list[Piece] = []
        self._waiting_samples = 0
        self._carry = b""
        self._last = 0.0

    def hear(self, pcm: bytes, *, at_once: bool = False) -> None:
        """Audio to be judged; ``at_once``: without waiting for others."""
        samples = len(pcm) // SAMPLE_BYTES
        if self._waiting_samples > BACKLOG_S * SAMPLE_RATE:
            self.skipped_samples += samples
            self._add(Assumed(samples, None), samples, at_once)
        else:
            self._add(pcm, samples, at_once)

    def hear_silence(self, samples: int, *, at_once: bool = False) -> None:
        """Audio that is known to be silent (a muted track)."""
        self._add(Assumed(samples, 0.0), samples, at_once)

    def end(self) -> None:
        """No more audio; the last verdicts come with True."""
        self.ended = True
        self._pool.wake(self, at_once=True)

    def take(self) -> list[Piece]:
        """What waits, for a round."""
        waiting, self._waiting = self._waiting, []
        self._waiting_samples = 0
        return waiting

    def judge(self, pieces: Sequence[Piece]) -> list[float]:
        """Probabilities of all windows that are now complete. Runs in the worker thread."""
        verdicts: list[float] = []
        for piece in pieces:
            if isinstance(piece, bytes):
                self._detect(piece, verdicts)
            else:
                self._assume(piece, verdicts)
        return verdicts

    def _add(self, piece: Piece, samples: int, at_once: bool) -> None:
        self._waiting_samples += samples
        last = self._waiting[-1] if self._waiting else None
        if (
            isinstance(piece, Assumed)
            and isinstance(last, Assumed)
            and piece.probability == last.probability
        ):
            last.samples += samples
        else:
            self._waiting.append(piece)
        self._pool.wake(self, at_once=at_once)

    def _detect(self, pcm: bytes, verdicts: list[float]) -> None:
        size = self.window_samples * SAMPLE_BYTES
        pcm = self._carry + pcm
        at = 0
        while len(pcm) - at >= size:
            verdicts.append(self._verdict(pcm[at : at + size]))
            at += size
        self._carry = pcm[at:]

    def _verdict(self, window: bytes) -> float:
        try:
            self._last = self._detector.probability(window)
        except Exception:
            if not self.failures:
                logger.exception("voice detection failed on a track; it counts as speech")
            self.failures += 1
            self._last = 1.0
        return self._last

    def _assume(self, piece: Assumed, verdicts: list[float]) -> None:
        size = self.window_samples * SAMPLE_BYTES
        known = piece.samples * SAMPLE_BYTES
        if self._carry and len(self._carry) + known >= size:
            known -= size - len(self._carry)
            verdicts.append(self._verdict(self._carry.ljust(size, b"\0")))
            self._carry = b""
        probability = self._last if piece.probability is None else piece.probability
        known += len(self._carry)
        verdicts.extend([probability] * (known // size))
        self._carry = self._carry.ljust(known % size, b"\0")
        self._last = probability
        self._detector.reset()


class VadPool:
    """Judges the audio of all lanes, one round at a time."""

    def __init__(self, make: Callable[[], Detector], *, inline: bool = False) -> None:
        """``inline`` runs rounds on the loop: for detectors that cost less than a thread's turn."""
        self.rounds = 0
        self.late_rounds = 0
        self.last_round_s = 0.0
        """From the oldest audio's arrival to its verdict."""
        self._make = make
        self._loop = asyncio.get_running_loop()
        self._executor = None if inline else ThreadPoolExecutor(1, thread_name_prefix="vad")
        self._lanes: set[Lane] = set()
        self._dirty: dict[Lane, None] = {}
        self._since_s = 0.0
        self._started_s = -math.inf
        self._at_once = self._judging = False
        self._next: asyncio.Handle | None = None
        self._due_s = 0.0
        self._idle = asyncio.Event()
        self._idle.set()

    def open(self, on_verdicts: OnVerdicts) -> Lane:
        """A lane with its own detector."""
        lane = Lane(self, self._make(), on_verdicts)
        self._lanes.add(lane)
        return lane

    def wake(self, lane: Lane, *, at_once: bool = False) -> None:
        """The lane has something for the next round."""
        if not self._dirty:
            self._since_s = own_now_s()
        self._dirty[lane] = None
        self._at_once = self._at_once or at_once
        self._idle.clear()
        if not self._judging and (at_once or self._next is None):
            self._plan()

    async def aclose(self) -> None:
        """Everything heard so far is judged first."""
        self._at_once = True
        if self._dirty and not self._judging:
            self._plan()
        try:
            await asyncio.wait_for(self._idle.wait(), CLOSE_LIMIT_S)
        except TimeoutError:
            logger.warning("voice detection did not finish within %.0f s", CLOSE_LIMIT_S)
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _plan(self) -> None:
        now_s = self._loop.time()
        spacing_s = min((len(self._lanes) - 1) * ROUND_PER_LANE_S, ROUND_MAX_S)
        due_s = now_s if self._at_once else max(now_s, self._started_s + spacing_s)
        if self._next is not None:
            if self._due_s <= due_s:
                return
            self._next.cancel()
        self._due_s = due_s
        if due_s > now_s:
            self._next = self._loop.call_at(due_s, self._start)
        else:
            self._next = self._loop.call_soon(self._start)

    def _start(self) -> None:
        self._next, self._judging, self._at_once = None, True, False
        self._started_s = self._loop.time()
        self._lanes -= {lane for lane in self._dirty if lane.ended}
        batch = [(lane, lane.take(), lane.ended) for lane in self._dirty]
        self._dirty.clear()
        since_s = self._since_s
        if self._executor is None:
            self._finish(_judge(batch), since_s)
            return
        future = self._executor.submit(_judge, batch)
        future.add_done_callback(lambda done: self._back(done, since_s))

    def _back(self, done: Future[Results], since_s: float) -> None:
        """Runs in the worker thread."""
        if not done.cancelled():
            self._loop.call_soon_threadsafe(self._finish, done.result(), since_s)

    def _finish(self, results: Results, since_s: float) -> None:
        self.rounds += 1
        self.last_round_s = own_now_s() - since_s
        self.late_rounds += self.last_round_s > LATE_S
        for lane, verdicts, ended in results:
            try:
                lane.on_verdicts(verdicts, ended)
            except Exception:
                logger.exception("a listener failed on a verdict; the other tracks go on")
        self._judging = False
        if self._dirty:
            self._plan()
        else:
            self._idle.set()


Batch: TypeAlias = list[tuple[Lane, list[Piece], bool]]
Results: TypeAlias = list[tuple[Lane, list[float], bool]]


def _judge(batch: Batch) -> Results:
    return [(lane, _judged(lane, pieces), ended) for lane, pieces, ended in batch]


def _judged(lane: Lane, pieces: list[Piece]) -> list[float]:
    try:
        return lane.judge(pieces)
    except Exception:
        logger.exception("voice detection failed on a track; the other tracks go on")
        lane.failures += 1
        return []
