"""Meetings and workers by the API, page by page."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from roomhand.attribution.ends import MeetingEnd
from roomhand.client.connection import Connection
from roomhand.control.v1 import meetings_service_pb2, operators_service_pb2
from roomhand.control.v1.meetings_service_pb2_grpc import MeetingsServiceStub
from roomhand.control.v1.operators_service_pb2_grpc import OperatorsServiceStub
from roomhand.coordination.meeting import MeetingRecord
from roomhand.coordination.workers import SeenWorker, Usage, WorkerJob, WorkerRecord
from roomhand.errors import NotFoundError

PAGE = 500
_ENDS = {str(one): one for one in MeetingEnd}


class ApiMeetings:
    """The meetings of a room."""

    def __init__(self, connection: Connection, room: str) -> None:
        self._connection = connection
        self._room = room

    async def all(self) -> list[MeetingRecord]:
        """The newest first. Raises as ``Connection``."""
        stub = MeetingsServiceStub(self._connection.channel)
        request = meetings_service_pb2.ListMeetingsRequest(room=self._room, page_size=PAGE)
        pages = self._connection.pages(stub.ListMeetings, request)
        return [_meeting(one) async for page in pages for one in page.meetings]

    async def erase(self, meeting: str) -> None:
        """Erase all that there is of a meeting, for good. Raises as ``Connection``."""
        stub = MeetingsServiceStub(self._connection.channel)
        request = meetings_service_pb2.EraseMeetingRequest(room=self._room, meeting=meeting)
        await self._connection.call(stub.EraseMeeting, request)


class ApiWorkers:
    """The workers of the deployment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self) -> list[SeenWorker]:
        """Those that live, by id. Raises as ``Connection``."""
        stub = OperatorsServiceStub(self._connection.channel)
        request = operators_service_pb2.ListWorkersRequest(page_size=PAGE)
        pages = self._connection.pages(stub.ListWorkers, request)
        return [_worker(one) async for page in pages for one in page.workers]

    async def drain(self, worker: str) -> bool:
        """Have a worker drain. False where there is none of this id. Raises as ``Connection``."""
        stub = OperatorsServiceStub(self._connection.channel)
        request = operators_service_pb2.DrainWorkerRequest(worker=worker)
        try:
            await self._connection.call(stub.DrainWorker, request)
        except NotFoundError:
            return False
        return True


def usage_of(one: operators_service_pb2.Worker | operators_service_pb2.GetUsageResponse) -> Usage:
    """Of a worker, or of all."""
    return Usage(**{name: getattr(one, name) for name in Usage.model_fields})


def _meeting(one: meetings_service_pb2.Meeting) -> MeetingRecord:
    return MeetingRecord(
        id=one.meeting,
        sid=one.room_sid,
        start_s=_seconds(one.start_time),
        end_s=_seconds(one.end_time) if one.HasField("end_time") else None,
        reason=_ENDS.get(one.end_reason),
    )


def _worker(one: operators_service_pb2.Worker) -> SeenWorker:
    record = WorkerRecord(
        id=one.worker,
        host=one.host,
        livekit_id=one.livekit_id,
        name=one.name,
        version=one.version,
        started_s=_seconds(one.start_time),
        slots=one.slots,
        load=one.load if one.load_parts else None,
        load_parts=dict(one.load_parts),
        draining=one.draining,
        jobs=tuple(WorkerJob(room=job.room, agent=job.agent) for job in one.jobs),
        usage=usage_of(one),
    )
    return SeenWorker(record, _seconds(one.seen_time), asked_to_drain=one.draining)


def _seconds(time: Timestamp) -> float:
    return time.ToMicroseconds() / 1_000_000
