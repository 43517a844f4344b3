"""What is counted of the duty file: the lines that stand for something done, and the reports to voters."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from congress_portal.common.figures import Figure
from deputies.choices import DutyKind, DutyOutcome, DutyStatus
from deputies.figures.counting import Selection, Span, Where, count_of, in_office_then, span_of
from deputies.models import DutyRecord


def done(span: Span) -> Q:
    """Return the condition of the confirmed lines of these days that say somebody came or did something."""
    return Q(happened_on__range=span, status=DutyStatus.CONFIRMED, outcome__in=(DutyOutcome.PRESENT, DutyOutcome.DONE))


_DEFINITION = "当年已确认的履职记录中，到场和完成的，只计当天在任的人；请假、缺席和待确认的不计。"


def _of_kind(kind: DutyKind) -> Where:
    return lambda span: done(span) & Q(kind=kind)


SELECTIONS = {"duty_lines": Selection("履职记录", _DEFINITION, "条", done)} | {
    f"duty_lines.{kind}": Selection(f"履职记录，{kind.label}", _DEFINITION, "条", _of_kind(kind)) for kind in DutyKind
}


def selected(key: str, *, year: int, among: QuerySet[DutyRecord] | None = None) -> QuerySet[DutyRecord]:
    """Return the very lines a figure counts. Raises KeyError for an unknown figure."""
    where = SELECTIONS[key].where(span_of(year))
    return (DutyRecord.objects.all() if among is None else among).filter(where, in_office_then("happened_on"))


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's lines, all and by kind, with one query."""
    by_kind = dict(selected("duty_lines", year=year).values_list("kind").annotate(Count("pk")).order_by())
    values = {"duty_lines": sum(by_kind.values())} | {f"duty_lines.{kind}": by_kind.get(kind, 0) for kind in DutyKind}
    return [count_of(key, SELECTIONS[key], value, year=year, changelist="dutyrecord") for key, value in values.items()]
