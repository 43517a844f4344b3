"""The one verb of the working calendar: every way of editing a year ends here."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from congress_portal.common import doorbell
from congress_portal.common.calendar_changes import compare, record_in_words
from congress_portal.common.calendar_rows import days_of, next_year
from congress_portal.common.dates import full_day, month_day
from congress_portal.common.models import CalendarDay, CalendarYear
from congress_portal.common.notice import belongs_to
from congress_portal.common.refusal import Refusal
from congress_portal.common.workdays import NamedDay

CHANGE_CALENDAR = "common.change_calendaryear"
NAME_LENGTH = CalendarDay._meta.get_field("name").max_length or 0


class YearNotAllowed(Refusal):
    """The year is not on file and is not the next one."""


class DaysNotAllowed(Refusal):
    """A day that no notice of this year can name, or that another year's notice names already."""


class NotSettled(Refusal):
    """The year cannot count as known: its source or its days are missing."""


class CalendarChangedMeanwhile(Refusal):
    """Somebody recorded the year after this person had looked at it."""


def record_calendar_year(
    year: int,
    *,
    days: Mapping[date, NamedDay],
    source: str,
    is_provisional: bool,
    seen: datetime | None,
    by: Any,
    now: datetime,
) -> CalendarYear:
    """Make these the days that the year's notice names, in place of what is on file; all of them or none.

    ``seen`` is the ``changed_at`` that the person looked at, None when the year was not on file. Nothing is written
    when nothing changes. What depends on the calendar is recomputed after commit.
    """
    if not by.has_perm(CHANGE_CALENDAR):
        raise PermissionDenied("工作日历由街道人大工委维护，您的角色不能改。")
    with transaction.atomic():
        # All years, because days at the turn of a year could belong to either of two.
        list(CalendarYear.objects.select_for_update().order_by("year"))
        check_calendar_year(
            year, days=days, source=source, is_provisional=is_provisional, today=timezone.localdate(now)
        )
        row, is_new = CalendarYear.objects.select_for_update().get_or_create(year=year, defaults={"changed_at": now})
        if not is_new and row.changed_at != seen:
            raise CalendarChangedMeanwhile(_what_happened_since(row))
        changes = [change for change in compare(days_of(year), days) if change.kind]
        settled = _settlement_in_words(row, source, is_provisional)
        if not is_new and not changes and not settled:
            return row
        row.source, row.is_provisional, row.changed_at = source, is_provisional, now
        row.save()
        row.days.filter(day__in=[change.day for change in changes]).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(day=change.day, year=row, name=change.after.name, is_working=change.after.is_working)
            for change in changes
            if change.after
        )
        LogEntry.objects.log_actions(
            by.pk,
            [row],
            ADDITION if is_new else CHANGE,
            "；".join(filter(None, [settled, record_in_words(changes)])) or "增加，暂定",
            single_object=True,
        )
        for task in settings.TASKS_AFTER_CALENDAR_CHANGE:
            transaction.on_commit(functools.partial(doorbell.ring, task, expires=None), robust=True)
    return row


def check_calendar_year(
    year: int, *, days: Mapping[date, NamedDay], source: str, is_provisional: bool, today: date
) -> None:
    """Refuse what cannot be recorded, whoever asks; the preview asks too."""
    if year != next_year(today=today) and not CalendarYear.objects.filter(pk=year).exists():
        raise YearNotAllowed(f"工作日历里没有{year}年，也还不能增加。请从列表里选一年，或者先增加前面的年份。")
    if not is_provisional and not days:
        raise NotSettled(f"{year}年一天放假也没有。请填写放假和调休的日子，或者标为暂定。")
    if not is_provisional and not source.strip():
        raise NotSettled("请写明依据，例如国办发明电〔2025〕7号；通知还没有公布的，请标为暂定。")
    _check_days(year, days)


def _check_days(year: int, days: Mapping[date, NamedDay]) -> None:
    for day, named in days.items():
        if not belongs_to(day, year):
            raise DaysNotAllowed(f"{full_day(day)}不是{year}年的日子。请改正日期，或者到{day.year}年的页面上填写。")
        if not named.name.strip() or len(named.name) > NAME_LENGTH:
            raise DaysNotAllowed(f"{full_day(day)}的名称请写 1 至 {NAME_LENGTH} 个字，例如春节。")
    taken = CalendarDay.objects.filter(day__in=days).exclude(year=year).order_by("day").first()
    if taken:
        raise DaysNotAllowed(
            f"{full_day(taken.day)}已经由{taken.year_id}年的通知安排为{taken.name}。请到{taken.year_id}年的页面上修改。"
        )


def _settlement_in_words(row: CalendarYear, source: str, is_provisional: bool) -> str:
    """Return what changes beside the days."""
    parts = []
    if row.source != source:
        parts.append(f"依据改为“{source}”")
    if row.is_provisional != is_provisional:
        parts.append("标为暂定" if is_provisional else "不再暂定")
    return "；".join(parts)


def _what_happened_since(row: CalendarYear) -> str:
    entry = LogEntry.objects.filter(object_id=str(row.pk), content_type__model="calendaryear")
    last = entry.select_related("user").order_by("-action_time").first()
    who = last.user.display_name if last else "别人"
    when = timezone.localtime(row.changed_at)
    return f"没有记入：您打开这一页以后，{who}在{month_day(when)} {when:%H:%M} 改过{row.year}年的工作日历。"
