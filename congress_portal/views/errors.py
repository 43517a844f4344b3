"""Error pages that need more than Django's own views give their templates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that nothing was saved and why; unlike the stock view, with the portal's frame around it."""
    return render(request, "403_csrf.html", status=403)
