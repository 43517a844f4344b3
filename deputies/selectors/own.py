"""What the page of a deputy or councillor says of that person: the mandates, and the duty file at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from congress_portal.accounts.models import User
from deputies.choices import DutyOutcome, DutyStatus
from deputies.models import DutyRecord, Mandate, Person
from deputies.selectors.duty import DONE

LATEST_LINES = 4

# A line with one of these says that the person was expected somewhere.
EXPECTED = (DutyOutcome.PRESENT, DutyOutcome.EXCUSED, DutyOutcome.ABSENT)


def person_of(user: User) -> Person | None:
    """Return the person whose account this is."""
    return Person.objects.filter(user=user).first()


@dataclass(frozen=True)
class Seat:
    """What somebody sits on, in force today or the last that ended."""

    person: Person | None
    in_force: list[Mandate]
    ended_on: date | None

    @property
    def has_ended(self) -> bool:
        return self.ended_on is not None


def seat_of(user: User, *, today: date) -> Seat:
    """Return the person of an account with the mandates in force today; when there is none, when the last one ended.

    One query for who has a mandate, which is nearly everybody.
    """
    mandates = list(
        Mandate.objects.filter(person__user=user)
        .select_related("person", "group", "community")
        .order_by("kind", "level", "pk")
    )
    if not mandates:
        return Seat(person_of(user), [], None)
    in_force = [
        mandate
        for mandate in mandates
        if mandate.starts_on <= today and (mandate.ends_on is None or mandate.ends_on >= today)
    ]
    past = [mandate.ends_on for mandate in mandates if mandate.ends_on and mandate.ends_on < today]
    return Seat(mandates[0].person, in_force, max(past) if past and not in_force else None)


@dataclass(frozen=True)
class Glance:
    """The year so far in somebody's duty file. Only confirmed lines are counted."""

    year: int
    present: int
    invited: int
    excused: int
    done: int
    waiting: int
    returned: list[DutyRecord]
    latest: list[DutyRecord]


def file_at_a_glance(person: Person, *, today: date) -> Glance:
    """Return the totals of the current year, what was returned to be mended, and the latest lines.

    One query: the lines of this year and the last, which are some dozens, and those that wait for somebody.
    """
    open_lines = Q(status__in=(DutyStatus.LOGGED, DutyStatus.RETURNED))
    lines = list(
        DutyRecord.objects.filter(Q(happened_on__year__gte=today.year - 1) | open_lines, person=person)
        .shown()
        .order_by("-happened_on", "-pk")
    )
    of_year = [line for line in lines if line.happened_on.year == today.year and line.status == DutyStatus.CONFIRMED]
    outcomes = [line.outcome for line in of_year]
    return Glance(
        year=today.year,
        present=outcomes.count(DutyOutcome.PRESENT),
        invited=sum(outcome in EXPECTED for outcome in outcomes),
        excused=outcomes.count(DutyOutcome.EXCUSED),
        done=sum(outcome in DONE for outcome in outcomes),
        waiting=sum(line.status == DutyStatus.LOGGED for line in lines),
        returned=[line for line in lines if line.status == DutyStatus.RETURNED],
        latest=[line for line in lines if line.status != DutyStatus.CORRECTED][:LATEST_LINES],
    )
