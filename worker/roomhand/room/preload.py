"""Imported, and nothing else, by the process that job processes are forked from: what is loaded
here they inherit, so that one begins at once and its memory is shared with the others.

A thread or an event loop does not survive a fork. What needs one belongs in ``rehearsal``.
"""

from __future__ import annotations

from roomhand.room import job

job.preload()
