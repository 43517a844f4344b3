"""Working days and calendar months: pure functions, no clock and no database inside.

The week decides, except on the days that the State Council's yearly notice (部分节假日安排的通知) names. Those are rows
(``CalendarDay``); ``calendar_rows.work_calendar`` reads them into the ``WorkCalendar`` used here.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)
NEW_YEAR_REACHES_BACK = timedelta(days=3)  # 2018-12-29 was a make-up day for the New Year that began on the 30th


@dataclass(frozen=True)
class NamedDay:
    """A day on which the week does not decide: a holiday (春节), or a make-up working day (调休上班)."""

    name: str
    is_working: bool


@dataclass(frozen=True)
class WorkCalendar:
    """The days that a notice names, and the years whose notice is known. Every other day follows the week."""

    days: Mapping[date, NamedDay] = field(default_factory=dict)
    known_years: frozenset[int] = frozenset()
    sources: Mapping[int, str] = field(default_factory=dict)  # the notice of each year, as a page cites it

    def is_working_day(self, day: date) -> bool:
        """Say whether offices work on that day."""
        named = self.days.get(day)
        return named.is_working if named else day.weekday() < SATURDAY

    def name_of(self, day: date) -> str:
        """Return what the notice calls the day, or an empty string."""
        named = self.days.get(day)
        return named.name if named else ""

    def add_working_days(self, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``, which itself does not count. ``count`` is at least 1."""
        if count < 1:
            raise ValueError("A term has at least one day.")
        day = start
        while count:
            day += ONE_DAY
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after ``start`` up to and with ``end``; negative when ``end`` is earlier.

        From a due day back to today this is how late somebody is, in working days.
        """
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def next_working_day(self, day: date) -> date:
        """Return the day itself if offices work on it, else the first working day after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def is_provisional(self, start: date, end: date) -> bool:
        """Say whether the count from ``start`` to ``end`` touches a year whose notice is not known yet."""
        return bool(self.provisional_years(start, end))

    def provisional_years(self, start: date, end: date) -> list[int]:
        """Return those years, the earliest first.

        The last days of December count with the year after: its notice may make them part of New Year, as 2019's did.
        """
        first, last = sorted((start, end))
        years = range(first.year, (last + NEW_YEAR_REACHES_BACK).year + 1)
        return [year for year in years if year not in self.known_years]


def add_months(start: date, count: int) -> date:
    """Return the day with the same number ``count`` months later, or that month's last day if it has no such day.

    Terms by months end so (自交办之日起三个月内; 代表法第五十一条). The day is not moved when it is a holiday; where a
    place wants that, see ``WorkCalendar.next_working_day``.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))
