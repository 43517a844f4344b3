"""``make test-services``: the suite on a real PostgreSQL and a real Redis, started if they are not running.

Run with the Python of the virtual environment. With DATABASE_URL or REDIS_URL given, that server is only
asked whether it answers, never started or changed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from congress_portal.machine import apt
from congress_portal.machine.console import say, succeeds
from congress_portal.machine.places import ROOT, VENV_PYTHON, var_dir

DATABASE_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379/15"
START_SECONDS = 30
EVERYTHING_HERE = "not browser and not load and not bench and not screenshots"


def postgresql_fault(url: str) -> str | None:
    """Return what PostgreSQL or its driver says against this address, or None when it lets us in."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error as refusal:
        return str(refusal).strip()
    return None


def redis_fault(url: str) -> str | None:
    """Return what Redis says against this address, or None when it answers."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except redis.RedisError as refusal:
        return str(refusal).strip()
    return None


def _wait(fault: Callable[[str], str | None], url: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while fault(url):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def _start_cluster() -> int | None:
    """Start Debian's own PostgreSQL cluster and return its port; installs the server first where we may."""
    if not shutil.which("pg_lsclusters"):
        apt.install(["postgresql"])
    if not (apt.is_root() and shutil.which("pg_lsclusters")):
        return None
    clusters = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True, check=True).stdout
    if not clusters.strip():
        return None
    version, name, port, status = clusters.splitlines()[-1].split()[:4]
    if not status.startswith("online"):
        say(f"启动 PostgreSQL {version}/{name}……")
        succeeds(["pg_ctlcluster", "--skip-systemctl-redirect", version, name, "start"])
    return int(port)


def _test_role(port: int) -> str:
    """Make a role that may create databases, since a fresh server asks for a password; return its address."""
    password = secrets.token_urlsafe(24)
    sql = (
        "DROP ROLE IF EXISTS portal_test; "
        f"CREATE ROLE portal_test LOGIN CREATEDB PASSWORD '{password}'"
    )  # fmt: skip
    succeeds(["runuser", "-u", "postgres", "--", "psql", "-qp", str(port), "-c", sql], cwd=Path("/"))
    return f"postgres://portal_test:{password}@127.0.0.1:{port}/postgres"


def ensure_postgresql() -> str | None:
    """Return the address of a PostgreSQL that lets us in, or None after saying what to do."""
    given = os.environ.get("DATABASE_URL")
    url = given or DATABASE_URL
    fault = postgresql_fault(url)
    if fault and not given:
        port = _start_cluster()
        if port:
            url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            # "password" in the answer means that the server runs and only does not know us yet.
            _wait(lambda at: None if "password" in (postgresql_fault(at) or "") else postgresql_fault(at), url)
            if postgresql_fault(url):
                url = _test_role(port)
            fault = postgresql_fault(url)
    if fault is None:
        return url
    say(f"PostgreSQL 没有应答：{fault}")
    say(f"请安装：{apt.install_line(['postgresql'])}")
    say("安装后以管理员身份启动（版本和名称见 pg_lsclusters）：pg_ctlcluster 15 main start")
    say("也可以指明已有的服务器（账号须有建库权限）：make test-services DATABASE_URL=postgres://用户:密码@主机/库")
    return None


def ensure_redis() -> str | None:
    """Return the address of a Redis that answers, or None after saying what to do."""
    given = os.environ.get("REDIS_URL")
    url = given or REDIS_URL
    fault = redis_fault(url)
    if fault and not given:
        if not shutil.which("redis-server"):
            apt.install(["redis-server"])
        port = str(urlsplit(url).port)
        say(f"启动 Redis（端口 {port}，不写磁盘；用毕可执行 redis-cli -p {port} shutdown）……")
        command = ["redis-server", "--daemonize", "yes", "--bind", "127.0.0.1", "--port", port, "--save", ""]
        if succeeds([*command, "--dir", str(var_dir())], quiet=True):
            _wait(redis_fault, url)
        fault = redis_fault(url)
    if fault is None:
        return url
    say(f"Redis 没有应答：{fault}")
    say(f"请安装：{apt.install_line(['redis-server'])}，然后再次执行 make test-services；")
    say("也可以指明已有的服务器：make test-services REDIS_URL=redis://主机:端口/15")
    return None


def main() -> int:
    """Run the tests on both servers, handing further arguments to pytest."""
    database, redis_url = ensure_postgresql(), ensure_redis()
    if not (database and redis_url):
        return 1
    command = [str(VENV_PYTHON), "-m", "pytest", "-n", "auto", "-m", EVERYTHING_HERE, *sys.argv[1:]]
    env = {**os.environ, "DATABASE_URL": database, "REDIS_URL": redis_url}
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
