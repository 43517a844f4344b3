"""Suggestions in the staff admin: queues, filters, the list behind each figure, and the page of one case."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from congress_portal.accounts.admin import EndedNotDeletedAdmin
from congress_portal.accounts.models import Community, Department
from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.admin_choices import in_words
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.figures import year_in
from congress_portal.common.templatetags.portal import chip, cn_day
from deputies.models import OversightTopic
from suggestions import figures, permissions, reminders, selectors, tracking
from suggestions.choices import Channel, Status
from suggestions.forms import ReplyTermForm, SuggestionEditForm
from suggestions.models import FINISHED_ON, IS_FINISHED, NEXT_DUE_ON, Category, Reminder, ReplyTerm, Suggestion
from suggestions.notifications import may_be_reminded
from suggestions.views.case_page import case_context
from suggestions.views.put_forward import PutForwardView
from suggestions.views.staff import SuggestionEntryView, verb_links, verb_urls


class QueueFilter(admin.SimpleListFilter):
    """The queues, shown as tabs above the list."""

    title = "队列"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "未办结"), *((queue.key, queue.chip.label) for queue in selectors.QUEUES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        if self.value() == "open":
            return queryset.open()
        for queue in selectors.QUEUES:
            if queue.key == self.value():
                return queryset.filter(queue.where(timezone.localdate()))
        return queryset


class YearFilter(admin.SimpleListFilter):
    title = "收到年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(year), f"{year}年") for year in selectors.years_received(today=timezone.localdate())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        year = year_in(self.value() or "")
        if year and not request.GET.get("figure"):
            return queryset.filter(received_on__year=year)
        return queryset


class ChannelFilter(admin.SimpleListFilter):
    title = "渠道"
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Channel.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        return queryset.filter(channel=self.value()) if self.value() in Channel.values else queryset


class FigureFilter(admin.SimpleListFilter):
    """The list behind a number of the annual summary; comes by link, together with year and channel."""

    title = "总结里的数字"
    parameter_name = "figure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = request.GET.get("figure", "")
        return [(key, figures.SELECTIONS[key].label)] if key in figures.SELECTIONS else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        year, channel = year_in(request.GET.get("year", "")), request.GET.get("channel", "")
        if self.value() not in figures.SELECTIONS or year is None:
            return queryset
        since = request.GET.get("since") == "start" and channel in figures.SINCE_START
        topic = request.GET.get("topic", "")
        return figures.selected(self.value(), year=year, channel=channel, topic=topic, since=since, among=queryset)


class TopicFilter(admin.SimpleListFilter):
    """What an oversight topic put forward; comes by link from the topic and from the summary."""

    title = "监督议题"
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = request.GET.get("topic", "")
        if asked == figures.ANY_TOPIC:
            return [(asked, "各议题提出的")]
        is_key = asked.isascii() and asked.isdecimal() and len(asked) < 10
        topic = OversightTopic.objects.filter(pk=asked).first() if is_key else None
        return [(asked, topic.title)] if topic else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        return figures.of_topic(queryset, self.value()) if self.value() else queryset


class SinceFilter(admin.SimpleListFilter):
    """Counts from the day a channel was set up instead of from 1 January; used by ``FigureFilter``."""

    title = "起算"
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("start", "成立或建群以来")] if request.GET.get("since") else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        return queryset


class NamedFilter(admin.SimpleListFilter):
    """Filter by a place or an office, in the office's own order, without loading a select of everything else."""

    model: type[Department] | type[Community] | type[Category]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in self.model.objects.order_by("position", "pk").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**{f"{self.parameter_name}_id": self.value()})


class DepartmentFilter(NamedFilter):
    title, parameter_name, model = "承办单位", "department", Department


class CommunityFilter(NamedFilter):
    title, parameter_name, model = "社区", "community", Community


class CategoryFilter(NamedFilter):
    title, parameter_name, model = "类别", "category", Category


