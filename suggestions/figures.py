"""What is counted of suggestions in a year, by the definitions of the figure catalogue.

A figure's number and the list behind it come from one selection, so they cannot disagree. The cut is the end of
31 December of the year (Asia/Shanghai); what happens later does not change a year that has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.http import urlencode

from congress_portal.accounts.models import Committee
from congress_portal.common.figures import Figure, Period
from deputies.models import OversightTopic
from suggestions.choices import Channel, Outcome, Rating
from suggestions.models import Evaluation, Reply, Suggestion


@dataclass(frozen=True)
class Selection:
    """A set of cases that a figure counts: its words, its definition, and its condition at a cut."""

    label: str
    definition: str
    where: Callable[[date], Q]


def _handled(cut: date) -> Q:
    return Q(declined_on__isnull=True) | Q(declined_on__gt=cut)


def _closed(cut: date) -> Q:
    return Q(closed_on__lte=cut)


# Conditions on the cases received in the year, annotated by ``_at_cut``.
SELECTIONS: dict[str, Selection] = {
    "received": Selection(
        "收到意见建议", "当年收到的全部意见建议，包括不受理和转介的，以收到之日为准。", lambda cut: Q()
    ),
    "declined": Selection(
        "不受理和转介", "当年收到、到年底已决定不受理或转介的。", lambda cut: Q(declined_on__lte=cut)
    ),
    "handled": Selection("应办", "当年收到的，减去不受理和转介的。", _handled),
    "replied": Selection(
        "已答复",
        "应办的当中，到年底承办单位已经答复的；退回重办的答复不算。",
        lambda cut: _handled(cut) & Q(last_outcome__isnull=False),
    ),
    "closed": Selection("办结", "应办的当中，到年底已经办结的。", lambda cut: _handled(cut) & _closed(cut)),
    "solved": Selection(
        "问题解决",
        "办结的当中，最后一次答复为 A 类（已经解决）的。",
        lambda cut: _handled(cut) & _closed(cut) & Q(last_outcome=Outcome.SOLVED),
    ),
    "evaluated": Selection(
        "居民评价",
        "应办的当中，到年底已有评价的；几轮都有评价的取最近一次。",
        lambda cut: _handled(cut) & Q(last_result__isnull=False),
    ),
    "process_satisfied": Selection(
        "对办理过程满意",
        "居民最近一次对办理过程评为满意的。",
        lambda cut: _handled(cut) & Q(last_process=Rating.SATISFIED),
    ),
    "result_satisfied": Selection(
        "对办理结果满意",
        "居民最近一次对办理结果评为满意的。",
        lambda cut: _handled(cut) & Q(last_result=Rating.SATISFIED),
    ),
    "process_content": Selection(
        "对办理过程满意和基本满意",
        "居民最近一次对办理过程评为满意或基本满意的。",
        lambda cut: _handled(cut) & Q(last_process__in=(Rating.SATISFIED, Rating.BASIC)),
    ),
    "result_content": Selection(
        "对办理结果满意和基本满意",
        "居民最近一次对办理结果评为满意或基本满意的。",
        lambda cut: _handled(cut) & Q(last_result__in=(Rating.SATISFIED, Rating.BASIC)),
    ),
    "result_dissatisfied": Selection(
        "对办理结果不满意",
        "居民最近一次对办理结果评为不满意的。",
        lambda cut: _handled(cut) & Q(last_result=Rating.DISSATISFIED),
    ),
}

# Rates: key → (label, definition, numerator, denominator).
RATES = {
    "closure_rate": ("办结率", "办结数除以应办数。", "closed", "handled"),
    "process_satisfaction": ("过程满意率", "对办理过程满意数除以评价数。", "process_satisfied", "evaluated"),
    "process_content_rate": (
        "过程满意和基本满意率",
        "对办理过程满意和基本满意数除以评价数。",
        "process_content",
        "evaluated",
    ),
    "result_satisfaction": ("结果满意率", "对办理结果满意数除以评价数。", "result_satisfied", "evaluated"),
    "result_content_rate": (
        "结果满意和基本满意率",
        "对办理结果满意和基本满意数除以评价数。",
        "result_content",
        "evaluated",
    ),
}

# Channels that the summary also counts since they were set up (从成立以来、建群以来).
SINCE_START = {
    Channel.COUNCIL: ("council_started_on", "居民议事会成立以来"),
    Channel.WECHAT: ("wechat_started_on", "微信工作群建群以来"),
}

# What the summary says of the suggestions that an oversight topic put forward.
OF_TOPIC = ("received", "replied", "closed")
ANY_TOPIC = "any"


def year_end(year: int) -> date:
    """Return the cut: the last day that counts for a year."""
    return date(year, 12, 31)


def selected(
    key: str,
    *,
    year: int,
    channel: str = "",
    topic: str = "",
    since: bool = False,
    among: QuerySet[Suggestion] | None = None,
) -> QuerySet[Suggestion]:
    """Return the very cases a figure counts: the list behind the number.

    ``topic`` is the key of an oversight topic, or ANY_TOPIC for those of every one. ``since`` counts from the day the
    channel was set up instead of from 1 January. A list that is narrowed already comes in as ``among``: taken through
    a set of keys instead, a database compares the two row by row. Raises KeyError for an unknown figure.
    """
    cut = year_end(year)
    start = _started_on(channel) if since else date(year, 1, 1)
    cases = Suggestion.objects.all() if among is None else among
    cases = cases.filter(received_on__range=(start, cut))
    if channel:
        cases = cases.filter(channel=channel)
    if topic:
        cases = of_topic(cases, topic)
    return _at_cut(cases, cut).filter(SELECTIONS[key].where(cut))


def of_topic(cases: QuerySet[Suggestion], topic: str) -> QuerySet[Suggestion]:
    """Narrow to what an oversight topic put forward; nothing for a key that is none."""
    if topic == ANY_TOPIC:
        return cases.filter(topic__isnull=False)
    return cases.filter(topic=int(topic)) if topic.isascii() and topic.isdecimal() and len(topic) < 10 else cases.none()


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's figures: totals, rates, by channel, by oversight topic, and the two counts since the start.

    Two queries whatever the number of cases, one for the committee's row, and one for the topics' titles if there are
    any.
    """
    cut = year_end(year)
    counted = _counts(Suggestion.objects.filter(received_on__range=(date(year, 1, 1), cut)), cut)
    by_channel = _added_up(counted, 0)
    totals = {key: sum(counts[key] for counts in by_channel.values()) for key in SELECTIONS}
    period = Period.year(year)
    figures = [_count(key, totals[key], year=year, period=period) for key in SELECTIONS]
    figures += [_rate(key, totals, year=year, period=period) for key in RATES]
    for channel in Channel:
        counts = by_channel.get(channel, dict.fromkeys(SELECTIONS, 0))
        figures += [
            _count(key, counts[key], year=year, period=period, channel=channel)
            for key in ("received", "handled", "closed", "evaluated", "result_content")
        ]
        figures.append(_rate("closure_rate", counts, year=year, period=period, channel=channel))
    return figures + _of_topics(_added_up(counted, 1), year=year) + _since_start(year=year, cut=cut)


