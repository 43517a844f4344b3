"""What is counted of deputies' reports to their voters (述职)."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet, Sum

from congress_portal.common.figures import Figure
from deputies.figures.counting import Selection, count_of, span_of
from deputies.models import PerformanceReport

SELECTIONS = {
    "reports": Selection("向选民述职", "当年向选民述职的次数，按述职日期。", "次", lambda span: Q(held_on__range=span)),
}
_VOTERS = SELECTIONS["reports"]._replace(
    label="到场听取述职的选民", definition="当年各次述职会到场选民人数相加。", unit="人次"
)


def selected(key: str, *, year: int, among: QuerySet[PerformanceReport] | None = None) -> QuerySet[PerformanceReport]:
    """Return the very reports a figure counts. Raises KeyError for an unknown figure."""
    where = SELECTIONS[key].where(span_of(year))
    return (PerformanceReport.objects.all() if among is None else among).filter(where)


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's reports and the voters who heard them, with one query."""
    counted = selected("reports", year=year).aggregate(reports=Count("pk"), voters=Sum("voters_present", default=0))
    return [
        count_of("reports", SELECTIONS["reports"], counted["reports"], year=year, changelist="performancereport"),
        count_of(
            "report_voters", _VOTERS, counted["voters"], year=year, changelist="performancereport", listed_as="reports"
        ),
    ]
