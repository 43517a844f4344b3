"""The year's plan of work for deputies: written, published, changed on record (代表法第四十三条)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day
from deputies.choices import ActivityKind, ActivityStatus, ActivityStep
from deputies.models import Activity, OversightTopic, WorkPlan, WorkPlanItem
from deputies.models.oversight import REASON_LENGTH
from deputies.notifications.plan import tell_plan_published
from deputies.selectors import plan as plans
from deputies.workflow.activity_steps import need_reason, require, write_event
from deputies.workflow.oversight import check_year
from deputies.workflow.refusals import (
    MoveNotAllowed,
    PlanChangedMeanwhile,
    PlanEmpty,
    PlanItemInUse,
    PlanItemNotAllowed,
    PlanNotEmpty,
)

TITLE_LENGTH = 80
MOST_ITEMS = 120
MOST_TIMES = 400  # of one item; more than once a day is a slip of the keyboard (local default)


@dataclass(frozen=True, kw_only=True)
class PlanItem:
    """One thing planned for a month, as it is told to ``write_plan``. ``pk`` is the item it changes, None a new one."""

    month: int
    title: str
    kind: ActivityKind | str = ""
    planned_count: int = 1
    topic: OversightTopic | None = None
    pk: int | None = None


def write_plan(
    *, year: int, preface: str, items: Sequence[PlanItem], by: User, now: datetime, seen: str | None = None
) -> WorkPlan:
    """Write a year's plan as it is to read from now on, whether it stands already or not.

    An item without a ``pk`` that names a month and title of the plan is that item; the others are new. Items that are
    not among ``items`` are taken out, unless activities point at them or everybody has read them: those are dropped
    with a reason (`drop_plan_item`), and dropped ones always stay. What changes after publication is in the history.

    ``seen`` is the `plan_fingerprint` of what the person had before their eyes. Raises YearNotAllowed,
    PlanItemNotAllowed, PlanItemInUse, PlanChangedMeanwhile.
    """
    require(by.has_perm("deputies.change_workplan") and by.has_perm("deputies.add_workplan"))
    preface = preface.strip()
    _check_items(items, year=year)
    with transaction.atomic():
        if not WorkPlan.objects.filter(pk=year).exists():
            check_year(year, today=timezone.localdate(now))
            WorkPlan.objects.get_or_create(pk=year)
        plan = _locked(year)
        if seen is not None and seen != plan_fingerprint(plan):
            raise PlanChangedMeanwhile(
                f"没有保存：您打开这一页以后，{_who_last(plan)}改过{plan}。您填的还在下面，核对后可以再点一次保存。"
            )
        changes = _write_items(plan, items)
        if preface != plan.preface:
            plan.preface = preface
            plan.save(update_fields=["preface"])
            changes.append("修改总体要求")
        if changes or not plans.history(plan).exists():
            _log(plan, "；".join(changes) or "开始编制", by=by, now=now)
    return plan


def copy_plan(*, year: int, from_year: int, by: User, now: datetime) -> WorkPlan:
    """Begin a plan with the items of another year's, without its topics and without what was dropped.

    Raises PlanNotEmpty when something stands in it already, PlanEmpty when there is nothing to copy, YearNotAllowed.
    """
    require(by.has_perm("deputies.change_workplan") and by.has_perm("deputies.add_workplan"))
    with transaction.atomic():
        if WorkPlanItem.objects.filter(plan=year).exists():
            raise PlanNotEmpty(f"{year}年的计划里已经有事项，不再整份复制。请直接修改。")
        before = WorkPlanItem.objects.filter(plan=from_year, dropped_reason="").order_by("month", "pk")
        if not before:
            raise PlanEmpty(f"{from_year}年的计划里没有可以复制的事项，请直接填写。")
        plan = WorkPlan.objects.filter(pk=year).first()
        items = [
            PlanItem(month=item.month, title=item.title, kind=item.kind, planned_count=item.planned_count)
            for item in before
        ]
        return write_plan(year=year, preface=plan.preface if plan else "", items=items, by=by, now=now)


def publish_plan(plan: WorkPlan, *, by: User, now: datetime) -> WorkPlan:
    """Make a plan public, and tell everybody on mandate. Raises PlanEmpty, and MoveNotAllowed when it is public."""
    require(by.has_perm("deputies.change_workplan"))
    with transaction.atomic():
        plan = _locked(plan.pk)
        if plan.published_on:
            raise MoveNotAllowed(f"{plan}已经在{full_day(plan.published_on)}公布，修改后直接显示，不用再公布。")
        if not plan.items.filter(dropped_reason="").exists():
            raise PlanEmpty(f"{plan}还没有事项，请先填写再公布。")
        plan.published_on = timezone.localdate(now)
        plan.save(update_fields=["published_on"])
        _log(plan, plans.PUBLISHED, by=by, now=now)
        tell_plan_published(plan)
    return plan


def drop_plan_item(item: WorkPlanItem, *, reason: str, by: User, now: datetime) -> WorkPlanItem:
    """Say that an item is not done, and why: it stays in the plan, struck out. Raises ReasonMissing, MoveNotAllowed."""
    require(by.has_perm("deputies.change_workplan"))
    reason = need_reason(reason, "请写明为什么不办了，公布的计划里会显示。")[:REASON_LENGTH]
    with transaction.atomic():
        plan = _locked(item.plan_id)
        item = plan.items.get(pk=item.pk)
        if item.dropped_reason:
            raise MoveNotAllowed(f"{_name(item)}已经记为不办，原因是：{item.dropped_reason}")
        item.dropped_reason = reason
        item.save(update_fields=["dropped_reason"])
        _log(plan, f"不办{_name(item)}，原因：{reason}", by=by, now=now)
    return item


def take_up_plan_item(item: WorkPlanItem, *, by: User, now: datetime) -> WorkPlanItem:
    """Do after all what was dropped. Raises MoveNotAllowed for an item that stands."""
    require(by.has_perm("deputies.change_workplan"))
    with transaction.atomic():
        plan = _locked(item.plan_id)
        item = plan.items.get(pk=item.pk)
        if not item.dropped_reason:
            raise MoveNotAllowed(f"{_name(item)}本来就在计划里，不用恢复。")
        item.dropped_reason = ""
        item.save(update_fields=["dropped_reason"])
        _log(plan, f"恢复{_name(item)}", by=by, now=now)
    return item


def link_activities(item: WorkPlanItem, *, activities: Iterable[Activity], by: User, now: datetime) -> int:
    """Let exactly these activities point at an item: what of the plan was done is counted by them.

    Also those that were held already, which are closed to other changes. Returns how many changed. Raises
    PlanItemNotAllowed for an activity that was cancelled, or counts for another item or another year.
    """
    require(by.has_perm("deputies.change_workplan") and by.has_perm("deputies.change_activity"))
    wanted = {activity.pk for activity in activities}
    with transaction.atomic():
        plan = _locked(item.plan_id)
        item = plan.items.get(pk=item.pk)
        rows = Activity.objects.select_for_update().filter(Q(pk__in=wanted) | Q(plan_item=item)).order_by("pk")
        changed = [row for row in rows if (row.pk in wanted) != (row.plan_item_id == item.pk)]
        for row in changed:
            is_wanted = row.pk in wanted
            if is_wanted and (row.plan_item_id or row.starts_on.year != plan.year):
                raise PlanItemNotAllowed(f"“{row.title}”已经挂在别的事项，或者不在{plan.year}年，不能挂到这一项。")
            if is_wanted and row.status == ActivityStatus.CANCELLED:
                raise PlanItemNotAllowed(f"“{row.title}”已经取消，不能挂到计划。")
            row.plan_item = item if is_wanted else None
            row.save(update_fields=["plan_item"])
            note = f"挂到年度计划：{plan.year}年{item}" if is_wanted else "从年度计划取下"
            write_event(row, kind=ActivityStep.CHANGED, by=by, now=now, note=note)
    return len(changed)


def plan_fingerprint(plan: WorkPlan | None) -> str:
    """Return what tells two states of a plan apart, for ``write_plan(seen=…)``; of no plan yet it is empty."""
    if plan is None:
        return ""
    rows = plan.items.order_by("pk").values_list(
        "pk", "month", "title", "kind", "planned_count", "topic", "dropped_reason"
    )
    return hashlib.sha256(json.dumps([plan.preface, list(rows)]).encode()).hexdigest()


# ---- what the verbs are made of


def _locked(year: int) -> WorkPlan:
    return WorkPlan.objects.select_for_update().get(pk=year)


def _check_items(items: Sequence[PlanItem], *, year: int) -> None:
    if len(items) > MOST_ITEMS:
        raise PlanItemNotAllowed(f"一份计划最多 {MOST_ITEMS} 项，现在是 {len(items)} 项，请合并一些。")
    named: set[tuple[int, str]] = set()
    for item in items:
        title = item.title.strip()
        if not title:
            raise PlanItemNotAllowed(f"{item.month}月有一项没有写事项，请补上或者整行清空。")
        if len(title) > TITLE_LENGTH:
            raise PlanItemNotAllowed(f"事项“{title[:20]}…”有 {len(title)} 个字，最多 {TITLE_LENGTH} 个字，请删减。")
        if not 1 <= item.month <= 12:
            raise PlanItemNotAllowed(f"“{title}”的月份要在 1 到 12 之间。")
        if not 1 <= item.planned_count <= MOST_TIMES:
            raise PlanItemNotAllowed(f"“{title}”的次数要在 1 到 {MOST_TIMES} 之间。")
        if item.kind and item.kind not in ActivityKind.values:
            raise PlanItemNotAllowed(f"“{title}”的类型不在列表里，请重新选择。")
        if item.topic is not None and item.topic.year > year:
            raise PlanItemNotAllowed(f"“{title}”选的议题是{item.topic.year}年的，请改选{year}年的议题。")
        if (item.month, title) in named:
            raise PlanItemNotAllowed(f"{item.month}月的“{title}”写了两遍，请合成一项，次数相加。")
        named.add((item.month, title))


def _write_items(plan: WorkPlan, items: Sequence[PlanItem]) -> list[str]:
    """Bring the rows to what ``items`` say, and return what changed, in words."""
    # Locked before it is asked what points at them: an activity locks the item it comes to point at, too.
    rows = plan.items.select_for_update(of=("self",)).filter(dropped_reason="").order_by("pk")
    standing = {row.pk: row for row in rows.select_related("topic")}
    by_name = {(row.month, row.title): pk for pk, row in standing.items()}
    claimed = {item.pk for item in items if item.pk is not None}
    if unknown := claimed - standing.keys():
        raise PlanItemNotAllowed(f"有 {len(unknown)} 项已经不在计划里。请打开计划看最新情况，再改一次。")
    changes, new, kept = [], [], set()
    for item in items:
        pk = item.pk
        if pk is None:
            same = by_name.get((item.month, item.title.strip()))
            pk = same if same not in claimed else None
        row = standing[pk] if pk is not None else WorkPlanItem(plan=plan)
        before = None if pk is None else _words(row)
        row.month, row.title, row.kind = item.month, item.title.strip(), item.kind
        row.planned_count, row.topic = item.planned_count, item.topic
        if pk is None:
            new.append(row)
            changes.append(f"增加{_words(row)}")
        else:
            kept.add(pk)
            if before != _words(row):
                changes.append(f"{before}改为{_words(row)}")
    gone = [row for pk, row in standing.items() if pk not in kept]
    _check_may_go(plan, gone)
    changes += [f"去掉{_words(row)}" for row in gone]
    WorkPlanItem.objects.filter(pk__in=[row.pk for row in gone]).delete()
    WorkPlanItem.objects.bulk_update(
        [standing[pk] for pk in kept], ["month", "title", "kind", "planned_count", "topic"], batch_size=200
    )
    WorkPlanItem.objects.bulk_create(new)
    return changes


def _check_may_go(plan: WorkPlan, gone: Sequence[WorkPlanItem]) -> None:
    if gone and plan.published_on:
        raise PlanItemInUse(f"{plan}已经公布，{_name(gone[0])}不能直接去掉。请在这一项点“不办了”，写明原因。")
    used = set(Activity.objects.filter(plan_item__in=gone).values_list("plan_item", flat=True)) if gone else set()
    for row in gone:
        if row.pk in used:
            raise PlanItemInUse(f"{_name(row)}已经挂了活动，不能直接去掉。不再办的，请在这一项点“不办了”，写明原因。")


def _name(row: WorkPlanItem) -> str:
    return f"{row.month}月“{row.title}”"


def _words(row: WorkPlanItem) -> str:
    kind = f"，{row.get_kind_display()}" if row.kind else ""
    topic = f"，议题“{row.topic}”" if row.topic_id else ""
    return f"{_name(row)}{row.planned_count} 次{kind}{topic}"


def _who_last(plan: WorkPlan) -> str:
    entry = plans.history(plan).first()
    return entry.user.display_name if entry else "别人"


def _log(plan: WorkPlan, sentence: str, *, by: User, now: datetime) -> None:
    """Put a sentence into the plan's history, which staff read and whose last day everybody reads."""
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(WorkPlan),
        object_id=str(plan.pk),
        object_repr=str(plan),
        action_flag=CHANGE if plans.history(plan).exists() else ADDITION,
        change_message=sentence,
        action_time=now,
    )
