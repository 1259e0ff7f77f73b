"""Roomhand's plugins: the interface (``base``), the registry, the conformance kit, and the bundled
providers. Nothing here imports ``roomhand``."""
