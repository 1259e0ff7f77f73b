"""What a process does before a job comes: all that blocks the event loop only the first time."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable

from livekit import local_inference

from roomhand.turns import address
from roomhand_plugins.base import PluginError
from roomhand_plugins.registry import discover

logger = logging.getLogger(__name__)


def rehearse(plugins: Iterable[str]) -> None:
    """Load what every job needs, and these plugins. Takes about a second; no loop may run.

    What cannot be loaded stops only the jobs that need it: they say why.
    """
    local_inference.init_vad()
    address.get_ready()
    registry = discover()
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
