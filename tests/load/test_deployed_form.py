"""The deployed form without a container engine: the Dockerfile's lines carried out in a Debian 12, then its services.

Web, worker and beat run with the very commands, users and health checks of docker-compose.yml, on a real PostgreSQL
and Redis of this machine. Needs root, namespaces and the network. The times printed are for orientation.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from congress_portal.accounts.choices import Role
from congress_portal.machine import services
from congress_portal.machine.console import say
from tests.common.pictures import opened, picture, upload
from tests.load import chroot, containers
from tests.load.chroot import step
from tests.load.containers import Compose, Container
from tests.load.image import Build, Image
from tests.load.servers import RedisServer, free_port
from tests.load.visitor import Visitor
from tests.pages import Page
from tests.suggestions.front_door import CASE, FILLED_IN, FORM, LOOKUP, RECEIVED
from tests.suggestions.story import PHONE
from tests.worker import ROOT, service_environment, wait_until

pytestmark = pytest.mark.load

DOMAIN = "portal.example.org"
SECRETS = {"SECRET_KEY": "only-for-tests-" + "aB3xY7-" * 8, "POSTGRES_PASSWORD": "not-asked-for-here"}
PREVIOUS_RELEASE = "c4707a6"
SUMMARY = re.compile(r"/admin/annual-summary/\d{4}/$")
CODE = re.compile(r'class="code-big">([^<]{14})<')
BEHIND_THE_PROXY = {
    "Host": DOMAIN,
    "X_Forwarded_Proto": "https",
    "X_Forwarded_For": "198.51.100.7",
    "Referer": f"https://{DOMAIN}/",
}


# ---- the machine


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    reason = chroot.why_not() or containers.why_not()
    if reason:
        pytest.skip(reason)
    build = Build(tmp_path_factory.mktemp("image"))
    try:
        with step("the image, all of it"):
            built = build.run()
        yield built
    finally:
        for folder in build.folder.iterdir():
            chroot.remove(folder)


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, str]]:
    """Lend an empty database on this machine's PostgreSQL, and a Redis of our own; return their addresses."""
    database = services.ensure_postgresql()
    assert database
    redis_server = RedisServer(folder)
    redis_server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database)
        patch.setenv("REDIS_URL", redis_server.url)
        try:
            with service_environment() as lent:
                yield lent
        finally:
            redis_server.stop()


class Site:
    """The portal as compose starts it: two web, two workers, one beat, with the sample street."""

    def __init__(self, compose: Compose, database: str, up: ExitStack) -> None:
        self.compose, self._database, self._up = compose, database, up
        self.ports = [free_port(), free_port()]

    def start(self, service: str, number: int = 1, **changes: str) -> Container:
        container = self._up.enter_context(self.compose.up(service, number, **changes))
        say(f"{container.started_after:8.1f} s  {container.name} is healthy")
        return container

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._database) as connection:
            return connection.execute(query, values).fetchall()

    def visitor(self, web: int = 0) -> Visitor:
        return Visitor(f"http://127.0.0.1:{self.ports[web]}", **BEHIND_THE_PROXY)

    def clerk(self, web: int = 0) -> Visitor:
        visitor = self.visitor(web)
        visitor.sign_in(*account(self.compose, Role.CLERK))
        return visitor


def account(compose: Compose, role: Role) -> tuple[str, str]:
    listed = (compose.volume / "sample_accounts.txt").read_text()
    found = re.search(rf"^ +(\S+) +(\S+) +\S+，{role.label}$", listed, re.MULTILINE)
    assert found, listed
    return found[1], found[2]


