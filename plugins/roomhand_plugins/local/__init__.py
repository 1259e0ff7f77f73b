"""The local plugin: hears with pocketsphinx, speaks with piper, needs no network and no key."""

from roomhand_plugins.local.plugin import LocalPlugin

__all__ = ["LocalPlugin"]
