"""A plugin without a model, for tests: it follows a script, on time, and fails when told to."""

from roomhand_plugins.scripted.plugin import ScriptedPlugin

__all__ = ["ScriptedPlugin"]
