"""The list behind a number of the annual summary: filters that each staff list of this app takes from its figures."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.common.figures import year_in


def figure_filters(figures: ModuleType) -> tuple[type[admin.SimpleListFilter], type[admin.SimpleListFilter]]:
    """Return the two filters, ``figure`` and ``year``, of the list that one module of ``deputies.figures`` links to.

    They come by link and together: the year says nothing by itself.
    """

    class FigureFilter(admin.SimpleListFilter):
        """The very records that a figure counts."""

        title = "总结里的数字"
        parameter_name = "figure"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            key = request.GET.get("figure", "")
            return [(key, figures.SELECTIONS[key].label)] if key in figures.SELECTIONS else []

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            year = year_in(request.GET.get("year", ""))
            if self.value() not in figures.SELECTIONS or year is None:
                return queryset
            return figures.selected(self.value(), year=year, among=queryset)

    class YearFilter(admin.SimpleListFilter):
        """The year of ``FigureFilter``."""

        title = "年份"
        parameter_name = "year"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            year = year_in(request.GET.get("year", ""))
            return [(str(year), f"{year}年")] if year else []

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset

    return FigureFilter, YearFilter
