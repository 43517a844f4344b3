"""What is counted of activities: held in a year, their batches and person-times, who came of those invited.

An activity counts in the year of the day on which it begins, a batch in the year of its own day. Without batches an
activity is one batch, of the people present and the outsiders. The list behind a head count is the list of the
activities in which these heads were counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from congress_portal.common.figures import Figure, Period
from deputies.choices import ActivityKind, ActivityStatus, Attendance
from deputies.figures.counting import Selection, Span, Where, count_of, in_office_then, list_of, span_of
from deputies.models import Activity, Batch, Outsiders, Participation

Kinds = tuple[ActivityKind, ...]

INSPECTIONS: Kinds = (ActivityKind.INSPECTION, ActivityKind.PERMIT_INSPECTION, ActivityKind.RESEARCH)
SUPERVISIONS: Kinds = (
    ActivityKind.SUPERVISION,
    ActivityKind.REVIEW,
    ActivityKind.APPRAISAL,
    ActivityKind.HEARING,
)

# Groups of kinds that a figure counts together: what stands after the dot of its key, and what it is called.
GROUPS: dict[str, tuple[str, Kinds]] = {
    "": ("活动", tuple(ActivityKind)),
    "inspections": ("视察和调研", INSPECTIONS),
    "supervisions": ("专项督查、审查、评议和听取报告", SUPERVISIONS),
} | {kind.value: (kind.label, (kind,)) for kind in ActivityKind}


def _held(kinds: Kinds) -> Where:
    return lambda span: _of(kinds) & Q(status=ActivityStatus.HELD, starts_on__range=span)


def _of(kinds: Kinds) -> Q:
    return Q() if len(kinds) == len(ActivityKind) else Q(kind__in=kinds)


def _has_batches(activity: str = "pk", **on: Any) -> Exists:
    return Exists(Batch.objects.filter(activity=OuterRef(activity), **on))


def _batched(kinds: Kinds) -> Where:
    """The activities in which batches of the year were counted, whenever they began."""
    return lambda span: (
        _of(kinds)
        & Q(status=ActivityStatus.HELD)
        & (Q(_has_batches(held_on__range=span)) | Q(starts_on__range=span) & ~Q(_has_batches()))
    )


def _with(kinds: Kinds, **part: Any) -> Where:
    """The activities to which people in office that day were invited, or took such a part."""
    invited = Participation.objects.filter(activity=OuterRef("pk"), **part)
    return lambda span: _held(kinds)(span) & Q(Exists(invited.filter(in_office_then("activity__starts_on"))))


def _key(name: str, group: str) -> str:
    return f"{name}.{group}" if group else name


SELECTIONS: dict[str, Selection] = {}
for _group, (_label, _kinds) in GROUPS.items():
    SELECTIONS |= {
        _key("activities", _group): Selection(
            f"举行{_label}" if not _group else _label,
            "当年举行的，以开始之日为准；取消的不计。",
            "个" if _group == ActivityKind.SYMPOSIUM else "次",
            _held(_kinds),
        ),
        _key("batches", _group): Selection(
            f"{_label}批次", "按每一批的日期计入当年；没有分批的活动算一批。", "批次", _batched(_kinds)
        ),
        _key("attended", _group): Selection(
            f"{_label}到场",
            "当年举行的活动中到场的代表和议事员，只计当天在任的人。点开是这些活动。",
            "人次",
            _with(_kinds, state=Attendance.PRESENT),
        ),
        _key("speeches", _group): Selection(
            f"{_label}发言" if _group != ActivityKind.SESSION else "人代会审议发言",
            "当年举行的活动中登记了发言的，一人一次活动算一次，只计当天在任的人。点开是这些活动。",
            "人次",
            _with(_kinds, spoke=True),
        ),
    }
SELECTIONS["entrusted_reported"] = Selection(
    "受委托完成并报告的活动",
    "受上级或其他机关委托的活动，当年已经报告结果的。",
    "项",
    lambda span: Q(reported_back_on__range=span) & ~Q(entrusted_by=""),
)

# Sums of heads: what they add up, and the selection whose list shows where they were counted.
HEADS = {
    "person_times": (
        "每一批的人次相加，按每一批的日期计入当年；没有分批的活动，是到场的代表、议事员加其他人员。点开是这些活动。",
        "batches",
    ),
    "participants": (
        "当年举行的活动中，到场的代表、议事员（只计当天在任的人）加其他人员。点开是这些活动。",
        "activities",
    ),
}
RATES = {
    "attendance_rate": "到场人次除以邀请人次，只计当天在任的人；请假的算没有到场。点开是有人到场的活动。",
    "attendance_rate_without_leave": ("到场人次除以邀请人次减去已准假的人次，只计当天在任的人。点开是有人到场的活动。"),
}


def selected(key: str, *, year: int, among: QuerySet[Activity] | None = None) -> QuerySet[Activity]:
    """Return the very activities a figure counts, or counted heads in. Raises KeyError for an unknown figure."""
    where = SELECTIONS[key].where(span_of(year))
    return (Activity.objects.all() if among is None else among).filter(where)


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's figures of activities, all together and by kind; five queries whatever their number."""
    by_kind = _count_by_kind(span_of(year))
    figures: list[Figure] = []
    for group, (label, kinds) in GROUPS.items():
        n: Counter[str] = sum((by_kind[kind] for kind in kinds), Counter())
        figures += [
            _count("activities", group, n["held"], year=year),
            _count("batches", group, n["batches"] + n["unbatched"], year=year),
            _heads("person_times", group, f"{label}参加人次", n["batch_heads"] + n["unbatched_heads"], year=year),
            _heads("participants", group, f"{label}到场和其他人员", n["present"] + n["outsiders"], year=year),
            _count("attended", group, n["present"], year=year),
            _count("speeches", group, n["spoke"], year=year),
            _rate("attendance_rate", group, f"{label}到会率", n["present"], n["invited"], year=year),
            _rate(
                "attendance_rate_without_leave",
                group,
                f"{label}到会率（不含已准假）",
                n["present"],
                n["invited"] - n["excused"],
                year=year,
            ),
        ]
    key = "entrusted_reported"
    reported = selected(key, year=year).count()
    return [*figures, count_of(key, SELECTIONS[key], reported, year=year, changelist="activity")]


