"""Roomhand: AI participants for LiveKit rooms with several people."""

__version__ = "0.1.0"
