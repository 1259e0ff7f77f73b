"""One process of the control plane. Any number may run: each shard of rooms is watched by one."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from contextlib import AsyncExitStack
from functools import partial
from uuid import uuid4

from prometheus_client import generate_latest

from roomhand import metrics
from roomhand.admin import livekit_admin
from roomhand.control.api import Api
from roomhand.control.rebalancing import SHARD, Rebalancing
from roomhand.control.reconciler import Reconciler, Rhythm
from roomhand.control.webhooks import Webhooks
from roomhand.coordination.archive import archive_of
from roomhand.coordination.background import end_all
from roomhand.coordination.connection import connect, faults_of
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RedisError
from roomhand.health import HealthServer
from roomhand.remote import RoomControl
from roomhand.settings import Settings

logger = logging.getLogger(__name__)


class ControlPlane:
    """Runs until SIGTERM or SIGINT, then leaves its shards to the others."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.instance = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"

    async def run(self) -> None:
        """Raises LiveKitError, RedisError, and ConfigError where the HTTP port cannot be had."""
        settings, stop = self._settings, asyncio.Event()
        async with AsyncExitStack() as stack:
            admin = await stack.enter_async_context(livekit_admin(settings))
            await admin.check()
            client, _ = await connect(settings.redis_url.get_secret_value())
            stack.push_async_callback(client.aclose)
            faults = partial(faults_of, client)
            health = HealthServer(
                setting="ROOMHAND_CONTROL_HTTP_PORT",
                checks=faults,
                exposition=lambda: generate_latest(metrics.CONTROL),
                more=[Webhooks(settings, client).route()],
            )
            await health.start(settings.http_host, settings.control_http_port)
            stack.push_async_callback(health.close)
            control = RoomControl(admin, Scripts(client), archive_of(settings))
            api = Api(control, settings, checks=faults)
            await api.start()
            stack.push_async_callback(api.close)
            reconciler = Reconciler(client, admin, self.instance, rhythm=Rhythm.of(settings))
            metrics.SHARDS_WATCHED.set_function(lambda: reconciler.shards)
            ports = {"port": health.port, "grpc_port": api.port}
            logger.info("watching", extra={"instance": self.instance, **ports})
            rebalancing = Rebalancing(
                Scripts(client), settings.worker_name, lambda: reconciler.watches(SHARD)
            )
            await self._until(stop, reconciler, rebalancing)

    async def _until(
        self, stop: asyncio.Event, reconciler: Reconciler, rebalancing: Rebalancing
    ) -> None:
        work = [asyncio.create_task(reconciler.run(), name="reconciler")]
        if self._settings.control_rebalance:
            work.append(asyncio.create_task(rebalancing.run(), name="rebalancing"))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait(), name="stop-signal")
        try:
            await asyncio.wait({*work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in work:
                if task.done():
                    task.result()
        finally:
            await end_all([*work, stopping])
            try:
                await reconciler.close()
            except RedisError as error:
                logger.warning("shards not left", extra={"error": str(error)})
