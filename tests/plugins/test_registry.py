"""Plugins are found through entry points, loaded late, and fail alone."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from roomhand_plugins.base import Plugin, PluginConfigError
from roomhand_plugins.registry import (
    GROUP,
    BrokenPluginError,
    Registry,
    UnknownPluginError,
    discover,
)
from roomhand_plugins.scripted import ScriptedPlugin

pytestmark = pytest.mark.unit

SCRIPTED = "roomhand_plugins.scripted:ScriptedPlugin"
HERE = __name__


class RaisingPlugin(ScriptedPlugin):
    """Its constructor has a bug."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        raise ZeroDivisionError("planted")


class RehearsingPlugin(ScriptedPlugin):
    """Notes that it may rehearse."""

    rehearsals = 0

    @classmethod
    def rehearse(cls) -> None:
        """Once more."""
        cls.rehearsals += 1


class StagefrightPlugin(ScriptedPlugin):
    """Its rehearsal has a bug."""

    @staticmethod
    def rehearse() -> None:
        """Raises."""
        raise ZeroDivisionError("planted")


class FuturePlugin(ScriptedPlugin):
    """Written for a later interface."""

    interface_version = 2


class HalfPlugin:
    """Cannot close."""

    async def open(self) -> None:
        """Opens nothing."""


class MutePlugin:
    """Declares no capabilities."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        pass

    async def open(self) -> None:
        """Opens nothing."""

    async def close(self) -> None:
        """Closes nothing."""


def make_plugin(options: Mapping[str, Any]) -> Plugin:
    """Not a class."""
    return ScriptedPlugin(options)


def registry(**values: str) -> Registry:
    """A registry of these names and entry point values, and of one that works."""
    points = {"scripted": SCRIPTED, **values}
    return Registry(EntryPoint(name, value, GROUP) for name, value in points.items())


def test_the_bundled_plugins_come_through_the_entry_points() -> None:
    """The same door as a stranger's."""
    assert {"openai", "local", "scripted"} <= set(discover().names)
    assert isinstance(discover().build("scripted", {}), ScriptedPlugin)


def test_a_strangers_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is installed beside us with an entry point of our group is a plugin."""
    (tmp_path / "stranger.py").write_text(f"from {HERE} import ScriptedPlugin as Strange\n")
    info = tmp_path / "stranger-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nstrange = stranger:Strange\n")
    monkeypatch.syspath_prepend(tmp_path)

    found = discover()

    assert "strange" in found.names
    assert "stranger" not in sys.modules, "listing imports nothing"
    assert isinstance(found.build("strange", {}), ScriptedPlugin)


def test_an_unknown_name_lists_the_installed_and_suggests_the_near() -> None:
    """A typo in a profile is answered with its cure."""
    with pytest.raises(UnknownPluginError) as error:
        registry(local="x:y").build("scriptde", {})
    assert str(error.value) == (
        "no plugin scriptde is installed. Did you mean scripted? Installed are local, scripted"
    )
    assert isinstance(error.value, PluginConfigError)


def test_an_unknown_name_unlike_any_other_gets_no_guess() -> None:
    """No suggestion is better than a wild one."""
    with pytest.raises(UnknownPluginError, match=r"no plugin zzz is installed\. Installed are"):
        registry().build("zzz", {})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_package_x:Plugin", "needs the package no_such_package_x"),
        (f"{HERE}:NoSuchClass", "cannot be imported: AttributeError"),
        (f"{HERE}:HalfPlugin", "has no close"),
        (f"{HERE}:make_plugin", "is not a class"),
        (f"{HERE}:FuturePlugin", "is for interface version 2, and this is version 1"),
    ],
)
def test_a_broken_plugin_is_reported_and_stops_nobody(value: str, reason: str) -> None:
    """It is listed, its reason is told, building it fails, and its neighbour works."""
    found = registry(bad=value)

    assert found.names == ("bad", "scripted")
    assert set(found.broken) == {"bad"}
    assert reason in found.broken["bad"]
    with pytest.raises(BrokenPluginError, match=f"plugin bad: .*{reason}"):
        found.build("bad", {})
    assert isinstance(found.build("scripted", {}), ScriptedPlugin)


def test_a_module_that_fails_while_it_is_imported_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it raises."""
    (tmp_path / "exploding_plugin.py").write_text("raise RuntimeError('planted')\n")
    monkeypatch.syspath_prepend(tmp_path)

    found = registry(bad="exploding_plugin:Plugin")

    assert "RuntimeError: planted" in found.broken["bad"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (f"{HERE}:RaisingPlugin", "plugin bad cannot be built: ZeroDivisionError: planted"),
        (f"{HERE}:MutePlugin", "needs capabilities"),
    ],
)
def test_a_plugin_that_cannot_be_built_is_reported(value: str, reason: str) -> None:
    """A bug in a constructor is the plugin's, not the profile's."""
    with pytest.raises(BrokenPluginError, match=reason):
        registry(bad=value).build("bad", {})


def test_a_plugin_may_rehearse_before_it_is_built() -> None:
    """Nobody has to: the bundled script does not."""
    registry(good=f"{HERE}:RehearsingPlugin").rehearse("good")
    assert RehearsingPlugin.rehearsals == 1
    registry().rehearse("scripted")


def test_a_rehearsal_that_fails_is_reported() -> None:
    """Whatever it raises."""
    with pytest.raises(
        BrokenPluginError, match="plugin bad cannot rehearse: ZeroDivisionError: planted"
    ):
        registry(bad=f"{HERE}:StagefrightPlugin").rehearse("bad")


def test_a_wrong_option_is_the_profiles_fault() -> None:
    """PluginConfigError passes through as it is."""
    with pytest.raises(PluginConfigError, match="transcript_mss") as error:
        registry().build("scripted", {"transcript_mss": 5})
    assert not isinstance(error.value, UnknownPluginError)


def test_two_packages_with_one_name_are_told_apart_from_none() -> None:
    """A name offered twice is broken, because either choice may be wrong."""
    points = [EntryPoint("twin", value, GROUP) for value in (SCRIPTED, f"{HERE}:HalfPlugin")]
    found = Registry(points)
    assert "two packages offer it" in found.broken["twin"]


def test_the_same_entry_point_seen_twice_is_one() -> None:
    """An editable install beside a wheel is no conflict."""
    found = Registry([EntryPoint("scripted", SCRIPTED, GROUP)] * 2)
    assert not found.broken
