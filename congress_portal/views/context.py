"""What every page needs to know: whose portal this is, large print or not, and how many messages wait."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from congress_portal.accounts.models import Committee
from congress_portal.notifications.selectors import unread_count

ELDER_COOKIE = "elder"


def portal(request: HttpRequest) -> dict[str, Any]:
    """Add ``committee`` (empty before set-up), ``elder`` (大字版) and ``unread_count``.

    The two that need the database are read only when a template asks for them.
    """
    return {
        "committee": SimpleLazyObject(Committee.objects.first),
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "unread_count": SimpleLazyObject(lambda: unread_count(request.user)),
    }
