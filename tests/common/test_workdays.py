"""Working days and months on hard dates, as rules that always hold, and day by day against the known notices."""

from __future__ import annotations

import importlib
from datetime import date, timedelta

import chinese_calendar
import pytest
from chinese_calendar import constants
from django.apps import apps
from hypothesis import given, settings
from hypothesis import strategies as st

from congress_portal.common.calendar_rows import days_of, next_year, work_calendar, years_to_record
from congress_portal.common.models import CalendarDay, CalendarYear
from congress_portal.common.workdays import NamedDay, WorkCalendar, add_months

KNOWN_YEARS = range(2016, 2027)
PUBLISHED = WorkCalendar(
    {
        day: NamedDay(chinese_calendar.Holiday(name).chinese, day in constants.workdays)
        for day, name in (constants.holidays | constants.workdays).items()
        if day.year in KNOWN_YEARS
    },
    frozenset(KNOWN_YEARS),
)

days = st.dates(date(2015, 12, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("day", "is_working", "why"),
    [
        (date(2024, 2, 4), True, "a Sunday made up for 春节"),
        (date(2024, 2, 9), True, "除夕 of 2024, on which offices were only encouraged to close"),
        (date(2024, 2, 18), True, "a Sunday made up for 春节, the day after it"),
        (date(2024, 2, 29), True, "leap day, a Thursday"),
        (date(2018, 12, 29), True, "a Saturday made up for the New Year of 2019"),
        (date(2018, 12, 31), False, "a Monday of that New Year"),
        (date(2020, 2, 1), False, "a make-up Saturday, until the holiday was made longer"),
        (date(2026, 1, 4), True, "a Sunday made up for 元旦"),
        (date(2026, 2, 14), True, "a Saturday made up for 春节"),
        (date(2026, 2, 23), False, "a Monday, the ninth day of 春节"),
        (date(2026, 2, 28), True, "a Saturday made up for 春节"),
        (date(2026, 5, 9), True, "a Saturday made up for 劳动节"),
        (date(2026, 9, 20), True, "a Sunday made up for 国庆节"),
        (date(2026, 10, 10), True, "a Saturday made up for 国庆节"),
        (date(2026, 10, 11), False, "the Sunday after it"),
        (date(2027, 10, 1), True, "a Friday of a year without notice: the week decides"),
    ],
)
def test_whether_a_day_is_worked(day, is_working, why):
    assert PUBLISHED.is_working_day(day) is is_working, why


@pytest.mark.parametrize("year", KNOWN_YEARS)
def test_every_day_of_the_known_years_is_as_published(year):
    days_of_year = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]

    assert [PUBLISHED.is_working_day(day) for day in days_of_year] == [
        chinese_calendar.is_workday(day) for day in days_of_year
    ]


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the day before a long holiday
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # the make-up Saturday counts
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Friday, and the Saturday is worked
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # from a make-up day over 春节
        (date(2024, 2, 9), 2, date(2024, 2, 19)),  # Sunday the 18th is worked
        (date(2024, 2, 3), 1, date(2024, 2, 4)),  # received on a Saturday, due on a worked Sunday
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2018, 12, 28), 2, date(2019, 1, 2)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # no notice yet: a Friday
        (date(2026, 12, 28), 15, date(2027, 1, 18)),
    ],
)
def test_nth_working_day_after(start, count, end):
    assert PUBLISHED.add_working_days(start, count) == end
    assert PUBLISHED.working_days_between(start, end) == count


@pytest.mark.parametrize("count", [0, -1])
def test_term_without_days_is_a_mistake_of_ours(count):
    with pytest.raises(ValueError, match="at least one day"):
        PUBLISHED.add_working_days(date(2026, 3, 5), count)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 3, 5), date(2026, 3, 5), 0),
        (date(2026, 3, 6), date(2026, 3, 8), 0),  # over a weekend nobody is a working day late
        (date(2026, 3, 9), date(2026, 3, 6), -1),
        (date(2026, 10, 8), date(2026, 9, 30), -1),
        (date(2026, 9, 30), date(2026, 10, 11), 3),
    ],
)
def test_distance_in_working_days(start, end, count):
    assert PUBLISHED.working_days_between(start, end) == count


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 10), date(2026, 10, 10)),
        (date(2026, 10, 11), date(2026, 10, 12)),
        (date(2027, 1, 2), date(2027, 1, 4)),
    ],
)
def test_day_moves_on_to_a_working_day(day, moved):
    assert PUBLISHED.next_working_day(day) == moved


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 5), 0, date(2026, 3, 5)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(start, count, end):
    assert add_months(start, count) == end


@settings(deadline=None)
@given(start=days, count=st.integers(1, 60))
def test_adding_and_counting_are_inverse(start, count):
    end = PUBLISHED.add_working_days(start, count)

    assert PUBLISHED.is_working_day(end)
    assert PUBLISHED.working_days_between(start, end) == count
    assert PUBLISHED.working_days_between(start, end - timedelta(days=1)) == count - 1


