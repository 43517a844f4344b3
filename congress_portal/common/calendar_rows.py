"""The calendar's rows, read into the values that the pure functions work on."""

from datetime import date

from congress_portal.common.models import CalendarDay, CalendarYear
from congress_portal.common.workdays import NamedDay, WorkCalendar


def work_calendar() -> WorkCalendar:
    """Read the whole calendar, some thirty rows a year, in one query.

    A year without rows has no notice yet, and one that is marked so has none for certain: both are provisional.
    """
    rows = CalendarDay.objects.values_list(
        "day", "name", "is_working", "year_id", "year__is_provisional", "year__source"
    )
    days, known, sources = {}, set(), {}
    for day, name, is_working, year, is_provisional, source in rows:
        days[day] = NamedDay(name, is_working)
        if not is_provisional:
            known.add(year)
            sources[year] = source
    return WorkCalendar(days, frozenset(known), sources)


def days_of(year: int) -> dict[date, NamedDay]:
    """Return the days that the year's notice names."""
    rows = CalendarDay.objects.filter(year=year).order_by("day").values_list("day", "name", "is_working")
    return {day: NamedDay(name, is_working) for day, name, is_working in rows}


def next_year(*, today: date) -> int | None:
    """Return the year that may be added now: the one after the last on file, once the year before it has begun."""
    last = CalendarYear.objects.order_by("-year").values_list("year", flat=True).first()
    following = today.year if last is None else last + 1
    return following if following <= today.year + 1 else None


def years_to_record(*, today: date) -> list[int]:
    """Return the years a notice can be recorded for, the latest first."""
    following = next_year(today=today)
    on_file = CalendarYear.objects.order_by("-year").values_list("year", flat=True)
    return [*([following] if following else []), *on_file]
