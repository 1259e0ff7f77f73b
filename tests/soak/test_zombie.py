"""What the zombie and the outage gates take for a deed of a past owner, and for a lost word."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import redis.asyncio

from roomhand.attribution.segments import Segment
from roomhand.coordination import scripts as scripts_module
from roomhand.coordination.entry import Entry
from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts, load_script
from roomhand.errors import StaleEpochError
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import FloorRequest
from roomhand.turns.questions import Reason
from tests.sim import servers
from tests.soak.outage import judge_written
from tests.soak.record import Record
from tests.soak.samples import START_S, gap, speech
from tests.soak.talk import Word
from tests.soak.worker_log import around, newest
from tests.soak.zombie import KINDS, heard_since, judge_fault, judge_words
from tests.soak.zombies import Told, floor_log, late_grants, late_segments

WORDS = ("one", "two", "three", "four")
SAID = [Word(word, START_S + 1 + 4 * number) for number, word in enumerate(WORDS)]
LATER = [speech("three", 9_000), speech("four", 13_000)]
OLD, NEW = 1_000_000, 2_000_000
"""Epochs."""


def told(event: str, epoch: int, at_us: int) -> Told:
    """Something happened to a request."""
    return Told(Event(event=event, at_us=at_us, who="sage"), epoch)


@pytest.mark.unit
def test_a_grant_to_an_old_epoch_after_a_new_one_was_minted_is_found() -> None:
    before, after = told("granted", OLD, NEW - 1), told("granted", OLD, NEW + 1)
    assert late_grants([before, told("granted", NEW, NEW + 1)], NEW) == 0
    assert late_grants([before, after, after], NEW) == 2
    assert late_grants([told("lost", OLD, NEW + 1), told("held", 0, NEW + 1)], NEW) == 0


@pytest.mark.redis
@pytest.mark.parametrize("planted", [False, True])
async def test_a_past_owner_is_granted_nothing(
    redis_server: servers.Redis,
    redis_client: redis.asyncio.Redis,
    room_name: str,
    monkeypatch: pytest.MonkeyPatch,
    planted: bool,
) -> None:
    """With the compare of the epoch taken out of the script it is, and that is found."""
    keys, honest = RoomKeys(room_name), load_script
    scripts = Scripts(redis_client)
    leases = LeaseStore(scripts, keys)
    old, new = [await leases.reserve("sage") for _ in range(2)]
    await leases.acquire("sage", new, "owner", 600)
    if planted:
        compare = "if record.epoch ~= epoch or record.owner == '' then"
        script = honest("floor_request")
        assert compare in script.source
        dishonest = replace(script, source=script.source.replace(compare, "if false then"))
        monkeypatch.setattr(scripts_module, "load_script", lambda _: dishonest)
    request = FloorRequest(id="1", reason=Reason.ADDRESS)
    with contextlib.nullcontext() if planted else pytest.raises(StaleEpochError):
        await FloorStore(scripts, keys, 600).request(Fence("sage", old), request)
    assert late_grants(await floor_log(redis_server.url, room_name), new) == planted


def entry(epoch: int, at_ms: int) -> Entry:
    """A segment, and when it was written."""
    return Entry(f"{at_ms}-0", replace(speech("one", at_ms), epoch=epoch))


@pytest.mark.unit
def test_a_segment_of_an_old_epoch_behind_one_of_a_new_is_found() -> None:
    assert late_segments([entry(1, 1), entry(1, 2), entry(3, 3), entry(3, 4)]) == 0
    assert late_segments([entry(1, 1), entry(3, 2), entry(1, 3), entry(3, 4), entry(2, 5)]) == 2


@pytest.mark.unit
@pytest.mark.parametrize(
    ("segments", "carried", "found"),
    [
        ([speech("one", 1_000), speech("two", 5_000)], {*WORDS}, (0, 0, 0)),
        ([speech("one", 1_000)], {*WORDS}, (1, 0, 1)),
        ([speech("one", 1_000)], {*WORDS} - {"two"}, (0, 0, 0)),
        ([], {*WORDS} - {"one", "two"}, (0, 0, 1)),
        ([speech("one", 1_000), gap(4_800, 6_000)], {*WORDS}, (0, 0, 0)),
        ([speech("one", 1_000), speech("one two", 5_000)], {*WORDS}, (0, 1, 1)),
    ],
    ids=["all is well", "lost", "damaged on its way", "too many", "said in a gap", "doubled"],
)
def test_words_around_a_fault_are_in_the_transcript_once(
    segments: Sequence[Segment], carried: set[str], found: tuple[int, int, int]
) -> None:
    counts = judge_words(SAID, carried, Record([*segments, *LATER], START_S)).counts
    assert (counts["lost"], counts["doubled"], counts["failures"]) == found
    assert counts["words_said"] == len(carried)


@pytest.mark.unit
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize("spoke", [True, False])
@pytest.mark.parametrize("alive", [0, 1])
def test_a_fault_without_a_new_owner_or_in_silence_proves_nothing(
    kind: str, changed: bool, spoke: bool, alive: int
) -> None:
    """Where only the signalling is away the owner may stay the owner."""
    counts = judge_fault(kind, {"zombies_alive": alive}, changed=changed, spoke=spoke).counts
    missed = kind in ("frozen", "redis_away") and not changed
    told = counts["not_taken_over"], counts["silent_before"], counts["zombies_alive"]
    assert told == (missed, not spoke, alive)
    assert counts["failures"] == any(told)
    assert counts[f"{kind}_taken_over"] == changed


@pytest.mark.unit
@pytest.mark.parametrize(
    ("sounds_s", "spoke"),
    [([], False), ([4.0, 4.01], False), ([6.0], False), ([4.0, 6.0, 6.01], True)],
)
def test_only_what_is_heard_after_it_was_asked_is_its_speech(
    sounds_s: Sequence[float], spoke: bool
) -> None:
    assert heard_since(sounds_s, 5.0) == spoke


@pytest.mark.unit
def test_recovery_from_an_outage_is_the_first_word_that_is_written() -> None:
    """After Redis is there again; without one the gate is red, and with a past owner's, too."""
    good = judge_written([entry(1, 900), entry(1, 1_250), entry(1, 1_300)], 1.0)
    assert good.samples["recover_ms"] == [250.0]
    assert (good.counts["failures"], good.counts["zombie_segments"]) == (0, 0)
    assert judge_written([entry(1, 900)], 1.0).counts["failures"] == 1
    late = judge_written([entry(2, 900), entry(1, 1_250)], 1.0)
    assert (late.counts["failures"], late.counts["zombie_segments"]) == (1, 1)


@pytest.mark.unit
def test_the_newest_line_of_a_room_is_found_in_any_log(tmp_path: Path) -> None:
    lines = {
        "a": ["2026-01-01T00:00:09+00:00", "2026-01-01T00:00:03+00:00"],
        "b": ["2026-01-01T00:00:07+00:00"],
    }
    for name, times in lines.items():
        text = (f'{{"message": "able to speak", "room": "r", "time": "{at}"}}\n' for at in times)
        (tmp_path / name).write_text("".join(text) + '{"message": "retired"}\n')
    found = newest(sorted(tmp_path.iterdir()), "able to speak")
    assert found == {"r": 1_767_225_609.0}
    told = around(sorted(tmp_path.iterdir()), "r", 1_767_225_604.0, 1_767_225_610.0)
    assert [json.loads(line)["time"][17:19] for line in told] == ["07", "09"]
