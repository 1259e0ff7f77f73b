"""What is known about models: defaults, limits and prices, read from ``models.json``.

A model that the file does not list works too (gateways and look-alikes name their own); it gets the
field defaults below, which claim nothing special.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Defaults(_Data):
    """Used where the profile says nothing."""

    base_url: str
    model: str
    transcription_model: str
    voice: str


class Limits(_Data):
    """What the service allows."""

    session_s: float
    closing_notice_s: float
    """How long before the end of a session it is announced."""
    commit_min_ms: int
    item_id_chars: int
    metadata_chars: int


class SpeechModel(_Data):
    """One speech-to-speech model. Prices in US dollars per million tokens, by kind of token."""

    reasoning: bool = True
    shutdown: str | None = None
    usd_per_million: dict[str, float] = {}


class TranscriptionModel(_Data):
    """One model for input transcripts: which hints it takes and what it reports."""

    languages: bool = False
    """Takes ``languages`` instead of ``language``."""
    keywords: bool = False
    prompt: bool = False
    logprobs: bool = False
    interim: bool = True
    shutdown: str | None = None
    usd_per_minute: float | None = None


class Models(_Data):
    """The whole file."""

    defaults: Defaults
    limits: Limits
    models: dict[str, SpeechModel]
    transcription_models: dict[str, TranscriptionModel]

    def speech(self, name: str) -> SpeechModel:
        """What is known about a speech model."""
        return self.models.get(name, SpeechModel())

    def transcription(self, name: str) -> TranscriptionModel:
        """What is known about a transcription model."""
        return self.transcription_models.get(name, TranscriptionModel())


@cache
def known_models() -> Models:
    """The data file, read once."""
    text = resources.files(__package__).joinpath("models.json").read_text(encoding="utf-8")
    return Models.model_validate_json(text)