def _count_by_kind(span: Span) -> dict[str, Counter[str]]:
    """Count what the figures are made of, by kind, with four queries."""
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in ActivityKind}
    held = {"activity__status": ActivityStatus.HELD}
    of_year = held | {"activity__starts_on__range": span}
    unbatched = ~Q(_has_batches("activity"))

    def add(rows: Iterable[Any]) -> None:
        for row in rows:
            counts = by_kind[row.pop("kind")]
            for name, value in row.items():
                counts[name] += value or 0

    add(
        Activity.objects.filter(_held(tuple(ActivityKind))(span))
        .values("kind")
        .annotate(held=Count("pk"), unbatched=Count("pk", filter=~Q(_has_batches())))
    )
    present = Q(state=Attendance.PRESENT)
    add(
        Participation.objects.filter(in_office_then("activity__starts_on"), **of_year)
        .values(kind=F("activity__kind"))
        .annotate(
            invited=Count("pk"),
            present=Count("pk", filter=present),
            excused=Count("pk", filter=Q(state=Attendance.EXCUSED)),
            spoke=Count("pk", filter=Q(spoke=True)),
            unbatched_heads=Count("pk", filter=present & unbatched),
        )
    )
    add(
        Outsiders.objects.filter(**of_year)
        .values(kind=F("activity__kind"))
        .annotate(outsiders=Sum("count"), unbatched_heads=Sum("count", filter=unbatched))
    )
    add(
        Batch.objects.filter(held_on__range=span, **held)
        .values(kind=F("activity__kind"))
        .annotate(batches=Count("pk"), batch_heads=Sum("person_count"))
    )
    return by_kind


def _count(name: str, group: str, value: int, *, year: int) -> Figure:
    key = _key(name, group)
    return count_of(key, SELECTIONS[key], value, year=year, changelist="activity")


def _heads(name: str, group: str, label: str, value: int, *, year: int) -> Figure:
    definition, listed_as = HEADS[name]
    return Figure.count(
        f"deputies.{_key(name, group)}",
        label,
        value,
        unit="人次",
        definition=definition,
        period=Period.year(year),
        query=list_of("activity", _key(listed_as, group), year=year),
    )


def _rate(name: str, group: str, label: str, numerator: int, denominator: int, *, year: int) -> Figure:
    return Figure.rate(
        f"deputies.{_key(name, group)}",
        label,
        numerator,
        denominator,
        unit="人次",
        definition=RATES[name],
        period=Period.year(year),
        query=list_of("activity", _key("attended", group), year=year),
    )
