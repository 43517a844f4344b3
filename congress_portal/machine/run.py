"""``make run``: the portal and its worker on this machine, together until Ctrl-C.

Neither is started again when it dies: somebody should see why.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from congress_portal.machine import address, env_file, setup
from congress_portal.machine.console import say
from congress_portal.machine.places import ROOT, VENV_PYTHON, var_dir

START_SECONDS = 90  # a small machine on its first start; an answer usually comes within two
STOP_SECONDS = 15

GUNICORN = (
    "gunicorn", "congress_portal.wsgi:application", "--workers", "1", "--worker-class", "gthread",
    "--threads", "8", "--log-level", "warning", "--no-control-socket",
)  # fmt: skip
# Threads, so that a long PDF does not hold up reminders. A lone worker has nobody to gossip with.
CELERY = (
    "celery", "--quiet", "-A", "congress_portal.celery", "worker", "-B",
    "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip


class Portal:
    """The two processes, and the wish to stop them."""

    def __init__(self, host: str, port: int, env: dict[str, str]) -> None:
        self.host, self.port, self.env = host, port, env
        self.stopping = False
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def start(self) -> None:
        """Start the web process and the worker, which also keeps the clock (beat)."""
        bind = f"{address.bracketed(self.host)}:{self.port}"
        self._start("网站（gunicorn）", *GUNICORN, "--bind", bind)
        self._start("后台任务（celery）", *CELERY)

    def _start(self, title: str, *module_and_arguments: str) -> None:
        # A session of its own: Ctrl-C reaches us alone, and we stop each of them in its own manner.
        self.processes[title] = subprocess.Popen(
            [str(VENV_PYTHON), "-m", *module_and_arguments],
            cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def fallen(self) -> str | None:
        """Return the sentence about a process that ended by itself."""
        for title, process in self.processes.items():
            code = process.poll()
            if code is not None:
                return f"{title}意外停止，退出码 {code}，原因见上面的记录。"
        return None

    def status(self) -> int | None:
        """Return the HTTP status of the first page, or None while nobody answers."""
        host = "127.0.0.1" if self.host in address.EVERYWHERE else self.host
        connection = http.client.HTTPConnection(host, self.port, timeout=20)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def watch(self, ready: str) -> str | None:
        """Print `ready` once the site answers, wait until asked to stop; return why, if it ends by itself."""
        deadline: float | None = time.monotonic() + START_SECONDS
        while not self.stopping:
            fallen = self.fallen()
            if fallen:
                return fallen
            if deadline is not None:
                status = self.status()
                if status is not None and status >= 500:
                    return f"首页返回错误（HTTP {status}），原因见上面的记录。"
                if status is not None:
                    say(ready)
                    deadline = None
                elif time.monotonic() > deadline:
                    return f"{START_SECONDS} 秒内网站没有应答，原因见上面的记录。"
            time.sleep(0.1)
        return None

    def stop(self) -> None:
        """End both: asked first, and after a while made to."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what a dead parent left behind, such as beat
            process.wait()


@contextlib.contextmanager
def _terminal_of_our_own() -> Iterator[None]:
    """Let Ctrl-C reach us alone: make, which waits for us, would take it too and end with an error.

    Without a terminal, or in the background, nothing is taken. Ctrl-Z does nothing meanwhile: it would stop us and
    leave make waiting in the foreground.
    """
    try:
        before = os.tcgetpgrp(0)
    except OSError:
        before = 0
    # 0 is also what getpgrp says where the group was made outside, as in a container.
    if not before or before != os.getpgrp() or before == os.getpid():
        yield
        return
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(0, before)


def _announcement(host: str, port: int, var: Path) -> str:
    lines = ["", "门户已就绪："]
    lines += [f"    {url}" for url in address.urls(host, port)]
    accounts = var / "sample_accounts.txt"
    if accounts.is_file():
        lines += ["", accounts.read_text(encoding="utf-8").rstrip(), f"（以上账户保存在 {accounts}）"]
    if not address.is_local(host):
        lines += ["", "注意：现由同一网络内的其他机器可以访问，且未经 HTTPS 加密，请勿录入真实个人信息。"]
    return "\n".join([*lines, "", "按 Ctrl-C 停止。"])


def main() -> int:
    """Run the portal from the command line until it is stopped (0) or something fails (1)."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", default="8000")
    chosen = options.parse_args()
    try:
        port = int(chosen.port)
    except ValueError:
        say(address.not_a_port(chosen.port))
        return 1

    os.umask(0o077)  # the database, photos and queued messages are nobody else's on this machine
    var = var_dir()
    lock = (var / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"本目录的门户已在运行（{var}）。如需重新启动，请先在原窗口按 Ctrl-C。")
        return 1
    refusal = address.why_not_listen(chosen.host, port)
    if refusal:
        say(refusal)
        return 1
    if not setup.ensure():
        return 1

    env = {
        **os.environ,
        "ALLOWED_HOSTS": address.allowed_hosts(chosen.host, env_file.ensure(var)),
        # Celery's advice against root is for servers; it would bury the addresses and accounts.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    prepare = [str(VENV_PYTHON), "-m", "congress_portal.machine.prepare"]
    if subprocess.run(prepare, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode:
        say("数据库或静态文件未能就绪，原因见上面的记录。")
        return 1

    portal = Portal(chosen.host, port, env)
    try:
        portal.start()
        failure = portal.watch(_announcement(chosen.host, port, var))
    finally:
        portal.stop()
    say(failure or "已停止。")
    return 1 if failure else 0


if __name__ == "__main__":
    try:
        with _terminal_of_our_own():
            sys.exit(main())
    except KeyboardInterrupt:  # during set-up, before there is anything to stop
        say("已停止。")