class CaseList(ChangeList):
    """The list of cases, each with its chip and its due day: the calendar behind these is read once for all rows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for row in selectors.rows(self.result_list, today=timezone.localdate(), calendar=work_calendar()):
            row.suggestion.row = row


@admin.register(Suggestion)
class SuggestionAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Status is never a field here: the verbs are pages of their own (``views.staff``)."""

    form = SuggestionEditForm
    change_form_template = "admin/suggestions/suggestion/change_form.html"
    change_list_template = "admin/suggestions/suggestion/change_list.html"
    list_display = ("what", "status_chip", "department_or_none", "due", "received", "number")
    list_display_links = ("what",)
    list_filter = (
        QueueFilter,
        YearFilter,
        DepartmentFilter,
        ChannelFilter,
        CommunityFilter,
        CategoryFilter,
        FigureFilter,
        TopicFilter,
        SinceFilter,
    )
    list_per_page = 25
    show_full_result_count = False
    search_fields = ("title", "number", "matter")
    search_help_text = "标题、正文、编号、查询码或手机号"
    actions = None
    autocomplete_fields = ("topic", "activity")
    readonly_fields = (
        "matter_text",
        "channel",
        "kind",
        "raised_by",
        "contact",
        "contact_withheld",
        "age_band",
        "received",
        "entered_by",
    )

    # ---- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        cases = Suggestion.objects.visible_to(request.user).with_names()
        cases = cases.annotate(is_finished=IS_FINISHED, finished_on=FINISHED_ON, next_due_on=NEXT_DUE_ON)
        return cases.order_by(*self.get_ordering(request))  # by the names just added, so not before

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CaseList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Work in hand by due day, then what is finished; a heap of finished cases or a year's list newest first."""
        finished = request.GET.get("queue") in ("done", "moved") or request.GET.get("figure")
        return ("-received_on", "-pk") if finished else ("is_finished", "-finished_on", "next_due_on", "pk")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Find a case by the resident's number too, for who may see it: that is how a lost code is made good."""
        contact = ("contact_phone", "contact_name") if permissions.can_see_contact(request.user) else ()
        return (*self.search_fields, *contact)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suggestion], search_term: str
    ) -> tuple[QuerySet[Suggestion], bool]:
        """Also find a case by its tracking code, of which the database keeps only a digest."""
        code = tracking.normalise(search_term)
        if tracking.is_well_formed(code):
            return queryset.filter(code_digest__in=tracking.digests(code)), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        today = timezone.localdate()
        counts = selectors.queue_counts(today=today)
        tabs = [{"key": "", "label": "全部", "count": sum(counts[queue.key] for queue in selectors.QUEUES)}]
        tabs += [{"key": q.key, "label": q.chip.label, "count": counts[q.key]} for q in selectors.QUEUES]
        context = {"tabs": tabs, "current_tab": request.GET.get("queue", "")}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description="事项", ordering="title")
    def what(self, suggestion: Suggestion) -> SafeString:
        source = suggestion.get_channel_display()
        where = f"{source}，{suggestion.community}" if suggestion.community else source
        return format_html('{}<span class="sub">{}</span>', suggestion.title, where)

    @admin.display(description="状态", ordering="status")
    def status_chip(self, suggestion: Any) -> SafeString:
        shown = suggestion.row.chip
        return chip(shown.code, shown.label)

    @admin.display(description="承办单位", ordering="department")
    def department_or_none(self, suggestion: Suggestion) -> str:
        return str(suggestion.department) if suggestion.department else "未交办"

    @admin.display(description="期限", ordering="next_due_on")
    def due(self, suggestion: Any) -> str | SafeString:
        done = {
            Status.ACCEPTED: f"{cn_day(suggestion.accepted_on)}受理",
            Status.REPLIED: "等居民评价",
            Status.CLOSED: f"{cn_day(suggestion.closed_on)}办结",
            Status.DECLINED: f"{cn_day(suggestion.declined_on)}不受理",
        }
        due = suggestion.row.due
        if due is None or suggestion.status in done:
            return done[Status(suggestion.status)]
        return format_html(
            '<span class="{}">{}</span><span class="sub">{}，{}</span>',
            "due-bad" if due.is_late else "due-near" if due.is_near else "",
            cn_day(due.due_on),
            due.verb,
            due.distance,
        )

    @admin.display(description="收到", ordering="received_on")
    def received(self, suggestion: Suggestion) -> str:
        return cn_day(suggestion.received_on)

    # ---- one case

    def get_urls(self) -> list[Any]:
        put_forward = path(
            "put-forward/<int:topic_pk>/",
            self.admin_site.admin_view(PutForwardView.as_view()),
            name="suggestions_suggestion_put_forward",
        )
        return [*verb_urls(), put_forward, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in the stock way
        return SuggestionEntryView.as_view()(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        suggestion = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if suggestion is not None:
            case = selectors.case_file(suggestion, today=timezone.localdate())
            context = case_context(case, for_staff=True) | {"verbs": verb_links(request.user, case)}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return in_words(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_fieldsets(self, request: HttpRequest, obj: Suggestion | None = None) -> Any:
        seen = ("seen",) if self.has_change_permission(request, obj) else ()
        resident = ("contact", "age_band") if permissions.can_see_contact(request.user) else ("contact_withheld",)
        return (
            ("内容", {"fields": ("title", "matter_text", "category", "community", "place", *seen)}),
            (
                "来源",
                {
                    "fields": (
                        "channel",
                        "kind",
                        "raised_by",
                        "topic",
                        "activity",
                        *resident,
                        "received",
                        "entered_by",
                    )
                },
            ),
        )

    def save_model(self, request: HttpRequest, obj: Suggestion, form: Any, change: bool) -> None:
        """Write only what the form changed: a verb may have moved the case on since the row was read."""
        obj.save(update_fields=form.changed_data)

    def has_delete_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        return False

    @admin.display(description="正文")
    def matter_text(self, suggestion: Suggestion) -> SafeString:
        lines = suggestion.matter.splitlines() or [""]
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines))

    @admin.display(description="联系方式")
    def contact(self, suggestion: Suggestion) -> str:
        return "，".join(part for part in (suggestion.contact_name, suggestion.contact_phone) if part) or "没有留"

    @admin.display(description="联系方式")
    def contact_withheld(self, suggestion: Suggestion) -> str:
        return "您的角色看不到居民的姓名和电话。"


@admin.register(Category)
class CategoryAdmin(EndedNotDeletedAdmin):
    pass


@admin.register(ReplyTerm)
class ReplyTermAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """One row per channel, made with the database; only the numbers and what they rest on are edited."""

    form = ReplyTermForm
    list_display = ("channel", "accepted", "replied", "returned", "handled_again", "evaluated", "source")
    list_display_links = ("channel",)
    ordering = ("pk",)
    readonly_fields = ("channel",)
    fieldsets = (
        (None, {"fields": ("channel",), "description": "改了以后，新收到、新交办的按新的期限；已经在办的，期限不变。"}),
        (
            "答复",
            {
                "fields": ("reply_days", "reply_months", "months_move_on", "source"),
                "description": "按工作日或者按月，填一项。",
            },
        ),
        ("其他", {"fields": ("accept_days", "return_days", "rehandle_months", "evaluate_days", "other_source")}),
    )
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReplyTerm | None = None) -> bool:
        return False

    @admin.display(description="受理", ordering="accept_days")
    def accepted(self, term: ReplyTerm) -> str:
        return f"{term.accept_days} 个工作日"

    @admin.display(description="答复")
    def replied(self, term: ReplyTerm) -> str:
        return str(term.reply_limit)

    @admin.display(description="退办", ordering="return_days")
    def returned(self, term: ReplyTerm) -> str:
        return f"{term.return_days} 个工作日"

    @admin.display(description="重新办理", ordering="rehandle_months")
    def handled_again(self, term: ReplyTerm) -> str:
        return str(term.rehandle_limit)

    @admin.display(description="评价", ordering="evaluate_days")
    def evaluated(self, term: ReplyTerm) -> str:
        return f"{term.evaluate_days} 天"


