"""Duty records in the staff admin: what waits for staff, the list by person, and the page of one line."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.figures import year_in
from congress_portal.common.refusal import Refusal
from congress_portal.common.templatetags.portal import chip, cn_date, cn_datetime, cn_day
from deputies import permissions, workflow
from deputies.admin.figure_lists import figure_filters
from deputies.choices import DutyKind, DutyStatus
from deputies.figures import duty as figures
from deputies.models import DutyRecord, Person
from deputies.selectors import duty as selectors
from deputies.views.duty_staff import DutyEntryView, duty_urls, left_to_read, return_page, seen_in

CHIPS = {
    DutyStatus.LOGGED: "clock",
    DutyStatus.RETURNED: "again",
    DutyStatus.CONFIRMED: "done",
    DutyStatus.CORRECTED: "moved",
    DutyStatus.WITHDRAWN: "new",
}

FigureFilter, _ = figure_filters(figures)


class QueueFilter(admin.SimpleListFilter):
    """The statuses, shown as tabs above the list."""

    title = "状态"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(DutyStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[DutyRecord]) -> QuerySet[DutyRecord]:
        return queryset.filter(status=self.value()) if self.value() in DutyStatus.values else queryset


class KindFilter(admin.SimpleListFilter):
    title = "类型"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(DutyKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[DutyRecord]) -> QuerySet[DutyRecord]:
        return queryset.filter(kind=self.value()) if self.value() in DutyKind.values else queryset


class YearFilter(admin.SimpleListFilter):
    """The year of the duty; behind a number of the annual summary that number's own year."""

    title = "年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(year), f"{year}年") for year in selectors.years_on_file(today=timezone.localdate())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DutyRecord]) -> QuerySet[DutyRecord]:
        year = year_in(self.value() or "")
        if year and not request.GET.get("figure"):
            return queryset.filter(happened_on__year=year)
        return queryset


