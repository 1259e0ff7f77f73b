"""Certificates as a deployment has them, made by openssl."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_NAMED = "subjectAltName=IP:127.0.0.1"


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, in files."""

    cert: Path
    key: Path

    def replace(self, other: Issued) -> None:
        """Exchange the files for those of another, the certificate first."""
        self.cert.write_bytes(other.cert.read_bytes())
        self.key.write_bytes(other.key.read_bytes())

    def lock(self, path: Path) -> None:
        """Write the key there under a password."""
        _openssl("pkey", "-in", self.key, "-aes256", "-passout", "pass:secret", "-out", path)


class Authority:
    """Signs certificates for 127.0.0.1."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self._name = folder, name
        self.issued = Issued(folder / f"{name}.pem", folder / f"{name}.key")
        about = ("-x509", "-subj", f"/CN={name}", "-days", "2")
        _openssl("req", *_EC, *about, "-keyout", self.issued.key, "-out", self.issued.cert)

    @property
    def cert(self) -> Path:
        """By which others know what it signed."""
        return self.issued.cert

    def issue(self, name: str) -> Issued:
        """A new certificate."""
        stem = self._folder / f"{self._name}-{name}"
        request, named = stem.with_suffix(".csr"), stem.with_suffix(".ext")
        issued = Issued(stem.with_suffix(".pem"), stem.with_suffix(".key"))
        named.write_text(_NAMED)
        _openssl("req", *_EC, "-subj", f"/CN={name}", "-keyout", issued.key, "-out", request)
        signed_by = ("-CA", self.issued.cert, "-CAkey", self.issued.key, "-CAcreateserial")
        told = ("-days", "2", "-extfile", named)
        _openssl("x509", "-req", "-in", request, *signed_by, *told, "-out", issued.cert)
        return issued
