"""The gRPC server of the control plane: services, health (grpc.health.v1) and reflection."""

from __future__ import annotations

from types import ModuleType

import grpc.aio
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from roomhand.control.agents import AgentsService
from roomhand.control.audit import Audit
from roomhand.control.calls import Streams
from roomhand.control.deciding import Deciding
from roomhand.control.decoding import Decoding
from roomhand.control.floor import FloorService
from roomhand.control.grants import Grants
from roomhand.control.limiting import RateLimit
from roomhand.control.meetings import MeetingsService
from roomhand.control.operators import OperatorsService
from roomhand.control.rates import CallRates
from roomhand.control.readiness import Readiness, nothing_is_wrong
from roomhand.control.tls import certificates
from roomhand.control.transcripts import TranscriptsService
from roomhand.control.v1 import (
    agents_service_pb2,
    floor_service_pb2,
    meetings_service_pb2,
    operators_service_pb2,
    transcripts_service_pb2,
)
from roomhand.control.v1.agents_service_pb2_grpc import add_AgentsServiceServicer_to_server
from roomhand.control.v1.floor_service_pb2_grpc import add_FloorServiceServicer_to_server
from roomhand.control.v1.meetings_service_pb2_grpc import add_MeetingsServiceServicer_to_server
from roomhand.control.v1.operators_service_pb2_grpc import add_OperatorsServiceServicer_to_server
from roomhand.control.v1.transcripts_service_pb2_grpc import (
    add_TranscriptsServiceServicer_to_server,
)
from roomhand.control.validation import Rules, Validation
from roomhand.errors import ConfigError, Fault
from roomhand.health import Checks
from roomhand.remote import RoomControl
from roomhand.settings import Settings


def _full_name(of: ModuleType) -> str:
    (service,) = of.DESCRIPTOR.services_by_name.values()
    return str(service.full_name)


SERVICES = tuple(
    _full_name(of)
    for of in (
        agents_service_pb2,
        floor_service_pb2,
        transcripts_service_pb2,
        meetings_service_pb2,
        operators_service_pb2,
    )
)
"""Full names of what is served, beside health and reflection."""
GRACE_S = 5.0
"""For calls under way when the server ends."""
_OPTIONS = (
    ("grpc.max_connection_age_ms", 600_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.ping_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.max_receive_message_length", 1 << 20),
)
"""Connections end after ten minutes, so that they spread over instances that came later. A client
may ping every ten seconds, also on a call that is quiet: gRPC's own rule is five minutes, and
whoever pings more often is cut off. The C core heeds ``ping_timeout_ms`` (a minute) where it is
longer than ``keepalive_timeout_ms``."""


class Api:
    """Serves until ``close``."""

    def __init__(
        self,
        control: RoomControl,
        settings: Settings,
        streams: Streams | None = None,
        checks: Checks = nothing_is_wrong,
    ) -> None:
        """``streams`` bounds the calls that are answered one by one, of all services together. What
        ``checks`` finds wrong is shown as health."""
        self._settings = settings
        self._readiness = Readiness(SERVICES, checks)
        grants, streams = Grants(settings), streams or Streams()
        rates = CallRates(settings.control_rate_per_s, settings.control_burst)
        around = (
            Deciding(grants),
            Decoding(),
            RateLimit(grants, rates),
            Audit(grants),
            Validation(grants, Rules(SERVICES)),
        )
        self._server = grpc.aio.server(interceptors=around, options=_OPTIONS)
        server = self._server
        add_AgentsServiceServicer_to_server(AgentsService(control, grants), server)
        add_FloorServiceServicer_to_server(FloorService(control, grants, streams), server)
        transcripts = TranscriptsService(control, grants, streams)
        add_TranscriptsServiceServicer_to_server(transcripts, server)
        add_MeetingsServiceServicer_to_server(MeetingsService(control, grants), server)
        add_OperatorsServiceServicer_to_server(OperatorsService(control, grants), server)
        health_pb2_grpc.add_HealthServicer_to_server(self._readiness.servicer, self._server)
        names = (*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)
        self.port = 0

    async def start(self) -> None:
        """Listen; ``port`` is the one taken. Raises ConfigError where nobody can listen there, or
        the certificate cannot be used."""
        host, port = self._settings.http_host, self._settings.control_grpc_port
        certified = certificates(self._settings)
        try:
            if certified is None:
                self.port = self._server.add_insecure_port(f"{host}:{port}")
            else:
                credentials = certified.credentials()
                self.port = self._server.add_secure_port(f"{host}:{port}", credentials)
        except RuntimeError:
            fix = "Choose another, or 0 for any that is free"
            if certified is not None:
                fix += ", or another certificate: of an RSA or P-256 key"
            fault = Fault("ROOMHAND_CONTROL_GRPC_PORT", f"cannot listen on {host}:{port}", fix)
            raise ConfigError([fault]) from None
        await self._server.start()
        await self._readiness.start()

    async def close(self) -> None:
        """Take no more calls; those under way have ``GRACE_S``."""
        await self._readiness.close()
        await self._server.stop(GRACE_S)
