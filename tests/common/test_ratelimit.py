"""Counting attempts: limits, windows, bursts, a cache that is down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches

from congress_portal.common import ratelimit
from congress_portal.common.ratelimit import count, too_many

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def listening_cache(monkeypatch):
    monkeypatch.setattr(ratelimit, "_asleep_until", 0.0)


@time_machine.travel(START, tick=False)
def test_attempts_up_to_the_limit_are_let_through():
    answers = []
    for _ in range(3):
        answers.append(too_many("look-up", "10.0.0.1", limit=2, seconds=60))
        count("look-up", "10.0.0.1", seconds=60)

    assert answers == [False, False, True]


@time_machine.travel(START, tick=False)
def test_asking_does_not_count():
    for _ in range(5):
        assert not too_many("look-up", "10.0.0.1", limit=1, seconds=60)

    assert count("look-up", "10.0.0.1", seconds=60) == 1


@time_machine.travel(START, tick=False)
def test_scopes_and_keys_are_counted_apart():
    count("look-up", "10.0.0.1", seconds=60)

    assert count("look-up", "10.0.0.2", seconds=60) == 1
    assert count("sign-in", "10.0.0.1", seconds=60) == 1
    assert count("look-up", "10.0.0.1", seconds=60) == 2


def test_a_new_window_starts_at_zero():
    with time_machine.travel(START, tick=False) as clock:
        count("look-up", "10.0.0.1", seconds=60)
        assert too_many("look-up", "10.0.0.1", limit=1, seconds=60)

        clock.shift(timedelta(seconds=60))

        assert not too_many("look-up", "10.0.0.1", limit=1, seconds=60)


@time_machine.travel(START, tick=False)
def test_a_burst_is_counted_to_the_last_one():
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda _: count("look-up", "burst", seconds=60), range(200)))

    assert sorted(counts) == list(range(1, 201))


@time_machine.travel(START, tick=False)
def test_no_key_stands_in_the_cache_in_the_clear(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "of this test alone"}
    }
    count("look-up", "13800000000", seconds=60)

    keys = list(caches["default"]._cache)

    assert len(keys) == 1
    assert "13800000000" not in keys[0]


def test_a_cache_that_is_down_limits_nobody_and_is_left_alone(settings, caplog):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.2, "retry": None},
        }
    }

    assert count("look-up", "10.0.0.1", seconds=60) == 0
    assert not too_many("look-up", "10.0.0.1", limit=1, seconds=60)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
