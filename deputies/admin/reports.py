"""Reports to the voters, and who was reminded of what, in the staff admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.templatetags.portal import cn_day, paragraphs
from deputies.admin.figure_lists import figure_filters
from deputies.choices import ReportResult
from deputies.figures import reports as figures
from deputies.models import DueReminder, PerformanceReport
from deputies.reminders import Matter
from deputies.selectors.due import subjects_of
from deputies.views.reports import ReportAddView, report_urls

FigureFilter, YearFilter = figure_filters(figures)


class ResultFilter(admin.SimpleListFilter):
    title = "评议结果"
    parameter_name = "result"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ReportResult.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[PerformanceReport]) -> QuerySet[PerformanceReport]:
        return queryset.filter(result=self.value()) if self.value() in ReportResult.values else queryset


@admin.register(PerformanceReport)
class PerformanceReportAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Nothing is edited here: recording and correcting are verbs with pages of their own (``views.reports``)."""

    change_list_template = "admin/deputies/performancereport/change_list.html"
    change_form_template = "admin/deputies/performancereport/change_form.html"
    list_display = ("deputy", "held", "place", "voters_present", "votes", "result")
    list_display_links = ("deputy",)
    list_filter = (ResultFilter, FigureFilter, YearFilter)
    list_select_related = ("mandate__person", "activity", "recorded_by")
    list_per_page = 25
    show_full_result_count = False
    search_fields = ("mandate__person__name", "place")
    search_help_text = "姓名或地点"
    ordering = ("-held_on", "-pk")
    actions = None
    fields = (
        "deputy", "held", "place", "activity", "voters_present", "votes", "result", "announced_there",
        "few_voters_reason", "report_text", "recorded_by", "recorded_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="代表", ordering="mandate__person__sort_key")
    def deputy(self, report: PerformanceReport) -> SafeString:
        mandate = report.mandate
        return format_html('{}<span class="sub">{}{}</span>', mandate.person, mandate.term, mandate)

    @admin.display(description="述职日期", ordering="held_on")
    def held(self, report: PerformanceReport) -> str:
        return cn_day(report.held_on)

    @admin.display(description="评议")
    def votes(self, report: PerformanceReport) -> str:
        return f"满意 {report.satisfied_count}，基本满意 {report.fairly_count}，不满意 {report.dissatisfied_count}"

    @admin.display(description="述职报告")
    def report_text(self, report: PerformanceReport) -> SafeString:
        return paragraphs(report.text)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PerformanceReport]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_urls(self) -> list[Any]:
        return report_urls() + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in the stock way
        return ReportAddView.as_view()(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        may_correct = request.user.has_perm("deputies.change_performancereport")
        context = {"may_correct": may_correct} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def has_change_permission(self, request: HttpRequest, obj: PerformanceReport | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PerformanceReport | None = None) -> bool:
        return False


class SubjectList(ChangeList):
    """The reminders of a page, each with what it was about: one query for each kind of record."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        subjects = subjects_of([row.subject_key for row in rows])
        for row in rows:
            row.subject = subjects.get(row.subject_key)
        self.result_list = rows


class MatterFilter(admin.SimpleListFilter):
    title = "事项"
    parameter_name = "matter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Matter.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[DueReminder]) -> QuerySet[DueReminder]:
        return queryset.filter(subject_key__endswith=f":{self.value()}") if self.value() in Matter.values else queryset


@admin.register(DueReminder)
class DueReminderAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Who was reminded of what. Written by the portal alone."""

    list_display = fields = readonly_fields = ("matter", "about", "stage", "due", "told_count", "reminded_at")
    list_display_links = None
    list_filter = (MatterFilter, "stage")
    list_per_page = 25
    show_full_result_count = False
    ordering = ("-pk",)
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SubjectList

    @admin.display(description="事项", ordering="subject_key")
    def matter(self, reminder: DueReminder) -> str:
        name = reminder.subject_key.rpartition(":")[2]
        return Matter(name).label if name in Matter.values else ""

    @admin.display(description="关于")
    def about(self, reminder: Any) -> SafeString | str:
        # On the page of one reminder nothing was looked up beforehand.
        subject = getattr(reminder, "subject", None) or subjects_of([reminder.subject_key]).get(reminder.subject_key)
        return format_html('<a href="{}">{}</a>', subject.url, subject.name) if subject else ""

    @admin.display(description="期限", ordering="due_on")
    def due(self, reminder: DueReminder) -> str:
        return cn_day(reminder.due_on)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DueReminder | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DueReminder | None = None) -> bool:
        return False
