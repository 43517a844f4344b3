"""Questions about the annual plan of work: what was planned for each month, and what of it was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, Q, QuerySet, Value, When

from deputies.choices import ActivityKind, ActivityStatus
from deputies.models import Activity, WorkPlan, WorkPlanItem

# What the history says of the step itself, so that what came after it can be told.
PUBLISHED = "公布"


@dataclass(frozen=True)
class ItemRow:
    """One planned thing with what of it was held: only activities that point at it count."""

    item: WorkPlanItem
    done: int

    @property
    def is_dropped(self) -> bool:
        return bool(self.item.dropped_reason)

    @property
    def is_done(self) -> bool:
        return not self.is_dropped and self.done >= self.item.planned_count


@dataclass(frozen=True)
class Unlinked:
    """Activities of a month that were held and point at no item, and the item of that month and kind they may fit."""

    item: WorkPlanItem
    kind: ActivityKind
    count: int


@dataclass(frozen=True)
class MonthRows:
    month: int
    rows: list[ItemRow]
    unlinked: list[Unlinked] = field(default_factory=list)


@dataclass(frozen=True)
class PlanPage:
    """A plan laid out by month; months without items are left out."""

    plan: WorkPlan
    months: list[MonthRows]

    @property
    def rows(self) -> list[ItemRow]:
        return [row for month in self.months for row in month.rows]

    @property
    def planned_count(self) -> int:
        """How many times something is to be held, without what was dropped."""
        return sum(row.item.planned_count for row in self.rows if not row.is_dropped)

    @property
    def done_count(self) -> int:
        """How many of these were held; more than planned of one thing make up for nothing else."""
        return sum(min(row.done, row.item.planned_count) for row in self.rows if not row.is_dropped)

    @property
    def held_count(self) -> int:
        """How many activities were held that point at the plan, whatever was planned."""
        return sum(row.done for row in self.rows)

    @property
    def items_count(self) -> int:
        return sum(not row.is_dropped for row in self.rows)

    @property
    def items_done(self) -> int:
        return sum(row.is_done for row in self.rows)


def items_with_done(plan: WorkPlan) -> QuerySet[Any]:
    """Return a plan's items in order, each with ``done_count``: how many activities that point at it were held."""
    held = Count("activities", filter=Q(activities__status=ActivityStatus.HELD))
    return plan.items.select_related("topic").annotate(done_count=held).order_by("month", "pk")


def plan_page(plan: WorkPlan, *, with_unlinked: bool = False) -> PlanPage:
    """Lay a plan out by month with what was done, in one query, or in two with what points at no item."""
    by_month: dict[int, list[ItemRow]] = {}
    for item in items_with_done(plan):
        by_month.setdefault(item.month, []).append(ItemRow(item, item.done_count))
    unlinked = _unlinked(plan, by_month) if with_unlinked else {}
    return PlanPage(plan, [MonthRows(month, rows, unlinked.get(month, [])) for month, rows in by_month.items()])


def _unlinked(plan: WorkPlan, by_month: dict[int, list[ItemRow]]) -> dict[int, list[Unlinked]]:
    """Count what was held in the year and points at no item, where the month plans that kind."""
    planned = {
        (month, row.item.kind): row.item
        for month, rows in by_month.items()
        for row in reversed(rows)
        if row.item.kind and not row.is_dropped
    }
    held = Activity.objects.held().in_year(plan.year).filter(plan_item__isnull=True)
    counts = held.values("starts_on__month", "kind").annotate(n=Count("pk")).order_by("starts_on__month", "kind")
    found: dict[int, list[Unlinked]] = {}
    for row in counts:
        month, kind = row["starts_on__month"], row["kind"]
        if item := planned.get((month, kind)):
            found.setdefault(month, []).append(Unlinked(item, ActivityKind(kind), row["n"]))
    return found


def linkable(item: WorkPlanItem) -> QuerySet[Activity]:
    """Return the activities that may point at an item: those that do, and of its year those that point at none.

    Of an item with a kind only those of that kind, those of its month first.
    """
    candidates = Q(plan_item__isnull=True, starts_on__year=item.plan_id)
    if item.kind:
        candidates &= Q(kind=item.kind)
    activities = Activity.objects.exclude(status=ActivityStatus.CANCELLED).filter(Q(plan_item=item.pk) | candidates)
    that_month = Case(When(starts_on__month=item.month, then=Value(0)), default=Value(1))
    return activities.order_by(that_month, "starts_on", "pk")


def plans_by_year() -> QuerySet[Any]:
    """Return all plans, the newest first, each with ``item_count`` and ``dropped_count``."""
    counts = {"item_count": Count("items"), "dropped_count": Count("items", filter=~Q(items__dropped_reason=""))}
    return WorkPlan.objects.annotate(**counts).order_by("-year")


def published_years() -> list[int]:
    """Return the years whose plan everybody may read, the newest first."""
    return list(WorkPlan.objects.filter(published_on__isnull=False).order_by("-year").values_list("year", flat=True))


def published_plan(year: int) -> WorkPlan | None:
    return WorkPlan.objects.filter(pk=year, published_on__isnull=False).first()


def history(plan: WorkPlan) -> QuerySet[LogEntry]:
    """Return what was done to a plan, the newest first."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(WorkPlan), object_id=str(plan.pk))
    return entries.select_related("user").order_by("-action_time", "-pk")


def changed_since_published(plan: WorkPlan) -> datetime | None:
    """Return when a published plan was last changed, None when it stands as it was published."""
    entries = list(history(plan).values_list("action_time", "change_message"))
    if plan.published_on is None or not entries or entries[0][1] == PUBLISHED:
        return None
    return entries[0][0]
