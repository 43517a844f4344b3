"""Activities in the staff admin: the list, with what is next, and the page of one activity."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.figures import year_in
from congress_portal.common.templatetags.portal import chip, cn_day, hours
from deputies.admin.figure_lists import figure_filters
from deputies.choices import ActivityKind, ActivityStatus
from deputies.figures import activities as figures
from deputies.models import Activity, OversightTopic
from deputies.selectors import activities as selectors
from deputies.views.activities import ActivityAddView, main_verb_of, verb_links, verb_url, verb_urls
from deputies.views.activity_page import page_context
from deputies.views.activity_prints import paper_urls
from deputies.views.seats import sign_up_urls

FigureFilter, _ = figure_filters(figures)

CHIPS = {
    ActivityStatus.PLANNED: "toassign",
    ActivityStatus.ANNOUNCED: "doing",
    ActivityStatus.HELD: "done",
    ActivityStatus.CANCELLED: "moved",
}


class KindFilter(admin.SimpleListFilter):
    title = "类型"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ActivityKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        return queryset.filter(kind=self.value()) if self.value() in ActivityKind.values else queryset


class StatusFilter(admin.SimpleListFilter):
    """The states, and what is over and not put on record yet."""

    title = "状态"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*ActivityStatus.choices, ("over", "已过时间、还没登记举行")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        if self.value() == "over":
            return queryset.filter(pk__in=selectors.waiting_for_staff(now=timezone.now()).values("pk"))
        return queryset.filter(status=self.value()) if self.value() in ActivityStatus.values else queryset


class YearFilter(admin.SimpleListFilter):
    """The year in which it begins. Beside a figure it is the figure's year, and the figure's filter reads it."""

    title = "年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(year), f"{year}年") for year in selectors.years_of_activities(today=timezone.localdate())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        year = year_in(self.value() or "")
        if year and not request.GET.get("figure"):
            return queryset.in_year(year)
        return queryset


class TopicFilter(admin.SimpleListFilter):
    title = "监督议题"
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        topics = OversightTopic.objects.order_by("-year", "pk").values_list("pk", "year", "title")
        return [(str(pk), f"{year}年 {title}") for pk, year, title in topics]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        return queryset.filter(topic=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Activity)
class ActivityAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Nothing of an activity is a field here: each step is a page of its own (``views.activities``)."""

    list_display = ("what", "time", "where", "state", "attendance", "next_step")
    list_display_links = ("what",)
    list_filter = (StatusFilter, KindFilter, YearFilter, TopicFilter, FigureFilter)
    list_per_page = 25
    show_full_result_count = False
    search_fields = ("title", "places__name", "entrusted_by")
    search_help_text = "名称、地点或受谁委托"
    ordering = ("-starts_at", "-pk")
    actions = None

    # ---- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        activities = selectors.with_counts(Activity.objects.visible_to(request.user))
        return activities.prefetch_related("places").order_by(*self.ordering)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        may_organise = request.user.has_perm("deputies.change_activity")
        return self.list_display if may_organise else self.list_display[:-1]

    @admin.display(description="活动", ordering="title")
    def what(self, activity: Activity) -> SafeString:
        return format_html('{}<span class="sub">{}</span>', activity.title, activity.get_kind_display())

    @admin.display(description="时间", ordering="starts_at")
    def time(self, activity: Activity) -> SafeString:
        return format_html(
            '{}<span class="sub">{}</span>', cn_day(activity.starts_at), hours(activity.starts_at, activity.ends_at)
        )

    @admin.display(description="地点")
    def where(self, activity: Activity) -> str:
        return selectors.where(activity) or "未定"

    @admin.display(description="状态", ordering="status")
    def state(self, activity: Activity) -> SafeString:
        return chip(CHIPS[ActivityStatus(activity.status)], activity.get_status_display())

    @admin.display(description="参加")
    def attendance(self, activity: Any) -> SafeString | str:
        if not activity.invited_count:
            return "没有邀请人"
        asked = f"邀请 {activity.invited_count} 人"
        if activity.status == ActivityStatus.HELD:
            return format_html('到场 {} 人<span class="sub">{}</span>', activity.present_count, asked)
        asking = f"{activity.asking_count} 人请假待批" if activity.asking_count else ""
        return format_html('{}<span class="sub">{}</span>', asked, asking)

    @admin.display(description="下一步")
    def next_step(self, activity: Activity) -> SafeString | str:
        verb = main_verb_of(activity, timezone.now())
        if verb is None:
            return ""
        return format_html(
            '<a class="act" href="{}">{}<span class="visually-hidden">：{}</span></a>',
            verb_url(verb, activity),
            verb.label,
            activity.title,
        )

    # ---- one activity

    def get_urls(self) -> list[Any]:
        return verb_urls() + paper_urls() + sign_up_urls() + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # refuses in the stock way
        return ActivityAddView.as_view()(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied("您的角色看不到活动。")
        activity = self.get_object(request, object_id)
        if activity is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        now = timezone.now()
        context = self.admin_site.each_context(request) | page_context(request.user, activity, now=now)
        context |= {
            "title": activity.title,
            "opts": self.opts,
            "original": activity,
            "chip": (CHIPS[ActivityStatus(activity.status)], activity.get_status_display()),
            "verbs": verb_links(request.user, activity, now),
        }
        return render(request, "admin/deputies/activity_page.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        return False
