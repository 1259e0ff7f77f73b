"""The certificate of the API, and who must show one: read again when the files change.

Files are exchanged while the process runs, all at once or one by one. What does not fit together is
not taken: what was there before stays until it does.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import grpc

from roomhand.errors import ConfigError, Fault
from roomhand.settings import Settings, need_together, variable

logger = logging.getLogger(__name__)

MISMATCH = ("KEY_VALUES_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
"""What OpenSSL says of a key of another certificate, of the same kind of key or another."""
CERT, KEY, CLIENT_CA = "control_tls_cert", "control_tls_key", "control_tls_client_ca"
Stamps: TypeAlias = tuple[tuple[int, int, int], ...]


def certificates(settings: Settings) -> Certificates | None:
    """Those of the settings; None: the API speaks plain text. Raises ConfigError where one that is
    needed is not set, or cannot be used."""
    named = {name: getattr(settings, name) for name in (CERT, KEY, CLIENT_CA)}
    paths = {name: path for name, path in named.items() if path is not None}
    if not paths:
        return None
    need_together(settings, (CERT, KEY), (CLIENT_CA,))
    return Certificates(paths)


class Certificates:
    """Files of PEM text by their setting: the certificate with its chain, its key, and the
    authorities of the callers, where those are to show certificates of their own."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        """Raises ConfigError where they cannot be used."""
        self._paths = paths
        self._tried = self._stamps()
        self._first = self._read()

    def credentials(self) -> grpc.ServerCredentials:
        """For a port; the files are looked at whenever a caller connects."""
        return grpc.dynamic_ssl_server_credentials(
            self._first,
            self._changed,  # type: ignore[arg-type]  # its types do not know None: no change
            require_client_authentication=CLIENT_CA in self._paths,
        )

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """What to use from now on; None: what is in use. Files of no use are told of once."""
        stamps = self._stamps()
        if stamps == self._tried:
            return None
        self._tried = stamps
        try:
            found = self._read()
        except ConfigError as error:
            logger.warning("certificate not read anew", extra={"error": str(error)})
            return None
        logger.info("certificate read anew", extra={"file": str(self._paths[CERT])})
        return found

    def _stamps(self) -> Stamps:
        """They differ when a file was written or exchanged; of one that is not there, zeros."""
        return tuple(_stamp(path) for path in self._paths.values())

    def _read(self) -> grpc.ServerCertificateConfiguration:
        texts, faults = dict[str, bytes](), list[Fault]()
        for name, path in self._paths.items():
            try:
                texts[name] = path.read_bytes()
            except OSError as error:
                problem = f"{path} cannot be read ({error.strerror})"
                faults.append(Fault(variable(name), problem, "Let this user read it"))
        faults = faults or _faults(self._paths)
        if faults:
            raise ConfigError(faults)
        pair = (texts[KEY], texts[CERT])
        return grpc.ssl_server_certificate_configuration([pair], texts.get(CLIENT_CA))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_ino, found.st_size


def _faults(paths: Mapping[str, Path]) -> list[Fault]:
    """What is wrong with files that can be read; gRPC itself would not say which it is."""
    faults = [
        Fault(variable(name), f"{paths[name]} holds no certificate", "Write PEM text into it")
        for name in (CERT, CLIENT_CA)
        if name in paths and not _holds_certificates(paths[name])
    ]
    return faults or _faults_of_key(paths[CERT], paths[KEY])


def _holds_certificates(path: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(path)
    except ssl.SSLError:
        return False
    return True


def _faults_of_key(cert: Path, key: Path) -> list[Fault]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert, key, password=lambda: "")
    except ssl.SSLError as error:
        if error.reason in MISMATCH:
            problem, fix = f"{key} is not the key of {cert}", "Name the two that belong together"
        else:
            problem = f"{key} and {cert} cannot be used ({error.reason or 'no PEM text'})"
            fix = "Write a private key without a password into it, as PEM text"
        return [Fault(variable(KEY), problem, fix)]
    return []
