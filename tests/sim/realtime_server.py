"""A strict OpenAI GA Realtime server on a real socket, for tests.

    async with RealtimeServer(Behaviour(answer=lambda prompt: "bakito")) as server:
        client = AsyncOpenAI(api_key="any", websocket_base_url=server.url)
        async with client.realtime.connect(model="gpt-realtime-2.1") as connection: ...
        record = await server.session(0)         # received, sent, committed, responses, ...
        await record.until(lambda r: len(r.committed) == 1)

Every client event is checked against the types of the ``openai`` package (unknown fields are
errors), every server event too. Its recogniser and its voice speak ``tests.sim.tones``: a
transcript is exactly the whole words in the committed audio, an answer can be decoded by a
listener.

Public names: ``RealtimeServer``, ``Behaviour``, and for it ``Refusal``, ``Transcribing``,
``Answer``, ``FunctionCall``, ``Prompt``, ``Turn``, ``echo``, ``Fault`` with ``Act``, ``CloseWith``,
``Wait``, ``Inject``, ``Refuse``; in records ``SessionRecord``, ``Seen``, ``Committed``,
``Responded``.

``python -m tests.sim.realtime_server --port 8080`` runs one by itself.
"""

from __future__ import annotations

import argparse
import asyncio

from tests.sim.realtime.behaviour import (
    Act,
    Answer,
    Behaviour,
    CloseWith,
    Fault,
    FunctionCall,
    Inject,
    Prompt,
    Refusal,
    Refuse,
    Transcribing,
    Turn,
    Wait,
    echo,
)
from tests.sim.realtime.record import Committed, Responded, Seen, SessionRecord
from tests.sim.realtime.server import RealtimeServer

__all__ = [
    "Act",
    "Answer",
    "Behaviour",
    "CloseWith",
    "Committed",
    "Fault",
    "FunctionCall",
    "Inject",
    "Prompt",
    "RealtimeServer",
    "Refusal",
    "Refuse",
    "Responded",
    "Seen",
    "SessionRecord",
    "Transcribing",
    "Turn",
    "Wait",
    "echo",
]


async def _serve(port: int, behaviour: Behaviour) -> None:
    async with RealtimeServer(behaviour, port=port) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; the first line printed is the URL."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--handshake-delay-s", type=float, default=0.0)
    options.add_argument("--session-limit-s", type=float)
    options.add_argument("--rate", type=float, default=10.0)
    options.add_argument("--answer", help="said instead of what was heard")
    given = options.parse_args()
    behaviour = Behaviour(
        handshake_delay_s=given.handshake_delay_s,
        session_limit_s=given.session_limit_s,
        rate=given.rate,
        answer=echo if given.answer is None else lambda prompt: given.answer,
    )
    try:
        asyncio.run(_serve(given.port, behaviour))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
