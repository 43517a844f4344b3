"""HTML to PDF; the only file that knows WeasyPrint, and only its child process imports it.

The text of a PDF comes from residents, so the renderer is treated as hostile: a process of its own with an
empty environment, limits on time and memory, and a fetcher that knows our static files and nothing else.
"""

import ctypes
import io
import json
import logging
import math
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings

from congress_portal.common.refusal import Refusal

logger = logging.getLogger(__name__)

TIMEOUT = 120  # seconds; below the lease of a job, so that a render never outlives its claim
MEMORY = 1536 * 1024**2  # address space, which counts mapped font files too; a summary needs about 350 MiB
MAX_WRITTEN = 64 * 1024**2  # bytes in any one file: fontconfig's cache is all the child has to write

LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)
LIBRARIES_LINE = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS = (
    "FandolFang-Regular.otf",
    "FandolHei-Regular.otf",
    "FandolKai-Regular.otf",
    "FandolSong-Regular.otf",
    "FandolSong-Bold.otf",
    "uming.ttc",
)
FONTS_LINE = "make setup"

# A host that cannot exist: relative addresses resolve to it, and only its static files are served.
BASE_URL = "http://portal.invalid/"

# Font folders are named one by one. The system's own fonts.conf is left out on purpose: distributions alias
# 宋体 or 黑体 to whatever they ship, and those aliases would win over the faces meant for the official page.
# Fandol's bold faces call themselves regular; without the rule either of the two may come out.
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{font_dir}</dir>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <cachedir>{cache_dir}</cachedir>
  <cachedir>/var/cache/fontconfig</cachedir>
  <match target="scan">
    <test name="family" compare="contains"><string>Fandol</string></test>
    <test name="style"><string>Bold</string></test>
    <edit name="weight" mode="assign"><const>bold</const></edit>
  </match>
</fontconfig>
"""


class PdfNotPossible(Refusal):
    """No PDF was made; the text says why and, where something is missing, what installs it."""


def missing_for_pdf() -> list[str]:
    """Return what this machine lacks for the official page, each with the line that brings it. Cheap."""
    missing = []
    if absent := [library for library in LIBRARIES if not _loads(library)]:
        missing.append(f"Pango 排版库（{'、'.join(absent)}），请执行 {LIBRARIES_LINE}")
    if absent := [font for font in FONTS if not (settings.FONT_DIR / font).is_file()]:
        missing.append(f"公文字体（{'、'.join(absent)}），请执行 {FONTS_LINE}")
    return missing


def render_pdf(html: str) -> bytes:
    """Return the page as PDF; raise PdfNotPossible. Blocks for seconds: for a job, never for a request."""
    if missing := missing_for_pdf():
        raise PdfNotPossible(f"现在不能生成 PDF，缺少{'；缺少'.join(missing)}，然后重试。")
    order = {
        "html": html,
        "static_url": settings.STATIC_URL,
        "static_dirs": _static_dirs(),
        "memory": MEMORY,
        "seconds": math.ceil(TIMEOUT),
    }
    with tempfile.TemporaryDirectory(prefix="portal-pdf-") as home:
        conf = Path(home) / "fonts.conf"
        conf.write_text(
            _FONTS_CONF.format(
                font_dir=escape(str(settings.FONT_DIR)),
                cache_dir=escape(str(settings.VAR_DIR / "fontconfig")),
            ),
            encoding="utf-8",
        )
        try:
            done = subprocess.run(
                [sys.executable, "-m", "congress_portal.common.pdf"],
                input=json.dumps(order).encode(),
                capture_output=True,
                timeout=TIMEOUT,
                cwd=settings.BASE_DIR,
                env={"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "FONTCONFIG_FILE": str(conf)},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfNotPossible(
                f"生成 PDF 超过 {TIMEOUT} 秒，已停止。请减少内容后重试；仍不行时请联系管理员。"
            ) from None
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        logger.error("The PDF process ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-4000:])
        raise PdfNotPossible("生成 PDF 的进程中断了，没有得到文件。请稍后重试；仍不行时请联系管理员查看日志。")
    return done.stdout


def _loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _static_dirs():
    from django.contrib.staticfiles.finders import get_finders  # the child must not pay for it

    dirs = [str(settings.STATIC_ROOT)]
    for finder in get_finders():
        dirs += [str(storage.location) for storage in getattr(finder, "storages", {}).values()]
    return dirs


def _child() -> None:
    """Read an order from stdin, write the PDF to stdout."""
    order = json.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from weasyprint import HTML

    fetcher = _static_fetcher(order["static_url"], order["static_dirs"])
    document = HTML(string=order["html"], base_url=BASE_URL, url_fetcher=fetcher).render()
    for page in document.pages:
        # Links of the screen version, and whatever a resident wrote, lead nowhere on paper.
        page.links = [link for link in page.links if link[0] == "internal"]
    output = io.BytesIO()
    document.write_pdf(output)
    sys.stdout.buffer.write(output.getvalue())


def _static_fetcher(static_url, static_dirs):
    import mimetypes
    from urllib.parse import unquote, urljoin, urlsplit

    from weasyprint.urls import URLFetcher, URLFetcherResponse

    prefix = urljoin(BASE_URL, static_url)
    roots = [Path(folder).resolve() for folder in static_dirs]

    class StaticOnly(URLFetcher):
        def __init__(self):
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url, headers=None):
            if url.startswith(prefix):
                name = unquote(urlsplit(url.removeprefix(prefix)).path)
                for root in roots:
                    path = (root / name).resolve()
                    if path.is_relative_to(root) and path.is_file():
                        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})
                raise ValueError(f"No static file: {url[:200]}")
            return super().fetch(url, headers)  # refuses every protocol but data:

    return StaticOnly()


if __name__ == "__main__":
    _child()
