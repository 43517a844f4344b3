"""Questions about reports to the voters (述职): who owes one this term, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from congress_portal.accounts.models import Committee
from deputies import deadlines
from deputies.choices import CongressLevel, MandateKind
from deputies.models import Mandate, PerformanceReport, Person

# Deputies of these congresses are elected by the voters themselves, and it is the voters they report to: 选举法第三条.
# Those of the higher ones are elected by the congress below.
ELECTED_BY_VOTERS = (CongressLevel.COUNTY, CongressLevel.TOWNSHIP)


@dataclass(frozen=True)
class OwedReport:
    """A mandate in force of which the voters have not heard yet, and by when they are to."""

    mandate: Mandate
    due_on: date

    def is_late(self, today: date) -> bool:
        return self.due_on < today


def owing(today: date) -> QuerySet[Mandate]:
    """Return the mandates in force that owe a report, each with ``within_years``. Councillors do not report."""
    within_years = Committee.objects.order_by("pk").values("report_within_years")[:1]
    default = Committee._meta.get_field("report_within_years").default
    return (
        Mandate.objects.in_force(today)
        .filter(kind=MandateKind.DEPUTY, level__in=ELECTED_BY_VOTERS)
        .filter(~Exists(PerformanceReport.objects.filter(mandate=OuterRef("pk"))))
        .annotate(within_years=Coalesce(Subquery(within_years), default))
    )


def due_on(mandate: Mandate) -> date:
    """Return by when a mandate of ``owing`` is to report."""
    within_years: int = mandate.within_years  # type: ignore[attr-defined]
    return deadlines.report_due_on(starts_on=mandate.starts_on, ends_on=mandate.ends_on, within_years=within_years)


def report_due(person: Person, today: date) -> date | None:
    """Return by when somebody owes the voters a report, the nearest day of several mandates. One query."""
    return min((due_on(mandate) for mandate in owing(today).filter(person=person)), default=None)


def owed_reports(today: date) -> list[OwedReport]:
    """Return who still owes a report in this mandate, the nearest due day first. One query."""
    mandates = owing(today).select_related("person__user", "group", "community")
    owed = [OwedReport(mandate, due_on(mandate)) for mandate in mandates]
    return sorted(owed, key=lambda one: (one.due_on, one.mandate.person.sort_key, one.mandate.pk))
