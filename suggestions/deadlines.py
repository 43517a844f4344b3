"""When something is due: pure functions, no clock and no database inside.

This version counts calendar days, with a number of days per channel that the office edits (``ReplyTerm``).
Days off, make-up working days and the statutory months of proposals come behind these same functions.
"""

from datetime import date, timedelta


def accept_due_on(*, received_on: date, accept_days: int) -> date:
    """Return the last day on which accepting is in time; the day of receipt does not count."""
    return received_on + timedelta(days=accept_days)


def reply_due_on(*, assigned_on: date, reply_days: int) -> date:
    """Return the last day on which the department's reply is in time.

    The day of assignment does not count (自交办之日起，次日起算; local default).
    """
    return assigned_on + timedelta(days=reply_days)


def evaluation_due_on(*, replied_on: date, evaluate_days: int) -> date:
    """Return the last day on which the resident is asked to evaluate; afterwards staff may close the case."""
    return replied_on + timedelta(days=evaluate_days)


def retention_ends_on(*, today: date, years: int) -> date:
    """Return the last day on which a case may have ended for its personal data to be erased today.

    The law leaves the period to the purpose (个人信息保护法第十九条); the number of years is the office's setting.
    """
    try:
        return today.replace(year=today.year - years) - timedelta(days=1)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)


def days_left(due_on: date, *, today: date) -> int:
    """Return the calendar days until the due day ends: 0 on the day itself, negative when it has passed."""
    return (due_on - today).days
