"""What is counted of people: in office at the end of a year and at any time in it, and with a duty done in it."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from congress_portal.common.figures import Figure
from deputies.choices import MandateKind
from deputies.figures import duty
from deputies.figures.counting import Selection, Span, Where, count_of, in_office_then, span_of
from deputies.models import DutyRecord, Mandate, Person


def _at_the_end(**mandate: str) -> Where:
    return lambda span: Q(Exists(Mandate.objects.filter(person=OuterRef("pk"), **mandate).in_force(span.last)))


def _at_any_time(**mandate: str) -> Where:
    def where(span: Span) -> Q:
        held = Mandate.objects.filter(person=OuterRef("pk"), starts_on__lte=span.last, **mandate)
        return Q(Exists(held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=span.first))))

    return where


def _on_duty(kind: MandateKind) -> Where:
    def where(span: Span) -> Q:
        lines = DutyRecord.objects.filter(duty.done(span), person=OuterRef("pk"))
        return Q(Exists(lines.filter(in_office_then("happened_on", kind=kind))))

    return where


SELECTIONS = {
    "deputies": Selection(
        "人大代表",
        "年底（当年为统计当日）在任的人大代表。一人兼几级代表的算一人。",
        "名",
        _at_the_end(kind=MandateKind.DEPUTY),
    ),
    "councillors": Selection(
        "居民议事员", "年底（当年为统计当日）在任的居民议事员。", "名", _at_the_end(kind=MandateKind.COUNCILLOR)
    ),
    "people": Selection(
        "代表和议事员合计",
        "年底（当年为统计当日）在任的代表和议事员，兼任两种职务的算一人。",
        "名",
        _at_the_end(),
    ),
    "people_in_year": Selection(
        "全年在任过的代表和议事员", "当年任何一天在任的代表和议事员，每人算一次，包括年中离任的。", "名", _at_any_time()
    ),
    "deputies_on_duty": Selection(
        "有履职记录的人大代表",
        "当年至少有一条已确认的履职记录（到场或完成），而且当天在任的人大代表。",
        "名",
        _on_duty(MandateKind.DEPUTY),
    ),
    "councillors_on_duty": Selection(
        "有履职记录的居民议事员",
        "当年至少有一条已确认的履职记录（到场或完成），而且当天在任的居民议事员。",
        "名",
        _on_duty(MandateKind.COUNCILLOR),
    ),
}


def selected(key: str, *, year: int, among: QuerySet[Person] | None = None) -> QuerySet[Person]:
    """Return the very people a figure counts. Raises KeyError for an unknown figure."""
    where = SELECTIONS[key].where(span_of(year))
    return (Person.objects.all() if among is None else among).filter(where)


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's head counts, with one query for all of them."""
    span = span_of(year)
    conditions = {f"n_{key}": Count("pk", filter=selection.where(span)) for key, selection in SELECTIONS.items()}
    counted = Person.objects.aggregate(**conditions)
    return [
        count_of(key, selection, counted[f"n_{key}"], year=year, changelist="person")
        for key, selection in SELECTIONS.items()
    ]
