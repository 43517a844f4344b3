"""What the machine says to the person at the keyboard, and how it calls other programs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# A terminal that cannot show Chinese still gets the commands, instead of a UnicodeEncodeError.
for _stream in (sys.stdout, sys.stderr):
    if hasattr(_stream, "reconfigure"):
        _stream.reconfigure(errors="replace", line_buffering=True)


def say(text: str = "") -> None:
    """Print one line at once, in order with what the called programs print."""
    print(text, flush=True)  # noqa: T201 - this is the one place that prints


def succeeds(command: Sequence[str], *, cwd: Path | None = None, quiet: bool = False) -> bool:
    """Run a program to its end and tell whether it succeeded; a program that is not there did not."""
    silence = subprocess.DEVNULL if quiet else None
    try:
        finished = subprocess.run(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=silence, stderr=silence, check=False
        )
    except OSError:
        return False
    return finished.returncode == 0
