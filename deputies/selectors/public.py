"""What everybody may know of activities: the public calendar, the page of one, and residents' seats."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from congress_portal.common.calendar_entries import CalendarEntry
from congress_portal.common.codes import CodeKind
from deputies.choices import ActivityStatus, ActivityStep
from deputies.models import Activity, ActivityEvent, ActivityPlace, ResidentSignUp

# 41.3 random bits, and the last four digits of the number beside it.
SEAT_CODES = CodeKind("seat", random_length=9, group=5)


def public_activities() -> QuerySet[Activity]:
    """Return the activities on the public calendar, each with its places in order and ``taken``, the seats given away.

    One that was cancelled stays, so that people read it, but not one that nobody had been told of.
    """
    announced = ActivityEvent.objects.filter(activity=OuterRef("pk"), kind=ActivityStep.ANNOUNCED)
    sign_ups = ResidentSignUp.objects.filter(activity=OuterRef("pk"), cancelled_at__isnull=True)
    heads = sign_ups.order_by().values("activity").annotate(heads=Sum("head_count")).values("heads")
    return (
        Activity.objects.open_to_residents()
        .filter(~Q(status=ActivityStatus.CANCELLED) | Exists(announced))
        .annotate(taken=Coalesce(Subquery(heads), 0))
        .prefetch_related(Prefetch("places", ActivityPlace.objects.order_by("position", "pk")))
    )


def public_events(start: date, end: date) -> list[CalendarEntry]:
    """Return what of this app stands on the public calendar from the first day to the last. Two queries."""
    begin = timezone.make_aware(datetime.combine(start, time.min))
    after = timezone.make_aware(datetime.combine(end + timedelta(days=1), time.min))
    activities = public_activities().filter(starts_at__lt=after, ends_at__gte=begin).order_by("starts_at", "pk")
    return [_entry(activity) for activity in activities]


def public_activity(pk: int) -> Activity | None:
    """Return one activity of the public calendar."""
    return public_activities().filter(pk=pk).first()


def seats_left(activity: Activity) -> int | None:
    """Return how many seats residents can still take, or None when there is no limit."""
    if activity.seats is None:
        return None
    taken = getattr(activity, "taken", None)
    if taken is None:
        active = activity.sign_ups.filter(cancelled_at__isnull=True)
        taken = active.aggregate(heads=Sum("head_count", default=0))["heads"]
    return max(activity.seats - taken, 0)


def find_seat(*, code: str, phone_tail: str) -> ResidentSignUp | None:
    """Return what a code and the last four digits of a number stand for; a miss does not say which was wrong.

    What was given up has no number any more: then the code alone finds it, to be told so a second time.
    """
    if not SEAT_CODES.is_well_formed(code) or len(phone_tail) != 4:
        return None
    belongs = Q(phone__endswith=phone_tail) | Q(phone="", cancelled_at__isnull=False)
    found = ResidentSignUp.objects.filter(belongs, code_digest__in=SEAT_CODES.digests(code))
    return found.select_related("activity").first()


def sign_ups_of(activity: Activity) -> dict[str, Any]:
    """Return what the staff's page of residents' sign-ups shows: those who come, and how many there are. One query."""
    rows = list(activity.sign_ups.order_by("created_at", "pk"))
    coming = [row for row in rows if row.cancelled_at is None]
    return {
        "coming": coming,
        "head_count": sum(row.head_count for row in coming),
        "cancelled_count": len(rows) - len(coming),
        "is_erased": bool(coming) and not any(row.phone for row in coming),
    }


def _entry(activity: Any) -> CalendarEntry:
    places = list(activity.places.all())
    is_cancelled = activity.status == ActivityStatus.CANCELLED
    is_held = activity.status == ActivityStatus.HELD
    left = None if is_cancelled or is_held else seats_left(activity)
    return CalendarEntry(
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        title=activity.title,
        kind_label=activity.get_kind_display(),
        places=tuple(place.name for place in places),
        url=reverse("calendar_activity", args=(activity.pk,)),
        seats_left=left,
        is_cancelled=is_cancelled,
        community_ids=frozenset(place.community_id for place in places if place.community_id),
        note="已取消" if is_cancelled else "已举行" if is_held else "名额已满" if left == 0 else "",
    )
