"""Activities in every state, through the real verbs, around Thursday, 5 March 2026, 10:00, which is today.

An inspection of 6 March, planned on 2 March; one of 4 March that is over; each asks chen and lin, deputies, and he, a
councillor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from congress_portal.accounts.models import User
from deputies import workflow
from deputies.choices import ActivityKind, Attendance
from deputies.models import Activity, Participation, Person
from tests.suggestions.story import TODAY, moment

PLANNED_ON = moment(3, 2)
TOLD_ON = moment(3, 3)
COMING = moment(3, 6, 9)
BEGUN = TODAY - timedelta(minutes=30)
PAST = moment(3, 4, 9)
LONG = timedelta(hours=2)
STATES = ("planned", "announced", "held", "cancelled")


@dataclass(frozen=True)
class Meetings:
    """Who organises, and who is asked."""

    clerk: User
    people: list[Person]

    def plan(self, *, starts_at: datetime = COMING, now: datetime = PLANNED_ON, **changed: Any) -> Activity:
        fields = {
            "kind": ActivityKind.INSPECTION,
            "title": "视察凤鸣河排水口",
            "starts_at": starts_at,
            "ends_at": starts_at + LONG,
            "places": ["凤鸣河北闸", "污水泵站"],
        }
        return workflow.plan_activity(**fields | changed, by=self.clerk, now=now)

    def announce(self, *, people: list[Person] | None = None, **changed: Any) -> Activity:
        asked = self.people if people is None else people
        return workflow.announce_activity(self.plan(**changed), people=asked, by=self.clerk, now=TOLD_ON)

    def begun(self, **changed: Any) -> Activity:
        """Announced, and going on now."""
        return self.announce(starts_at=BEGUN, **changed)

    def hold(self, *, states: dict[Person, Attendance] | None = None, **changed: Any) -> Activity:
        activity = self.announce(starts_at=PAST, **changed)
        seen = {person.pk: state for person, state in (states or {}).items()}
        workflow.record_attendance(activity, states=seen, by=self.clerk, now=PAST)
        return workflow.record_held(activity, by=self.clerk, now=PAST + LONG)

    def in_state(self, state: str, **changed: Any) -> Activity:
        if state == "planned":
            return self.plan(**changed)
        if state == "announced":
            return self.announce(**changed)
        if state == "held":
            return self.hold(**changed)
        return workflow.cancel_activity(self.announce(**changed), reason="改期", by=self.clerk, now=TOLD_ON)


def row_of(activity: Activity, person: Person) -> Participation:
    return Participation.objects.get(activity=activity, person=person)


def steps_of(activity: Activity) -> list[str]:
    return list(activity.events.order_by("pk").values_list("kind", flat=True))


def told(user: User) -> list[str]:
    """Return the subjects of what somebody was told, sorted: the clock stands still, so that they have no order."""
    return sorted(user.portal_messages.values_list("subject", flat=True))