def _of_topics(by_topic: dict[Any, dict[str, int]], *, year: int) -> list[Figure]:
    """Return what oversight topics put forward, all together and each by its key."""
    by_topic.pop(None, None)
    period = Period.year(year)
    together = {key: sum(counts[key] for counts in by_topic.values()) for key in OF_TOPIC}
    figures = [
        _count(key, together[key], year=year, period=period, topic=ANY_TOPIC, prefix="监督议题") for key in OF_TOPIC
    ]
    titles = OversightTopic.objects.in_bulk(by_topic) if by_topic else {}
    return figures + [
        _count(key, by_topic[pk][key], year=year, period=period, topic=str(pk), prefix=f"监督议题“{titles[pk].title}”")
        for pk in sorted(by_topic)
        for key in OF_TOPIC
    ]


def _since_start(*, year: int, cut: date) -> list[Figure]:
    committee = Committee.objects.first()
    if committee is None:
        return []
    starts = {channel: getattr(committee, field) for channel, (field, _) in SINCE_START.items()}
    starts = {channel: start for channel, start in starts.items() if start <= cut}
    if not starts:
        return []
    condition = Q()
    for channel, start in starts.items():
        condition |= Q(channel=channel, received_on__range=(start, cut))
    counts = _added_up(_counts(Suggestion.objects.filter(condition), cut), 0)
    figures = []
    for channel, start in starts.items():
        for key in ("received", "closed"):
            figures.append(
                _count(
                    key,
                    counts.get(channel, {}).get(key, 0),
                    year=year,
                    period=Period.since(start, cut),
                    channel=channel,
                    since=True,
                )
            )
    return figures


