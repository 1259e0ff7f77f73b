"""A worker as livekit-agents has it, with Roomhand's jobs; for ``tests.bench.start``."""

from __future__ import annotations

import asyncio

from livekit.agents import AgentServer

from roomhand.room import job
from roomhand.settings import load_settings


async def serve() -> None:
    """Until it is killed."""
    settings = load_settings()
    server = AgentServer(
        ws_url=settings.livekit_url,
        api_key=settings.livekit_api_key,
        api_secret=settings.livekit_api_secret.get_secret_value(),
        num_idle_processes=settings.idle_processes,
        initialize_process_timeout=60,
        host="127.0.0.1",
        port=0,
        setup_fnc=job.warm,
    )
    server.rtc_session(job.entrypoint, agent_name=settings.worker_name)
    await server.run()


if __name__ == "__main__":
    asyncio.run(serve())
