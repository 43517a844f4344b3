"""What a browser without an account may see, for half an hour: the case whose code and number it gave, and the code of
the form it sent. Later somebody else may sit at the same screen.
"""

import time
from typing import Any

from django.http import HttpRequest

from suggestions.models import Suggestion

OPEN_SECONDS = 30 * 60

_CASE = "case"
_SUBMISSION = "submission"


def open_case(request: HttpRequest, suggestion: Suggestion) -> None:
    """Let this browser see the case it has given code and number of."""
    _remember(request, _CASE, suggestion.pk)


def looked_up_case(request: HttpRequest) -> int | None:
    """Return the case whose code and number this browser has given lately."""
    return _recall(request, _CASE)


def remember_submission(request: HttpRequest, submission_key: str) -> None:
    """Let this browser see the tracking code of the form it sent; the code follows from the form's key."""
    _remember(request, _SUBMISSION, submission_key)


def lately_submitted(request: HttpRequest) -> str | None:
    """Return the key of the form this browser has sent lately."""
    return _recall(request, _SUBMISSION)


def _remember(request: HttpRequest, name: str, value: Any) -> None:
    request.session[name] = [value, int(time.time()) + OPEN_SECONDS]


def _recall(request: HttpRequest, name: str) -> Any:
    value, until = request.session.get(name, (None, 0))
    return value if until > time.time() else None
