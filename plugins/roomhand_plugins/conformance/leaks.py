"""Leaks: tasks, threads and memory that outlive their session."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from roomhand_plugins.conformance.faults import SCENES, FaultTests


class LeakTests(FaultTests):
    """When ``close`` returns, nothing of the session is left."""

    @pytest.mark.parametrize("scene", SCENES)
    async def test_no_task_outlives_its_session(self, scene: str) -> None:
        """Every task started for a session is over when ``close`` of the session returns.

        Troubleshooting: keep a reference to each task, and in ``close`` cancel and await it.
        The name of the task left over is in the message.
        """
        plugin = await self.make_plugin()
        try:
            async with self.session_of(plugin):
                pass
            before = asyncio.all_tasks()
            async with self.session_of(plugin) as witness:
                await self.play(scene, witness)
            left = asyncio.all_tasks() - before
            assert not left, f"still running: {sorted(map(repr, left))}"
        finally:
            await self.in_time(plugin.close(), "plugin.close()")

    async def test_no_task_or_thread_outlives_the_plugin(self) -> None:
        """What all sessions share ends with the plugin.

        Troubleshooting: shut executors down in ``Plugin.close``; the loop's own threads
        (``asyncio_*``) do not count.
        """
        tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
        plugin = await self.make_plugin()
        async with self.session_of(plugin) as witness:
            await witness.say("t1", self.speech)
        await self.in_time(plugin.close(), "plugin.close()")
        left = [task for task in asyncio.all_tasks() - tasks if not task.done()]
        assert not left, f"still running: {left}"
        alive = [
            thread.name
            for thread in set(threading.enumerate()) - threads
            if not thread.name.startswith("asyncio_")
        ]
        assert not alive, f"threads left: {alive}"

    async def test_a_closed_session_is_forgotten(self) -> None:
        """Ten sessions opened and closed leave no session object behind.

        Troubleshooting: look for a set or dict in the plugin that still holds the session, or a
        callback bound to it; ``gc.get_referrers`` finds it.
        """
        plugin = await self.make_plugin()
        try:
            async with self.session_of(plugin) as witness:
                kind = type(witness.session)
                await witness.say("t1", self.speech)
            del witness
            before = _alive(kind)
            for number in range(10):
                async with self.session_of(plugin) as another:
                    await another.begin_turn(f"t{number}")
                del another
            assert _alive(kind) <= before, "closed sessions are still referred to"
        finally:
            await self.in_time(plugin.close(), "plugin.close()")


def _alive(kind: type) -> int:
    gc.collect()
    return sum(type(thing) is kind for thing in gc.get_objects())
