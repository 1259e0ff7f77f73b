"""A person without headphones: what the client plays of an agent goes back into the microphone.

As a program it is that person, with an event loop that no agent keeps waiting: ``Without.enter``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from tests.sim import servers, tones
from tests.worker.room.listening_person import RATE, Listener, join

STEP = RATE // 100
QUEUED_S = 0.06
NOISE = 20
"""Of the room, in sample values."""


class Loudspeaker:
    """Plays what a listener hears back into a microphone, later and quieter.

    ``delay_ms`` is between the client's receiving and the microphone: the way to it and back comes
    on top. The person's own voice is added.
    """

    def __init__(
        self, listener: Listener, microphone: rtc.AudioSource, delay_ms: int, level_db: float
    ) -> None:
        self._listener = listener
        self._microphone = microphone
        self._later = delay_ms // 10
        self._gain = 10 ** (level_db / 20)
        self._voice: list[NDArray[np.int16]] = []
        self._said = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def say(self, samples: NDArray[np.int16]) -> None:
        """The person speaks from now on, in whole steps of 10 ms."""
        self._said.clear()
        self._voice = list(samples[: len(samples) // STEP * STEP].reshape(-1, STEP))

    async def said(self) -> None:
        """Wait until the person is silent."""
        await self._said.wait()

    async def close(self) -> None:
        """Be silent."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        steps = self._listener.recording.steps
        at = len(steps)
        noise = np.random.default_rng(1)
        while True:
            await self._listener.listen(10)
            while at < len(steps):
                mixed = noise.standard_normal(STEP) * NOISE
                if at >= self._later:
                    mixed += steps[at - self._later] * self._gain
                if self._voice:
                    mixed += self._voice.pop(0)
                else:
                    self._said.set()
                at += 1
                if self._microphone.queued_duration > QUEUED_S:
                    continue  # a late loop must not make the room's delay longer for good
                pcm = np.clip(mixed, -32768, 32767).astype(np.int16).tobytes()
                await self._microphone.capture_frame(rtc.AudioFrame(pcm, RATE, 1, STEP))


async def microphone(room: rtc.Room) -> tuple[rtc.AudioSource, str]:
    """Publish one; and the sid of its track."""
    source = rtc.AudioSource(RATE, 1, queue_size_ms=10_000)
    track = rtc.LocalAudioTrack.create_audio_track("mic", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await room.local_participant.publish_track(track, options)
    return source, publication.sid


class Without:
    """A person without headphones, in a process of its own."""

    def __init__(self, process: Process, sid: str) -> None:
        self.sid = sid
        """Of the microphone's track."""
        self._process = process

    @staticmethod
    async def enter(
        server: servers.LiveKit, room: str, identity: str, agent: str, *, delay_ms: int, db: float
    ) -> Without:
        """Hears this agent, and nobody else, through a loudspeaker."""
        asked = {"room": room, "identity": identity, "agent": agent, "delay": delay_ms, "db": db}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", __name__, *(f"--{name}={value}" for name, value in asked.items())),
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ
            | {
                "LIVEKIT_URL": server.url,
                "LIVEKIT_API_KEY": server.api_key,
                "LIVEKIT_API_SECRET": server.api_secret,
            },
        )
        assert process.stdout is not None
        async with asyncio.timeout(30):
            return Without(process, (await process.stdout.readline()).decode().strip())

    async def say(self, words: Sequence[str]) -> None:
        """Speak tone words over whatever comes out of the loudspeaker; returns when it is said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{' '.join(words)}\n".encode())
        async with asyncio.timeout(30):
            await self._process.stdout.readline()

    async def leave(self) -> None:
        """End the process."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def _be(asked: argparse.Namespace, server: servers.LiveKit) -> None:
    """Say who is there, and then whatever comes as a line, until killed."""
    room = await join(server, asked.room, asked.identity, auto_subscribe=False)
    listener = Listener(room)
    for participant in room.remote_participants.values():
        for publication in participant.track_publications.values():
            if participant.identity.startswith(f"{asked.agent}~"):
                publication.set_subscribed(True)
    source, sid = await microphone(room)
    await listener.listen(50)
    speaker = Loudspeaker(listener, source, asked.delay, asked.db)
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    print(sid, flush=True)
    while line := await lines.readline():
        speaker.say(tones.encode(line.decode().split()))
        await speaker.said()
        print("said", flush=True)


def main() -> None:
    """Be a person without headphones."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("room", "identity", "agent"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--delay", type=int, required=True)
    parser.add_argument("--db", type=float, required=True)
    with servers.livekit_server() as server:
        asyncio.run(_be(parser.parse_args(), server))


if __name__ == "__main__":
    main()
