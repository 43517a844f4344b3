"""What one person is asked to, and where that person stands with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from deputies.choices import ActivityStatus, Attendance
from deputies.models import Activity, ActivityPlace, Participation, Person
from deputies.selectors.activities import CLOSES_AFTER, sign_in_window, when

# How each state is drawn; the words beside it are the state's own.
CHIP_CODES = {
    Attendance.INVITED: "clock",
    Attendance.SIGNED_UP: "doing",
    Attendance.LEAVE_ASKED: "toassign",
    Attendance.EXCUSED: "moved",
    Attendance.PRESENT: "done",
    Attendance.ABSENT: "new",
}


@dataclass(frozen=True)
class Invitation:
    """One person's invitation to one activity, and which of the three answers are possible now."""

    participation: Participation
    now: datetime

    @property
    def activity(self) -> Activity:
        return self.participation.activity

    @property
    def chip_code(self) -> str:
        return "moved" if self.is_cancelled else CHIP_CODES[Attendance(self.participation.state)]

    @property
    def chip_label(self) -> str:
        if self.is_cancelled:
            return self.activity.get_status_display()
        # Before it is over nobody knows who stays away.
        return self.participation.get_state_display()

    @property
    def is_cancelled(self) -> bool:
        return self.activity.status == ActivityStatus.CANCELLED

    @property
    def is_open(self) -> bool:
        """Announced, and neither held nor cancelled: answers and signing in are still possible."""
        return self.activity.status == ActivityStatus.ANNOUNCED

    @property
    def has_begun(self) -> bool:
        return self.activity.starts_at <= self.now

    @property
    def is_over(self) -> bool:
        return self.activity.ends_at < self.now

    @property
    def is_today(self) -> bool:
        """On a day of the activity (Asia/Shanghai), which may last several."""
        first, last = timezone.localdate(self.activity.starts_at), timezone.localdate(self.activity.ends_at)
        return first <= timezone.localdate(self.now) <= last

    @property
    def awaits_answer(self) -> bool:
        return self.is_open and not self.is_over and self.participation.state == Attendance.INVITED

    @property
    def may_sign_up(self) -> bool:
        """Who asked for leave may come after all."""
        answers = (Attendance.INVITED, Attendance.LEAVE_ASKED, Attendance.EXCUSED)
        return self.is_open and not self.is_over and self.participation.state in answers

    @property
    def may_ask_leave(self) -> bool:
        answers = (Attendance.INVITED, Attendance.SIGNED_UP)
        return self.is_open and not self.is_over and self.participation.state in answers

    @property
    def signs_in_from(self) -> datetime:
        return sign_in_window(self.activity)[0]

    @property
    def may_sign_in(self) -> bool:
        """While the code is shown there."""
        opens, closes = sign_in_window(self.activity)
        return self.is_open and opens <= self.now <= closes and self.participation.state != Attendance.PRESENT

    @property
    def when(self) -> str:
        return when(self.activity)

    @property
    def places(self) -> str:
        """The places in order, as one line."""
        return " → ".join(place.name for place in self.activity.places.all())


def invitations_of(person: Person) -> QuerySet[Participation]:
    """Return what a person may know of being asked to, with the activities; what is only planned is not told yet."""
    return (
        Participation.objects.filter(person=person)
        .exclude(activity__status=ActivityStatus.PLANNED)
        .select_related("activity")
        .prefetch_related(Prefetch("activity__places", ActivityPlace.objects.order_by("position", "pk")))
    )


def coming(person: Person, *, now: datetime) -> list[Invitation]:
    """Return a person's invitations to what is ahead or under way, until signing in ends there; the next first."""
    ahead = invitations_of(person).filter(activity__in=_ahead(now))
    return dressed(ahead.order_by("activity__starts_at", "pk"), now=now)


def past(person: Person, *, now: datetime) -> QuerySet[Participation]:
    """Return the rest: over, held or cancelled, the latest first. Together with ``coming`` it is all."""
    return invitations_of(person).exclude(activity__in=_ahead(now)).order_by("-activity__starts_at", "-pk")


def _ahead(now: datetime) -> QuerySet[Activity]:
    return Activity.objects.filter(status=ActivityStatus.ANNOUNCED, ends_at__gte=now - CLOSES_AFTER)


def dressed(participations: QuerySet[Participation] | Sequence[Participation], *, now: datetime) -> list[Invitation]:
    return [Invitation(participation, now) for participation in participations]
