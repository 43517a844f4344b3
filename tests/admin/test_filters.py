"""A list filters by what it names and by nothing else: whatever more an address asks is answered with 400."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from congress_portal.accounts.choices import Role
from congress_portal.common.admin import OnlyNamedFilters
from suggestions.models import Suggestion

LISTS = {model._meta.label: model_admin for model, model_admin in admin.site._registry.items()}
TOO_MANY_DIGITS = "9" * 30


def changelist(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def named_filters(model_admin: admin.ModelAdmin) -> set[str]:
    return {named for named in model_admin.list_filter if isinstance(named, str)}


def unnamed_lookups(model: type[models.Model], named: set[str]) -> Iterator[tuple[str, str]]:
    """Name every field of the model, those of its relations too, with what people try first."""
    for field in model._meta.get_fields():
        name = field.name if not isinstance(field, models.ManyToOneRel) else field.get_accessor_name() or field.name
        for lookup, value in (("startswith", "1"), ("regex", "(((("), ("in", TOO_MANY_DIGITS), ("gte", "0")):
            yield f"{name}__{lookup}", value
        if name not in named:
            yield name, "1"
            yield f"{name}__exact", TOO_MANY_DIGITS
            yield f"{name}__isnull", "0"
        if isinstance(field, models.ForeignKey):
            for beyond in field.related_model._meta.fields:
                yield f"{name}__{beyond.name}__startswith", "1"
    yield "pk__in", TOO_MANY_DIGITS


def allowed_lookups(model_admin: admin.ModelAdmin) -> Iterator[tuple[str, str]]:
    """Write each filter of a list the way its own links do, with good and with nonsensical values."""
    for named in model_admin.list_filter:
        if isinstance(named, str):
            shapes = ["__isnull"]
            shapes += ["__id__exact"] if model_admin.model._meta.get_field(named).is_relation else ["__exact"]
            parameters = [named + shape for shape in shapes]
        else:
            parameters = [named.parameter_name]
        for parameter in parameters:
            for value in ("1", "0", "x", "new", "2026", TOO_MANY_DIGITS, "((((", "", "-1"):
                yield parameter, value


@pytest.fixture
def browser_for(cast, signed_in):
    """Give the browser of somebody who may see the list: the auditor where he may."""

    def choose(model: type[models.Model]) -> Any:
        right = f"{model._meta.app_label}.view_{model._meta.model_name}"
        reader = next(user for user in (cast["shen"], *cast.values()) if user.has_perm(right))
        browser = signed_in(reader)
        browser.raise_request_exception = False
        return browser

    return choose


@pytest.mark.parametrize("label", LISTS)
def test_every_list_keeps_to_the_filters_it_names(label):
    assert isinstance(LISTS[label], OnlyNamedFilters)
    assert type(LISTS[label]).lookup_allowed is OnlyNamedFilters.lookup_allowed


def test_auditor_cannot_ask_for_a_telephone_number(office, shen, signed_in):
    phone = office.case_in("submitted").contact_phone
    assert phone.startswith("1")
    assert shen.role == Role.AUDITOR
    assert not shen.has_perm("suggestions.see_contact")
    browser, address = signed_in(shen), changelist(Suggestion)
    assert browser.get(address).context["cl"].result_count == 1

    for lookup in ("contact_phone", "contact_phone__startswith", "contact_phone__regex", "contact_phone__exact"):
        assert browser.get(address, {lookup: phone}).status_code == 400, lookup
        assert browser.get(address, {lookup: "2"}).status_code == 400, lookup


@pytest.mark.parametrize("label", LISTS)
def test_list_refuses_every_filter_it_does_not_name(label, office, browser_for):
    model_admin = LISTS[label]
    browser, address = browser_for(model_admin.model), changelist(model_admin.model)
    assert browser.get(address).status_code == 200

    asked = list(unnamed_lookups(model_admin.model, named_filters(model_admin)))
    taken = {f"{lookup}={value}" for lookup, value in asked if browser.get(address, {lookup: value}).status_code != 400}
    own = {filter.parameter_name for filter in model_admin.list_filter if not isinstance(filter, str)}

    assert {entry for entry in taken if entry.partition("=")[0] not in own} == set()
    assert len(asked) > 10


@pytest.mark.parametrize("label", [label for label, model_admin in LISTS.items() if model_admin.list_filter])
def test_list_answers_the_filters_it_names_whatever_their_value(label, office, browser_for):
    model_admin = LISTS[label]
    office.case_in("assigned")
    browser, address = browser_for(model_admin.model), changelist(model_admin.model)

    answers = {
        f"{lookup}={value}": browser.get(address, {lookup: value}).status_code
        for lookup, value in allowed_lookups(model_admin)
    }

    # 302 is the stock answer to a value that cannot be: back to the list, saying so.
    assert {asked: status for asked, status in answers.items() if status not in (200, 302)} == {}
    assert 200 in answers.values()


def test_links_beside_a_list_filter_it(admin, wu, zhao, office, signed_in):
    browser = signed_in(admin)

    department = browser.get("/admin/accounts/user/", {"department__id__exact": wu.department_id}).context["cl"]
    clerks = browser.get("/admin/accounts/user/", {"role__exact": "clerk"}).context["cl"]

    assert list(department.queryset) == [wu]
    assert list(clerks.queryset) == [zhao]


def test_password_cannot_be_asked_for(admin, committee, signed_in):
    assert signed_in(admin).get("/admin/accounts/user/", {"password__startswith": "m"}).status_code == 400