class PersonFilter(admin.SimpleListFilter):
    """The lines of one person; comes by link, because a list of a thousand names helps nobody."""

    title = "人员"
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        pk = request.GET.get("person", "")
        person = Person.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 10 else None
        return [(pk, person.name)] if person else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[DutyRecord]) -> QuerySet[DutyRecord]:
        return queryset.filter(person=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(DutyRecord)
class DutyRecordAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Nothing is edited here: lines are confirmed, returned or corrected, each by its verb."""

    change_form_template = "admin/deputies/dutyrecord/change_form.html"
    change_list_template = "admin/deputies/dutyrecord/change_list.html"
    list_display = ("what", "person_link", "day", "kind", "outcome", "state", "photo_count")
    list_display_links = ("what",)
    list_filter = (QueueFilter, KindFilter, YearFilter, PersonFilter, FigureFilter)
    list_select_related = ("person",)
    list_per_page = 25
    show_full_result_count = False
    search_fields = ("title", "person__name")
    search_help_text = "事项或姓名"
    ordering = ("-happened_on", "-pk")
    actions = ("confirm_selected", "return_selected")
    fields = readonly_fields = (
        "person_link", "kind", "date", "title", "place", "text_shown", "outcome", "state", "written", "source",
        "correcting",
    )  # fmt: skip

    # ---- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyRecord]:
        records = DutyRecord.objects.visible_to(request.user).select_related("person", "logged_by", "correction")
        return records.prefetch_related("photos").order_by(*self.ordering)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        counts = selectors.status_counts()
        tabs = [{"key": status, "label": label, "count": counts[status]} for status, label in DutyStatus.choices]
        tabs.append({"key": "", "label": "全部", "count": sum(counts.values())})
        context = {
            "tabs": tabs,
            "current_tab": request.GET.get("queue", ""),
            "seen": selectors.newest_step(),  # asked before the lines are
            "may_print": request.user.has_perm("deputies.print_file"),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description="事项", ordering="title")
    def what(self, record: DutyRecord) -> SafeString:
        tag = "s" if record.status in (DutyStatus.CORRECTED, DutyStatus.WITHDRAWN) else "span"
        return format_html("<{0}>{1}</{0}><span class='sub'>{2}</span>", tag, record.title, record.place)

    @admin.display(description="人员", ordering="person__sort_key")
    def person_link(self, record: DutyRecord) -> SafeString:
        url = reverse("admin:deputies_person_file", args=(record.person_id,))
        return format_html('<a class="t" href="{}">{}</a>', url, record.person)

    @admin.display(description="日期", ordering="happened_on")
    def day(self, record: DutyRecord) -> str:
        return cn_day(record.happened_on)

    @admin.display(description="状态", ordering="status")
    def state(self, record: DutyRecord) -> SafeString:
        return chip(CHIPS[DutyStatus(record.status)], record.get_status_display())

    @admin.display(description="照片")
    def photo_count(self, record: DutyRecord) -> str:
        count = len(record.photos.all())
        return f"{count} 张" if count else ""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("deputies.decide_dutyrecord")

    @admin.action(description="确认", permissions=["decide"])
    def confirm_selected(self, request: HttpRequest, queryset: QuerySet[DutyRecord]) -> None:
        chosen = list(queryset)
        try:
            seen = seen_in(request.POST.get("seen", ""))
            count = workflow.confirm_duties(chosen, by=request.user, now=timezone.now(), seen=seen)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        unread = left_to_read(chosen)
        others = sum(record.status != DutyStatus.LOGGED for record in chosen)
        tail = f"另有 {others} 条不是待确认的，没有动。" if others else ""
        self.message_user(request, f"已确认 {count} 条。{tail}{unread}", messages.SUCCESS)

    @admin.action(description="退回", permissions=["decide"])
    def return_selected(self, request: HttpRequest, queryset: QuerySet[DutyRecord]) -> HttpResponse:
        """Ask for the reason first; the page carries the numbers of the lines that were chosen."""
        return return_page(request, list(queryset.select_related("person")), seen=seen_in(request.POST.get("seen", "")))

    # ---- one line

    def get_urls(self) -> list[Any]:
        return duty_urls() + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in the stock way
        return DutyEntryView.as_view()(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if record is not None:
            history = selectors.history(record)
            steps = [
                {
                    "title": event.get_kind_display(),
                    "when": event.happened_at,
                    "lines": [line for line in (event.actor and event.actor.display_name, event.note) if line],
                }
                for event in history
            ]
            may_decide = permissions.can_decide_duty(request.user, record)
            photos = selectors.photos_of(record) if record.corrects_id else record.photos.all()
            context = {
                "record": record,
                "timeline": steps,
                "photos": sorted(photos, key=lambda photo: photo.created_at),
                "may_confirm": may_decide and record.status == DutyStatus.LOGGED,
                "may_correct": may_decide and record.status == DutyStatus.CONFIRMED,
                "is_own": not may_decide and self.has_decide_permission(request),
                "seen": max((event.pk for event in history), default=None),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @admin.display(description="日期")
    def date(self, record: DutyRecord) -> str:
        return cn_date(record.happened_on)

    @admin.display(description="内容")
    def text_shown(self, record: DutyRecord) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((line,) for line in record.text.splitlines() or ["没有写"]))

    @admin.display(description="记录")
    def written(self, record: DutyRecord) -> str:
        who = record.logged_by.display_name if record.logged_by else "网站"
        return f"{who}，{cn_datetime(record.created_at)}"

    @admin.display(description="来源")
    def source(self, record: DutyRecord) -> str:
        if record.source_key:
            return "由活动、述职或者意见建议自动记入"
        return "更正" if selectors.is_correction(record) else "本人补记或者工委代记"

    @admin.display(description="更正")
    def correcting(self, record: DutyRecord) -> str | SafeString:
        other = record.corrects_id or getattr(getattr(record, "correction", None), "pk", None)
        if other is None:
            return "没有"
        words = "看更正前的记录" if record.corrects_id else "看更正后的记录"
        return format_html('<a href="{}">{}</a>', reverse("admin:deputies_dutyrecord_change", args=(other,)), words)

    def has_change_permission(self, request: HttpRequest, obj: DutyRecord | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DutyRecord | None = None) -> bool:
        return False
