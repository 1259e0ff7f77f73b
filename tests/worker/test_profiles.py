"""Agents from YAML: every fault with line, field and fix; nothing is guessed."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import ConfigError
from roomhand.profiles import Policy, Profile, load_profiles, parse_profiles

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
SAGE = "agents:\n  - name: sage\n    plugin: local\n"


def wrong(text: str) -> list[str]:
    """What is said about a file, a line for each fault."""
    with pytest.raises(ConfigError) as told:
        parse_profiles(text, "a.yaml")
    return str(told.value).splitlines()


def test_a_short_profile_is_filled_up() -> None:
    """A name and a plugin are enough."""
    sage = parse_profiles(SAGE, "a.yaml")["sage"]
    assert sage.shown_as == "Sage"
    assert sage.answers_to == ("Sage",)
    assert sage.address.policy is Policy.ADDRESSED
    assert sage.floor.max_talk_s is None


def test_given_names_replace_the_shown_one() -> None:
    """An agent answers to what its profile says."""
    sage = Profile(name="sage", plugin="local", display_name="Dr. Sage", names=["Sage", "Doctor"])
    assert sage.shown_as == "Dr. Sage"
    assert sage.answers_to == ("Sage", "Doctor")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            SAGE + "    voce: x\n",
            ["a.yaml:4 agents.0.voce: is not a known field. Did you mean voice?"],
        ),
        (
            SAGE + "    zzz: x\n",
            [
                "a.yaml:4 agents.0.zzz: is not a known field. Known are: "
                + ", ".join(Profile.model_fields)
            ],
        ),
        (
            SAGE + "    address: {polcy: silent}\n",
            ["a.yaml:4 agents.0.address.polcy: is not a known field. Did you mean policy?"],
        ),
        ("agent:\n  - x\n", ["a.yaml:1 agents: is missing. Add agents",
                             "a.yaml:1 agent: is not a known field. Did you mean agents?"]),
        (
            SAGE + "    address: {policy: loud}\n",
            ["a.yaml:4 agents.0.address.policy: input should be 'addressed', 'follow_up', "
             "'raise_hand', 'facilitator', 'open', 'hold' or 'silent'. Change policy"],
        ),
        (
            SAGE + "    address:\n      policy: follow_up\n      follow_up_s: 0\n",
            ["a.yaml:6 agents.0.address.follow_up_s: must be more than 0 under the policy "
             "follow_up. Change follow_up_s"],
        ),
        (
            SAGE + "    address: {policy: facilitator, quiet_s: 1, hand_s: 4000}\n",
            ["a.yaml:4 agents.0.address.hand_s: input should be less than or equal to 3600. "
             "Change hand_s",
             "a.yaml:4 agents.0.address.quiet_s: input should be greater than or equal to 5. "
             "Change quiet_s"],
        ),
        (
            "agents:\n  - name: Sage!\n    plugin: local\n",
            ["a.yaml:2 agents.0.name: must be 1 to 32 of a-z, 0-9 and -. Change name"],
        ),
        (
            "agents:\n  - name: 7\n    plugin: local\n",
            ["a.yaml:2 agents.0.name: must be text; put it in quotes. Change name"],
        ),
        (SAGE + "    plugin: openai\n", ["a.yaml:4 agents.0.plugin: is given twice. Keep one"]),
        (
            SAGE + "    names: Sage\n",
            ["a.yaml:4 agents.0.names: must be a list. Change names"],
        ),
        (
            SAGE + SAGE.removeprefix("agents:\n"),
            ["a.yaml:4 agents.1.name: sage is taken. Give each agent its own name"],
        ),
        ("{", ["a.yaml:1: expected the node content, but found '<stream end>'. Mend the YAML"]),
        ("agents: !!python/object:os.system {}", [
            "a.yaml:1: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object:os.system'. Mend the YAML"]),
    ],
)  # fmt: skip
def test_each_fault_has_line_field_and_fix(text: str, expected: list[str]) -> None:
    """Nothing but what is wrong is said."""
    assert wrong(text) == expected


def test_all_faults_are_found_at_once() -> None:
    """Of all agents."""
    text = "agents:\n  - {name: A, plugin: local}\n  - {name: b, plugin: x, floor: {priority: 11}}"
    assert [line.split(":")[1].split()[0] for line in wrong(text)] == ["2", "3"]


def test_what_is_written_once_may_be_used_twice() -> None:
    """YAML's anchors are for that; each fault is told where it is written."""
    text = (
        "agents:\n"
        "  - &base {name: sage, plugin: local, instructions: Be brief.}\n"
        "  - {<<: *base, name: nova}\n"
    )
    agents = parse_profiles(text, "a.yaml")
    assert agents["nova"].instructions == agents["sage"].instructions == "Be brief."


def test_yaml_that_holds_itself_ends() -> None:
    """So does one that names itself a billion times."""
    assert wrong("a: &a [*a]\nagents: *a")
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert wrong("\n".join([*lines, "agents: *a59"]))


def test_a_very_deep_file_is_refused() -> None:
    """Not by a crash."""
    assert wrong("agents: " + "[" * 5000)


@pytest.mark.parametrize("value", ["2024-99-99", "!!bool maybe", "!!int x", "!!timestamp x"])
def test_a_value_that_yaml_cannot_make_is_refused(value: str) -> None:
    """Not by a crash."""
    (told,) = wrong(f"agents: {value}")
    assert told.startswith("a.yaml: holds a bad value (")


@given(st.text())
def test_whatever_the_file_holds_the_answer_is_agents_or_faults(text: str) -> None:
    """No other exception comes out."""
    with suppress(ConfigError):
        assert parse_profiles(text, "a.yaml")


def test_the_examples_of_the_pages_are_right() -> None:
    """README, docs and the file that comes with the repository."""
    sage = load_profiles(ROOT / "infra" / "agents.yaml")["sage"]
    assert sage.model_fields_set == set(Profile.model_fields)
    for page in ("README.md", "docs/profiles.md"):
        examples = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
        assert examples, page
        for example in examples:
            assert parse_profiles(example, page)
