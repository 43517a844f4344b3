"""People, their mandates and their groups in the staff admin."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from congress_portal.accounts.admin import DATE_PICKER, EndedNotDeletedAdmin
from congress_portal.common.admin import OnlyNamedFilters, SoundAutocomplete
from congress_portal.common.admin_choices import in_words
from congress_portal.common.dates import full_day
from congress_portal.common.figures import year_in
from congress_portal.common.import_export_admin import SheetAdmin
from deputies import figures, permissions, workflow
from deputies.admin.board import BoardPrintAdmin
from deputies.choices import ConstituencyType
from deputies.forms.people import DeputyGroupForm, MandateFormSet, PersonForm
from deputies.models import DeputyGroup, Mandate, Person
from deputies.names import clean_sort_key
from deputies.resources import DeputyGroupResource, PersonResource
from deputies.selectors import people as selectors
from deputies.views.people import list_links, person_links, person_urls

_LETTERS = re.compile("[a-z ]{2,40}")
MOST_INITIALS = 4  # the longest compound name


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


class TermFilter(admin.SimpleListFilter):
    """Who sits, or sat, in a term: the members of a past congress too."""

    title = "届次"
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(term.code, term.label) for term in selectors.terms_on_file()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        level, _, term = str(self.value()).partition(":")
        return queryset.filter(pk__in=Mandate.objects.filter(level=level, term=term).values("person"))


class PhotoFilter(admin.SimpleListFilter):
    title = "照片"
    parameter_name = "photo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "有照片"), ("no", "没有照片")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(photo__isnull=self.value() == "no")


class FigureFilter(admin.SimpleListFilter):
    """The list behind a number of the annual summary; comes by link, together with the year."""

    title = "总结里的数字"
    parameter_name = "figure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = request.GET.get("figure", "")
        return [(key, figures.SELECTIONS[key].label)] if key in figures.SELECTIONS else []

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


class MandateInline(SoundAutocomplete, admin.StackedInline):
    model = Mandate
    formset = MandateFormSet
    extra = 0
    can_delete = False
    fields = (
        "kind", "level", "term", "district", "constituency_type", "group", "community",
        "starts_on", "began_by", "ends_on", "ended_by",
    )  # fmt: skip
    autocomplete_fields = ("community",)
    formfield_overrides = DATE_PICKER

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        nothing = "没有填" if db_field.name in ("began_by", "ended_by") else "没有"
        return in_words(super().formfield_for_dbfield(db_field, request, **kwargs), nothing=nothing)


@admin.register(Person)
class PersonAdmin(BoardPrintAdmin, SheetAdmin, OnlyNamedFilters, admin.ModelAdmin):
    """People stay on file: a mandate is ended, a person is never deleted. The verbs are pages of their own."""

    resource_classes = (PersonResource,)
    form = PersonForm
    change_form_template = "admin/deputies/person/change_form.html"
    change_list_template = "admin/deputies/person/change_list.html"
    formfield_overrides = DATE_PICKER
    list_display = ("name", "offices", "seats", "groups", "user")
    list_filter = (OfficeFilter, TermFilter, GroupFilter, ConstituencyFilter, PhotoFilter, FigureFilter, YearFilter)
    list_select_related = ("user",)
    search_fields = ("name", "sort_key")
    search_help_text = "姓名或拼音，例如 chen yawen、cyw"
    ordering = ("sort_key", "pk")
    readonly_fields = ("portrait", "phone_in_public")
    autocomplete_fields = ("user",)
    inlines = (MandateInline,)

    def get_urls(self) -> list[Any]:
        return person_urls() + super().get_urls()

    def get_form(self, request: HttpRequest, obj: Person | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        contact = ("born_on", "phone") if permissions.can_see_contact(request.user) else ()
        on_file = ("portrait", "phone_in_public") if obj else ()
        return ("name", "sort_key", *contact, "user", *on_file)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Add the birth date, which tells people of one name apart, for who may see it."""
        name, *others = self.list_display
        return (name, "born_on", *others) if permissions.can_see_contact(request.user) else self.list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        in_force = Mandate.objects.in_force(timezone.localdate()).select_related("community", "group")
        in_force = in_force.order_by("kind", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("mandates", in_force, to_attr="in_force"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """Find a person by characters, and by letters as people type them: chenyawen, cyw."""
        words = clean_sort_key(search_term)
        if not _LETTERS.fullmatch(words):
            return super().get_search_results(request, queryset, search_term)
        found = Q(in_one__contains=words.replace(" ", ""))
        if len(words) <= MOST_INITIALS and " " not in words:
            found |= Q(sort_key__regex="^" + " ".join(f"{letter}[a-z]*" for letter in words))
        return queryset.annotate(in_one=Replace(F("sort_key"), Value(" "), Value(""))).filter(found), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"links": list_links(request.user)} | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "phone" in form.changed_data:
            workflow.end_outdated_agreements([obj], by=request.user)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        person = kwargs.get("obj")
        if person is not None:
            context["links"] = person_links(request.user, person)
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied(
            "人员的档案和履职记录长期保存，不能删除。不再担任职务的，请打开这个人的档案，点“结束任职”。"
        )

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

    @admin.display(description="照片")
    def portrait(self, person: Person) -> str | SafeString:
        photo = selectors.photo_of(person)
        if photo is None:
            return "还没有照片"
        url = reverse("deputies:portrait", args=(photo.pk,))
        return format_html('<img class="portrait staff-portrait" src="{}" alt="{}的照片">', url, person.name)

    @admin.display(description="公开的电话")
    def phone_in_public(self, person: Person) -> str:
        if not person.phone_agreed_on:
            return "没有公开。本人同意后，点“公开电话”记录。"
        changed = "；和现在的联系电话不一样" if person.public_phone != person.phone else ""
        return f"{person.public_phone}，{full_day(person.phone_agreed_on)}本人同意{changed}"

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False


@admin.register(DeputyGroup)
class DeputyGroupAdmin(SheetAdmin, EndedNotDeletedAdmin):
    resource_classes = (DeputyGroupResource,)
    form = DeputyGroupForm
    fields = ("name", "leader", "position", "is_active")
    list_display = ("name", "led_by", "members", "position", "is_active")
    list_select_related = ("leader",)
    autocomplete_fields = ("leader",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeputyGroup]:
        groups = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "deputies_deputygroup_changelist":
            today = timezone.localdate()
            groups = groups.annotate(
                leader_sits_there=selectors.leads_in_office(today), member_count=selectors.members_of_group(today)
            )
        return groups

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        return in_words(super().formfield_for_dbfield(db_field, request, **kwargs), nothing="没有")

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied("代表小组不能删除，任职还要用到它。不再用的，请打开这个小组，去掉“在用”。")

    @admin.display(description="组长")
    def led_by(self, group: Any) -> str:
        if group.leader is None:
            return "没有"
        return group.leader.name if group.leader_sits_there else f"{group.leader.name}（已不在本组任职）"

    @admin.display(description="在任")
    def members(self, group: Any) -> str:
        return f"{group.member_count} 人"
