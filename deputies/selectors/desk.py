"""What waits on the committee's desk of people and what they do together: for the first page of the staff admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deputies.choices import ActivityStatus, Attendance
from deputies.models import Activity, DutyRecord, Participation
from deputies.selectors.activities import waiting_for_staff

NEXT_ACTIVITIES = 3


@dataclass(frozen=True)
class Desk:
    """Lines to confirm, leave to decide on, what is over and not on record, and the next activities, soonest first."""

    duty_count: int
    leave_count: int
    first_leave: Participation | None
    over: list[Activity]
    next_activities: list[Activity]


def desk(*, now: datetime) -> Desk:
    """Gather it in four queries; of leave the activity that begins first is named, to go there.

    Leave is decided on after the activity too: until then it cannot be put on record as held.
    """
    leave = Participation.objects.filter(state=Attendance.LEAVE_ASKED, activity__status=ActivityStatus.ANNOUNCED)
    asked = list(leave.select_related("activity").order_by("activity__starts_at", "pk"))
    return Desk(
        duty_count=DutyRecord.objects.waiting().count(),
        leave_count=len(asked),
        first_leave=asked[0] if asked else None,
        over=list(waiting_for_staff(now=now)),
        next_activities=list(Activity.objects.upcoming(now).order_by("starts_at", "pk")[:NEXT_ACTIVITIES]),
    )
