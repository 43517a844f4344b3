"""Annual plans of work in the staff admin: the list of years. A year's pages are ``views.plan``."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.templatetags.portal import chip, cn_day
from deputies.models import WorkPlan
from deputies.selectors import plan as selectors
from deputies.views.plan import PlanAddView, plan_page, plan_urls


@admin.register(WorkPlan)
class WorkPlanAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Nothing of a plan is a field here: it is written as a whole, by one verb."""

    list_display = ("title", "state", "items", "published")
    list_display_links = ("title",)
    ordering = ("-year",)
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return selectors.plans_by_year()

    @admin.display(description="年份", ordering="year")
    def title(self, plan: WorkPlan) -> str:
        return str(plan)

    @admin.display(description="状态", ordering="published_on")
    def state(self, plan: WorkPlan) -> SafeString:
        return chip("done", "已公布") if plan.published_on else chip("toassign", "编制中")

    @admin.display(description="事项", ordering="item_count")
    def items(self, plan: Any) -> str:
        dropped = f"，其中不办 {plan.dropped_count} 项" if plan.dropped_count else ""
        return f"{plan.item_count} 项{dropped}"

    @admin.display(description="公布", ordering="published_on")
    def published(self, plan: WorkPlan) -> str:
        return cn_day(plan.published_on) or "还没有公布"

    def get_urls(self) -> list[Any]:
        return plan_urls() + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in the stock way
        return PlanAddView.as_view()(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied("您的角色看不到年度工作计划。")
        plan = self.get_object(request, object_id)
        if plan is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return plan_page(request, plan)

    def has_delete_permission(self, request: HttpRequest, obj: WorkPlan | None = None) -> bool:
        return False
