"""A portal of its own in a temporary folder, with real processes: commands, and a Celery worker that can be killed.

For what one process cannot show: that a worker on a real broker picks up what another process has committed.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import environ
import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
MESSAGE_ID = re.compile(r"^Message-ID: <(.+)@", re.MULTILINE)

# Only a ceiling that turns a hang into a failure; nothing is measured with it.
CEILING_SECONDS = 60


class Portal:
    """One portal: its folder, database, queue and mail folder. The environment is what the processes get."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.mails = folder / "mails"
        self.mails.mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
            "DJANGO_SETTINGS_MODULE": "congress_portal.settings",
            "VAR_DIR": str(folder),
            "SECRET_KEY": "only-for-tests-" + uuid.uuid4().hex * 2,
            "HTTPS": "False",
            "REQUIRE_PDF": "False",  # its folder has no fonts of its own
            "EMAIL_URL": f"filemail:///{self.mails}",  # django-environ drops the first slash of the path
            **environment,
        }

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run manage.py to its end; its output comes back, and a failure shows what it wrote."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=CEILING_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done

    def shell(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python lines inside the portal, in a process of their own."""
        return self.manage("shell", "--verbosity", "0", "--command", script, **environment)

    def answer(self, expression: str, imports: str = "") -> object:
        """Evaluate one expression inside the portal; lists, numbers and texts come back."""
        return json.loads(self.shell(f"import json; {imports}\nprint(json.dumps({expression}))").stdout)

    @contextmanager
    def worker(self, *, threads: int = 2, beat: bool = False) -> Iterator["Worker"]:
        """Run a real Celery worker on this portal's broker; it is gone at the end, however the test ends."""
        log = self.folder / f"worker-{uuid.uuid4().hex[:8]}.log"
        command = [sys.executable, "-m", "celery", "-A", "congress_portal.celery", "worker"]
        options = ["--pool", "threads", "--concurrency", str(threads), "--loglevel", "INFO", "--without-mingle"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, *options, "--without-gossip", *(["--beat"] if beat else [])],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        worker = Worker(process, log)
        try:
            wait_until(lambda: worker.is_ready(), what=f"a worker that is ready ({log})")
            yield worker
        finally:
            worker.kill()

    def mail_ids(self) -> list[str]:
        """Return the Message-IDs of all e-mails that have arrived so far, repeats included."""
        return [
            found for path in self.mails.iterdir() for found in MESSAGE_ID.findall(path.read_text(encoding="utf-8"))
        ]


class Worker:
    """A running Celery worker with its beat, if any, in a process group of their own."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def is_ready(self) -> bool:
        assert self.is_alive(), self.log()
        return " ready." in self.log()

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """Kill without notice (SIGKILL): nothing is finished, nothing is given back."""
        if self.is_alive():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def wait_until(condition: Callable[[], object], *, what: str, ceiling: float = CEILING_SECONDS) -> None:
    """Poll until the condition holds; fail, naming what was waited for, when it does not come at all."""
    end = time.monotonic() + ceiling
    while not condition():
        assert time.monotonic() < end, f"{what} did not come within {ceiling} seconds"
        time.sleep(0.05)


@contextmanager
def service_environment() -> Iterator[dict[str, str]]:
    """Lend a database of its own on the real PostgreSQL and a numbered one on the real Redis, and clear both away."""
    # Workers of pytest-xdist must not read one another's queue.
    number = 14 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
    queue_url = re.sub(r"(?<=[^/])(/\d*)?$", f"/{number}", os.environ["REDIS_URL"], count=1)
    database_url = os.environ["DATABASE_URL"]
    name = f"portal_{uuid.uuid4().hex[:12]}"
    with redis.Redis.from_url(queue_url) as queue, _maintenance(database_url) as connection:
        queue.flushdb()
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"REDIS_URL": queue_url, "DATABASE_URL": re.sub(r"/[^/?]*(?=\?|$)", f"/{name}", database_url)}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            queue.flushdb()


def _maintenance(database_url: str) -> psycopg.Connection:
    parts = environ.Env.db_url_config(database_url)
    return psycopg.connect(
        dbname="postgres",
        user=parts["USER"] or None,
        password=parts["PASSWORD"] or None,
        host=parts["HOST"] or None,
        port=parts["PORT"] or None,
        autocommit=True,
    )
