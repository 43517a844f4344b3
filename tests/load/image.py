"""A Dockerfile carried out without an engine: each stage is a folder with a Debian in it, each RUN a chroot.

Knows the instructions and flags that ours uses, and refuses any other.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.load import chroot
from tests.load.chroot import NAMESPACES, step
from tests.worker import ROOT

RUN = """
mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" || exit 125
root=$1; shift
exec chroot "$root" env -i "$@"
"""
DEBIAN_SOURCES = """\
Types: deb
URIs: {mirror}
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


@dataclass
class Image:
    """A stage: its files, and what a container made of it starts with."""

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    )
    folder: str = "/"
    user: str = "0:0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def path(self, inside: str) -> Path:
        return self.root / (Path(self.folder) / inside).relative_to("/")


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the instructions of a Dockerfile with what follows them."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name:
            yield name, rest.strip()


def is_ignored(path: str, patterns: list[str]) -> bool:
    """Tell whether .dockerignore keeps a file out: the last line that speaks of it or of a folder above decides."""
    verdict = False
    above = [*map(str, Path(path).parents)][:-1]
    for pattern in patterns:
        wanted, names = not pattern.startswith("!"), pattern.removeprefix("!")
        if any(fnmatch.fnmatch(part, names) or fnmatch.fnmatch(f"/{part}", names[2:]) for part in (path, *above)):
            verdict = wanted
    return verdict


def make_context(folder: Path) -> None:
    """Copy what a clean checkout holds and .dockerignore lets pass."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not is_ignored(name, patterns):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def make_debian(root: Path) -> None:
    """Make what FROM debian:12-slim starts from, with the host's way to the network."""
    chroot.debootstrap(root)
    chroot.connect(root)
    (root / "etc/apt/sources.list").unlink()
    for package in (root / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()
    (root / "etc/apt/sources.list.d/debian.sources").write_text(DEBIAN_SOURCES.format(mirror=chroot.mirror()))


class Build:
    """One run of our Dockerfile in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.context = folder / "context"
        self.stages: dict[str, Image] = {}
        self.arguments: dict[str, str] = {}

    def run(self) -> Image:
        """Carry out every instruction; return the last stage."""
        make_context(self.context)
        with step("debootstrap"):
            make_debian(self.folder / "debian")
        self.stages["debian:12-slim"] = Image(self.folder / "debian")
        for name, rest in instructions((ROOT / "Dockerfile").read_text()):
            getattr(self, f"_{name.lower()}")(rest)
        return self.image

    def _from(self, rest: str) -> None:
        origin, _, name = rest.partition(" AS ")
        parent = self.stages[origin]
        root = self.folder / f"stage-{name or 'last'}"
        subprocess.run(["cp", "--archive", parent.root, root], check=True)
        self.image = self.stages[name] = Image(root, dict(parent.environment), parent.folder, parent.user)
        self.arguments = chroot.network_variables()

    def _arg(self, rest: str) -> None:
        name, equals, value = rest.partition("=")
        if equals:
            self.arguments.setdefault(name, value)

    def _env(self, rest: str) -> None:
        self.image.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))

    def _workdir(self, rest: str) -> None:
        self.image.folder = rest
        self.image.path(".").mkdir(parents=True, exist_ok=True)

    def _copy(self, rest: str) -> None:
        words = shlex.split(rest)
        flags = dict(word.removeprefix("--").split("=") for word in words if word.startswith("--"))
        *sources, target = [word for word in words if not word.startswith("--")]
        origin = self.stages[flags.pop("from")].root if "from" in flags else self.context
        into = self.image.path(target)
        for source in sources:
            found = origin / source.lstrip("/")
            place = into / found.name if found.is_file() else into
            place.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "--archive", "--no-target-directory", found, place], check=True)
        if "chmod" in flags:
            subprocess.run(["chmod", "--recursive", flags.pop("chmod"), into], check=True)
        assert not flags, flags

    def _run(self, rest: str) -> None:
        assert self.image.user == "0:0"
        environment = self.image.environment | self.arguments | {"HOME": "/root"}
        variables = [f"{name}={value}" for name, value in environment.items()]
        shell = [f"--chdir={self.image.folder}", *variables, "/bin/sh", "-c", rest]
        with step(f"RUN {rest[:90]}"):
            done = subprocess.run(
                [*NAMESPACES, "sh", "-c", RUN, "run", str(self.image.root), *shell],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1800,
            )  # fmt: skip
        assert done.returncode == 0, (rest, (done.stdout + done.stderr)[-8000:])

    def _user(self, rest: str) -> None:
        self.image.user = rest

    def _expose(self, rest: str) -> None:
        pass

    def _cmd(self, rest: str) -> None:
        self.image.command = json.loads(rest)

    def _healthcheck(self, rest: str) -> None:
        self.image.health = ["CMD", *json.loads(rest.partition(" CMD ")[2])]