@pytest.fixture(scope="module")
def site(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with servers(folder) as lent, ExitStack() as up:
        compose = Compose(image, folder, env=SECRETS, instead=lent)
        site = Site(compose, lent["DATABASE_URL"], up)
        with step("migrate, as its service"):
            compose.run("migrate")
        with step("load_demo"):
            compose.run("web", "python", "manage.py", "load_demo")
        site.workers = [site.start("worker", number) for number in (1, 2)]
        site.beat = site.start("beat")
        site.webs = [site.start("web", number, PORT=str(port)) for number, port in enumerate(site.ports, 1)]
        yield site


# ---- what was built


def test_image_holds_what_runs_and_no_more(image):
    inside = {path.name for path in image.path(".").iterdir()}

    assert inside == {
        "congress_portal", "deputies", "manage.py", "requirements.txt", "static", "suggestions", "templates",
    }  # fmt: skip
    assert image.user == "10001:10001"
    assert not [name for name in image.environment if "SECRET" in name or "PASSWORD" in name]
    assert list((image.root / "var/lib/portal").iterdir()) == []
    assert not (image.root / "opt/venv/bin/pip").exists()
    size = subprocess.run(
        ["du", "--summarize", "--block-size=1M", "--exclude=var/cache", "--exclude=var/lib/apt", "."],
        cwd=image.root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    say(f"{size.split()[0]} MiB unpacked")


def test_nothing_can_be_written_but_the_volume_and_tmp(site):
    web = site.webs[0]

    for place in ("/opt/portal/x", "/opt/static/x", "/opt/venv/x", "/etc/x", "/usr/x", "/x"):
        assert not web.does("touch", place), place
    for place in ("/var/lib/portal/x", "/tmp/x", "/dev/shm/x"):  # noqa: S108 - of the container
        assert web.does("touch", place), place
        assert web.does("rm", place)
    assert web.does("sh", "-c", "grep -q '^CapBnd:\\s*0*$' /proc/1/status")
    assert web.does("sh", "-c", "grep -q '^NoNewPrivs:\\s*1$' /proc/1/status")
    mounted = Path(f"/proc/{web.pid}/mountinfo").read_text()
    assert re.search(r" / ro[ ,]", mounted)


# ---- what residents and clerks do


def send_a_matter(visitor: Visitor, **changes: Any) -> str:
    form = visitor.page(FORM).form_with("matter")
    given = {name: form.value(name) for name in ("submission_key", "csrfmiddlewaretoken")}
    answer = visitor.ask(FORM, FILLED_IN | given | changes)
    assert (answer.status, answer.location) == (302, RECEIVED), answer.text[:2000]
    found = CODE.search(visitor.ask(RECEIVED).text)
    assert found
    return found[1]


def test_matter_with_a_photo_arrives_and_is_seen_on_both_webs(site):
    big = upload(picture("PNG", size=(3000, 2000)) + b"\0" * 3_000_000, "路灯.png")  # too big for memory: through /tmp

    code = send_a_matter(site.visitor(), matter="凤鸣路菜场东门路灯不亮，请尽快修好。", photos=big)

    ((case, photo),) = site.rows(
        "SELECT s.id, a.file FROM suggestions_suggestion s JOIN suggestions_attachment a ON a.suggestion_id = s.id "
        "WHERE s.channel = 'web' ORDER BY s.id DESC LIMIT 1"
    )
    kept = site.compose.volume / "media" / photo
    assert (kept.stat().st_uid, kept.stat().st_mode & 0o777) == (10001, 0o640)
    clerk = site.clerk()
    # Signed in on one, at work on the other.
    clerk.port = str(site.ports[1])
    page = clerk.page(f"/admin/suggestions/suggestion/{case}/change/")
    (address,) = [link for link in page.links if link.startswith("/suggestions/attachments/")]
    assert opened(clerk.ask(address).content).size == (2000, 1333)
    assert site.visitor().ask(address).status == 404
    resident = site.visitor(1)
    found = look_up(resident, code)
    assert "路灯" in found.text


def look_up(visitor: Visitor, code: str) -> Page:
    token = visitor.page(LOOKUP).form_with("code").value("csrfmiddlewaretoken")
    answer = visitor.ask(LOOKUP, {"code": code, "phone_tail": PHONE[-4:], "csrfmiddlewaretoken": token})
    assert answer.status == 302, answer.text[:2000]
    return visitor.page(CASE)


def ask_for_pdf(clerk: Visitor) -> str:
    summary = next(filter(SUMMARY.search, clerk.page("/admin/annual-summary/").links))
    asked = clerk.ask(f"{summary}pdf/", {"csrfmiddlewaretoken": clerk.cookies["__Host-csrf"]})
    assert "/jobs/" in asked.location, asked
    return asked.location


def wait_for_pdf(clerk: Visitor, job: str, *, ceiling: float = 60) -> None:
    wait_until(
        lambda: json.loads(clerk.ask(job, Accept="application/json").content)["finished"], what=job, ceiling=ceiling
    )
    assert clerk.ask(f"{job}file/").content.startswith(b"%PDF")


def test_worker_makes_the_pdf(site):
    clerk = site.clerk()

    for title in ("PDF by the worker, fonts unknown", "PDF by the worker again"):
        with step(title):
            wait_for_pdf(clerk, ask_for_pdf(clerk))

    assert (site.compose.volume / "fontconfig").is_dir()


# ---- what beat does


def test_beat_sweeps_every_minute_and_reminds_at_once(site):
    ((reminders,),) = site.rows("SELECT count(*) FROM suggestions_reminder")
    assert reminders > 0

    for task in ("deliver_messages", "take_up_stale_jobs"):
        wait_until(lambda task=task: task in both_logs(site), what=f"{task} at a worker", ceiling=90)


def both_logs(site: Site) -> str:
    return "".join(worker.log for worker in site.workers)


# ---- what breaks


def test_web_processes_killed_at_work_are_replaced_and_the_other_web_goes_on(site):
    clerk = site.clerk()
    web = site.webs[0]

    before = web.processes
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    with step("gunicorn's processes killed, until it answers again"):
        wait_until(lambda: asked_quietly(clerk, "/admin/") == 200, what="the first web")
    assert len(web.processes) == len(before) == 2

    web.kill()
    assert asked_quietly(clerk, "/admin/") is None
    clerk.port = str(site.ports[1])
    assert clerk.ask("/admin/").status == 200

    web.start()
    with step("web started again"):
        web.wait()


STATE_AND_ATTEMPTS = "SELECT state, attempts FROM common_job WHERE id = %s"


def asked_quietly(visitor: Visitor, path: str) -> int | None:
    try:
        return visitor.ask(path).status
    except OSError:
        return None


def test_pdf_of_a_killed_worker_is_made_by_the_next(site):
    clerk = site.clerk()
    first, second = site.workers
    second.kill()  # so that we know which one has it

    job = ask_for_pdf(clerk)
    number = job.rstrip("/").rpartition("/")[2]
    wait_until(lambda: site.rows(STATE_AND_ATTEMPTS, number) == [("running", 1)], what="a start")
    first.kill()
    second.start()
    second.wait()
    # Its claim would end after five minutes; nobody waits for that here.
    assert site.rows(
        "UPDATE common_job SET lease_until = now() WHERE id = %s AND state = 'running' RETURNING 1", number
    )

    with step("the killed worker's PDF, by beat's sweep and the other worker"):
        wait_for_pdf(clerk, job, ceiling=150)
    assert site.rows(STATE_AND_ATTEMPTS, number) == [("done", 2)]
    first.start()
    first.wait()


def test_containers_end_when_asked(site):
    web, worker = site.start("web", 3, PORT=str(free_port())), site.start("worker", 3)

    with step("web and worker asked to stop"):
        assert web.stop() == 0
        assert worker.stop() == 0


# ---- from the release before


@pytest.fixture
def release_before(tmp_path: Path) -> Path:
    """The previous release, with its own packages."""
    archive = subprocess.run(["git", "archive", PREVIOUS_RELEASE], cwd=ROOT, capture_output=True)
    if archive.returncode:
        pytest.skip(f"this checkout does not hold {PREVIOUS_RELEASE}")
    folder = tmp_path / "before"
    folder.mkdir()
    subprocess.run(["tar", "--extract"], cwd=folder, input=archive.stdout, check=True)
    with step("the packages of the release before"):
        subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
        pip = [folder / ".venv/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*pip, "-r", folder / "requirements.txt"], check=True, capture_output=True)
    return folder


@contextmanager
def running_before(folder: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    """The web of the release before, without a container."""
    program = [folder / ".venv/bin/python", "-m", "gunicorn", "congress_portal.wsgi:application"]
    web = subprocess.Popen(
        [*program, "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket"],
        cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    visitor = Visitor(f"http://127.0.0.1:{port}", **BEHIND_THE_PROXY)
    try:
        wait_until(lambda: asked_quietly(visitor, "/health/") == 200, what="the release before")
        yield
    finally:
        os.killpg(web.pid, signal.SIGKILL)
        web.wait()


# What nobody may lose, as it is written down; read before and after.
RECORDS = (
    "SELECT count(*) FROM suggestions_suggestion",
    "SELECT id, number, matter, status, contact_name, contact_phone, reply_due_on FROM suggestions_suggestion",
    "SELECT id, suggestion_id, kind, note, happened_at FROM suggestions_suggestionevent",
    "SELECT id, assignment_id, text, outcome FROM suggestions_reply",
    "SELECT id, suggestion_id, file, sha256 FROM suggestions_attachment",
    "SELECT id, username, password, role FROM accounts_user",
    "SELECT id, name FROM deputies_person",
    "SELECT id, person_id, kind, starts_on, ends_on FROM deputies_mandate",
    "SELECT id, recipient_id, subject, state FROM notifications_message",
)


def test_release_before_is_brought_up_to_date(image, release_before, tmp_path):
    with servers(tmp_path) as lent, ExitStack() as up:
        compose = Compose(image, tmp_path, env=SECRETS, instead=lent)
        site = Site(compose, lent["DATABASE_URL"], up)
        environment = {
            **{"PATH": os.environ["PATH"], "VAR_DIR": str(compose.volume), "LOG_LEVEL": "ERROR", **lent},
            **{"SECRET_KEY": SECRETS["SECRET_KEY"], "ALLOWED_HOSTS": DOMAIN, "BEHIND_PROXY": "True"},
        }
        for words in (["migrate", "--verbosity", "0"], ["load_demo"], ["collectstatic", "--noinput"]):
            manage = [release_before / ".venv/bin/python", "manage.py", *words]
            subprocess.run(manage, cwd=release_before, env=environment, check=True, capture_output=True)
        with running_before(release_before, environment, site.ports[0]):
            code = send_a_matter(site.visitor(), photos=upload(picture(), "路灯.jpg"))
        before = {query: sorted(site.rows(query), key=repr) for query in RECORDS}
        assert all(before.values())

        subprocess.run(["chown", "--recursive", "10001:10001", compose.volume], check=True)
        with step("migrate from the release before"):
            compose.run("migrate")

        assert {query: sorted(site.rows(query), key=repr) for query in RECORDS} == before
        site.start("web", PORT=str(site.ports[0]))
        resident = site.visitor()
        page = look_up(resident, code)
        (photo,) = {link for link in page.links if link.startswith("/suggestions/attachments/")}
        assert opened(resident.ask(photo).content).format == "JPEG"
        clerk = site.clerk()
        addresses = ["/", "/figures/", "/admin/", "/admin/suggestions/suggestion/", "/admin/annual-summary/"]
        addresses += [f"/admin/suggestions/suggestion/{pk}/change/" for (pk,) in site.rows(ALL_CASES)]
        assert {address: clerk.ask(address).status for address in addresses} == dict.fromkeys(addresses, 200)


ALL_CASES = "SELECT id FROM suggestions_suggestion ORDER BY id"
