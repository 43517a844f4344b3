"""Oversight topics in the staff admin: the list, with the next look, and the addresses of the verbs.

Not registered here: what was put forward under a topic, and what was answered, is kept by floors above, and the list
and the page of a topic show it. So ``congress_portal.admin`` registers a class that adds it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from congress_portal.accounts.models import Department
from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.figures import year_in
from congress_portal.common.templatetags.portal import chip, cn_day
from deputies.admin.figure_lists import figure_filters
from deputies.choices import TopicStatus
from deputies.figures import oversight as figures
from deputies.models import DeputyGroup, OversightTopic
from deputies.selectors import oversight as selectors
from deputies.views.oversight import TopicAddView, verb_urls

CHIPS = {TopicStatus.OPEN: "doing", TopicStatus.CLOSED: "done"}

FigureFilter, _ = figure_filters(figures)


class YearFilter(admin.SimpleListFilter):
    """The year of the topic. Beside a figure it is the figure's year, and the figure's filter reads it."""

    title = "年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(year), f"{year}年") for year in selectors.years_of_topics(today=timezone.localdate())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OversightTopic]) -> QuerySet[OversightTopic]:
        year = year_in(self.value() or "")
        if year and not request.GET.get("figure"):
            return queryset.filter(year=year)
        return queryset


class StatusFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(TopicStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[OversightTopic]) -> QuerySet[OversightTopic]:
        return queryset.filter(status=self.value()) if self.value() in TopicStatus.values else queryset


class NamedFilter(admin.SimpleListFilter):
    """Filter by an office or a group, in the committee's own order."""

    model: type[Department] | type[DeputyGroup]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in self.model.objects.order_by("position", "pk").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OversightTopic]) -> QuerySet[OversightTopic]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**{f"{self.parameter_name}_id": self.value()})


class DepartmentFilter(NamedFilter):
    title, parameter_name, model = "落实单位", "department", Department


class GroupFilter(NamedFilter):
    title, parameter_name, model = "牵头小组", "group", DeputyGroup


class OversightTopicAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Nothing of a topic is a field here: each step is a page of its own (``views.oversight``)."""

    list_display: tuple[str, ...] = ("what", "state", "department_or_none", "look", "report")
    list_display_links = ("what",)
    list_filter = (YearFilter, StatusFilter, GroupFilter, DepartmentFilter, FigureFilter)
    list_select_related = ("department", "group")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("title", "aim", "entrusted_by")
    search_help_text = "议题、监督重点或受谁委托"
    ordering = ("-year", "-status", "pk")  # within a year open ones first: the word sorts after “closed”
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return selectors.with_last_round(super().get_queryset(request))

    @admin.display(description="议题", ordering="title")
    def what(self, topic: Any) -> SafeString:
        group = f"，{topic.group}牵头" if topic.group else ""
        return format_html('{}<span class="sub">{}年{}</span>', topic.title, topic.year, group)

    @admin.display(description="状态", ordering="status")
    def state(self, topic: Any) -> SafeString:
        shown = chip(CHIPS[TopicStatus(topic.status)], topic.get_status_display())
        return format_html('{}<span class="sub">第 {} 轮</span>', shown, topic.round_number)

    @admin.display(description="落实单位", ordering="department")
    def department_or_none(self, topic: OversightTopic) -> str:
        return str(topic.department) if topic.department else "未定"

    @admin.display(description="下次检查", ordering="look_again_on")
    def look(self, topic: Any) -> SafeString | str:
        if topic.status == TopicStatus.CLOSED:
            return f"{cn_day(topic.closed_on)}办结"
        return _due(selectors.look_due(topic.look_again_on, today=timezone.localdate())) or "未定"

    @admin.display(description="报告", ordering="entrusted_due_on")
    def report(self, topic: OversightTopic) -> SafeString | str:
        if topic.reported_back_on:
            return f"{cn_day(topic.reported_back_on)}已报告"
        if not topic.entrusted_by:
            return "不用报告"
        return _due(selectors.look_due(topic.entrusted_due_on, today=timezone.localdate())) or "没有定日期"

    def get_urls(self) -> list[Any]:
        return verb_urls() + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in the stock way
        return TopicAddView.as_view()(request)

    def has_delete_permission(self, request: HttpRequest, obj: OversightTopic | None = None) -> bool:
        return False


def _due(due: selectors.LookDue | None) -> SafeString | None:
    if due is None:
        return None
    return format_html(
        '<span class="{}">{}</span><span class="sub">{}</span>',
        "due-bad" if due.is_late else "due-near" if due.is_near else "",
        cn_day(due.on),
        due.distance,
    )
