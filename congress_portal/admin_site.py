"""The staff's own AdminSite: the stock admin in the portal's clothes, with what is due on its first page."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone

from congress_portal.annual_summary import views as summary_views
from deputies.models import (
    Activity,
    DeputyGroup,
    DueReminder,
    DutyRecord,
    OversightTopic,
    PerformanceReport,
    Person,
    WorkPlan,
)
from deputies.selectors.desk import desk
from suggestions import selectors
from suggestions.views.staff import main_verb

_DEPUTIES_IN_ORDER = [
    Person,
    DeputyGroup,
    Activity,
    OversightTopic,
    WorkPlan,
    DutyRecord,
    PerformanceReport,
    DueReminder,
]
URGENT_ROWS = 10
RECENT_STEPS = 8


class PortalAdminSite(admin.AdminSite):
    site_header = "工作后台"
    site_title = "工作后台"
    index_title = "工作台"
    site_url = "/"
    empty_value_display = "—"
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern | URLResolver]:
        summary = [
            path(
                "annual-summary/",
                self.admin_view(summary_views.SummaryIndexView.as_view()),
                name="annual_summary",
            ),
            path(
                "annual-summary/<int:year>/",
                self.admin_view(summary_views.SummaryView.as_view()),
                name="annual_summary_year",
            ),
            path(
                "annual-summary/<int:year>/pdf/",
                self.admin_view(summary_views.SummaryPdfView.as_view()),
                name="annual_summary_pdf",
            ),
            path("jobs/<int:pk>/", self.admin_view(summary_views.JobView.as_view()), name="job"),
            path("jobs/<int:pk>/file/", self.admin_view(summary_views.JobFileView.as_view()), name="job_file"),
        ]
        return summary + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List the top floor's app first and the accounts last, and models in the order their apps register them.

        People and what they do together have an order of their own: topics are registered by the floor above.
        """
        floors = [config.label for config in apps.get_app_configs()]
        models = [*_DEPUTIES_IN_ORDER, *self._registry]
        app_list = super().get_app_list(request, app_label)
        app_list.sort(key=lambda app: floors.index(app["app_label"]), reverse=True)
        for app in app_list:
            app["models"].sort(key=lambda model: models.index(model["model"]))
        return app_list

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Use the portal's one sign-in page; somebody signed in who is not staff is told so instead of asked again."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied("工作后台只给街道人大工委的工作人员使用。")
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("accounts:logout", permanent=False, preserve_request=True)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("accounts:password_change")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = _work_of_today(request) if request.user.has_perm("suggestions.view_suggestion") else {}
        if request.user.has_perm("deputies.view_activity"):
            context["desk"] = desk(now=timezone.now())
        return super().index(request, context | (extra_context or {}))


def _work_of_today(request: HttpRequest) -> dict[str, Any]:
    """What the first page shows of suggestions: the queues with their counts, and the most urgent cases."""
    today = timezone.localdate()
    counts = selectors.queue_counts(today=today)
    changelist = reverse("admin:suggestions_suggestion_changelist")
    queues = [
        {"chip": queue.chip, "count": counts[queue.key], "url": f"{changelist}?queue={queue.key}"}
        for queue in selectors.QUEUES
        if queue.key != "moved"
    ]
    rows = [
        {"row": row, "verb": main_verb(request.user, row.suggestion)}
        for row in selectors.most_urgent(today=today, limit=URGENT_ROWS)
    ]
    to_do = {"overdue": "逾期", "accept_now": "受理到期", "toassign": "待交办", "reply_soon": "今明两天答复到期"}
    return {
        "today": today,
        "queues": queues,
        "urgent": rows,
        "recent_steps": selectors.recent_steps(request.user, limit=RECENT_STEPS),
        "open_count": sum(counts[queue.key] for queue in selectors.QUEUES if queue.key not in selectors.FINISHED),
        "open_url": f"{changelist}?queue=open",
        "to_do_count": sum(counts[key] for key in to_do),
        "to_do_parts": [f"{label} {counts[key]} 件" for key, label in to_do.items() if counts[key]],
    }
