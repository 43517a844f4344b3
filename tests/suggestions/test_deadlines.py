"""Due days on the days that go wrong elsewhere: month ends, the leap day, the turn of the year."""

from datetime import date

import pytest

from suggestions import deadlines


@pytest.mark.parametrize(
    ("assigned_on", "days", "due_on"),
    [
        (date(2026, 1, 31), 21, date(2026, 2, 21)),
        (date(2026, 1, 31), 28, date(2026, 2, 28)),
        (date(2026, 1, 31), 29, date(2026, 3, 1)),
        (date(2028, 1, 31), 29, date(2028, 2, 29)),  # a leap year
        (date(2028, 2, 29), 1, date(2028, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 12, 10), 21, date(2026, 12, 31)),
        (date(2026, 12, 11), 21, date(2027, 1, 1)),
        # Calendar days: neither the Spring Festival of 2026 (15 to 23 February) nor the Saturday worked for it matters.
        (date(2026, 2, 13), 21, date(2026, 3, 6)),
    ],
)
def test_reply_is_due_calendar_days_after_the_assignment(assigned_on, days, due_on):
    assert deadlines.reply_due_on(assigned_on=assigned_on, reply_days=days) == due_on


def test_accepting_on_the_last_of_january_is_due_in_february():
    assert deadlines.accept_due_on(received_on=date(2026, 1, 31), accept_days=2) == date(2026, 2, 2)


def test_evaluating_over_the_turn_of_the_year():
    assert deadlines.evaluation_due_on(replied_on=date(2026, 12, 25), evaluate_days=10) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("today", "days"), [(date(2028, 2, 28), 2), (date(2028, 3, 1), 0), (date(2028, 3, 2), -1), (date(2027, 12, 31), 61)]
)
def test_days_left_is_zero_on_the_due_day_itself(today, days):
    assert deadlines.days_left(date(2028, 3, 1), today=today) == days
