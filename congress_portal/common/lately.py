"""What a browser without an account is remembered by, for half an hour: later somebody else may sit at the screen."""

import time
from typing import Any

from django.http import HttpRequest

SECONDS = 30 * 60


def remember(request: HttpRequest, name: str, value: Any) -> None:
    request.session[name] = [value, int(time.time()) + SECONDS]


def recall(request: HttpRequest, name: str) -> Any:
    """Return what was remembered under that name, or None when its time is over."""
    value, until = request.session.get(name, (None, 0))
    return value if until > time.time() else None
