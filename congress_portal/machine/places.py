"""Where things are: the tree, its virtual environment, and what the machine keeps."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"


def var_dir() -> Path:
    """Return the folder of database, media, queue, fonts and secret, made if need be for its owner alone."""
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def is_on(name: str) -> bool:
    """Tell whether an environment switch is on, in the spellings that settings.py accepts too."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "on", "yes", "y", "ok"}
