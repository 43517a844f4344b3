"""People, their mandates and their groups in the staff admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from congress_portal.accounts.admin import DATE_PICKER, EndedNotDeletedAdmin
from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.admin_choices import in_words
from congress_portal.common.figures import year_in
from congress_portal.common.import_export_admin import SheetAdmin
from deputies import figures, permissions
from deputies.choices import ConstituencyType
from deputies.models import DeputyGroup, Mandate, Person
from deputies.resources import DeputyGroupResource, PersonResource


class OfficeFilter(admin.SimpleListFilter):
    """Who is in office today, and as what."""

    title = "任职"
    parameter_name = "office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("deputy", "人大代表"), ("councillor", "居民议事员"), ("any", "在任"), ("none", "不在任")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        today = timezone.localdate()
        if self.value() == "deputy":
            return queryset.deputies(today)
        if self.value() == "councillor":
            return queryset.councillors(today)
        if self.value() == "any":
            return queryset.in_office(today)
        if self.value() == "none":
            return queryset.exclude(pk__in=Person.objects.in_office(today).values("pk"))
        return queryset


class GroupFilter(admin.SimpleListFilter):
    """The group of a mandate that is in force today."""

    title = "代表小组"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(group.pk), group.name) for group in DeputyGroup.objects.order_by("position", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() not in {pk for pk, _ in self.lookup_choices}:
            return queryset
        return queryset.in_office(timezone.localdate(), group=self.value())


class ConstituencyFilter(admin.SimpleListFilter):
    """Where somebody comes from, by a mandate that is in force today."""

    title = "代表类别"
    parameter_name = "constituency_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ConstituencyType.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() not in ConstituencyType.values:
            return queryset
        return queryset.in_office(timezone.localdate(), constituency_type=self.value())


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
    fields = (
        "kind", "level", "term", "district", "constituency_type", "group", "community", "starts_on", "ends_on",
    )  # fmt: skip
    autocomplete_fields = ("community",)
    formfield_overrides = DATE_PICKER

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        return in_words(super().formfield_for_dbfield(db_field, request, **kwargs), nothing="没有")


@admin.register(Person)
class PersonAdmin(SheetAdmin, OnlyNamedFilters, admin.ModelAdmin):
    """People stay on file: a mandate is ended, a person is never deleted."""

    resource_classes = (PersonResource,)
    formfield_overrides = DATE_PICKER
    list_display = ("name", "offices", "seats", "groups", "user")
    list_filter = (OfficeFilter, GroupFilter, ConstituencyFilter, FigureFilter, YearFilter)
    list_select_related = ("user",)
    search_fields = ("name",)
    search_help_text = "姓名"
    ordering = ("name", "pk")
    autocomplete_fields = ("user",)
    inlines = (MandateInline,)

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        contact = ("born_on", "phone") if permissions.can_see_contact(request.user) else ()
        return ("name", *contact, "user")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Add the birth date, which tells people of one name apart, for who may see it."""
        name, *others = self.list_display
        return (name, "born_on", *others) if permissions.can_see_contact(request.user) else self.list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        in_force = Mandate.objects.in_force(timezone.localdate()).select_related("community", "group")
        in_force = in_force.order_by("kind", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("mandates", in_force, to_attr="in_force"))

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        return in_words(super().formfield_for_dbfield(db_field, request, **kwargs), nothing="没有")

    @admin.display(description="任职")
    def offices(self, person: Person) -> str:
        return "，".join(str(mandate) for mandate in person.in_force) or "不在任"

    @admin.display(description="选区或社区")
    def seats(self, person: Person) -> str:
        named = [mandate.district or str(mandate.community or "") for mandate in person.in_force]
        return "，".join(dict.fromkeys(filter(None, named)))

    @admin.display(description="代表小组")
    def groups(self, person: Person) -> str:
        return "，".join(dict.fromkeys(str(mandate.group) for mandate in person.in_force if mandate.group))

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False


@admin.register(DeputyGroup)
class DeputyGroupAdmin(SheetAdmin, EndedNotDeletedAdmin):
    resource_classes = (DeputyGroupResource,)
