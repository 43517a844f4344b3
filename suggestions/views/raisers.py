"""What a deputy or councillor sees of the cases passed on to the committee."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from suggestions import selectors
from suggestions.models import Suggestion
from suggestions.views.case_page import case_context


@method_decorator(never_cache, name="dispatch")
class RaisedDetailView(LoginRequiredMixin, TemplateView):
    """A case for its raiser: every step to read, and no control that would settle a resident's matter."""

    template_name = "suggestions/raised_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not self.request.user.has_perm("suggestions.view_raised"):
            raise PermissionDenied("这是代表和议事员的页面。")
        suggestion = get_object_or_404(
            Suggestion.objects.visible_to(self.request.user).with_names(), pk=self.kwargs["pk"]
        )
        case = selectors.case_file(suggestion, today=timezone.localdate())
        return super().get_context_data(**kwargs) | case_context(case, for_staff=False)
