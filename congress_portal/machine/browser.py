"""What the journeys and screenshots need: Debian's Chromium, and Chinese characters on its screen."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from congress_portal.machine import apt
from congress_portal.machine.console import say

PACKAGES = {"chromium": "chromium", "font": "fonts-noto-cjk"}


def chromium() -> str | None:
    """Return the browser's path."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def has_chinese_font() -> bool:
    """Tell whether a page can be shown in Chinese; without fontconfig's tool, look for Debian's own file."""
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, check=False)
        return bool(listed.stdout.strip())
    return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))


def ensure() -> bool:
    """Bring the browser and its font where we may; without them the journeys cannot run."""
    missing = [PACKAGES["chromium"]] if not chromium() else []
    missing += [PACKAGES["font"]] if not has_chinese_font() else []
    if not missing or apt.install(missing):
        return True
    say("浏览器测试需要 Chromium 和中文字体。请执行：")
    say(f"    {apt.install_line(missing)}")
    return False
