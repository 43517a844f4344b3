"""``var/env``: the settings of the embedded form, with a secret of its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

TEMPLATE = """\
# 由 make run 首次运行时生成，供本机单机运行使用；可以修改，不会再被改写。请勿外传，也不要提交到代码库。
SECRET_KEY={secret}
# 本机访问不经过 HTTPS。对外提供服务前请阅读 docs/deploy.md。
HTTPS=False
ALLOWED_HOSTS={hosts}
"""


def ensure(var: Path) -> Path:
    """Write the file once, for its owner alone; what is there already stays as it is."""
    path = var / "env"
    if not path.exists():
        text = TEMPLATE.format(secret=secrets.token_urlsafe(50), hosts=",".join(LOOPBACK))
        unfinished = var / f".env.{os.getpid()}"
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.replace(path)
    return path


def value(path: Path, name: str) -> str | None:
    """Return what counts for a setting: the environment first, then the file, as in settings.py."""
    if name in os.environ:
        return os.environ[name]
    for line in path.read_text(encoding="utf-8").splitlines():
        key, equals, text = line.partition("=")
        if equals and key.strip() == name:
            return text.strip().strip("\"'")
    return None
