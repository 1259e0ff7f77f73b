"""What a person in the room hears of one agent: words read back, and when there was sound."""

from __future__ import annotations

from typing import Self

from livekit import rtc

from tests.sim import tones
from tests.system.stage import Venue
from tests.worker.room.listening_person import Listener, join


class AgentListener(Listener):
    """Subscribes to one agent's track and to nothing else."""

    called = "listener-of"
    whom = "sage"

    def __init__(self, room: rtc.Room, agent: str) -> None:
        super().__init__(room)
        self._agent = agent
        room.on("track_published", self._consider)
        for participant in room.remote_participants.values():
            for publication in participant.track_publications.values():
                self._consider(publication, participant)

    @classmethod
    async def enter(cls, venue: Venue, whom: str = "") -> Self:
        """Join the room and listen to somebody who is there or comes: ``whom`` of the class, if
        nobody else is named."""
        heard = whom or cls.whom
        identity = f"{cls.called}-{heard}"
        joined = await join(venue.livekit, venue.room, identity, auto_subscribe=False)
        listener = cls(joined, heard)
        await listener.listen(50)
        return listener

    @property
    def words(self) -> list[str]:
        """All whole words heard so far."""
        return [heard.word for heard in tones.decode(self.recording.samples())]

    def _on_track(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        if self._is_meant(participant.identity):
            super()._on_track(track, publication, participant)

    def _consider(
        self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if self._is_meant(participant.identity):
            publication.set_subscribed(True)

    def _is_meant(self, identity: str) -> bool:
        return identity.startswith(f"{self._agent}~")


class WordListener(AgentListener):
    """Minds what is said and not when, which costs a tenth of the wake-ups."""

    frame_ms = 100


class Witness(WordListener):
    """Subscribes to one person's track: what did not come to it whole, no agent can have heard."""

    called = "witness"
    whom = "p-anna"

    def _is_meant(self, identity: str) -> bool:
        return identity == self._agent
