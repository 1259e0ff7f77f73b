"""Proves, before anything relies on it, what the audio router needs of the SDK's private parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livekit import rtc


def changes_in_sdk() -> list[str]:
    """What the installed SDK lacks of all that the router relies on; empty if nothing."""
    checks: dict[str, Callable[[], bool]] = {
        "audio messages": _messages_as_known,
        "event filter": _filter_as_known,
        "native handles": _handles_as_known,
    }
    changed = []
    for name, check in checks.items():
        try:
            fits = check()
        except Exception as error:  # noqa: BLE001 - any failure of a probe means "changed"
            changed.append(f"{name}: {error!r}")
            continue
        if not fits:
            changed.append(name)
    return changed


def _messages_as_known() -> bool:
    from livekit.rtc._proto import audio_frame_pb2 as audio
    from livekit.rtc._proto import ffi_pb2

    request = {"track_handle", "sample_rate", "num_channels", "frame_size_ms", "type"}
    needed: dict[Any, set[str]] = {
        ffi_pb2.FfiEvent: {"audio_stream_event"},
        ffi_pb2.FfiRequest: {"new_audio_stream"},
        audio.NewAudioStreamRequest: request | {"queue_size_frames"},
        audio.AudioStreamEvent: {"stream_handle", "frame_received", "eos"},
        audio.OwnedAudioFrameBuffer: {"handle", "info"},
        audio.AudioFrameBufferInfo: {"data_ptr", "samples_per_channel", "num_channels"},
    }
    return all(
        names <= set(kind.DESCRIPTOR.fields_by_name.keys()) for kind, names in needed.items()
    )


class _RecordingLoop:
    """Stands for an event loop: counts what would have been queued."""

    def __init__(self) -> None:
        self.calls = 0

    def call_soon_threadsafe(self, *_: object) -> None:
        self.calls += 1


def _filter_as_known() -> bool:
    """A filter sees each event at once, and what it refuses is not queued."""
    from livekit.rtc import _ffi_client
    from livekit.rtc._proto import ffi_pb2

    seen: list[object] = []

    def refuse(event: object) -> bool:
        seen.append(event)
        return False

    events: Any = _ffi_client.FfiQueue()
    loop = _RecordingLoop()
    queue = events.subscribe(loop, filter_fn=refuse)
    events.put(ffi_pb2.FfiEvent())
    events.unsubscribe(queue)
    events.put(ffi_pb2.FfiEvent())
    return len(seen) == 1 and loop.calls == 0


def _handles_as_known() -> bool:
    from livekit.rtc import _ffi_client
    from livekit.rtc._proto import track_pb2

    client: Any = _ffi_client.FfiClient.instance
    track: Any = rtc.Track(track_pb2.OwnedTrack())
    handle: Any = _ffi_client.FfiHandle(_ffi_client.INVALID_HANDLE)
    return (
        track._ffi_handle.handle == _ffi_client.INVALID_HANDLE
        and callable(handle.dispose)
        and callable(client.request)
        and callable(client._ffi_lib.livekit_ffi_drop_handle)
    )
