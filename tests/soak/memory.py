"""The memory gate: a long meeting at a provider's normal limits, in a real worker's job process.

Its rounds are minutes. What the job holds is judged by the slope of its resident memory once it is
warm: caches and the ids of events are full then, and the memory of the conversation has been
condensed at least once. The meeting begins with as long a history as a conversation holds, because
one that fills for a hundred minutes cannot be told from a leak. An answer borrows a few MiB and
gives them back; what is held is the least of each minute.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from roomhand.attribution.conversation import DEFAULT_LIMIT
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.connection import open_client
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptStore
from roomhand.remote import RoomControl
from tests.sim import tones
from tests.sim.drawing import NAMES as EVERYBODY
from tests.sim.drawing import draw
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.sim.script import Script
from tests.soak.tally import Tally
from tests.system.office import Office, eventually_true, job_process, office
from tests.system.stage import RATE, Venue, people
from tests.worker.room.speaking_person import Person, hush

NAMES = EVERYBODY[:4]
MOST_MIB_PER_H = 1.0
WARM_S = 1800.0
"""The 512 event ids that a session knows are full after 28 minutes of this talk."""
STEP_S = 10.0
MINUTE_S = 60.0
SESSION_S = 3600.0
"""OpenAI's limit of a session."""
QUESTION = ("sage", "what", "did", "we", "decide")
ASKED_EVERY = 2
"""Minutes."""
EARLIER = "Earlier"
"""Who said all that was said before."""

Sample = tuple[float, float]
"""Seconds into the meeting, resident MiB."""
Spoken = tuple[str, str]
"""Who, and the word."""


