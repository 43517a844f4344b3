"""What several tests of the machine share: a folder of its own to keep things in, and an empty PATH."""

from pathlib import Path

import pytest


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A VAR_DIR in which nothing is yet."""
    folder = tmp_path / "var"
    monkeypatch.setenv("VAR_DIR", str(folder))
    return folder


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in PATH, empty: a machine on which nothing is installed."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def add_program(programs: Path):
    """Put a program into PATH."""

    def add(name: str, script: str = "") -> None:
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)

    return add
