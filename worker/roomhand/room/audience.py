"""Whom the ears hear: a rule over what LiveKit says of a participant and a publication."""

from __future__ import annotations

from enum import StrEnum

from livekit import rtc

from roomhand.attribution.identity import (
    AGENT_ATTRIBUTE,
    Kind,
    Source,
    Speaker,
    TrackRef,
    safe_name,
)

_SOURCES = {
    rtc.TrackSource.SOURCE_MICROPHONE: Source.MICROPHONE,
    rtc.TrackSource.SOURCE_UNKNOWN: Source.MICROPHONE,  # some SDKs publish without a source
    rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO: Source.SCREEN_AUDIO,
}
_KINDS = {
    rtc.ParticipantKind.PARTICIPANT_KIND_SIP: Kind.SIP,
    rtc.ParticipantKind.PARTICIPANT_KIND_AGENT: Kind.AGENT,
}


class Verdict(StrEnum):
    """What to do with a publication."""

    HEAR = "hear"
    IGNORE = "ignore"
    """Not audio of a speaker."""
    FELLOW = "fellow"
    """One of Roomhand's own agents, who is read as text: its voice only tells what an echo is."""
    OTHER_AGENT = "other_agent"
    """An agent that is not Roomhand's, and the setting says not to hear those."""
    ENCRYPTED = "encrypted"
    """Nothing but noise without the room's key."""


def verdict(
    participant: rtc.RemoteParticipant,
    publication: rtc.RemoteTrackPublication,
    *,
    hear_other_agents: bool,
    decrypts: bool,
) -> Verdict:
    """Whether this publication is heard. People and telephone callers always are, if they can be
    understood."""
    is_audio = publication.kind == rtc.TrackKind.KIND_AUDIO
    if not is_audio or publication.source not in _SOURCES:
        return Verdict.IGNORE
    encrypted = publication.encryption_type != rtc.EncryptionType.NONE and not decrypts
    if AGENT_ATTRIBUTE in participant.attributes:
        return Verdict.IGNORE if encrypted else Verdict.FELLOW
    if _kind(participant) is Kind.AGENT and not hear_other_agents:
        return Verdict.OTHER_AGENT
    return Verdict.ENCRYPTED if encrypted else Verdict.HEAR


def track_ref(
    participant: rtc.RemoteParticipant,
    publication: rtc.RemoteTrackPublication,
    subscription: int = 0,
) -> TrackRef:
    """Names one subscription; the display name is made safe here, once."""
    name = safe_name(participant.name, fallback=safe_name(participant.identity))
    speaker = Speaker(participant.identity, name, _kind(participant))
    return TrackRef(publication.sid, _SOURCES[publication.source], speaker, subscription)


def _kind(participant: rtc.RemoteParticipant) -> Kind:
    return _KINDS.get(participant.kind, Kind.PERSON)
