"""What every figure of this app is made of: a set of records by its key, and the address of the list that shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from congress_portal.common.figures import Figure, Period
from deputies.models import Mandate


class Span(NamedTuple):
    """The days of a year that count, both ends included; of the current year those until today."""

    first: date
    last: date


Where = Callable[[Span], Q]


class Selection(NamedTuple):
    """A set of records that a figure counts: its words, its definition, its unit, and its condition in a year."""

    label: str
    definition: str
    unit: str
    where: Where


def span_of(year: int) -> Span:
    return Span(date(year, 1, 1), min(date(year, 12, 31), timezone.localdate()))


def in_office_then(day: str, **mandate: str) -> Exists:
    """Return the condition that the row's person was in office on the row's day, by any mandate or such a one.

    ``day`` names the field of the day. Rows of people who were not in office count nowhere.
    """
    held = Mandate.objects.filter(person=OuterRef("person"), **mandate)
    return Exists(held.in_force(OuterRef(day)))  # type: ignore[arg-type]


def list_of(changelist: str, key: str, *, year: int) -> str:
    """Return the address of a staff list, narrowed to the records behind a figure."""
    filters: dict[str, str | int] = {"figure": key, "year": year}
    return f"{reverse(f'admin:deputies_{changelist}_changelist')}?{urlencode(filters)}"


def count_of(key: str, selection: Selection, value: int, *, year: int, changelist: str, listed_as: str = "") -> Figure:
    """Write one count down; ``listed_as`` names the selection that its list shows, where that is another one."""
    return Figure.count(
        f"deputies.{key}",
        selection.label,
        value,
        unit=selection.unit,
        definition=selection.definition,
        period=Period.year(year),
        query=list_of(changelist, listed_as or key, year=year),
    )
