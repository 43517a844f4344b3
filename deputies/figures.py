"""What is counted of people: in office at the end of a year."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from congress_portal.common.figures import Figure, Period
from deputies.models import Person

SELECTIONS = {
    "deputies": ("人大代表", "年底（当年为统计当日）在任的人大代表。一人兼几级代表的算一人。"),
    "councillors": ("居民议事员", "年底（当年为统计当日）在任的居民议事员。"),
    "people": ("代表和议事员合计", "年底（当年为统计当日）在任的代表和议事员，兼任两种职务的算一人。"),
}


def selected(key: str, *, year: int) -> QuerySet[Person]:
    """Return the very people a figure counts. Raises KeyError for an unknown figure."""
    on = min(date(year, 12, 31), timezone.localdate())
    people = Person.objects.all()
    return {"deputies": people.deputies, "councillors": people.councillors, "people": people.in_office}[key](on)


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's head counts, one query each."""
    return [
        Figure.count(
            f"deputies.{key}",
            label,
            selected(key, year=year).count(),
            unit="名",
            definition=definition,
            period=Period.year(year),
            query=_query(key, year=year),
        )
        for key, (label, definition) in SELECTIONS.items()
    ]


def _query(key: str, *, year: int) -> str:
    filters: dict[str, str | int] = {"figure": key, "year": year}
    return f"{reverse('admin:deputies_person_changelist')}?{urlencode(filters)}"
