"""Imported, and nothing else, by the process that job processes are forked from: what is loaded
here they inherit, so that one begins at once and its memory is shared with the others.

A thread or an event loop does not survive a fork. What needs one belongs in ``rehearsal``.
"""

from __future__ import annotations

from livekit import local_inference

from roomhand.room import job
from roomhand.turns import address

local_inference.init_vad()
address.get_ready()
job.import_plugins()
