"""The operators service: workers, rooms, stuck agents and use, of the deployment as a whole."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from roomhand.control.calls import Context, answered, request_id
from roomhand.control.grants import Grants
from roomhand.control.paging import PageTerms, digest, key_of, page_of
from roomhand.control.refusals import worker_not_found
from roomhand.control.v1 import operators_service_pb2 as pb
from roomhand.control.v1.operators_service_pb2_grpc import OperatorsServiceServicer
from roomhand.coordination.workers import SeenWorker, WorkerRecord
from roomhand.remote import RoomControl, RoomState

PAGES = PageTerms(usual=100, most=500)
_NAME = ("",)


class OperatorsService(OperatorsServiceServicer):
    """Every method is documented in proto/roomhand/control/v1/operators_service.proto."""

    def __init__(self, control: RoomControl, grants: Grants) -> None:
        self._control = control
        self._grants = grants

    async def ListWorkers(  # noqa: N802
        self,
        request: pb.ListWorkersRequest,
        context: Context,
    ) -> pb.ListWorkersResponse:
        async def list_() -> pb.ListWorkersResponse:
            self._admitted(context)
            size, of = PAGES.size(request.page_size), digest(request)
            after = key_of(request.page_token, of, _NAME)
            told = [_worker(one) for one in await self._control.workers().all()]
            keys = [(one.worker,) for one in told]
            page = page_of(keys, after, size, of, lambda index: told[index].ByteSize())
            return pb.ListWorkersResponse(
                workers=[told[index] for index in page.items], next_page_token=page.next_token
            )

        return await answered(context, list_)

    async def DrainWorker(  # noqa: N802
        self,
        request: pb.DrainWorkerRequest,
        context: Context,
    ) -> pb.DrainWorkerResponse:
        async def drain() -> pb.DrainWorkerResponse:
            self._admitted(context)
            if not await self._control.workers().drain(request.worker):
                raise worker_not_found(request.worker)
            return pb.DrainWorkerResponse()

        return await answered(context, drain)

    async def ListRooms(  # noqa: N802
        self,
        request: pb.ListRoomsRequest,
        context: Context,
    ) -> pb.ListRoomsResponse:
        async def list_() -> pb.ListRoomsResponse:
            self._admitted(context)
            size, of = PAGES.size(request.page_size), digest(request)
            after = key_of(request.page_token, of, _NAME)
            found = await self._control.rooms()
            page = page_of([(one.room,) for one in found], after, size, of)
            return pb.ListRoomsResponse(
                rooms=[_room(found[index]) for index in page.items],
                next_page_token=page.next_token,
            )

        return await answered(context, list_)

    async def RedispatchAgent(  # noqa: N802
        self,
        request: pb.RedispatchAgentRequest,
        context: Context,
    ) -> pb.RedispatchAgentResponse:
        async def redispatch() -> pb.RedispatchAgentResponse:
            self._admitted(context)
            given_id = request_id(request.request_id) or ""
            await self._control.redispatch(request.room, request.agent, given_id)
            return pb.RedispatchAgentResponse()

        return await answered(context, redispatch)

    async def GetUsage(  # noqa: N802
        self,
        request: pb.GetUsageRequest,
        context: Context,
    ) -> pb.GetUsageResponse:
        async def get() -> pb.GetUsageResponse:
            self._admitted(context)
            found = await self._control.usage()
            return pb.GetUsageResponse(
                workers=found.workers,
                slots=found.slots,
                agents=found.agents,
                rooms=found.rooms,
                **found.used.model_dump(),
            )

        return await answered(context, get)

    def _admitted(self, context: Context) -> None:
        self._grants.scope(context.invocation_metadata(), None, "operator")


def _worker(seen: SeenWorker) -> pb.Worker:
    one = seen.record
    return pb.Worker(
        worker=one.id,
        host=one.host,
        livekit_id=one.livekit_id,
        name=one.name,
        version=one.version,
        jobs=[pb.Worker.Job(room=job.room, agent=job.agent) for job in one.jobs],
        slots=one.slots,
        load=_load(one),
        load_parts=one.load_parts,
        draining=one.draining or seen.asked_to_drain,
        start_time=_time(one.started_s),
        seen_time=_time(seen.seen_s),
        **one.usage.model_dump(),
    )


def _load(one: WorkerRecord) -> float:
    """An older worker counts its jobs alone."""
    if one.load is not None:
        return one.load
    return min(1.0, len(one.jobs) / one.slots) if one.slots else 1.0


def _room(one: RoomState) -> pb.Room:
    return pb.Room(room=one.room, meeting=one.meeting, running=one.running, awaited=one.awaited)


def _time(seconds: float) -> Timestamp:
    made = Timestamp()
    made.FromMicroseconds(round(seconds * 1_000_000))
    return made
