"""The store gate is green where nothing is lost, and red for each fault that it is to find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from roomhand.coordination.entry import BEGINNING
from tests.soak.store import Follower, Round, judged
from tests.worker.coordination.samples import spoken


@pytest.mark.redis
@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_or_doubled_when_redis_and_the_reader_are_killed(
    seed: int, tmp_path: Path
) -> None:
    """Nor when the archiver is, wherever it is with its part."""
    found = (await Round(seed, tmp_path).play()).counts
    assert found["words_said"] > 300
    assert found["faults_injected"] >= 5
    assert found["segments_moved"] > 50
    assert (found["lost"], found["doubled"], found["misattributed"]) == (0, 0, 0)
    assert (found["failures"], found["holes_listed"]) == (0, 0)


@pytest.mark.redis
async def test_a_redis_that_forgets_what_it_acknowledged_is_noticed(tmp_path: Path) -> None:
    """Planted: the end of its file is gone when it comes back."""
    found = (await Round(3, tmp_path, forgets=20_000).play()).counts
    assert found["lost"] > 0
    assert found["failures"]


class ForgetfulFollower(Follower):
    """Begins anew where it should go on."""

    def _read(self, line: bytes) -> None:
        super()._read(line)
        self.after = BEGINNING


@pytest.mark.redis
async def test_a_reader_that_does_not_resume_is_noticed(tmp_path: Path) -> None:
    """Planted: it forgets its token."""
    found = (await Round(4, tmp_path, follower=ForgetfulFollower()).play()).counts
    assert found["doubled"] > 0
    assert found["failures"]


@pytest.mark.unit
def test_every_kind_of_fault_is_counted_in_words() -> None:
    """Of two words each."""
    said = [spoken(number) for number in range(5)]
    assert not judged(said, said)
    assert judged(said, said[1:]) == {"lost": 2}
    assert judged(said, [*said, said[2]]) == {"doubled": 2}
    swapped = [replace(said[0], speaker="ben"), *said[1:]]
    assert judged(said, swapped) == {"misattributed": 2}
    changed = [replace(said[0], text="other words here"), *said[1:]]
    assert judged(said, changed) == {"misattributed": 3}
    assert judged(said, [*said, spoken(9)]) == {"misattributed": 2}
