"""The PDF process: it fetches nothing, it is bounded, and it says what is missing."""

import base64
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.core.checks import Error, Warning, run_checks

from congress_portal.common import pdf
from congress_portal.common.pdf import PdfNotPossible, missing_for_pdf, render_pdf
from tests.common.pdf_reading import lines_of, pages_of
from tests.common.pictures import picture
from tests.worker import wait_until

INTERRUPTED = "生成 PDF 的进程中断了，没有得到文件。请稍后重试；仍不行时请联系管理员查看日志。"


@pytest.fixture
def visited():
    """A web server on this machine, as the list of paths it was asked for."""
    paths = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(picture("PNG"))

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def static_picture(settings, tmp_path):
    """A picture among our static files, and others that are not."""
    static = tmp_path / "static"
    static.mkdir()
    (static / "seal.png").write_bytes(picture("PNG", size=(7, 7)))
    (tmp_path / "secret.png").write_bytes(picture("PNG", size=(9, 9)))
    (static / "link.png").symlink_to(tmp_path / "secret.png")
    settings.STATIC_ROOT = static
    return tmp_path


def pictures_in(document) -> list[tuple[int, int]]:
    return sorted(image.image.size for page in pages_of(document) for image in page.images)


def text_of(document) -> str:
    return "".join(line.text for page in pages_of(document) for line in lines_of(page))


@pytest.mark.usefixtures("can_make_pdf")
def test_own_static_files_and_pictures_in_the_page_are_shown(static_picture):
    inline = base64.b64encode(picture("PNG", size=(5, 5))).decode()

    document = render_pdf(f'<img src="/static/seal.png"><img src="data:image/png;base64,{inline}">')

    assert pictures_in(document) == [(5, 5), (7, 7)]


@pytest.mark.usefixtures("can_make_pdf")
def test_hostile_page_fetches_nothing(static_picture, visited):
    server, paths = visited
    with urlopen(f"{server}/control") as answer:  # noqa: S310 -- our own server
        assert answer.read()
    secret = static_picture / "secret.png"
    assert secret.is_file()

    document = render_pdf(f"""
        <base href="{server}/">
        <link rel="stylesheet" href="{server}/style.css">
        <link rel="attachment" href="file:///etc/hostname"><link rel="attachment" href="{server}/attachment">
        <style>
          @import url({server}/import.css); @import url(file:///etc/hostname);
          @font-face {{ font-family: x; src: url({server}/font.ttf) }}
          @font-face {{ font-family: y; src: url(file:///usr/share/fonts/x.ttf) }}
          p {{ font-family: x, y, serif; background: url({server}/background.png) }}
          p {{ list-style: url({secret.as_uri()}) }}
          p::before {{ content: url({server}/content.png) url({secret.as_uri()}) }}
        </style>
        <img src="{server}/image.png"><img src="//{server.removeprefix("http://")}/image.png"><img src="relative.png">
        <img src="{secret.as_uri()}"><img src="{secret}"><img src="FILE://{secret}"><img src="ftp://127.0.0.1/x.png">
        <img src="http://portal.invalid/static/../secret.png">
        <img src="http://portal.invalid/static/%2e%2e/secret.png">
        <img src="http://portal.invalid/static/link.png"><img src="http://portal.invalid/static/{secret}">
        <img src="http://portal.invalid/static//{secret}"><img src="http://portal.invalid/secret.png">
        <object data="{server}/object.png"></object><embed src="{server}/embed.png">
        <iframe src="file:///etc/hostname"></iframe>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
          <image xlink:href="{server}/svg.png" width="9" height="9"/>
          <image href="{secret.as_uri()}" width="9" height="9"/>
          <use href="{server}/use.svg#x"/>
        </svg>
        <img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg">
          <image href="{secret.as_uri()}" width="9" height="9"/></svg>'>
        <img src="http://portal.invalid/static/seal.png">
        <p>正文</p>
    """)

    assert paths == ["/control"]
    assert pictures_in(document) == [(7, 7)]
    assert "正文" in text_of(document)
    assert b"/EmbeddedFile" not in document
    assert Path("/etc/hostname").read_text().strip() not in text_of(document)


@pytest.mark.usefixtures("can_make_pdf")
def test_render_that_takes_too_long_is_stopped_and_the_next_one_works(monkeypatch):
    monkeypatch.setattr(pdf, "TIMEOUT", 0.05)
    with pytest.raises(PdfNotPossible, match="已停止"):
        render_pdf("<p>正文</p>")
    monkeypatch.undo()

    assert text_of(render_pdf("<p>正文</p>")) == "正文"


@pytest.mark.usefixtures("can_make_pdf")
def test_render_without_memory_fails_and_the_next_one_works(monkeypatch):
    monkeypatch.setattr(pdf, "MEMORY", 60 * 1024**2)
    with pytest.raises(PdfNotPossible, match=INTERRUPTED):
        render_pdf("<p>正文</p>")
    monkeypatch.undo()

    assert text_of(render_pdf("<p>正文</p>")) == "正文"


@pytest.mark.usefixtures("can_make_pdf")
def test_killed_render_fails_and_the_next_one_works():
    outcome = []

    def render():
        try:
            render_pdf(f"<p>{'正文' * 200_000}</p>")
        except PdfNotPossible as refusal:
            outcome.append(str(refusal))

    thread = threading.Thread(target=render)
    thread.start()
    wait_until(lambda: pdf_processes(), what="the PDF process")
    for process in pdf_processes():
        os.kill(process, signal.SIGKILL)
    thread.join()

    assert outcome == [INTERRUPTED]
    assert text_of(render_pdf("<p>正文</p>")) == "正文"


def pdf_processes() -> list[int]:
    """Return the PDF processes this test process has started."""
    children = (path.read_text().split() for path in Path("/proc/self/task").glob("*/children"))
    return [
        int(child)
        for some in children
        for child in some
        if b"congress_portal.common.pdf" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_missing_fonts_are_named_with_the_line_that_brings_them(settings, tmp_path):
    settings.FONT_DIR = tmp_path

    assert any("FandolFang-Regular.otf" in item and "make setup" in item for item in missing_for_pdf())
    with pytest.raises(PdfNotPossible, match=r"现在不能生成 PDF，缺少.*FandolFang-Regular.otf.*make setup"):
        render_pdf("<p>正文</p>")


def test_missing_pango_is_named_with_the_line_that_brings_it(monkeypatch):
    monkeypatch.setattr(pdf, "LIBRARIES", ("libpango-of-nowhere.so.9",))

    assert any("libpango-of-nowhere.so.9" in item and "apt-get install" in item for item in missing_for_pdf())
    with pytest.raises(PdfNotPossible, match=r"apt-get install -y libpango-1.0-0"):
        render_pdf("<p>正文</p>")


@pytest.mark.parametrize(("required", "kind"), [(False, Warning), (True, Error)])
def test_check_reports_what_is_missing(settings, tmp_path, required, kind):
    settings.FONT_DIR = tmp_path
    settings.REQUIRE_PDF = required

    messages = [message for message in run_checks() if message.id == "portal.W001"]

    assert messages
    assert {type(message) for message in messages} == {kind}


@pytest.mark.usefixtures("can_make_pdf")
def test_check_is_silent_where_nothing_is_missing():
    assert [message for message in run_checks() if message.id == "portal.W001"] == []


def test_site_starts_without_weasyprint(settings):
    program = "import sys, django; django.setup(); print('weasyprint' in sys.modules)"

    started = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert started.stdout.strip() == "False"
