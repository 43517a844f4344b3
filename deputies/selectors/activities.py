"""Questions about activities: what staff see of one, who could be asked, and who came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from congress_portal.common.templatetags.portal import time_span
from deputies.choices import ActivityFileKind, ActivityStatus, Attendance
from deputies.models import (
    Activity,
    ActivityEvent,
    ActivityFile,
    Batch,
    Mandate,
    Outsiders,
    Participation,
    Person,
)

# Sign-in is possible from this long before the activity until this long after it (local default).
OPENS_BEFORE = timedelta(minutes=60)
CLOSES_AFTER = timedelta(minutes=30)


def when(activity: Activity) -> str:
    """Write from when to when an activity lasts, as 3月5日（周四）上午 9:00—11:00."""
    return time_span(activity.starts_at, activity.ends_at)


def where(activity: Activity) -> str:
    """Write the places of an activity in order."""
    return "、".join(
        place.name for place in sorted(activity.places.all(), key=lambda place: (place.position, place.pk))
    )


def sign_in_window(activity: Activity) -> tuple[datetime, datetime]:
    """Return from when to when people can sign in themselves."""
    return activity.starts_at - OPENS_BEFORE, activity.ends_at + CLOSES_AFTER


def in_office_that_day() -> Exists:
    """Return the condition that a participation is of somebody who held a mandate on the day of the activity.

    Rows of people not in office count nowhere: not in a rate, and they get no line in a file (domain.md, section 3).
    """
    that_day = OuterRef("activity__starts_on")
    mandates = Mandate.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=that_day), starts_on__lte=that_day)
    return Exists(mandates.filter(person=OuterRef("person_id")))


def counted(participations: QuerySet[Participation] | None = None) -> QuerySet[Participation]:
    """Return the participations that count."""
    rows = Participation.objects.all() if participations is None else participations
    return rows.filter(in_office_that_day())


@dataclass(frozen=True)
class AttendanceTally:
    """How many of those invited came. Only people in office that day are in these numbers."""

    invited: int
    present: int
    excused: int
    absent: int
    signed_up: int = 0
    leave_asked: int = 0

    @property
    def unanswered(self) -> int:
        return self.invited - self.present - self.excused - self.absent - self.signed_up - self.leave_asked

    @property
    def rate(self) -> tuple[int, int] | None:
        """The attendance rate (到会率) as numerator and denominator: present of those invited."""
        return (self.present, self.invited) if self.invited else None

    @property
    def rate_without_leave(self) -> tuple[int, int] | None:
        """The same without those who had approved leave; it stands beside the rate."""
        expected = self.invited - self.excused
        return (self.present, expected) if expected > 0 else None


def attendance_of(activities: Activity | QuerySet[Activity]) -> AttendanceTally:
    """Count who was invited and who came to one activity, or to many together. One query."""
    of = {"activity": activities} if isinstance(activities, Activity) else {"activity__in": activities}
    states = counted(Participation.objects.filter(**of)).order_by("state").values_list("state")
    return _tally(Counter(dict(states.annotate(n=Count("pk")))))


def _tally(by_state: Mapping[str, int]) -> AttendanceTally:
    return AttendanceTally(
        invited=sum(by_state.values()),
        present=by_state.get(Attendance.PRESENT, 0),
        excused=by_state.get(Attendance.EXCUSED, 0),
        absent=by_state.get(Attendance.ABSENT, 0),
        signed_up=by_state.get(Attendance.SIGNED_UP, 0),
        leave_asked=by_state.get(Attendance.LEAVE_ASKED, 0),
    )


def with_counts(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add ``invited_count``, ``present_count`` and ``asking_count`` (leave not decided) to each row, in one query."""
    return activities.annotate(
        invited_count=_count(),
        present_count=_count(state=Attendance.PRESENT),
        asking_count=_count(state=Attendance.LEAVE_ASKED),
    )


def _count(**condition: str) -> Coalesce:
    rows = counted(Participation.objects.filter(activity=OuterRef("pk"), **condition)).order_by()
    number = rows.values("activity").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def last_step(activity: Activity) -> int | None:
    """Return the key of the latest event, by which a stale page is told from a fresh one."""
    return activity.events.order_by("-pk").values_list("pk", flat=True).first()


def candidates(activity: Activity) -> list[Person]:
    """Return those in office on the day of the activity who are not asked yet, in the order of their names.

    Each carries the mandates in force that day as ``in_force``. Three queries.
    """
    asked = Participation.objects.filter(activity=activity).values("person")
    people = Person.objects.in_office(activity.starts_on).exclude(pk__in=asked).order_by("sort_key", "pk")
    return list(people.prefetch_related(_in_force(activity)))


