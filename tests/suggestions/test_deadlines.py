"""Due days on the days that go wrong elsewhere: long holidays, make-up days, month ends, the turn of the year.

The calendar is the seeded one: for 2026 the notice of the State Council (国办发明电〔2025〕7号).
"""

from datetime import date

import pytest

from congress_portal.common.calendar_rows import work_calendar
from suggestions import deadlines
from suggestions.deadlines import Limit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("assigned_on", "days", "due_on"),
    [
        (date(2026, 3, 3), 15, date(2026, 3, 24)),  # three ordinary weeks
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # assigned on a Saturday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday, 14 February: worked for the Spring Festival
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # nine days off, 15 to 23 February
        (date(2026, 2, 13), 6, date(2026, 2, 28)),  # Saturday, 28 February: worked as well
        (date(2026, 2, 13), 15, date(2026, 3, 12)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # Sunday, 20 September: worked for the National Day
        (date(2026, 9, 18), 15, date(2026, 10, 15)),  # 25 to 27 September, 1 to 7 October; 10 October worked
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the eve of the long holiday
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # 1 to 3 January off, Sunday the 4th worked
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # no notice for 2027 yet: by the week, and said to be provisional
    ],
)
def test_reply_within_working_days(assigned_on, days, due_on):
    assert deadlines.reply_due_on(assigned_on=assigned_on, limit=Limit(days=days), calendar=work_calendar()) == due_on


@pytest.mark.parametrize(
    ("assigned_on", "months", "due_on"),
    [
        (date(2026, 3, 3), 3, date(2026, 6, 3)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),  # a leap year
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),  # over the turn of the year
        (date(2026, 7, 1), 3, date(2026, 10, 1)),  # the National Day itself: months are not moved
        (date(2026, 8, 15), 6, date(2027, 2, 15)),
    ],
)
def test_reply_within_months_ends_on_the_same_number_of_the_month(assigned_on, months, due_on):
    limit = Limit(months=months)
    assert deadlines.reply_due_on(assigned_on=assigned_on, limit=limit, calendar=work_calendar()) == due_on


@pytest.mark.parametrize(
    ("assigned_on", "due_on"),
    [
        (date(2026, 7, 1), date(2026, 10, 8)),  # past the long holiday
        (date(2026, 7, 10), date(2026, 10, 10)),  # a Saturday, but worked
        (date(2026, 7, 11), date(2026, 10, 12)),  # a Sunday
        (date(2026, 7, 13), date(2026, 10, 13)),
    ],
)
def test_months_move_on_from_a_holiday_where_the_office_says_so(assigned_on, due_on):
    limit = Limit(months=3, moves_on=True)
    assert deadlines.reply_due_on(assigned_on=assigned_on, limit=limit, calendar=work_calendar()) == due_on


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 1, 31), date(2026, 2, 3)),  # a Saturday
        (date(2026, 2, 13), date(2026, 2, 24)),  # a Friday; the Saturday is worked, then nine days off
        (date(2026, 2, 16), date(2026, 2, 25)),  # 除夕: nothing is counted before the 24th
        (date(2026, 9, 30), date(2026, 10, 9)),
        (date(2026, 10, 8), date(2026, 10, 10)),
    ],
)
def test_accepting_within_two_working_days(received_on, due_on):
    assert deadlines.accept_due_on(received_on=received_on, accept_days=2, calendar=work_calendar()) == due_on


@pytest.mark.parametrize(
    ("assigned_on", "last_day"),
    [
        (date(2026, 3, 3), date(2026, 3, 12)),
        (date(2026, 2, 11), date(2026, 2, 27)),  # 12, 13 and 14 February, then 24 to 27
        (date(2026, 9, 28), date(2026, 10, 13)),  # 29, 30 September, 8, 9, 10 (worked), 12 and 13 October
    ],
)
def test_returning_within_seven_working_days(assigned_on, last_day):
    assert deadlines.return_due_on(assigned_on=assigned_on, return_days=7, calendar=work_calendar()) == last_day


@pytest.mark.parametrize(
    ("replied_on", "last_day"),
    [
        (date(2026, 12, 25), date(2027, 1, 4)),
        (date(2026, 9, 28), date(2026, 10, 8)),  # calendar days: a resident evaluates on days off too
        (date(2026, 2, 13), date(2026, 2, 23)),
    ],
)
def test_evaluating_within_ten_calendar_days(replied_on, last_day):
    assert deadlines.evaluation_due_on(replied_on=replied_on, evaluate_days=10) == last_day
