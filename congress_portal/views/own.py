"""Where each role starts work, and the page of a deputy or councillor."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import ListView, View

from congress_portal.common.calendar_rows import work_calendar
from deputies.models import Mandate
from suggestions import selectors
from suggestions.models import Suggestion


class WorkplaceView(LoginRequiredMixin, View):
    """Send whoever signed in to the page that role works on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_staff:
            return redirect("admin:index")
        if request.user.has_perm("suggestions.view_own_department"):
            return redirect("suggestions:officer_list")
        return redirect("own")


class OwnPageView(LoginRequiredMixin, ListView):
    """A deputy's or councillor's own page: the mandates in force, and what became of what was passed on."""

    template_name = "pages/own.html"
    paginate_by = 20

    def get_queryset(self):
        if not self.request.user.has_perm("suggestions.view_raised"):
            raise PermissionDenied("这是代表和议事员的页面。")
        return (
            Suggestion.objects.visible_to(self.request.user)
            .select_related("community", "department", "category")
            .order_by("-received_on", "-pk")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        context = super().get_context_data(**kwargs)
        rows = [
            {
                "suggestion": row.suggestion,
                "chip": row.chip,
                "due": row.due,
                "url": reverse("suggestions:raised_detail", args=(row.suggestion.pk,)),
            }
            for row in selectors.rows(context["object_list"], today=today, calendar=work_calendar())
        ]
        mandates = (
            Mandate.objects.filter(person__user=self.request.user)
            .in_force(today)
            .select_related("community")
            .order_by("kind", "pk")
        )
        return context | {"rows": rows, "mandates": mandates}