def _in_force(activity: Activity, path: str = "mandates") -> Prefetch:
    mandates = Mandate.objects.in_force(activity.starts_on).select_related("group", "community").order_by("kind", "pk")
    return Prefetch(path, mandates, to_attr="in_force")


def participations_of(activity: Activity) -> QuerySet[Participation]:
    """Return everybody asked, in the order of their names; ``is_counted`` says who was in office that day."""
    return (
        Participation.objects.filter(activity=activity)
        .select_related("person", "leave_decided_by", "signed_in_by")
        .annotate(is_counted=in_office_that_day())
        .order_by("person__sort_key", "person_id")
    )


def years_of_activities(*, today: date) -> list[int]:
    """Return the years that have activities, the newest first; the current one always."""
    years = {day.year for day in Activity.objects.dates("starts_on", "year")}
    return sorted(years | {today.year}, reverse=True)


def waiting_for_staff(*, now: datetime) -> QuerySet[Activity]:
    """Return the activities that are over and not put on record."""
    open_statuses = (ActivityStatus.PLANNED, ActivityStatus.ANNOUNCED)
    return Activity.objects.filter(status__in=open_statuses, ends_at__lt=now).order_by("starts_at", "pk")


@dataclass(frozen=True)
class ActivityPage:
    """Everything the page of one activity shows to staff."""

    activity: Activity
    now: datetime
    rows: list[Participation]
    tally: AttendanceTally
    outsiders: list[Outsiders]
    batches: list[Batch]
    photos: list[ActivityFile]
    papers: list[ActivityFile]
    events: list[ActivityEvent]

    @property
    def asking(self) -> list[Participation]:
        """Those whose leave is not decided."""
        return [row for row in self.rows if row.state == Attendance.LEAVE_ASKED]

    @property
    def uncounted(self) -> list[Participation]:
        return [row for row in self.rows if not row.is_counted]  # type: ignore[attr-defined]  # annotated

    @property
    def outsider_count(self) -> int:
        return sum(row.count for row in self.outsiders)

    @property
    def batch_count(self) -> int:
        return len(self.batches)

    @property
    def person_times(self) -> int:
        return sum(row.person_count for row in self.batches)


def activity_page(activity: Activity, *, now: datetime) -> ActivityPage:
    rows = list(participations_of(activity).prefetch_related(_in_force(activity, "person__mandates")))
    counts = Counter(row.state for row in rows if row.is_counted)  # type: ignore[attr-defined]  # annotated
    files = list(activity.files.order_by("created_at", "pk"))
    return ActivityPage(
        activity=activity,
        now=now,
        rows=rows,
        tally=_tally(counts),
        outsiders=list(activity.outsiders.order_by("pk")),
        batches=list(activity.batches.order_by("number")),
        photos=[file for file in files if file.kind == ActivityFileKind.PHOTO],
        papers=[file for file in files if file.kind == ActivityFileKind.PAPER],
        events=list(activity.events.select_related("actor").order_by("-happened_at", "-pk")),
    )


def signed_in_count(activity: Activity) -> int:
    return activity.participations.filter(state=Attendance.PRESENT).count()


def outsider_categories() -> list[str]:
    """Return the categories used before, the most frequent first, to be offered while typing."""
    used = Outsiders.objects.values_list("category").annotate(n=Count("pk")).order_by("-n", "category")
    return [category for category, _ in used[:20]]


def printed(activity: Activity) -> dict[str, Any]:
    """Return what the printed list and the minutes need of an activity."""
    in_force = _in_force(activity, "person__mandates")
    rows = list(counted(participations_of(activity)).prefetch_related(in_force))
    for row in rows:
        person: Any = row.person
        person.offices = "、".join(dict.fromkeys(str(m.get_kind_display()) for m in person.in_force))
    of_state = {state: [row.person.name for row in rows if row.state == state] for state in Attendance}
    return {
        "activity": activity,
        "when": when(activity),
        "where": where(activity),
        "rows": rows,
        "present": of_state[Attendance.PRESENT],
        "excused": of_state[Attendance.EXCUSED],
        "absent": of_state[Attendance.ABSENT],
        "speeches": [row for row in rows if row.spoke],
        "outsiders": list(activity.outsiders.order_by("pk")),
        "narrative_lines": _paragraphs(activity.narrative),
        "minutes_lines": _paragraphs(activity.minutes),
    }


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def residents_coming(activity: Activity) -> int:
    """Return how many residents have a place."""
    taken = activity.sign_ups.filter(cancelled_at__isnull=True)
    return taken.aggregate(n=Coalesce(Sum("head_count"), 0))["n"]
