"""Debian's packages: installed when we are root, otherwise the line for somebody who is."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from congress_portal.machine.console import say, succeeds


def is_root() -> bool:
    """Tell whether packages may be installed without asking anybody."""
    return os.geteuid() == 0


def install_line(packages: Sequence[str]) -> str:
    """Return the line to type that installs these packages."""
    sudo = "" if is_root() else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def install(packages: Sequence[str]) -> bool:
    """Install packages where we may, else change nothing; tell whether they are installed now."""
    if not (is_root() and shutil.which("apt-get")):
        return False
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    say(f"安装系统软件包：{' '.join(packages)}")
    # The first try fails where the lists were never fetched or are too old; then they are fetched, once.
    return succeeds(command, quiet=True) or (succeeds(["apt-get", "update", "-qq"]) and succeeds(command))


def download(package: str, into: Path) -> Path | None:
    """Fetch one package's file without installing it, which needs no root; None where it cannot be had."""
    if not shutil.which("apt-get"):
        return None
    # As root, apt would warn that its own user may not write into our folder.
    options = ["-qq", "-o", "APT::Sandbox::User=root"] if is_root() else ["-qq"]
    if not succeeds(["apt-get", *options, "download", package], cwd=into, quiet=True):
        with tempfile.TemporaryDirectory() as lists:
            if not is_root():
                # A fresh container has no lists and we may not write the machine's: use some of our own.
                for folder in ("lists/partial", "cache/archives/partial"):
                    (Path(lists) / folder).mkdir(parents=True)
                options += ["-o", f"Dir::State::lists={lists}/lists", "-o", f"Dir::Cache={lists}/cache"]
            succeeds(["apt-get", *options, "update"])
            succeeds(["apt-get", *options, "download", package], cwd=into)
    return next(into.glob(f"{package}_*.deb"), None)