@admin.register(Reminder)
class ReminderAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Who was reminded of what, and why nobody is reminded again. Written by the portal alone."""

    list_display = fields = readonly_fields = (
        "case",
        "department",
        "step",
        "stage",
        "due_on",
        "told_count",
        "reminded_at",
        "now",
    )
    list_display_links = None
    list_filter = ("step", "stage")
    list_select_related = ("suggestion__community", "department")
    list_per_page = 25
    show_full_result_count = False
    search_fields = ("suggestion__number",)
    search_help_text = "编号"
    ordering = ("-pk",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        facts = (f"suggestion__{name}" for name in reminders.FACTS)
        can_be_told = Exists(may_be_reminded(OuterRef("suggestion__department")))
        return super().get_queryset(request).annotate(can_be_told=can_be_told).prefetch_related(*facts)

    @admin.display(description="意见建议", ordering="suggestion__number")
    def case(self, reminder: Reminder) -> SafeString:
        suggestion = reminder.suggestion
        source = suggestion.get_channel_display()
        where = f"{source}，{suggestion.community}" if suggestion.community else source
        link = '<a href="{}">{}</a><span class="sub">{}</span>'
        return format_html(link, suggestion.get_absolute_url(), suggestion.number, where)

    @admin.display(description="现在")
    def now(self, reminder: Any) -> SafeString:
        suggestion = reminder.suggestion
        silence = reminders.why_no_reminder(suggestion, today=timezone.localdate())
        ready = "到了提醒的时候，等待发出" if reminder.can_be_told else reminders.Reason.NOBODY_TO_TELL.label
        why = silence or ready
        return format_html('{}<span class="sub">{}</span>', suggestion.get_status_display(), why)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False
