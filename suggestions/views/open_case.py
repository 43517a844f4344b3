"""What a browser without an account may see, for half an hour: the case whose code and number it gave, and the code of
the form it sent. Later somebody else may sit at the same screen.
"""

from django.http import HttpRequest

from congress_portal.common.lately import recall, remember
from suggestions.models import Suggestion

_CASE = "case"
_SUBMISSION = "submission"


def open_case(request: HttpRequest, suggestion: Suggestion) -> None:
    """Let this browser see the case it has given code and number of."""
    remember(request, _CASE, suggestion.pk)


def looked_up_case(request: HttpRequest) -> int | None:
    """Return the case whose code and number this browser has given lately."""
    return recall(request, _CASE)


def remember_submission(request: HttpRequest, submission_key: str) -> None:
    """Let this browser see the tracking code of the form it sent; the code follows from the form's key."""
    remember(request, _SUBMISSION, submission_key)


def lately_submitted(request: HttpRequest) -> str | None:
    """Return the key of the form this browser has sent lately."""
    return recall(request, _SUBMISSION)
