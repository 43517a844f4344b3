"""``make doctor``: what is missing on this machine, and the line that installs it. Changes nothing."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from congress_portal.machine import apt, browser, interpreter, printing
from congress_portal.machine.console import say
from congress_portal.machine.places import VENV_PYTHON


@dataclass(frozen=True)
class Finding:
    """One thing the portal uses: what for, whether it is there, and how to get it."""

    title: str
    use: str
    found: bool
    remedy: str


def _needs(title: str, use: str, found: object, *packages: str) -> Finding:
    return Finding(title, use, bool(found), apt.install_line(packages))


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def findings() -> Iterator[Finding]:
    """Look at one thing after another, the indispensable first."""
    fits = interpreter.LOWEST <= sys.version_info[:2] < interpreter.TOO_HIGH
    version = ".".join(map(str, sys.version_info[:3]))
    yield _needs(f"Python {version}", "运行（需要 3.11 至 3.13）", fits, "python3.11", "python3.11-venv")
    makes_venv = interpreter.version_of(sys.executable, interpreter.MAKES_VENV)
    yield _needs("venv 模块", "建立虚拟环境", makes_venv, "python3-venv")
    yield _needs("make", "执行各项命令", shutil.which("make"), "make")
    yield _needs("git", "取得和更新代码", shutil.which("git"), "git")
    yield Finding("虚拟环境与依赖", "运行", VENV_PYTHON.exists(), "make setup")
    yield _needs("Pango", "生成 PDF", not printing.missing_libraries(), *printing.LIBRARY_PACKAGES)
    yield Finding("公文字体", "PDF 按公文版式排印", not printing.missing_fonts(), "make setup")
    yield _needs("Chromium", "浏览器测试和截图", browser.chromium(), browser.PACKAGES["chromium"])
    yield _needs("屏幕中文字体", "浏览器测试和截图", browser.has_chinese_font(), browser.PACKAGES["font"])
    postgresql = shutil.which("pg_ctlcluster") or _answers(5432)
    yield _needs("PostgreSQL", "make test-services；正式部署", postgresql, "postgresql")
    redis = shutil.which("redis-server") or _answers(6379)
    yield _needs("Redis", "make test-services；正式部署", redis, "redis-server")


def main() -> int:
    """Print the report; it is no failure that something is missing."""
    missing = 0
    for finding in findings():
        say(f"{'有' if finding.found else '缺'}  {finding.title} ——用于：{finding.use}")
        if not finding.found:
            missing += 1
            say(f"      请执行：{finding.remedy}")
    say("所需条件均已具备。" if not missing else f"共缺 {missing} 项；不影响未列明的用途。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
