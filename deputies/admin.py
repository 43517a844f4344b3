"""People and mandates in the staff admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.accounts.admin import DATE_PICKER
from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.figures import year_in
from deputies import figures
from deputies.models import Mandate, Person


class FigureFilter(admin.SimpleListFilter):
    """The list behind a number of the annual summary; comes by link, together with the year."""

    title = "总结里的数字"
    parameter_name = "figure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = request.GET.get("figure", "")
        return [(key, figures.SELECTIONS[key][0])] if key in figures.SELECTIONS else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        year = year_in(request.GET.get("year", ""))
        if self.value() not in figures.SELECTIONS or year is None:
            return queryset
        return queryset.filter(pk__in=figures.selected(self.value(), year=year).values("pk"))


class YearFilter(admin.SimpleListFilter):
    """The year of ``FigureFilter``; says nothing by itself."""

    title = "年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        year = year_in(request.GET.get("year", ""))
        return [(str(year), f"{year}年底")] if year else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        return queryset


class MandateInline(admin.StackedInline):
    model = Mandate
    extra = 0
    can_delete = False
    autocomplete_fields = ("community",)
    formfield_overrides = DATE_PICKER


@admin.register(Person)
class PersonAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """People stay on file: a mandate is ended, a person is never deleted."""

    list_display = ("name", "user")
    list_filter = (FigureFilter, YearFilter)
    list_select_related = ("user",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    autocomplete_fields = ("user",)
    inlines = (MandateInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False
