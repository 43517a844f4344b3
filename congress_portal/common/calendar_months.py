"""A year as twelve small tables, for a page. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from congress_portal.common.workdays import ONE_DAY, WorkCalendar


@dataclass(frozen=True)
class Cell:
    """One day: ``mark`` is 休 or 班 where a notice names it, as Chinese calendars print it beside the number."""

    day: date
    is_working: bool
    mark: str


@dataclass(frozen=True)
class Span:
    """Days in a row with one name: 1日至3日 元旦放假."""

    first: date
    last: date
    name: str
    is_working: bool


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[Cell | None]]
    spans: list[Span]


def months_of(year: int, work_calendar: WorkCalendar) -> list[Month]:
    """Return the twelve months, weeks from Monday; days of the neighbouring months are None."""
    return [_month(year, number, work_calendar) for number in range(1, 13)]


def _month(year: int, number: int, work_calendar: WorkCalendar) -> Month:
    weeks = [
        [_cell(day, work_calendar) if day.month == number else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, number)
    ]
    return Month(number, weeks, list(_spans(weeks, work_calendar)))


def _cell(day: date, work_calendar: WorkCalendar) -> Cell:
    is_working = work_calendar.is_working_day(day)
    return Cell(day, is_working, ("班" if is_working else "休") if day in work_calendar.days else "")


def _spans(weeks: list[list[Cell | None]], work_calendar: WorkCalendar) -> Iterator[Span]:
    span: Span | None = None
    for cell in (cell for week in weeks for cell in week if cell and cell.mark):
        name = work_calendar.name_of(cell.day)
        if span and (span.last + ONE_DAY, span.name, span.is_working) == (cell.day, name, cell.is_working):
            span = Span(span.first, cell.day, name, cell.is_working)
            continue
        if span:
            yield span
        span = Span(cell.day, cell.day, name, cell.is_working)
    if span:
        yield span
