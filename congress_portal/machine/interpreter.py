"""The virtual environment: a fitting Python, and exactly the locked packages."""

from __future__ import annotations

import shutil
import subprocess
import sys

from congress_portal.machine import apt, stamps
from congress_portal.machine.console import say, succeeds
from congress_portal.machine.places import ROOT, VENV, VENV_PYTHON

# As requires-python in pyproject.toml: the lock holds no wheels beyond it.
LOWEST, TOO_HIGH = (3, 11), (3, 14)
RUN, DEVELOP = "requirements.txt", "requirements-dev.txt"


# Debian ships venv without the pip to put into it: ensurepip is what python3-venv adds.
MAKES_VENV = "import venv; from ensurepip import bootstrap"


def version_of(python: str, condition: str = "pass") -> tuple[int, int] | None:
    """Return an interpreter's version, or None where it does not start or the condition raises."""
    try:
        told = subprocess.run(
            [python, "-c", f"import sys; {condition}; print(*sys.version_info[:2])"],
            capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
        ).stdout.split()  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(told[0]), int(told[1])


def find_python() -> str | None:
    """Return an interpreter that fits and can make a virtual environment, or say what is missing."""
    without_venv = None
    for name in (sys.executable, "python3.13", "python3.12", "python3.11"):
        python = shutil.which(name)
        version = version_of(python) if python else None
        if python is None or version is None or not LOWEST <= version < TOO_HIGH:
            continue
        if version_of(python, MAKES_VENV):
            return python
        without_venv = without_venv or version
    if without_venv:
        package = f"python{without_venv[0]}.{without_venv[1]}-venv"
        say("已找到合适的 Python，但缺少建立虚拟环境所需的 venv 模块。请执行：")
    else:
        package = "python3.11 python3.11-venv"
        found = ".".join(map(str, sys.version_info[:2]))
        say(f"本门户需要 Python 3.11、3.12 或 3.13（含 venv 模块），当前 Python 为 {found}。请执行：")
    say(f"    {apt.install_line(package.split())}")
    say("完成后再次执行刚才的命令；如另有合适的 Python，可以写明：make setup PYTHON=/路径/python3")
    return None


def _wanted(requirements: str) -> str:
    pinned = (ROOT / requirements).read_bytes()
    # Packages belong to one version of Python: after an upgrade of the system they are to be installed anew.
    return stamps.fingerprint([pinned, (VENV / "pyvenv.cfg").read_bytes()])


def _is_installed(requirements: str) -> bool:
    return (VENV / "pyvenv.cfg").is_file() and stamps.is_fresh(VENV / f"stamp-{requirements}", _wanted(requirements))


def ensure(*, develop: bool) -> bool:
    """Make the virtual environment hold exactly the locked packages, with their hashes checked."""
    requirements = DEVELOP if develop else RUN
    works = version_of(str(VENV_PYTHON))
    if works and _is_installed(requirements):
        return True
    if not (works and LOWEST <= works < TOO_HIGH and version_of(str(VENV_PYTHON), "import pip")):
        python = find_python()
        if python is None:
            return False
        say(f"建立虚拟环境：{VENV}")
        if not succeeds([python, "-m", "venv", "--clear", str(VENV)]):
            say(f"未能建立虚拟环境，请检查 {ROOT} 是否可写、磁盘是否已满，然后再次执行 make setup。")
            return False
    say(f"按 {requirements} 安装依赖（核对哈希值），首次约需一两分钟……")
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    if not succeeds([*pip, "--require-hashes", "-r", str(ROOT / requirements)]):
        say("依赖未能装齐。请检查网络后再次执行 make setup；也可以指定镜像：PIP_INDEX_URL=镜像地址 make setup")
        return False
    # Whoever has the developers' packages has those that run the portal: both files come from one lock.
    for done in {requirements, RUN}:
        stamps.write(VENV / f"stamp-{done}", _wanted(done))
    return True
