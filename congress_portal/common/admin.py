"""What every list of the staff admin keeps to, and the working calendar in it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.generic import View

from congress_portal.common import views
from congress_portal.common.calendar_rows import next_year
from congress_portal.common.models import CalendarYear
from congress_portal.common.templatetags.portal import chip, cn_datetime

MOST_DIGITS = 18  # of a row's number; one more may be beyond what a database holds

_SHAPES = ("{}", "{}__exact", "{}__id__exact", "{}__isnull")


def is_number(value: object) -> bool:
    """Say whether a value out of a request can be the number of a row: plain digits that every database takes."""
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


class SoundAutocompleteSelect(AutocompleteSelect):
    """Show what was chosen, where that can be a choice at all.

    The stock widget asks the database for whatever the form came back with, and ``pk__in`` of a word or of thirty
    digits is an error of the server, while the field beside it has a sentence for it.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        # Of a null character Django speaks in another sentence, which helps nobody choose.
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if one == "" or is_number(one)], attr)


class SoundAutocomplete:
    """Give the fields of ``autocomplete_fields`` the widget that bears any value. For lists and for inlines."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        model_admin: Any = self
        is_looked_up = db_field.name in model_admin.get_autocomplete_fields(request)
        if is_looked_up and isinstance(db_field.target_field, models.IntegerField):
            kwargs.setdefault("widget", SoundAutocompleteSelect(db_field, model_admin.admin_site))
        parent: Any = super()
        return parent.formfield_for_foreignkey(db_field, request, **kwargs)


class SoundSelection:
    """Leave out of what is ticked in a list what can be no row of it, before the database is asked for it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        model_admin: Any = self
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if isinstance(model_admin.opts.pk, models.IntegerField) and not all(map(is_number, ticked)):
            post = request.POST.copy()
            post.setlist(ACTION_CHECKBOX_NAME, [one for one in ticked if is_number(one)])
            request.POST = post  # type: ignore[assignment]
        parent: Any = super()
        return parent.changelist_view(request, extra_context)


class OnlyNamedFilters(SoundSelection, SoundAutocomplete, admin.ModelAdmin):
    """Let the address of a list filter by nothing but what ``list_filter`` names.

    The stock admin takes any lookup on any field of the model, shown or not: who may see a list could find out
    a hidden telephone number digit by digit, and an odd pattern or a huge number ends in an error of the database.
    Anything else is answered with 400.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        allowed: set[str] = set()
        for named in self.get_list_filter(request):
            if isinstance(named, str):
                allowed.update(shape.format(named) for shape in _SHAPES)
            elif isinstance(named, type) and issubclass(named, admin.SimpleListFilter):
                allowed.add(named.parameter_name or "")
        # The stock answer still counts: it keeps lookups of passwords out, whatever a list names.
        return lookup in allowed and super().lookup_allowed(lookup, value, request)


@admin.register(CalendarYear)
class CalendarYearAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """The list of years. A year's page and the ways to record a notice are ``views``; all end in the one verb."""

    change_list_template = "admin/common/calendaryear/change_list.html"
    list_display = ("title", "state", "days_off", "make_up_days", "source_or_none", "changed")
    list_display_links = ("title",)
    ordering = ("-year",)
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarYear]:
        counts = {
            "off": Count("days", filter=Q(days__is_working=False)),
            "at_work": Count("days", filter=Q(days__is_working=True)),
        }
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description="年份", ordering="year")
    def title(self, row: Any) -> str:
        return str(row)

    @admin.display(description="状态", ordering="is_provisional")
    def state(self, row: Any) -> SafeString:
        return chip("clock", "暂定") if row.is_provisional else chip("done", "已公布")

    @admin.display(description="放假")
    def days_off(self, row: Any) -> str:
        return f"{row.off} 天"

    @admin.display(description="调休上班")
    def make_up_days(self, row: Any) -> str:
        return f"{row.at_work} 天"

    @admin.display(description="依据", ordering="source")
    def source_or_none(self, row: Any) -> str:
        return row.source or "通知还没有公布"

    @admin.display(description="最近修改", ordering="changed_at")
    def changed(self, row: Any) -> str:
        return cn_datetime(row.changed_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            "may_edit": self.has_change_permission(request),
            "next_year": next_year(today=timezone.localdate()),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal():
            raise Http404("工作日历里没有这一年。")
        return views.YearView.as_view()(request, year=int(object_id))

    def get_urls(self) -> list[Any]:
        pages: dict[str, type[View]] = {
            "notice": views.NoticeView,
            "sheet": views.SheetView,
            "template": views.TemplateFileView,
            "confirm": views.ConfirmView,
            "next": views.NextYearView,
        }
        return [
            path(f"{name}/", self.admin_site.admin_view(page.as_view()), name=f"common_calendaryear_{name}")
            for name, page in pages.items()
        ] + super().get_urls()

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the calendar in the sidebar; its rights stand with the office's own records, in ``accounts``."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
