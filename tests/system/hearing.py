"""What a person in the room hears of one agent: words read back, and when there was sound."""

from __future__ import annotations

from livekit import rtc

from tests.sim import tones
from tests.system.stage import Venue
from tests.worker.room.listening_person import Listener, join


class AgentListener(Listener):
    """Subscribes to one agent's track and to nothing else."""

    def __init__(self, room: rtc.Room, agent: str) -> None:
        super().__init__(room)
        self._agent = agent
        room.on("track_published", self._consider)
        for participant in room.remote_participants.values():
            for publication in participant.track_publications.values():
                self._consider(publication, participant)

    @staticmethod
    async def enter(venue: Venue, agent: str = "sage") -> AgentListener:
        """Join the room and listen to an agent that is there or comes."""
        identity = f"listener-of-{agent}"
        joined = await join(venue.livekit, venue.room, identity, auto_subscribe=False)
        listener = AgentListener(joined, agent)
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


class Witness(AgentListener):
    """Subscribes to one person's track: what did not come to it whole, no agent can have heard."""

    frame_ms = 100

    @staticmethod
    async def enter(venue: Venue, agent: str = "p-anna") -> Witness:
        """Join the room and listen to a person who is there or comes."""
        joined = await join(venue.livekit, venue.room, f"witness-{agent}", auto_subscribe=False)
        witness = Witness(joined, agent)
        await witness.listen(50)
        return witness

    def _is_meant(self, identity: str) -> bool:
        return identity == self._agent