def _at_cut(cases: QuerySet[Suggestion], cut: date) -> QuerySet[Suggestion]:
    """Add what was known of each case at the cut: the last evaluation and the last reply in force."""
    evaluations = Evaluation.objects.filter(suggestion=OuterRef("pk"), evaluated_on__lte=cut).order_by("-round_no")
    replies = Reply.objects.filter(
        assignment__suggestion=OuterRef("pk"), assignment__replied_on__lte=cut, sent_back_at__isnull=True
    ).order_by("-assignment__round_no")
    return cases.annotate(
        last_process=Subquery(evaluations.values("process")[:1]),
        last_result=Subquery(evaluations.values("result")[:1]),
        last_outcome=Subquery(replies.values("outcome")[:1]),
    )


def _counts(cases: QuerySet[Suggestion], cut: date) -> dict[tuple[str, int | None], dict[str, int]]:
    """Count by channel and oversight topic, with one query."""
    counted: Iterable[Mapping[str, Any]] = (
        _at_cut(cases, cut)
        .values("channel", "topic")
        .annotate(**{f"n_{key}": Count("pk", filter=selection.where(cut)) for key, selection in SELECTIONS.items()})
    )
    return {(row["channel"], row["topic"]): {key: row[f"n_{key}"] for key in SELECTIONS} for row in counted}


def _added_up(counted: Mapping[tuple[Any, ...], dict[str, int]], part: int) -> dict[Any, dict[str, int]]:
    """Add up the counts by one part of their key: 0 for the channel, 1 for the topic."""
    added: dict[Any, dict[str, int]] = {}
    for where, counts in counted.items():
        so_far = added.setdefault(where[part], dict.fromkeys(SELECTIONS, 0))
        for key, count in counts.items():
            so_far[key] += count
    return added


def _started_on(channel: str) -> date:
    field, _ = SINCE_START[Channel(channel)]
    return getattr(Committee.objects.get(), field)


def _count(
    key: str,
    value: int,
    *,
    year: int,
    period: Period,
    channel: str = "",
    topic: str = "",
    since: bool = False,
    prefix: str = "",
) -> Figure:
    selection = SELECTIONS[key]
    if since:
        prefix = SINCE_START[Channel(channel)][1]
    elif channel:
        prefix = Channel(channel).label
    return Figure.count(
        _key(key, channel, since, topic),
        f"{prefix}{selection.label}",
        value,
        definition=f"从成立或建群之日起收到的累计，不限当年。{selection.definition}" if since else selection.definition,
        unit="件",
        period=period,
        query=_query(key, year=year, channel=channel, topic=topic, since=since),
    )


def _rate(key: str, counts: dict[str, int], *, year: int, period: Period, channel: str = "") -> Figure:
    label, definition, numerator, denominator = RATES[key]
    return Figure.rate(
        _key(key, channel),
        f"{Channel(channel).label}{label}" if channel else label,
        counts[numerator],
        counts[denominator],
        definition=definition,
        unit="件",
        period=period,
        query=_query(numerator, year=year, channel=channel),
    )


def _key(key: str, channel: str = "", since: bool = False, topic: str = "") -> str:
    of_topic = f"topic.{topic}" if topic else ""
    return ".".join(part for part in ("suggestions", key, str(channel), of_topic, "since" if since else "") if part)


def _query(key: str, *, year: int, channel: str = "", topic: str = "", since: bool = False) -> str:
    filters: dict[str, str | int] = {"figure": key, "year": year}
    if channel:
        filters["channel"] = str(channel)
    if topic:
        filters["topic"] = topic
    if since:
        filters["since"] = "start"
    return f"{reverse('admin:suggestions_suggestion_changelist')}?{urlencode(filters)}"