@settings(deadline=None)
@given(first=days, second=days, count=st.integers(1, 30))
def test_who_starts_later_is_not_due_earlier(first, second, count):
    first, second = sorted((first, second))

    assert PUBLISHED.add_working_days(first, count) <= PUBLISHED.add_working_days(second, count)


@settings(deadline=None)
@given(first=days, second=days, third=days)
def test_distances_add_up_in_any_order(first, second, third):
    whole = PUBLISHED.working_days_between(first, third)

    assert whole == PUBLISHED.working_days_between(first, second) + PUBLISHED.working_days_between(second, third)
    assert whole == -PUBLISHED.working_days_between(third, first)


@settings(deadline=None)
@given(day=days)
def test_next_working_day_leaves_out_no_working_day(day):
    moved = PUBLISHED.next_working_day(day)

    assert PUBLISHED.is_working_day(moved)
    assert PUBLISHED.working_days_between(day - timedelta(days=1), moved) == 1


@settings(deadline=None)
@given(start=st.dates(date(2000, 1, 1), date(2090, 1, 1)), count=st.integers(-24, 24))
def test_months_never_leave_their_month(start, count):
    end = add_months(start, count)

    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (date(2026, 1, 1), date(2026, 12, 28), []),
        (date(2026, 12, 1), date(2026, 12, 29), [2027]),  # New Year's notice may reach back so far
        (date(2026, 12, 1), date(2027, 1, 4), [2027]),
        (date(2027, 1, 4), date(2026, 12, 1), [2027]),
        (date(2015, 12, 31), date(2016, 1, 4), [2015]),
        (date(2026, 6, 1), date(2028, 3, 1), [2027, 2028]),
    ],
)
def test_count_is_provisional_where_a_notice_is_missing(start, end, years):
    assert PUBLISHED.provisional_years(start, end) == years
    assert PUBLISHED.is_provisional(start, end) is bool(years)


# ---- the rows


@pytest.mark.django_db
@pytest.mark.parametrize("year", KNOWN_YEARS)
def test_new_database_knows_every_day_as_published(year):
    calendar = work_calendar()
    day = date(year, 1, 1)
    while day.year == year:
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert calendar.provisional_years(date(year, 1, 1), date(year, 12, 1)) == []


@pytest.mark.django_db
def test_new_database_names_days_as_the_notices_do():
    names = set(CalendarDay.objects.values_list("name", flat=True))

    assert names == {
        "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "国庆节、中秋节", "中秋节、国庆节",
    }  # fmt: skip
    assert days_of(2026)[date(2026, 2, 14)] == NamedDay("春节", is_working=True)
    assert days_of(2025)[date(2025, 10, 6)] == NamedDay("国庆节、中秋节", is_working=False)
    assert days_of(2020)[date(2020, 10, 1)] == NamedDay("国庆节、中秋节", is_working=False)
    assert days_of(2017)[date(2017, 10, 4)] == NamedDay("中秋节、国庆节", is_working=False)


@pytest.mark.django_db
def test_new_year_in_december_belongs_to_the_notice_of_the_year_that_begins():
    assert CalendarDay.objects.get(day=date(2018, 12, 29)).year_id == 2019
    assert min(days_of(2019)) == date(2018, 12, 29)
    assert max(days_of(2018)) == date(2018, 10, 7)
    assert CalendarDay.objects.exclude(day__year=2016).filter(year=2016).count() == 0


@pytest.mark.django_db
def test_filling_again_leaves_what_the_office_changed():
    CalendarDay.objects.filter(day=date(2026, 1, 1)).update(name="新年")
    CalendarYear.objects.filter(year=2025).delete()
    fill = importlib.import_module("congress_portal.common.migrations.0003_calendar_of_known_years").fill

    fill(apps, None)

    assert CalendarDay.objects.get(day=date(2026, 1, 1)).name == "新年"
    assert len(days_of(2025)) == 33


@pytest.mark.django_db
def test_year_marked_provisional_or_without_days_is_provisional(django_assert_num_queries):
    CalendarYear.objects.filter(year=2025).update(is_provisional=True)
    CalendarYear.objects.create(year=2027, is_provisional=False, source="没有日子")

    with django_assert_num_queries(1):
        calendar = work_calendar()

    assert calendar.provisional_years(date(2024, 1, 1), date(2027, 6, 1)) == [2025, 2027]
    assert not calendar.is_working_day(date(2025, 10, 1))  # what is known of it still counts


@pytest.mark.django_db
def test_next_year_is_offered_once_and_only_one_ahead():
    assert next_year(today=date(2026, 3, 5)) == 2027
    assert years_to_record(today=date(2026, 3, 5)) == [2027, *range(2026, 2015, -1)]
    assert next_year(today=date(2025, 12, 31)) is None

    CalendarYear.objects.create(year=2027)

    assert next_year(today=date(2026, 12, 31)) is None
    assert next_year(today=date(2027, 1, 1)) == 2028
    CalendarYear.objects.all().delete()
    assert next_year(today=date(2026, 3, 5)) == 2026
