"""Brings together what was performed, written and heard, and gives the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from roomhand.attribution.segments import Segment
from roomhand_plugins.base import SAMPLE_RATE
from tests.demo.behaviour import answer_to, holds_fact, window
from tests.demo.observer import AUDIBLE_DB, STEP_MS, Heard
from tests.demo.overlap import on_time, overlap, sounding, together_ms
from tests.demo.play import Play
from tests.demo.result import Result
from tests.demo.score import score
from tests.demo.script import Kind
from tests.sim.hearing import Listener

MOST_LISTENED_S = 30
REALLY_HEARD = 0.5
"""Share of the answer's time in which a listener must have heard something: words have gaps."""
WOKEN_S = 0.2
"""So much audible speech of the agent is no accident."""


async def judge(play: Play, segments: Sequence[Segment], duration_s: float) -> Result:
    """The figures of a performance whose agent has left. ``segments`` are the transcript."""
    script, spoken = play.script, play.spoken
    scored = score(spoken, segments)
    agents = [_sounding(heard) for heard in play.observer.agents.values()]
    people = [_sounding(heard) for heard in play.observer.heard.values()]
    over = overlap(set().union(*agents), people, STEP_MS)
    unaccounted = await play.watch.unaccounted()
    return Result(
        seed=script.seed,
        duration_s=round(duration_s, 1),
        speech_s=round(sum(each.end_ms - each.start_ms for each in spoken) / 1000, 1),
        wer_by_name={
            script.name_of(who): round(rate, 3) for who, rate in scored.wer_by_identity.items()
        },
        misattributed_words=scored.misattributed,
        lost_words=scored.lost,
        doubled_words=scored.doubled,
        agent_over_people_ms=over.total_ms,
        longest_agent_over_people_ms=over.longest_ms,
        agent_over_agent_ms=together_ms(agents, STEP_MS),
        unaccounted_by_track={
            f"{script.name_of(identity)} {track}": samples
            for (track, identity), samples in sorted(unaccounted.items())
        },
        tracks=len(script.cast),
        answered_question=_answered(play, Kind.QUESTION, segments),
        handed_over=_answered(play, Kind.HANDOVER, segments),
        heard_at_listener=await asyncio.to_thread(_heard_answer, play, segments),
        asked_again=play.asked_again,
        woken_by_mention=_woken(play, segments),
        gave_way=any(each.interrupted for each in answer_to(spoken, Kind.SUMMARY, segments)),
        late=tuple(play.late),
    )


def _sounding(heard: Heard) -> set[int]:
    return sounding(on_time(heard.at_s, STEP_MS), heard.level_db, AUDIBLE_DB, STEP_MS)


def _answered(play: Play, kind: Kind, segments: Sequence[Segment]) -> bool:
    """The called agent's answer holds the fact, and a listener heard that agent for so long."""
    agent = play.script.answers(kind)
    own = [segment for segment in segments if segment.speaker == agent.lower()]
    answer = answer_to(play.spoken, kind, own)
    written_s = sum(each.end_ms - each.start_ms for each in answer) / 1000
    heard_s = play.observer.agent(agent).audible_s(*_own_window(play, kind))
    return holds_fact(play.spoken, answer) and heard_s >= REALLY_HEARD * written_s


def _woken(play: Play, segments: Sequence[Segment]) -> bool:
    mentioned = _own_window(play, Kind.MENTION)
    heard_s = max(heard.audible_s(*mentioned) for heard in play.observer.agents.values())
    return heard_s > WOKEN_S or bool(answer_to(play.spoken, Kind.MENTION, segments))


def _heard_answer(play: Play, segments: Sequence[Segment]) -> str:
    """The answer as the offline recogniser understands what arrived at a listener."""
    if not answer_to(play.spoken, Kind.QUESTION, segments):
        return ""
    samples = play.observer.agent(play.script.agent).samples(*_own_window(play, Kind.QUESTION))
    loud = (abs(samples.astype("int32")) > 300).nonzero()[0]
    if not len(loud):
        return ""
    said = samples[loud[0] : loud[-1] + 1][: MOST_LISTENED_S * SAMPLE_RATE]
    names = [character.name for character in play.script.cast]
    return Listener([play.script.agent, *names]).hear(said)


def _own_window(play: Play, kind: Kind) -> tuple[float, float]:
    begin_ms, end_ms = window(play.spoken, kind)
    return play.watch.own_s(begin_ms), play.watch.own_s(end_ms)
