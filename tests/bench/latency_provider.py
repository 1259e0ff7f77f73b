"""The mock provider in a process of its own, for ``tests.bench.latency``.

Prints its URL. When its standard input ends it prints, as JSON, for every transcript the moments at
which it got the commit and at which it sent the final, in seconds of ``time.monotonic``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable

from tests.sim.realtime_server import Behaviour, RealtimeServer, SessionRecord, Transcribing

COMMIT = "input_audio_buffer.commit"
FINAL = "conversation.item.input_audio_transcription.completed"


def moments(records: Iterable[SessionRecord]) -> dict[str, tuple[float, float]]:
    """By text: when the commit came, when the final went."""
    found: dict[str, tuple[float, float]] = {}
    for record in records:
        commits_s = [seen.at_s for seen in record.received if seen.type == COMMIT]
        items = [committed.item_id for committed in record.committed]
        came_s = dict(zip(items, commits_s, strict=True))
        for seen in record.sent:
            if seen.type == FINAL:
                text = seen.event["transcript"].strip()
                found[text] = (came_s[seen.event["item_id"]], seen.at_s)
    return found


async def serve(delay_s: float) -> None:
    """Until standard input ends."""
    behaviour = Behaviour(transcribing=Transcribing(delay_s=delay_s))
    async with RealtimeServer(behaviour) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps(moments(server.sessions)), flush=True)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay-s", type=float, default=0.2)
    asyncio.run(serve(parser.parse_args().delay_s))


if __name__ == "__main__":
    main()
