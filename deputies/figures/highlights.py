"""What the summary tells of single activities: those marked for it, and each mass visit with its own batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, OuterRef, QuerySet, Subquery, Sum, Value, When

from congress_portal.common.figures import Figure, Period
from deputies.choices import ActivityKind, ActivityStatus, Attendance, MandateKind
from deputies.figures.counting import in_office_then, span_of
from deputies.models import Activity, Batch, Outsiders, Participation


@dataclass(frozen=True)
class Company:
    """Who went along to an activity: what they are called, and how many."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class Told:
    """One activity that the summary tells of in a sentence of its own."""

    activity: Activity
    places: tuple[str, ...]
    company: tuple[Company, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(one.figure for one in self.company)


@dataclass(frozen=True)
class MassVisit:
    """One mass visit with the batches of the year."""

    activity: Activity
    places: tuple[str, ...]
    batches: Figure
    person_times: Figure


def told_singly(*, year: int) -> list[Told]:
    """Return the year's activities that staff marked for the summary, in order of time; four queries."""
    marked = _of(Activity.objects.filter(in_summary=True, starts_on__range=span_of(year)))
    marked = marked.exclude(kind=ActivityKind.MASS_VISIT)
    activities = list(marked.prefetch_related("places"))
    company: dict[int, list[Company]] = {activity.pk: [] for activity in activities}
    by_pk = {activity.pk: activity for activity in activities}
    for pk, kind, count in _present(activities):
        name = MandateKind(kind).label
        company[pk].append(
            _company(by_pk[pk], kind, name, count, "名", "到场的，兼任的按人大代表算，只计当天在任的人。")
        )
    outsiders = Outsiders.objects.filter(activity__in=activities).order_by("pk")
    for pk, outsiders_pk, category, count in outsiders.values_list("activity", "pk", "category", "count"):
        key = f"outsiders.{outsiders_pk}"
        company[pk].append(_company(by_pk[pk], key, category, count, "名", "一起参加的其他人员，由工委登记人数。"))
    return [
        Told(
            activity,
            _places(activity),
            tuple(company[activity.pk]),
        )
        for activity in activities
    ]


def mass_visits(*, year: int) -> list[MassVisit]:
    """Return each mass visit that had batches in the year, in order of time, with two queries."""
    span = span_of(year)
    batches = Batch.objects.filter(activity=OuterRef("pk"), held_on__range=span).values("activity")
    visits = _of(Activity.objects.filter(kind=ActivityKind.MASS_VISIT)).annotate(
        batch_count=Subquery(batches.annotate(n=Count("pk")).values("n")),
        head_count=Subquery(batches.annotate(n=Sum("person_count")).values("n")),
    )
    return [
        MassVisit(
            visit,
            _places(visit),
            _figure(visit, "batches", "批次", visit.batch_count, "批次", "这项活动当年的批次，按每一批的日期。"),
            _figure(visit, "person_times", "人次", visit.head_count, "人次", "这项活动当年各批的人次相加。"),
        )
        for visit in visits.filter(batch_count__gt=0).prefetch_related("places")
    ]


def figures_of(told: Iterable[Told], visits: Iterable[MassVisit]) -> list[Figure]:
    """Return the figures of these single activities; each opens the page of its activity."""
    return [figure for one in told for figure in one.figures] + [
        figure for visit in visits for figure in (visit.batches, visit.person_times)
    ]


def _of(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    return activities.filter(status=ActivityStatus.HELD).order_by("starts_at", "pk")


def _places(activity: Activity) -> tuple[str, ...]:
    return tuple(place.name for place in sorted(activity.places.all(), key=lambda place: (place.position, place.pk)))


def _present(activities: Iterable[Activity]) -> QuerySet[Participation, tuple[int, str, int]]:
    """Return how many deputies, and how many who were councillors only, came to each activity."""
    deputy = in_office_then("activity__starts_on", kind=MandateKind.DEPUTY)
    present = Participation.objects.filter(
        in_office_then("activity__starts_on"), activity__in=activities, state=Attendance.PRESENT
    )
    as_what = Case(
        When(deputy, then=Value(MandateKind.DEPUTY)), default=Value(MandateKind.COUNCILLOR), output_field=CharField()
    )
    # Deputies come first, as in every text of a congress; "deputy" sorts behind "councillor".
    return (
        present.annotate(as_what=as_what)
        .values_list("activity", "as_what")
        .annotate(Count("pk"))
        .order_by("activity", "-as_what")
    )


def _company(activity: Activity, key: str, name: str, count: int, unit: str, definition: str) -> Company:
    return Company(name, _figure(activity, key, name, count, unit, definition))


def _figure(activity: Activity, key: str, name: str, value: int, unit: str, definition: str) -> Figure:
    return Figure.count(
        f"deputies.activity.{activity.pk}.{key}",
        f"{activity.title}，{name}",
        value,
        unit=unit,
        definition=definition,
        period=Period.year(activity.starts_on.year),
        query=activity.get_absolute_url(),
    )
