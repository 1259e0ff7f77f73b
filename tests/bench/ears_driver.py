"""The people of the ears bench: N participants in one process, who all speak all the time.

All tracks share one source, so that making the audio costs the same for any N. Prints ``ready``,
runs until its standard input ends, then prints its own CPU as one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
import wave

import numpy as np
from livekit import rtc

RATE = 48_000
STEP = RATE // 50
JOIN_AT_ONCE = 4


class LoopedSpeech:
    """One source that plays a recording again and again, with a second of silence between."""

    def __init__(self, wav: str) -> None:
        with wave.open(wav, "rb") as file:
            assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
            rate = file.getframerate()
            spoken = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        at = np.arange(len(spoken) * RATE // rate) * rate / RATE
        speech = np.interp(at, np.arange(len(spoken)), spoken).astype(np.int16)
        whole = np.concatenate([speech, np.zeros(RATE, np.int16)])
        self._steps = [
            whole[at : at + STEP].tobytes() for at in range(0, len(whole) - STEP + 1, STEP)
        ]
        self.source = rtc.AudioSource(RATE, 1, 200)

    async def play(self) -> None:
        while True:
            for step in self._steps:
                await self.source.capture_frame(rtc.AudioFrame(step, RATE, 1, STEP))


async def join(url: str, token: str, speech: LoopedSpeech, turn: asyncio.Semaphore) -> rtc.Room:
    async with turn:
        room = rtc.Room()
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        track = rtc.LocalAudioTrack.create_audio_track("voice", speech.source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        return room


async def run(url: str, tokens: list[str], wav: str) -> None:
    speech = LoopedSpeech(wav)
    playing = asyncio.create_task(speech.play())
    turn = asyncio.Semaphore(JOIN_AT_ONCE)
    rooms = await asyncio.gather(*(join(url, token, speech, turn) for token in tokens))
    began_s, cpu_s = time.monotonic(), time.process_time()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    percent = 100 * (time.process_time() - cpu_s) / (time.monotonic() - began_s)
    print(json.dumps({"cpu_percent": percent, "rooms": len(rooms)}), flush=True)
    playing.cancel()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--tokens", required=True, help="file with one token a line")
    parser.add_argument("--wav", required=True)
    options = parser.parse_args()
    with open(options.tokens) as file:
        tokens = file.read().split()
    asyncio.run(run(options.url, tokens, options.wav))


if __name__ == "__main__":
    main()
