"""A model that stands in for another while that one's provider is in trouble."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from roomhand.bridge.circuit import Circuit, CircuitLimits, CircuitState
from roomhand.profiles import FallbackOptions, Profile
from roomhand.room.provision import Provider, Provision, common, provision_of
from roomhand.room.sessions import SessionState
from roomhand_plugins.base import Capabilities, Closed, PluginConfigError, SessionSetup, TurnTaking
from roomhand_plugins.registry import discover
from roomhand_plugins.scripted import ScriptedPlugin
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import Stage, recognise, stage

pytestmark = pytest.mark.unit

REFUSED = [{"fault": "refuse", "nth": nth} for nth in range(1, 10)]


def chain(*scripts: dict[str, Any], return_s: float = 60.0) -> tuple[Provision, list[str]]:
    """Scripted plugins called a, b, c, and what was said of changes."""
    sources = [
        Provider(
            name,
            ScriptedPlugin(script, transcribe=recognise),
            Circuit(CircuitLimits(), name),
        )
        for name, script in zip("abc", scripts, strict=False)
    ]
    said: list[str] = []
    now = asyncio.get_running_loop().time
    provision = Provision(sources, now=now, return_s=return_s)
    provision.changed = lambda name, why: said.append(name)
    return provision, said


def provide(s: Stage, provision: Provision) -> None:
    """Let the sessions of a stage come from it."""
    object.__setattr__(s.sessions._context, "plugin", provision)


def opened(provision: Provision) -> list[int]:
    """Sessions asked of each plugin."""
    return [
        sum(str(call.moment) == "open" for call in source.plugin.calls)  # type: ignore[attr-defined]
        for source in provision._sources
    ]


@in_virtual_time
async def test_a_provider_that_is_down_costs_no_word_and_a_notice() -> None:
    """The next of the list serves at once, and after three failures it is asked first."""
    async with stage() as s:
        provision, said = chain({"faults": REFUSED}, {})
        provide(s, provision)
        people = [s.person(name) for name in ("anna", "ben", "cleo", "dan", "eve")]
        await asyncio.gather(*(one.speak(n + 1) for n, one in enumerate(people)))
        assert s.sink.lost == []
        assert sorted(text for _, _, text in s.sink.final) == ["w1", "w2", "w3", "w4", "w5"]
        assert said == ["b"]
        assert opened(provision) == [3, 5]
        await s.sessions.aclose()
        await provision.close()


@in_virtual_time
async def test_when_it_recovers_it_serves_again_without_a_gap() -> None:
    """While somebody speaks: the stand-in's session is followed by one of the first."""
    async with stage() as s:
        provision, said = chain({"faults": REFUSED[:3]}, {}, return_s=10.0)
        provide(s, provision)
        anna = s.person("anna")
        await anna.speak(*range(1, 501))
        await anna.wait(2)
        assert said == ["b", "a"]
        assert s.sink.lost == []
        samples: dict[str, int] = {}
        for word in s.sink.said("anna").split():
            value, _, size = word.partition(":")
            samples[value] = samples.get(value, 0) + int(size or 4_800)
        assert samples == {f"w{value}": 4_800 for value in range(1, 501)}
        await s.sessions.aclose()
        await provision.close()


@in_virtual_time
async def test_sessions_that_open_and_answer_nothing_are_failures_too() -> None:
    """Open and dead: given up by their lanes, counted by the circuit."""
    dead = {"automatic": False}
    async with stage() as s:
        provision, said = chain(dead, {})
        provide(s, provision)
        people = [s.person(name) for name in ("anna", "ben", "cleo")]
        await asyncio.gather(*(one.speak(n + 1) for n, one in enumerate(people)))
        await asyncio.gather(*(one.wait(40) for one in people))
        assert s.sink.lost == []
        assert sorted(text for _, _, text in s.sink.final) == ["w1", "w2", "w3"]
        assert said == ["b"]
        await s.sessions.aclose()
        await provision.close()


@in_virtual_time
async def test_a_provider_that_refuses_in_mid_session_is_replaced() -> None:
    """Its quota is used up: for good, as it says, but there is another one."""
    async with stage() as s:
        provision, said = chain({}, {})
        provide(s, provision)
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(1)
        [session] = provision._sources[0].plugin.sessions  # type: ignore[attr-defined]
        session.wire.end(Closed("refused", False, "insufficient_quota"))
        await anna.speak(2, 3)
        await anna.wait(5)
        assert s.sink.said("anna") == "w1 w2 w3"
        assert (s.sink.lost, said, opened(provision)) == ([], ["b"], [1, 1])
        await s.sessions.aclose()
        await provision.close()


@in_virtual_time
async def test_where_none_is_left_the_lane_waits_and_goes_on() -> None:
    """No word is lost as long as the ring holds it."""
    async with stage() as s:
        provision, _ = chain({"faults": REFUSED[:5]})
        provide(s, provision)
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(50)
        assert s.sink.said("anna") == "w1"
        assert s.sink.states[-1] == ("anna", SessionState.READY)
        assert provision._sources[0].circuit.state is CircuitState.CLOSED
        await s.sessions.aclose()
        await provision.close()


@in_virtual_time
async def test_a_stand_in_has_a_voice_of_its_own() -> None:
    """One provider's names of voices mean nothing to another."""
    provision, _ = chain({"faults": REFUSED}, {})
    session = await provision.open(SessionSetup(instructions="", voice="marin"))
    stand_in = provision._sources[1].plugin
    assert stand_in.sessions[0].setup.voice is None  # type: ignore[attr-defined]
    await session.close()
    await provision.close()


def test_a_chain_can_do_what_all_of_it_can() -> None:
    """The shortest life counts, and what one needs is given to all."""
    long = Capabilities(turn_taking=TurnTaking.TURNS, verbatim=True, max_session_s=3_600)
    other = Capabilities(turn_taking=TurnTaking.TURNS, unbroken_input=True, max_session_s=600)
    found = common([long, other])
    assert (found.verbatim, found.unbroken_input, found.max_session_s) == (False, True, 600)
    assert common([long]) == long


@pytest.mark.parametrize(
    ("fallback", "message"),
    [
        (FallbackOptions(plugin="scripted", options={"x": 1}), r"fallback\.0: scripted: x"),
        (FallbackOptions(plugin="scrypted"), r"fallback\.0: no plugin scrypted is installed"),
        (
            FallbackOptions(plugin="scripted", options={"capabilities": {"turn_taking": "listen"}}),
            r"fallback\.0: takes turns as listen",
        ),
    ],
)
def test_a_wrong_stand_in_is_named(fallback: FallbackOptions, message: str) -> None:
    """With its place in the list."""
    profile = Profile(name="sage", plugin="scripted", fallback=[fallback])
    with pytest.raises(PluginConfigError, match=message):
        provision_of(profile, discover())
