"""Counting attempts in the shared cache: look-ups, sign-ins, submissions.

Windows are fixed: the window's number is part of the cache key, so a counter that lost its expiry in a race
can never lock anybody out later. Keys are keyed hashes: no phone number or address stands in the cache.
"""

import logging
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

# While the cache is down nobody is counted, and nobody kept waiting: it is asked again after this pause.
PAUSE_AFTER_FAILURE = 30
_asleep_until = 0.0


def count(scope: str, key: str, *, seconds: int) -> int:
    """Count one attempt and return how many there are in this window, this one included.

    The counting is atomic. But who asks ``too_many`` first and counts later, when it is known what became of the
    attempt, lets more than the limit pass in a burst: all requests that are under way at once have asked before
    one of them has counted, so as many more as there are threads serving. Returns 0 while the cache is down: the
    site works on without the limit.
    """
    return _ask(lambda: _increment(_cache_key(scope, key, seconds), seconds))


def too_many(scope: str, key: str, *, limit: int, seconds: int) -> bool:
    """Say whether ``limit`` attempts are used up, without counting one: for callers that count failures."""
    return _ask(lambda: cache.get(_cache_key(scope, key, seconds), 0)) >= limit


def _increment(cache_key, seconds):
    cache.add(cache_key, 0, seconds)
    try:
        return cache.incr(cache_key)
    except ValueError:  # the window ended between the two calls
        return 1


def _cache_key(scope, key, seconds):
    window = int(time.time() // seconds)
    digest = salted_hmac("congress_portal.common.ratelimit", f"{scope}\n{key}", algorithm="sha256").hexdigest()
    return f"ratelimit:{digest}:{seconds}:{window}"


def _ask(question):
    global _asleep_until
    if time.monotonic() < _asleep_until:
        return 0
    try:
        return question()
    except Exception:  # each cache backend raises errors of its own library
        _asleep_until = time.monotonic() + PAUSE_AFTER_FAILURE
        logger.exception("The cache does not answer; nothing is rate limited for %s seconds", PAUSE_AFTER_FAILURE)
        return 0
