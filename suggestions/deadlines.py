"""When something is due: pure functions, no clock and no database inside.

Opinions count working days by the calendar that is passed in, proposals the statute's months.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from congress_portal.common.workdays import WorkCalendar, add_months


@dataclass(frozen=True)
class Limit:
    """How long a step may take, by which rule: working days, or calendar months that may move on from a holiday."""

    days: int | None = None
    months: int | None = None
    moves_on: bool = False
    source: str = ""

    @property
    def depends_on_calendar(self) -> bool:
        """Say whether days off and make-up days matter; the statute's months run through them."""
        return self.days is not None or self.moves_on

    @property
    def count(self) -> int:
        return self.days or self.months or 0

    @property
    def unit(self) -> str:
        return "个工作日" if self.days is not None else "个月"

    @property
    def counting(self) -> str:
        return f"从次日起数 {self}" if self.days is not None else f"从当天起算 {self}"

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


def accept_due_on(*, received_on: date, accept_days: int, calendar: WorkCalendar) -> date:
    """Return the last day on which accepting is in time: working days, the day of receipt does not count."""
    return calendar.add_working_days(received_on, accept_days)


def reply_due_on(*, assigned_on: date, limit: Limit, calendar: WorkCalendar) -> date:
    """Return the last day on which the department's reply is in time.

    Working days count from the day after the assignment (local default). Months count from the day of assignment
    (自交办之日起; 代表法 of 2025-03-11, art. 51) and are not moved when they end on a holiday,
    unless the office says so.
    """
    if limit.days is not None:
        return calendar.add_working_days(assigned_on, limit.days)
    due_on = add_months(assigned_on, limit.months or 0)
    return calendar.next_working_day(due_on) if limit.moves_on else due_on


def return_due_on(*, assigned_on: date, return_days: int, calendar: WorkCalendar) -> date:
    """Return the last day on which a department may return a case (local default: seven working days)."""
    return calendar.add_working_days(assigned_on, return_days)


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
