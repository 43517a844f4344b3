"""HTML to PDF; the only file that knows WeasyPrint and pypdf, and only its child process imports them.

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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from congress_portal.common.refusal import Refusal

logger = logging.getLogger(__name__)

TIMEOUT = 120  # seconds; below the lease of a job, so that a render never outlives its claim
MEMORY = 1536 * 1024**2  # address space, which counts mapped font files too; a summary needs about 350 MiB
MAX_WRITTEN = 64 * 1024**2  # bytes in any one file the child writes: fontconfig's cache, a batch of a book's parts
# How much of a book one child sets, so that neither time nor memory grows with the book: a table of 200 rows has some
# 60 KB of HTML and takes 2 s and 25 MB. Fewer children are quicker, more of them show their progress oftener.
BATCH_PARTS, BATCH_LENGTH = 20, 120_000

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
    "BabelStoneHan.ttf",
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


_BROKEN = "生成 PDF 的进程中断了，没有得到文件。请稍后重试；仍不行时请联系管理员查看日志。"


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
    with _workshop() as work:
        return _pdf(work({"do": "render", "html": html}))


def bind_pdfs(
    parts: Iterable[tuple[str, str]],
    *,
    title: str,
    front: Callable[[list[tuple[str, int]]], str],
    progress: Callable[[int], None],
) -> bytes:
    """Bind parts, each a title and its HTML, into one PDF behind the pages that ``front`` writes.

    Each part begins on a new page; the pages are numbered through from 1, without those of the front. ``front`` is
    given the titles and where each begins, and writes the HTML of title page and contents; ``progress`` hears how
    many parts are set. The parts are taken one batch at a time, and however many there are, no process holds more
    than a batch of them laid out. Raises PdfNotPossible. Blocks for minutes.
    """
    contents: list[tuple[str, int]] = []
    files: list[str] = []
    page = 1
    with _workshop() as work:
        for batch in _batches(parts):
            files.append(f"parts-{len(files):04}.pdf")
            order = {"do": "set", "htmls": [html for _, html in batch], "first_page": page, "file": files[-1]}
            for (name, _), count in zip(batch, json.loads(work(order)), strict=True):
                contents.append((name, page))
                page += count
            progress(len(contents))
        work({"do": "set", "htmls": [front(contents)], "first_page": 1, "file": "front.pdf"})
        return _pdf(work({"do": "join", "front": "front.pdf", "files": files, "title": title, "contents": contents}))


def _batches(parts: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    length = 0
    for part in parts:
        if batch and (len(batch) == BATCH_PARTS or length + len(part[1]) > BATCH_LENGTH):
            yield batch
            batch, length = [], 0
        batch.append(part)
        length += len(part[1])
    if batch:
        yield batch


def _pdf(answer: bytes) -> bytes:
    if not answer.startswith(b"%PDF"):
        logger.error("The PDF process wrote something else: %r", answer[:200])
        raise PdfNotPossible(_BROKEN)
    return answer


@contextmanager
def _workshop() -> Iterator[Callable[[dict[str, Any]], bytes]]:
    """Give a folder in which child after child carries out an order; what one writes there stays for the next."""
    if missing := missing_for_pdf():
        raise PdfNotPossible(f"现在不能生成 PDF，缺少{'；缺少'.join(missing)}，然后重试。")
    with tempfile.TemporaryDirectory(prefix="portal-pdf-") as home:
        conf = Path(home) / "fonts.conf"
        conf.write_text(
            _FONTS_CONF.format(
                font_dir=escape(str(settings.FONT_DIR)),
                cache_dir=escape(str(settings.VAR_DIR / "fontconfig")),
            ),
            encoding="utf-8",
        )
        env = {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "FONTCONFIG_FILE": str(conf)}
        limits = {
            "static_url": settings.STATIC_URL,
            "static_dirs": _static_dirs(),
            "memory": MEMORY,
            "seconds": math.ceil(TIMEOUT),
        }
        yield lambda order: _carried_out(order | limits, env)


def _carried_out(order: dict[str, Any], env: dict[str, str]) -> bytes:
    """Let a child carry out an order, and return what it answers."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "congress_portal.common.pdf"],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=TIMEOUT,
            cwd=settings.BASE_DIR,
            env=env,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PdfNotPossible(f"生成 PDF 超过 {TIMEOUT} 秒，已停止。请减少内容后重试；仍不行时请联系管理员。") from None
    if done.returncode or not done.stdout:
        logger.error("The PDF process ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-4000:])
        raise PdfNotPossible(_BROKEN)
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
    """Read an order from stdin, carry it out, answer on stdout."""
    order = json.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    carry_out = {"render": _render, "set": _set_parts, "join": _join}[order["do"]]
    sys.stdout.buffer.write(carry_out(order))


def _render(order):
    """Answer with the PDF."""
    return _written(_laid_out(order["html"], order))


def _set_parts(order):
    """Write some parts of a book into one file, and answer how many pages each has."""
    documents = []
    page = order["first_page"]
    for html in order["htmls"]:
        # WeasyPrint begins every document on a right page, and with number 1.
        side = "left" if page % 2 == 0 else "right"
        documents.append(
            _laid_out(html, order, f"html {{ break-before: {side} }} @page :first {{ counter-reset: page {page} }}")
        )
        page += len(documents[-1].pages)
    together = documents[0].copy([page for document in documents for page in document.pages])
    (Path.home() / order["file"]).write_bytes(_written(together))
    return json.dumps([len(document.pages) for document in documents]).encode()


def _join(order):
    """Answer with front and parts in one, with bookmarks; a blank page keeps the first part off the front's back."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.append(Path.home() / order["front"], import_outline=False)
    if len(writer.pages) % 2:
        writer.add_blank_page()
    before = len(writer.pages)
    for file in order["files"]:
        writer.append(Path.home() / file, import_outline=False)
    for title, page in order["contents"]:
        writer.add_outline_item(title=title, page_number=before + page - 1)
    writer.add_metadata({"/Title": order["title"]})
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _laid_out(html, order, css=""):
    from weasyprint import CSS, HTML

    fetcher = _static_fetcher(order["static_url"], order["static_dirs"])
    sheets = [CSS(string=css)] if css else None
    document = HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher).render(stylesheets=sheets)
    for page in document.pages:
        # Links of the screen version, and whatever a resident wrote, lead nowhere on paper.
        page.links = [link for link in page.links if link[0] == "internal"]
    return document


def _written(document):
    output = io.BytesIO()
    document.write_pdf(output)
    return output.getvalue()


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
