"""Run protoc on the protocol: ``python infra/protocol.py PROTOC_OPTION... [FILE...]``.

The protocol imports ``buf/validate/validate.proto``, the words in which its rules are written. It
is not copied into ``proto``: the package ``protovalidate``, which applies the rules, carries it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from protovalidate._gen.buf.validate import validate_pb

PROTO = Path(__file__).resolve().parent.parent / "proto"
_IMPORTED = (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2)


def rules() -> FileDescriptorSet:
    """What the protocol imports, with all that this needs itself."""
    known = FileDescriptorSet()
    for module in _IMPORTED:
        module.DESCRIPTOR.CopyToProto(known.file.add())
    known.file.append(FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary()))
    return known


def protoc(*arguments: str) -> int:
    """Exit code of protoc, for all files of the protocol unless some are named."""
    if not any(one.endswith(".proto") for one in arguments):
        files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
        arguments = (*arguments, *files)
    with tempfile.NamedTemporaryFile(suffix=".binpb") as known:
        Path(known.name).write_bytes(rules().SerializeToString())
        command = [sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={known.name}"]
        return subprocess.call([*command, f"-I{PROTO}", *arguments])


if __name__ == "__main__":
    sys.exit(protoc(*sys.argv[1:]))
