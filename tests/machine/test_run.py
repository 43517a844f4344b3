"""`make run` as a person types it: from an empty folder to a site with sample cases, and what stops it."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Self

from django.conf import settings

from congress_portal.machine import run
from congress_portal.machine.places import ROOT

READY = "按 Ctrl-C 停止。"


class Running:
    """A `make run` of its own, with what it has said so far."""

    def __init__(self, var: Path, port: int) -> None:
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "HTTPS"}
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "congress_portal.machine.run", "--port", str(port)],
            cwd=ROOT,
            env={**env, "VAR_DIR": str(var), "REQUIRE_PDF": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=60)

    def wait_until_ready(self) -> None:
        """Read on until the announcement; a run that ends before it fails the test with what it said."""
        # Only a ceiling that turns a hang into a failure.
        ceiling = threading.Timer(240, self.process.terminate)
        ceiling.start()
        try:
            for line in self.process.stdout:
                self.said += line
                if READY in line:
                    break
        finally:
            ceiling.cancel()
        assert READY in self.said, self.said

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    def child(self, module: str) -> int:
        """Return the process id of one of the two processes."""
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            if module in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:3]:
                return int(pid)
        raise AssertionError(f"{module} is not running: {self.said}")


def test_run_leads_from_nothing_to_a_working_site_and_says_why_it_ends(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    var = tmp_path / "var"
    var.mkdir()
    if settings.FONT_DIR.is_dir():
        (var / "fonts").symlink_to(settings.FONT_DIR)

    with Running(var, port) as first:
        first.wait_until_ready()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            status = page.status
        with Running(var, port + 1) as another:
            refused = another.end()
        first.process.send_signal(signal.SIGINT)
        stopped = first.end()

    assert status == 200
    assert f"http://127.0.0.1:{port}/" in first.said
    assert (var / "sample_accounts.txt").read_text().strip() in first.said
    assert (refused, "已在运行" in another.said) == (1, True)
    assert stopped == 0, first.said
    assert (var / "env").stat().st_mode & 0o077 == 0
    assert (var / "portal.sqlite3").stat().st_mode & 0o077 == 0

    with Running(var, port) as second:
        second.wait_until_ready()
        os.kill(second.child("celery"), signal.SIGKILL)
        ended = second.end()

    assert "示例数据" not in second.said.split("门户已就绪")[0]
    assert ended == 1
    assert "后台任务（celery）意外停止" in second.said


def test_no_terminal_is_taken_where_there_is_none_and_the_group_was_made_outside(monkeypatch):
    def no_terminal(descriptor):
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    taken = []
    monkeypatch.setattr(run.os, "tcgetpgrp", no_terminal)
    monkeypatch.setattr(run.os, "getpgrp", lambda: 0)  # as in a container
    monkeypatch.setattr(run.os, "setpgid", lambda *group: taken.append(group))
    monkeypatch.setattr(run.os, "tcsetpgrp", lambda *group: taken.append(group))

    with run._terminal_of_our_own():
        pass

    assert taken == []
