"""``make lint``: every check on the text of the programs, all of them even when one fails.

Run with the Python of the virtual environment.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from congress_portal.machine.console import say
from congress_portal.machine.places import ROOT, VENV, VENV_PYTHON
from congress_portal.machine.printing import font_dir

# Of every app; the files that style.md wants typed. `common` and `machine` are typed throughout.
TYPED_NAMES = ("workflow", "selectors", "permissions", "deadlines", "due_days", "figures", "reminders")
TYPED_PACKAGES = ("congress_portal/common", "congress_portal/machine")

# The environment of a real deployment (docs/deploy.md), for `check --deploy`.
DEPLOYED = {
    "DEBUG": "False",
    "HTTPS": "True",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "portal.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://portal.example.org",
    "BEHIND_PROXY": "True",
}


def typed_files() -> list[str]:
    """Return what mypy reads: the typed packages, and in each app the files or folders with a typed name."""
    found = [
        str(path.relative_to(ROOT))
        for pattern in ("*/apps.py", "congress_portal/*/apps.py")
        for app in ROOT.glob(pattern)
        for path in app.parent.iterdir()
        if path.stem in TYPED_NAMES and str(app.parent.relative_to(ROOT)) not in TYPED_PACKAGES
    ]
    return [*TYPED_PACKAGES, *sorted(found)]


def steps() -> dict[str, list[str]]:
    """Return the commands by title, the quickest first."""
    python = str(VENV_PYTHON)
    return {
        "ruff format": [python, "-m", "ruff", "format", "--check", "--output-format", "concise", "."],
        "ruff check": [python, "-m", "ruff", "check", "--output-format", "concise", "."],
        "djlint": [python, "-m", "djlint", "--lint", "--quiet", "."],
        "Dockerfile": [str(VENV / "bin" / "hadolint"), "Dockerfile"],
        # The schema comes with the package: nothing is fetched.
        "docker-compose.yml": [
            *(python, "-m", "check_jsonschema", "--quiet"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
        # Not its script: that names the folder where the environment was made, and folders get moved.
        "lint-imports": [python, "-c", "from importlinter.cli import lint_imports; exit(lint_imports())"],
        "uv lock": [python, "-m", "uv", "lock", "--check", "--offline"],
        "makemigrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "check --deploy": [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        "mypy": [python, "-m", "mypy", *typed_files()],
    }


def main() -> int:
    """Run all steps and name those that failed."""
    failed = []
    with tempfile.TemporaryDirectory() as var:
        # A folder of its own: what somebody has in var/env shall not decide whether the check passes.
        Path(var, "fonts").symlink_to(font_dir())
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        env |= {**DEPLOYED, "VAR_DIR": var}
        for title, command in steps().items():
            say(f"==> {title}")
            if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
                failed.append(title)
    say(f"未通过：{'、'.join(failed)}" if failed else "全部通过。")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