def slope(samples: Sequence[Sample], warm_s: float = WARM_S) -> float:
    """MiB per hour of the straight line through the least of each minute that was sampled warm; the
    later half where the meeting was too short to be warm. Raises ValueError below two minutes."""
    last_s = samples[-1][0] if samples else 0.0
    since_s = min(warm_s, last_s / 2)
    least: dict[int, Sample] = {}
    for sample in samples:
        if sample[0] >= since_s:
            minute = int(sample[0] // MINUTE_S)
            least[minute] = min(least.get(minute, sample), sample, key=lambda one: one[1])
    if len(least) < 2:
        raise ValueError(f"a slope needs two minutes of samples, not {len(least)}")
    at_s, mib = np.array(list(least.values())).T
    return float(np.polyfit(at_s / 3600, mib, 1)[0])


def judge(said: Counter[Spoken], found: Counter[Spoken], holes: int) -> Tally:
    """Words by display name, and how many gaps are listed. Nobody listens beside the agent for two
    hours: what the machine damaged counts as lost, so that two in a hundred may be."""
    lost = sum((said - found).values())
    wrong = {word: count for word, count in found.items() if not _is_of(*word)}
    own = Counter({word: count for word, count in found.items() if word in said})
    misattributed, doubled = sum(wrong.values()), sum((own - said).values())
    tally = Tally()
    tally.add(words_said=said.total(), lost=lost, doubled=doubled)
    tally.add(misattributed=misattributed, holes_listed=holes)
    tally.add(failures=bool(misattributed or doubled) or 50 * lost > said.total())
    return tally


async def memory(venue: Venue, minutes: int) -> Tally:
    """Four people talk, and ask the agent something every other minute."""
    behaviour = Behaviour(
        session_limit_s=SESSION_S,
        vocabulary=QUESTION,
        answer=lambda prompt: " ".join(tones.speaker_words(40, 8)),
    )
    tally = Tally()
    with TemporaryDirectory() as folder:
        async with (
            RealtimeServer(behaviour) as server,
            office(venue, server, Path(folder), policy="addressed") as worker,
        ):
            await worker.run("join", venue.room, "--agent", "sage", "--create")
            await _say_before(venue)
            samples, said = await _hold(venue, worker, server.url, minutes)
            found, holes = await _recorded(venue)
            await worker.run("leave", venue.room, "--agent", "sage")
            ended = max(0, len(server.sessions) - len(NAMES))
            tally.add(sessions=len(server.sessions), faults_injected=ended)
    per_h = slope(samples)
    tally.merge(judge(said, found, holes))
    tally.add(failures=per_h > MOST_MIB_PER_H)
    tally.note("mib_per_h", per_h)
    tally.note("resident_mib", *(mib for _, mib in samples))
    return tally


async def _say_before(venue: Venue) -> None:
    """Write a history into the transcript, as the agent that is its scribe."""
    client = open_client(venue.redis.url)
    scripts, keys = Scripts(client), RoomKeys(venue.room)
    try:
        record = await LeaseStore(scripts, keys).read("sage")
        meeting = await MeetingStore(scripts, keys).current()
        assert record is not None, "nobody owns the agent"
        assert meeting is not None, "the agent has not opened a meeting"
        store = TranscriptStore(scripts, keys)
        for turn in range(DEFAULT_LIMIT):
            at_ms = (turn - DEFAULT_LIMIT) * 1000
            segment = Segment(
                id=f"before-{turn}",
                kind=SegmentKind.SPEECH,
                speaker="earlier",
                name=EARLIER,
                text=" ".join(f"{word}{turn}" for word in ("we", "spoke", "of", "number")),
                start_ms=at_ms,
                end_ms=at_ms + 900,
                track=f"before-{turn}",
            )
            await store.append(Fence("sage", record.epoch), meeting, segment)
    finally:
        await client.aclose()


async def _hold(
    venue: Venue, worker: Office, provider_url: str, minutes: int
) -> tuple[list[Sample], Counter[Spoken]]:
    said: Counter[Spoken] = Counter()
    async with people(venue, *NAMES) as present:
        persons = [person for person, _ in present]
        async with asyncio.TaskGroup() as group:
            talking = group.create_task(_talk(persons, minutes, said))
            samples = await _watch(talking, worker, provider_url)
    return samples, said


async def _talk(persons: Sequence[Person], minutes: int, said: Counter[Spoken]) -> None:
    for minute in range(minutes):
        script = draw(len(persons), 60.0, seed=minute)
        parts = [who.say(script.audio_of(at), step_ms=50) for at, who in enumerate(persons)]
        await asyncio.gather(*parts)
        _count(script, said)
        if minute % ASKED_EVERY == 0:
            asked = tones.encode([word for token in QUESTION for word in tones.as_words(token)])
            await persons[0].say(np.concatenate([asked, hush(6000, rate=RATE)]), step_ms=50)


def _count(script: Script, said: Counter[Spoken]) -> None:
    for turn in script.turns:
        said.update((NAMES[turn.person], word) for word in turn.words)


async def _watch(talking: asyncio.Task[None], worker: Office, provider_url: str) -> list[Sample]:
    """Resident memory of the job for as long as people talk."""
    clock, samples = asyncio.get_running_loop().time, list[Sample]()
    began_s = clock()
    found: list[psutil.Process] = []

    async def works() -> bool:
        try:
            found.append(job_process(worker.process.pid, provider_url))
        except (LookupError, psutil.Error):
            return False
        return True

    await eventually_true(works)
    while not (await asyncio.wait([talking], timeout=STEP_S))[0]:
        samples.append((clock() - began_s, found[0].memory_info().rss / 2**20))
    return samples


async def _recorded(venue: Venue) -> tuple[Counter[Spoken], int]:
    """Tone words in the transcript, by display name; and how many gaps it lists."""
    async with RoomControl.open(venue.settings()) as control:
        segments, _ = await control.transcript(venue.room, None)
    words = Counter(
        (segment.name, word)
        for segment in segments
        if segment.kind is SegmentKind.SPEECH and segment.name != EARLIER
        for word in segment.text.split()
        if word not in QUESTION
    )
    return words, sum(segment.kind is SegmentKind.GAP for segment in segments)


def _is_of(name: str, word: str) -> bool:
    """Whether this person can have said it. Half a word is nobody's, and lost."""
    try:
        return NAMES[tones.speaker_of(word)] == name
    except (ValueError, IndexError):
        return True
