"""What the official page (公文版式) needs of the machine: Pango, and fonts that are not in git.

Fandol (仿宋、黑体、楷体、宋体) covers GB 2312; AR PL UMing holds most of the rare characters in people's names, and
BabelStone Han those that it lacks, such as 𠮷 (Unicode's extensions, in the shapes of the mainland's standard).
All are taken out of Debian's packages without installing those. An office machine that has the official
fonts uses its own first.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import IO

from congress_portal.machine import apt
from congress_portal.machine.console import say
from congress_portal.machine.places import is_on, var_dir

LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
# Makes the PDF smaller; older releases have no such package, and WeasyPrint works without.
OPTIONAL_LIBRARY = "libharfbuzz-subset.so.0"
LIBRARY_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")

_FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
FONTS = {
    "texlive-lang-chinese": (
        f"{_FANDOL}/FandolFang-Regular.otf",
        f"{_FANDOL}/FandolHei-Regular.otf",
        f"{_FANDOL}/FandolHei-Bold.otf",
        f"{_FANDOL}/FandolKai-Regular.otf",
        f"{_FANDOL}/FandolSong-Regular.otf",
        f"{_FANDOL}/FandolSong-Bold.otf",
    ),
    "fonts-arphic-uming": ("usr/share/fonts/truetype/arphic/uming.ttc",),
    "fonts-babelstone-han": ("usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf",),
}


def font_dir() -> Path:
    """Return the folder where settings.py looks for the fonts of the official page."""
    return Path(os.environ.get("FONT_DIR") or var_dir() / "fonts").absolute()


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries() -> list[str]:
    """Return the libraries without which no PDF can be made."""
    return [library for library in LIBRARIES if not _loads(library)]


def missing_fonts() -> list[str]:
    """Return the file names of the fonts that are still to be fetched."""
    return [
        PurePosixPath(member).name
        for members in FONTS.values()
        for member in members
        if not (font_dir() / PurePosixPath(member).name).is_file()
    ]


def ensure() -> bool:
    """Bring Pango and the fonts where we may, and say what else to do.

    Without them the portal starts all the same and only PDF is missing; REQUIRE_PDF=1 makes that a failure,
    which is the one case where this returns False.
    """
    lacking = missing_libraries()
    if lacking or (apt.is_root() and not _loads(OPTIONAL_LIBRARY)):
        _ = apt.install(LIBRARY_PACKAGES) or apt.install(LIBRARY_PACKAGES[:2])
        lacking = missing_libraries()
    if lacking:
        say(f"未找到 Pango（{'、'.join(lacking)}），暂时不能生成 PDF，其他功能不受影响。请执行：")
        say(f"    {apt.install_line(LIBRARY_PACKAGES)}")
    if missing_fonts():
        _fetch_fonts()
    fonts = missing_fonts()
    if fonts:
        say(f"未取得公文字体（{'、'.join(fonts)}），PDF 暂时不能按公文版式排印，其他功能不受影响。")
        say(f"请在联网后再次执行 make setup；也可以从其他机器拷贝这些文件到 {font_dir()}。")
    if (lacking or fonts) and is_on("REQUIRE_PDF"):
        say("REQUIRE_PDF=1 要求具备生成 PDF 的条件，现已停止。")
        return False
    return True


def _fetch_fonts() -> None:
    """Copy the fonts from where the packages are installed, else take them out of the packages' files."""
    font_dir().mkdir(parents=True, exist_ok=True)
    missing = set(missing_fonts())
    for package, members in FONTS.items():
        wanted = [member for member in members if PurePosixPath(member).name in missing]
        if wanted and not _copy_installed(wanted):
            say(f"下载公文字体：{package}（首次需要，仅取字体，不安装软件包）")
            _take_out_of_package(package, wanted)


def _copy_installed(members: list[str]) -> bool:
    if not all((Path("/") / member).is_file() for member in members):
        return False
    for member in members:
        with (Path("/") / member).open("rb") as source:
            _store(PurePosixPath(member).name, source)
    return True


def _take_out_of_package(package: str, members: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = apt.download(package, Path(folder))
        if archive is None or not shutil.which("dpkg-deb"):
            return
        command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE) as unpacking,
            tarfile.open(fileobj=unpacking.stdout, mode="r|") as tree,
        ):
            for entry in tree:
                content = tree.extractfile(entry) if entry.name.lstrip("./") in members else None
                if content is not None:
                    _store(PurePosixPath(entry.name).name, content)


def _store(name: str, source: IO[bytes]) -> None:
    """Write a font whole or not at all: half a font would be taken for one on the next run."""
    unfinished = font_dir() / f".{name}.{os.getpid()}"
    with unfinished.open("wb") as target:
        shutil.copyfileobj(source, target)
    unfinished.replace(font_dir() / name)


if __name__ == "__main__":
    sys.exit(0 if ensure() else 1)
