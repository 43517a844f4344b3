"""A real portal for a real browser: prepared as ``make run`` prepares it, served by its processes, seen in Chromium."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, StorageState, sync_playwright

from congress_portal.common.pdf import missing_for_pdf
from congress_portal.machine import browser as machine_browser
from congress_portal.machine.run import GUNICORN
from tests.browser.window import Site, Window
from tests.worker import ROOT, Portal, wait_until

# Only ceilings that turn a hang into a failure.
PREPARE_SECONDS = 400
ACTION_MILLISECONDS = 20_000
# Nothing a browser does of its own accord may look like the portal asking for something from elsewhere.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample street, its web process, and a worker with its clock on the file-backed queue."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "fonts").symlink_to(settings.FONT_DIR)
    portal = Portal(folder, ALLOWED_HOSTS="127.0.0.1")
    subprocess.run(
        [sys.executable, "-m", "congress_portal.machine.prepare"],
        cwd=ROOT,
        env=portal.environment,
        check=True,
        timeout=PREPARE_SECONDS,
    )
    with _web_process(portal) as (address, log), portal.worker(beat=True) as worker:
        yield Site(address, _passwords(folder / "sample_accounts.txt"), portal)
        assert worker.is_alive()
        assert "Traceback" not in worker.log(), worker.log()
    assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


@contextmanager
def _web_process(portal: Portal) -> Iterator[tuple[str, Path]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address, log = f"http://127.0.0.1:{port}", portal.folder / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *GUNICORN, "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=portal.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: _is_healthy(address), what=f"an answer of the portal ({log})")
        yield address, log
    finally:
        process.terminate()
        process.wait()


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/", timeout=5) as answer:  # noqa: S310 - our own process
            return answer.status == 200
    except urllib.error.URLError:
        time.sleep(0.2)
        return False


def _passwords(accounts_file: Path) -> dict[str, str]:
    """Read the sample accounts as the person at the keyboard does: from what ``make run`` shows."""
    lines = accounts_file.read_text(encoding="utf-8").splitlines()[1:]
    return {username: password for username, password, _ in (line.split(maxsplit=2) for line in lines)}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = machine_browser.chromium()
    assert path, "Chromium is missing; make test-browser brings it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sign_in_states() -> dict[str, StorageState]:
    """The cookies of who has signed in already, so that only the first window of each person has to."""
    return {}


@pytest.fixture
def skip_without_pdf() -> Callable[[], None]:
    """Called where the PDF is wanted: skips the rest, saying why, on a machine that cannot make one."""

    def skip() -> None:
        if missing := missing_for_pdf():
            assert not settings.REQUIRE_PDF, missing
            pytest.skip(f"all but the PDF: {'; '.join(missing)}")

    return skip


@pytest.fixture
def open_window(
    chromium: Browser, site: Site, sign_in_states: dict[str, StorageState]
) -> Iterator[Callable[..., Window]]:
    """Open windows that are watched until the end of the test: ``open_window(390)``, ``open_window(1280, "wuqian")``.

    Further arguments are those of a Playwright context, such as ``java_script_enabled=False``.
    """
    windows: list[Window] = []

    def open_one(width: int = 1280, username: str = "", **options) -> Window:
        height = 844 if width < 640 else 800
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            storage_state=sign_in_states.get(username),
            **options,
        )
        context.set_default_timeout(ACTION_MILLISECONDS)
        window = Window(context, site)
        windows.append(window)
        if username and username not in sign_in_states:
            window.sign_in(username)
            sign_in_states[username] = context.storage_state()
        return window

    yield open_one
    faults = [fault for window in windows for fault in window.faults]
    for window in windows:
        window.page.context.close()
    assert not faults, "\n".join(faults)
