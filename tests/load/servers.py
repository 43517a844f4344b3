"""A web server and a Redis of a test's own, which may be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.load.visitor import Visitor
from tests.worker import ROOT, Portal, wait_until

PREPARE_STATIC = "from congress_portal.machine.prepare import prepare_static_files; prepare_static_files()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Web:
    """A running gunicorn."""

    def __init__(self, process: subprocess.Popen[bytes], address: str, log: Path) -> None:
        self._process, self.address, self._log = process, address, log

    def is_ready(self) -> bool:
        assert self._process.poll() is None, self.log()
        try:
            return Visitor(self.address).ask("/health/").status == 200
        except OSError:
            return False

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def kill_workers(self) -> None:
        """Kill every process that serves, without notice; the master starts others."""
        pid = self._process.pid
        for worker in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(worker), signal.SIGKILL)


@contextmanager
def web(portal: Portal, *, workers: int = 2, threads: int = 4) -> Iterator[Web]:
    """Serve a portal as it is deployed: gunicorn behind a proxy that says whom a request comes from."""
    portal.shell(PREPARE_STATIC)
    port, log = free_port(), portal.folder / "web.log"
    command = [sys.executable, "-m", "gunicorn", "congress_portal.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    options = ["--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options, "--no-control-socket", "--log-level", "warning"],
            cwd=ROOT,
            env=portal.environment | {"BEHIND_PROXY": "True", "ALLOWED_HOSTS": "127.0.0.1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Web(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_until(running.is_ready, what=f"gunicorn ({log})")
        yield running
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class RedisServer:
    """A Redis that can go away and come back to the same port, empty."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        wait_until(self._answers, what="Redis")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
