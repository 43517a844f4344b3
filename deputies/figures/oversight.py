"""What is counted of oversight topics: those of the year, those looked at again, those closed or reported back."""

from __future__ import annotations

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from congress_portal.common.figures import Figure
from deputies.figures.counting import Selection, count_of, span_of
from deputies.models import OversightRound, OversightTopic

_ROUNDS = OversightRound.objects.filter(topic=OuterRef("pk"))

SELECTIONS = {
    "topics": Selection("监督议题", "年度计划中确定的监督议题。", "个", lambda span: Q(year=span.first.year)),
    "topics_watched": Selection(
        "开展监督的议题",
        "当年开始了一轮监督的议题，包括以前年度确定的。",
        "个",
        lambda span: Q(Exists(_ROUNDS.filter(started_on__range=span))),
    ),
    "topics_again": Selection(
        "再监督的议题",
        "当年开始了第二轮或以后各轮监督的议题。",
        "个",
        lambda span: Q(Exists(_ROUNDS.filter(started_on__range=span, number__gt=1))),
    ),
    "topics_closed": Selection(
        "办结的监督议题", "当年办结的监督议题，包括以前年度确定的。", "个", lambda span: Q(closed_on__range=span)
    ),
    "topics_reported": Selection(
        "受委托完成并报告的议题",
        "受上级或其他机关委托的议题，当年已经报告结果的。",
        "个",
        lambda span: Q(reported_back_on__range=span) & ~Q(entrusted_by=""),
    ),
}
_ROUND_COUNT = SELECTIONS["topics_watched"]._replace(
    label="监督轮次",
    definition="当年开始的监督轮次：监督—落实为一轮，再监督—再落实为下一轮。点开是这些议题。",
    unit="轮",
)


def selected(key: str, *, year: int, among: QuerySet[OversightTopic] | None = None) -> QuerySet[OversightTopic]:
    """Return the very topics a figure counts. Raises KeyError for an unknown figure."""
    where = SELECTIONS[key].where(span_of(year))
    return (OversightTopic.objects.all() if among is None else among).filter(where)


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's topics and rounds, with two queries."""
    span = span_of(year)
    conditions = {f"n_{key}": Count("pk", filter=selection.where(span)) for key, selection in SELECTIONS.items()}
    counted = OversightTopic.objects.aggregate(**conditions)
    figures = [
        count_of(key, selection, counted[f"n_{key}"], year=year, changelist="oversighttopic")
        for key, selection in SELECTIONS.items()
    ]
    rounds = OversightRound.objects.filter(started_on__range=span).count()
    return [
        *figures,
        count_of("rounds", _ROUND_COUNT, rounds, year=year, changelist="oversighttopic", listed_as="topics_watched"),
    ]


def topics_told(*, year: int) -> QuerySet[OversightTopic]:
    """Return the topics that a year's summary tells of, with ``round_no``, the last round begun by then."""
    span = span_of(year)
    of_year = SELECTIONS["topics"].where(span) | SELECTIONS["topics_watched"].where(span)
    last_round = Max("rounds__number", filter=Q(rounds__started_on__lte=span.last))
    return OversightTopic.objects.filter(of_year).annotate(round_no=last_round).order_by("year", "pk")
