"""Stamps: a small file says for which input a slow step was last done, so that it is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(parts: Iterable[str | bytes]) -> str:
    """Return one digest for a sequence; the borders between its parts count."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    """Tell whether the step was already done for exactly this input."""
    try:
        return stamp.read_text(encoding="utf-8") == wanted
    except FileNotFoundError:
        return False


def write(stamp: Path, done: str) -> None:
    """Remember the input; to be called after the step, never before."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(done, encoding="utf-8")
