"""Long work that a deputy or councillor asked for, such as the printed file: how far it is, and the file it made."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest

from congress_portal.annual_summary.views import JobFileView, JobView


class OwnJobView(LoginRequiredMixin, JobView):
    """The same job and the same rule as in the admin, in the frame of who works on a phone."""

    template_name = "pages/job.html"

    def frame(self, request: HttpRequest) -> dict[str, Any]:
        return {}


class OwnJobFileView(LoginRequiredMixin, JobFileView):
    """The file, for who asked for it."""
