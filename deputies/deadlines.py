"""The days and terms of what deputies and councillors do: pure functions, no clock and no database inside."""

from __future__ import annotations

from datetime import date, timedelta

from congress_portal.common.workdays import add_months

# How long names and numbers of residents who signed up are kept after the activity: long enough to call somebody back
# about it. Local default, told on the privacy page; 个人信息保护法第十九条 asks for the shortest time necessary.
SIGN_UP_KEPT_DAYS = 30

# How many people a resident may bring under one number. Local default.
MOST_HEADS = 5


def sign_ups_erasable_until(*, today: date) -> date:
    """Return the last day an activity can have ended on for its residents' names and numbers to be erased today."""
    return today - timedelta(days=SIGN_UP_KEPT_DAYS + 1)


def report_due_on(*, starts_on: date, ends_on: date | None, within_years: int) -> date:
    """Return the last day on which a deputy's first report to the voters in this mandate is in time (述职).

    Within so many years of taking office (``Committee.report_within_years``, a local rule), never after its last day.
    """
    due_on = add_months(starts_on, 12 * within_years)
    return due_on if ends_on is None else min(due_on, ends_on)
