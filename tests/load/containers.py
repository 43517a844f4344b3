"""docker-compose.yml carried out without an engine: its services as processes, each shut in as its container would be.

A mount, process and host name space of its own; the image's files bound read-only; nothing to write to but the
declared volumes and tmpfs; the declared user without any capability. Only the network is the host's.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.load.chroot import NAMESPACES
from tests.load.image import Image
from tests.worker import ROOT, wait_until

ENTER = """
set -e
root=$1
hostname "$2"
shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m shm "$root/dev/shm"
while [ "$1" != -- ]; do
    case $1 in
    tmpfs) mount -t tmpfs -o "nosuid,nodev,noexec,$3" tmpfs "$root$2" ;;
    volume) mount --bind "$3" "$root$2" ;;
    esac
    shift 3
done
shift
exec chroot "$root" "$@"
"""
WITHOUT_RIGHTS = ("--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
# Said again after the change of user, which makes the kernel forget it: what is inside ends with us.
END_WITH_US = "--pdeathsig=KILL"


def interpolated(text: str, values: dict[str, str]) -> str:
    """Fill in ${NAME}, ${NAME:-default} and ${NAME:?}, as compose does from .env."""

    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        given = values.get(found["name"], "")
        assert given or found["sign"] != "?", found[0]
        return given or (found["default"] or "" if found["sign"] == "-" else "")

    return re.sub(r"\$\$|\$\{(?P<name>\w+)(?::(?P<sign>[-?])(?P<default>[^}]*))?\}", value, text)


def env_file(text: str) -> dict[str, str]:
    """Read NAME=value lines."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: "".join(shlex.split(value)) for name, _, value in (line.partition("=") for line in lines)}


class Compose:
    """The services of docker-compose.yml, with the .env of its documentation, filled in."""

    def __init__(self, image: Image, folder: Path, *, env: dict[str, str], instead: dict[str, str]) -> None:
        """``env`` completes .env; ``instead`` are the addresses of this machine's servers."""
        self.image, self.folder, self.instead = image, folder, instead
        self.env = env_file((ROOT / "docs/deploy/compose.env.example").read_text()) | env
        self.services = yaml.safe_load(interpolated((ROOT / "docker-compose.yml").read_text(), self.env))["services"]
        self.volume = folder / "volume"
        if not self.volume.exists():
            # As an engine fills a new volume: with what the image has there, owners included.
            subprocess.run(["cp", "--archive", self.inside("/var/lib/portal"), self.volume], check=True)

    def inside(self, path: str) -> Path:
        return self.image.root / path.lstrip("/")

    def environment(self, service: str) -> dict[str, str]:
        declared = self.services[service]
        assert declared["env_file"] == ".env"
        return self.image.environment | self.env | declared["environment"] | self.instead

    def command(self, service: str, name: str, words: list[str], **changes: str) -> list[str]:
        """Return what runs these words in a container of the service."""
        declared = self.services[service]
        assert declared["read_only"]
        assert declared["cap_drop"] == ["ALL"]
        assert declared["security_opt"] == ["no-new-privileges:true"]
        mounts = []
        for place, _, options in (entry.partition(":") for entry in declared["tmpfs"]):
            mounts += ["tmpfs", place, options or "mode=1777"]
        assert declared["volumes"] == ["portal:/var/lib/portal"]
        mounts += ["volume", "/var/lib/portal", str(self.volume)]
        user, group = self.image.user.split(":")
        enter = ["sh", "-c", ENTER, "enter", str(self.image.root), name, *mounts, "--"]
        who = ["setpriv", f"--reuid={user}", f"--regid={group}", *WITHOUT_RIGHTS, END_WITH_US]
        return [*NAMESPACES, "--uts", *enter, *who, *self.with_environment(service, **changes), *words]

    def with_environment(self, service: str, **changes: str) -> list[str]:
        variables = {"HOME": "/var/lib/portal"} | self.environment(service) | changes
        return ["env", "-i", f"--chdir={self.image.folder}", *(f"{name}={value}" for name, value in variables.items())]

    def run(self, service: str, *words: str) -> str:
        """`docker compose run --rm SERVICE WORDS`, without words the service's own command; return what it said."""
        done = subprocess.run(
            self.command(service, f"{service}-run", list(words) or self.services[service]["command"]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout + done.stderr)
        return done.stdout

    @contextmanager
    def up(self, service: str, number: int = 1, **changes: str) -> Iterator[Container]:
        """Start one container of a service and go on when its health check is content; kill it at the end."""
        container = Container(self, service, f"{service}-{number}", changes)
        container.start()
        try:
            container.wait()
            yield container
        finally:
            container.kill()


class Container:
    """One running service."""

    def __init__(self, compose: Compose, service: str, name: str, changes: dict[str, str]) -> None:
        self.compose, self.service, self.name, self.changes = compose, service, name, changes
        self._log = compose.folder / f"{name}.log"

    def start(self) -> None:
        words = self.compose.services[self.service].get("command") or self.compose.image.command
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self.compose.command(self.service, self.name, words, **self.changes),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: _children(self._process.pid), what=f"a process in {self.name}")
        # Number 1 inside, as the host sees it.
        (self.pid,) = _children(self._process.pid)

    def wait(self) -> None:
        began = time.monotonic()
        wait_until(self.is_healthy, what=f"{self.name}, which said {self.log}")
        self.started_after = time.monotonic() - began

    def is_healthy(self) -> bool:
        assert self._process.poll() is None, self.log
        declared = self.compose.services[self.service].get("healthcheck", {}).get("test") or self.compose.image.health
        kind, *words = declared
        return self.does(*(["sh", "-c", *words] if kind == "CMD-SHELL" else words))

    def does(self, *words: str) -> bool:
        """`docker compose exec`: run words in the running container; tell whether they succeeded."""
        user, group = self.compose.image.user.split(":")
        where = ["--target", str(self.pid), "--mount", "--pid", "--uts", "--root", "--setgid", group, "--setuid", user]
        environment = self.compose.with_environment(self.service, **self.changes)
        return subprocess.run(["nsenter", *where, *environment, *words], capture_output=True).returncode == 0

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def processes(self) -> list[int]:
        """Return what number 1 has started, such as the processes of gunicorn that serve."""
        return _children(self.pid)

    def kill(self) -> None:
        """Kill everything in it, without notice."""
        if self._process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> int:
        """Ask it to stop, as `docker compose stop` does; return how it ended."""
        os.kill(self.pid, signal.SIGTERM)
        return self._process.wait(60)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def why_not() -> str | None:
    """Say what this host lacks beyond what chroot.why_not asks for, or None."""
    lacking = [program for program in ("nsenter", "setpriv", "redis-server") if not shutil.which(program)]
    return f"lacks {', '.join(lacking)}" if lacking else None
