"""A fake Redis that says it is an old one; it knows only HELLO, PING and INFO."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _OldRedis(socketserver.StreamRequestHandler):
    version = "6.2.6"

    def handle(self) -> None:
        """Answer commands until the client has gone."""
        while header := self.rfile.readline():
            words = []
            for _ in range(int(header[1:])):
                length = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(length + 2)[:-2].upper())
            self.wfile.write(self._answer(words[0]))

    def _answer(self, command: bytes) -> bytes:
        if command == b"HELLO":
            return b"%1\r\n$5\r\nproto\r\n:3\r\n"
        if command == b"PING":
            return b"+PONG\r\n"
        if command != b"INFO":
            return b"-ERR unknown command\r\n"
        body = f"# Server\r\nredis_version:{self.version}\r\nrole:master\r\n".encode()
        return b"$%d\r\n%s\r\n" % (len(body), body)


@contextmanager
def old_redis() -> Iterator[str]:
    """Its address, for as long as the block runs."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _OldRedis) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        finally:
            server.shutdown()
            thread.join()
