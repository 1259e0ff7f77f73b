"""How the ears hear."""

from __future__ import annotations

from dataclasses import dataclass

from roomhand.attribution.anchor import SAMPLES_PER_MS
from roomhand.settings import Settings, VadKind
from roomhand.turns.speech import SpeechLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class EarsOptions:
    """Defaults are those of the settings."""

    frame_ms: int = 20
    vad: VadKind = VadKind.NEURAL
    speech_ms: int = 60
    """Speech that begins a turn."""
    silence_ms: int = 500
    """Silence that ends one."""
    voiced_from: float = 0.5
    silent_below: float = 0.35
    max_tracks: int = 64
    hear_other_agents: bool = False
    decrypts: bool = False
    """The room was joined with its key."""

    @staticmethod
    def of(settings: Settings) -> EarsOptions:
        """As the settings say."""
        return EarsOptions(
            frame_ms=settings.frame_ms,
            vad=settings.vad,
            speech_ms=settings.vad_speech_ms,
            silence_ms=settings.vad_silence_ms,
            max_tracks=settings.max_tracks,
            hear_other_agents=settings.hear_other_agents,
            decrypts=settings.e2ee_key is not None,
        )

    @property
    def limits(self) -> SpeechLimits:
        """The same durations in samples."""
        return SpeechLimits(
            self.speech_ms * SAMPLES_PER_MS,
            self.silence_ms * SAMPLES_PER_MS,
            self.voiced_from,
            self.silent_below,
        )
