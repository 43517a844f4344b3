"""Who gets messages here. `told` has an address, `unreachable` has none."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import User
from tests.worker import Portal, service_environment


@pytest.fixture
def told(db) -> User:
    return User.objects.create_user("shou", display_name="收信人", role=Role.CLERK, email="shou@example.test")


@pytest.fixture
def unreachable(db) -> User:
    return User.objects.create_user("wuxiang", display_name="无邮箱", role=Role.DIRECTOR)


@pytest.fixture
def embedded_portal(tmp_path: Path) -> Portal:
    """A portal as `make run` sets it up: SQLite and the file-backed queue."""
    portal = Portal(tmp_path)
    portal.manage("migrate", "--verbosity", "0")
    return portal


@pytest.fixture
def service_portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal as it is deployed: PostgreSQL and Redis."""
    if not (os.environ.get("REDIS_URL") and os.environ.get("DATABASE_URL", "").startswith("postgres")):
        pytest.skip("needs DATABASE_URL of a real PostgreSQL and REDIS_URL of a real Redis")
    with service_environment() as environment:
        portal = Portal(tmp_path, **environment)
        portal.manage("migrate", "--verbosity", "0")
        yield portal
