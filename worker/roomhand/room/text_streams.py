"""A whole text stream in somebody's name, in one request to the SDK.

The SDK's ``stream_text`` takes three requests and waits for each; its ``send_text`` takes one, but
speaks in nobody else's name. What both ask of the SDK's native part is not public, so it is proved
first; where it changed, the public way is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

from livekit import rtc


def send_text(
    participant: rtc.LocalParticipant,
    text: str,
    *,
    topic: str,
    attributes: Mapping[str, str],
    sender: str,
) -> asyncio.Task[None]:
    """``sender``: the identity of who said it. Returns when the SDK has the text: the loop may be
    busy for some milliseconds before anything else gets its turn. The task ends when it is sent,
    and raises ``StreamError``, or what the SDK does.
    """
    if takes_one_request() and isinstance(participant, rtc.LocalParticipant):
        return _in_one(participant, text, topic, attributes, sender)
    sending = _in_three(participant, text, topic, attributes, sender)
    return asyncio.create_task(sending, name="text")


@cache
def takes_one_request() -> bool:
    """Whether the installed SDK has all that it takes."""
    try:
        from livekit.rtc._ffi_client import FfiClient
        from livekit.rtc._proto import ffi_pb2

        request = ffi_pb2.FfiRequest().send_text
        known = request.DESCRIPTOR.fields_by_name.keys()
        options = request.options.DESCRIPTOR.fields_by_name.keys()
        answer = ffi_pb2.FfiEvent().send_text.DESCRIPTOR.fields_by_name.keys()
        return (
            {"local_participant_handle", "text", "options"} <= set(known)
            and {"topic", "attributes", "sender_identity", "compress"} <= set(options)
            and {"async_id", "error"} <= set(answer)
            and hasattr(FfiClient, "instance")
        )
    except (ImportError, AttributeError):
        return False


def _in_one(
    participant: rtc.LocalParticipant,
    text: str,
    topic: str,
    attributes: Mapping[str, str],
    sender: str,
) -> asyncio.Task[None]:
    from livekit.rtc._ffi_client import FfiClient
    from livekit.rtc._proto import ffi_pb2

    request = ffi_pb2.FfiRequest()
    asked = request.send_text
    asked.local_participant_handle = participant._ffi_handle.handle
    asked.text = text
    asked.options.topic = topic
    asked.options.attributes.update(attributes)
    asked.options.sender_identity = sender
    asked.options.compress = False
    events: Any = FfiClient.instance.queue
    # Audio frames are events, too: without the filter each of them would wake who waits here.
    queue = events.subscribe(filter_fn=lambda event: event.HasField("send_text"))
    try:
        id_ = FfiClient.instance.request(request).send_text.async_id
    except BaseException:
        events.unsubscribe(queue)
        raise
    task = asyncio.create_task(_answered(queue, id_), name="text")
    task.add_done_callback(lambda _: events.unsubscribe(queue))
    return task


async def _answered(queue: Any, id_: int) -> None:
    done = await queue.wait_for(lambda event: event.send_text.async_id == id_)
    if done.send_text.HasField("error"):
        raise rtc.StreamError(done.send_text.error.description)


async def _in_three(
    participant: rtc.LocalParticipant,
    text: str,
    topic: str,
    attributes: Mapping[str, str],
    sender: str,
) -> None:
    stream = await participant.stream_text(
        topic=topic, attributes=dict(attributes), sender_identity=sender
    )
    await stream.write(text)
    await stream.aclose()
