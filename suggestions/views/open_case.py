"""Which case a browser without an account may see: the one whose code and number it gave in the last half hour."""

import time

from django.http import HttpRequest

from suggestions.models import Suggestion

CASE_SESSION_KEY = "case"  # [pk, until when]
CASE_OPEN_SECONDS = 30 * 60


def open_case(request: HttpRequest, suggestion: Suggestion) -> None:
    request.session[CASE_SESSION_KEY] = [suggestion.pk, int(time.time()) + CASE_OPEN_SECONDS]


def looked_up_case(request: HttpRequest) -> int | None:
    """Return the case whose code and number this browser has given lately."""
    pk, until = request.session.get(CASE_SESSION_KEY, (None, 0))
    return pk if until > time.time() else None
