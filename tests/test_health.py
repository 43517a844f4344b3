"""What the proxy and the container are told about a web process."""

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_process_with_a_database_is_healthy(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }

    answer = Client().get("/health/")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_process_without_its_database_says_so_and_no_more(monkeypatch):
    def cursor():
        raise OperationalError("connection to server at 10.0.0.7 failed")

    monkeypatch.setattr(connection, "cursor", cursor)

    answer = Client().get("/health/")

    assert (answer.status_code, answer.json()) == (503, {"status": "database"})
