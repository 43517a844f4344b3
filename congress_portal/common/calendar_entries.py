"""What stands on the public calendar, whichever app it comes from, and how a month of it is laid out. Pure."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from congress_portal.common.calendar_months import Span, months_of
from congress_portal.common.workdays import ONE_DAY, WorkCalendar


@dataclass(frozen=True)
class CalendarEntry:
    """One thing that everybody may know of. ``seats_left`` is None where anybody may come, or nobody signs up."""

    starts_at: datetime
    ends_at: datetime
    title: str
    kind_label: str
    places: tuple[str, ...]
    url: str
    seats_left: int | None
    is_cancelled: bool
    community_ids: frozenset[int]
    # What is worth saying of it at a glance: 已举行, 名额已满.
    note: str = ""

    @property
    def first_day(self) -> date:
        return timezone.localdate(self.starts_at)

    @property
    def last_day(self) -> date:
        return timezone.localdate(self.ends_at)


@dataclass(frozen=True)
class Day:
    """One day of the month with what there is on it. ``name`` is what the notice calls it: 国庆节, 国庆节调休上班."""

    day: date
    is_today: bool
    is_working: bool
    name: str
    entries: list[CalendarEntry] = field(default_factory=list)


@dataclass(frozen=True)
class MonthSheet:
    """One month: its weeks from Monday, with None for the days of its neighbours."""

    first: date
    weeks: list[list[Day | None]]
    spans: list[Span]

    @property
    def busy_days(self) -> list[Day]:
        """The days that have something, for a narrow screen."""
        return [day for week in self.weeks for day in week if day and day.entries]


def month_bounds(month: date) -> tuple[date, date]:
    """Return the first and the last day of the month that the day lies in."""
    last = months.monthrange(month.year, month.month)[1]
    return month.replace(day=1), month.replace(day=last)


def lay_out(month: date, entries: Iterable[CalendarEntry], *, calendar: WorkCalendar, today: date) -> MonthSheet:
    """Put entries onto the days of a month; one that lasts several days stands on each of them."""
    first, last = month_bounds(month)
    on: dict[date, list[CalendarEntry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.starts_at, entry.title)):
        day = max(entry.first_day, first)
        while day <= min(entry.last_day, last):
            on.setdefault(day, []).append(entry)
            day += ONE_DAY
    printed = months_of(first.year, calendar)[first.month - 1]
    weeks = [
        [
            Day(
                cell.day,
                cell.day == today,
                cell.is_working,
                f"{calendar.name_of(cell.day)}{'调休上班' if cell.is_working else ''}" if cell.mark else "",
                on.get(cell.day, []),
            )
            if cell
            else None
            for cell in week
        ]
        for week in printed.weeks
    ]
    return MonthSheet(first, weeks, printed.spans)
