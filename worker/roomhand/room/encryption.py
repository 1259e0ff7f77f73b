"""End-to-end encryption of a room's media, by a key that everybody in it shares."""

from __future__ import annotations

from livekit import rtc

from roomhand.settings import Settings


def encryption_of(settings: Settings) -> rtc.E2EEOptions | None:
    """How to join an encrypted room; None where no key is set. Algorithm and derivation are the
    SDK's defaults (AES-GCM, PBKDF2), which LiveKit's clients share."""
    if settings.e2ee_key is None:
        return None
    key = settings.e2ee_key.get_secret_value().encode()
    return rtc.E2EEOptions(key_provider_options=rtc.KeyProviderOptions(shared_key=key))
