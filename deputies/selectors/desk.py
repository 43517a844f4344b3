"""What waits on the committee's desk of people and what they do together: for the first page of the staff admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deputies.choices import Attendance
from deputies.models import Activity, DutyRecord, Participation

NEXT_ACTIVITIES = 3


@dataclass(frozen=True)
class Desk:
    """Lines to confirm, leave to decide on, and the next activities, soonest first."""

    duty_count: int
    leave_count: int
    first_leave: Participation | None
    next_activities: list[Activity]


def desk(*, now: datetime) -> Desk:
    """Gather it in three queries; of leave the activity that begins first is named, to go there."""
    leave = Participation.objects.filter(state=Attendance.LEAVE_ASKED, activity__in=Activity.objects.upcoming(now))
    asked = list(leave.select_related("activity").order_by("activity__starts_at", "pk"))
    return Desk(
        duty_count=DutyRecord.objects.waiting().count(),
        leave_count=len(asked),
        first_leave=asked[0] if asked else None,
        next_activities=list(Activity.objects.upcoming(now).order_by("starts_at", "pk")[:NEXT_ACTIVITIES]),
    )
