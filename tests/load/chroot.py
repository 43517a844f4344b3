"""A bare Debian 12 in a folder, and programs that run in it as on a machine of their own.

What is mounted is mounted in a namespace of each program and ends with it. Outside, the folder holds nothing but
files, so that clearing it away cannot reach into the host, however a test ends.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from congress_portal.machine.console import say
from tests.worker import wait_until

SUITE = "bookworm"
PACKAGES = ("python3", "python3-venv", "make", "git", "ca-certificates")
READY = "按 Ctrl-C 停止。"

# What the host says about how to reach the network. It may sit behind a mirror or a proxy; the machine then does too.
NETWORK_FILES = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf")
NETWORK_VARIABLES = re.compile(r"\w+_proxy|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|DEFAULT_TIMEOUT)", re.IGNORECASE)

ENTER = """
mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" || exit 125
root=$1 user=$2; shift 2
chroot --userspec="$user" "$root" env -i "$@"
"""
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child")


def why_not() -> str | None:
    """Say what this host lacks for a machine inside it, or None."""
    if os.geteuid():
        return "a chroot needs root"
    if subprocess.run([*NAMESPACES, "true"], capture_output=True).returncode:
        return "the host gives no namespaces"
    if not shutil.which("debootstrap"):
        for words in (
            ["install", "-y", "-qq", "debootstrap"],
            ["update", "-qq"],
            ["install", "-y", "-qq", "debootstrap"],
        ):
            if subprocess.run(["apt-get", *words], capture_output=True).returncode == 0 and shutil.which("debootstrap"):
                return None
        return "debootstrap could not be installed"
    return None


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print how long it took; for orientation only."""
    began = time.monotonic()
    yield
    say(f"\n{time.monotonic() - began:8.1f} s  {title}")


def bootstrap(folder: Path) -> None:
    """Fill the folder with a minimal Debian, what the README asks for, and the host's way to the network."""
    debootstrap(folder, PACKAGES)
    connect(folder)
    Machine(folder).run("update-ca-certificates && useradd --create-home --shell /bin/bash resident")


def debootstrap(folder: Path, packages: Sequence[str] = ()) -> None:
    """Fill the folder with a minimal Debian and these packages."""
    included = [f"--include={','.join(packages)}"] if packages else []
    command = ["debootstrap", "--variant=minbase", *included, SUITE, str(folder), mirror()]
    # In a namespace too: a debootstrap that fails half-way leaves /proc mounted.
    done = subprocess.run([*NAMESPACES, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def connect(folder: Path) -> None:
    """Give the machine the host's way to the network."""
    apt_files = [path for path in Path("/etc/apt/apt.conf.d").iterdir() if "Acquire" in path.read_text()]
    certificates = Path("/usr/local/share/ca-certificates").rglob("*.crt")
    for source in (*(Path("/", name) for name in NETWORK_FILES), *apt_files, *certificates):
        if source.exists():
            target = folder / source.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copyfile(source, target)


def network_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if NETWORK_VARIABLES.fullmatch(name)}


def mirror() -> str:
    """Return where the host fetches Debian from, else Debian's own address."""
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*.[ls]*"))]
    for path in lists:
        text = path.read_text() if path.suffix in {".list", ".sources"} and path.is_file() else ""
        found = re.search(r"^(?:URIs:|deb\s+(?:\[.*?\]\s+)?)\s*(https?://\S+/debian)/?\s", text, re.MULTILINE)
        if found:
            return found[1]
    return "http://deb.debian.org/debian"


def remove(folder: Path) -> None:
    """Delete a machine, after making sure that nothing of the host is mounted in it."""
    mounted = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if f" {folder}" in line]
    assert not mounted, mounted
    shutil.rmtree(folder)


class Machine:
    """A folder with a Debian in it. ``user`` is who types; everybody starts in the home folder, with no locale set."""

    def __init__(self, root: Path, *, user: str = "root") -> None:
        self.root, self.user = root, user
        self.home = Path("/root" if user == "root" else f"/home/{user}")

    def inside(self, path: str) -> Path:
        """Return where something in the person's home lies, seen from the host."""
        return self.root / self.home.relative_to("/") / path

    def command(self, line: str) -> list[str]:
        network = [f"{name}={value}" for name, value in network_variables().items()]
        # The group by its name: left out, chroot would look for the user among the host's.
        who = "root:root" if self.user == "root" else f"{self.user}:{self.user}"
        environment = [f"HOME={self.home}", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        shell = ["sh", "-c", f"cd {self.home} && {line}"]
        return [*NAMESPACES, "sh", "-c", ENTER, "enter", str(self.root), who, *environment, *network, *shell]

    def run(self, line: str, *, ceiling: float = 1800) -> str:
        """Run a line to its end and return what it said; a failure shows that."""
        done = subprocess.run(
            self.command(line), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ceiling
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-20_000:]
        return done.stdout + done.stderr

    @contextmanager
    def make_run(self, folder: str, *, port: int) -> Iterator[Running]:
        """Type ``make run`` and go on when the portal says it is ready; Ctrl-C at the end."""
        log = self.root.with_name(f"{self.root.name}-{port}.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(f"make -C {folder} run PORT={port}"),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        running = Running(process, log)
        try:
            wait_until(running.is_ready, what=f"make run ({log})", ceiling=1200)
            yield running
            running.press_ctrl_c()
        finally:
            process.kill()  # and with it the namespace and everything in it
            process.wait()
            log.unlink()


class Running:
    """A ``make run`` and what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def is_ready(self) -> bool:
        assert self._process.poll() is None, self.said
        return READY in self.said

    def press_ctrl_c(self) -> None:
        """Stop it as a terminal does, every program of the group at once; it says goodbye."""
        os.killpg(self._process.pid, signal.SIGINT)
        wait_until(lambda: "已停止。" in self.said, what=f"the end of make run, which said {self.said}")
