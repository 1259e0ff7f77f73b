"""What a process does before a job comes: all that blocks the event loop only the first time."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress

from livekit import local_inference

from roomhand.turns import address
from roomhand_plugins.base import PluginError
from roomhand_plugins.registry import Registry, discover

logger = logging.getLogger(__name__)


def load(plugins: Iterable[str]) -> Registry:
    """What every job needs and survives a fork, and the modules of these plugins. Gives where they
    are from; one that cannot be imported is left for ``rehearse`` to tell of."""
    local_inference.init_vad()
    address.get_ready()
    registry = discover()
    for name in plugins:
        with suppress(PluginError):
            registry.load(name)
    return registry


def rehearse(plugins: Sequence[str]) -> None:
    """Load what every job needs, and these plugins. Takes about a second; no loop may run.

    What cannot be loaded stops only the jobs that need it: they say why.
    """
    registry = load(plugins)
    for name in plugins:
        try:
            registry.rehearse(name)
        except PluginError as error:
            logger.warning("plugin not loaded: %s", error)
    _set_apart()


def _set_apart() -> None:
    """Modules and types stay for good. A collection that looks through them, too, stops every voice
    for 150 ms, and comes within the first minute of a meeting."""
    gc.collect()
    gc.freeze()
