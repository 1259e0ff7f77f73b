"""Meeting time is Redis time since the meeting's start."""

from __future__ import annotations

import time

import pytest

from roomhand.clock import MeetingClock, own_now_s

pytestmark = pytest.mark.unit


def test_two_processes_agree_on_meeting_time() -> None:
    """Each by its own clock and its own offset from Redis."""
    one = MeetingClock(start_s=1000.0, offset_s=900.0)
    other = MeetingClock(start_s=1000.0, offset_s=-50.0)
    assert one.ms(101.5) == other.ms(1051.5) == 1500


def test_a_new_offset_counts_from_then_on() -> None:
    """It is measured at every renewal of the lease."""
    clock = MeetingClock(start_s=1000.0, offset_s=900.0)
    clock.offset_s = 900.25
    assert clock.ms(101.5) == 1750


def test_own_time_goes_on() -> None:
    """It never goes back, and now is the default."""
    before_s = own_now_s()
    clock = MeetingClock(start_s=0.0, offset_s=0.0)
    assert before_s * 1000 - 1 <= clock.ms() <= own_now_s() * 1000 + 1
    assert time.clock_gettime(time.CLOCK_MONOTONIC) <= own_now_s() + 1
