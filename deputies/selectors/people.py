"""People on file, what they sit on, and their portraits, as the staff's pages ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from deputies.choices import CongressLevel, MandateKind
from deputies.models import DeputyGroup, Mandate, Person, PersonPhoto

COUNCIL = "居民议事会"


@dataclass(frozen=True)
class Term:
    """One term of one body with those in office in it. ``level`` is empty for the residents' council."""

    level: str
    name: str
    count: int

    @property
    def code(self) -> str:
        """Return the term as one word of an address or a form."""
        return f"{self.level}:{self.name}"

    @property
    def body(self) -> str:
        return f"{CongressLevel(self.level).label}人大代表" if self.level else COUNCIL

    @property
    def label(self) -> str:
        return f"{self.body}{self.name or '（没有写届次）'}"


def photo_of(person: Person) -> PersonPhoto | None:
    """Return somebody's portrait, if there is one."""
    return PersonPhoto.objects.filter(person=person).first()


def terms_in_force(on: date) -> list[Term]:
    """Return the terms that anybody sits in on that day: congresses from the top down, then the residents' council."""
    return _terms(Mandate.objects.in_force(on))


def terms_on_file() -> list[Term]:
    """Return every term that is on file, past ones too."""
    return _terms(Mandate.objects.all())


def members_in_force(*, level: str, on: date) -> QuerySet[Mandate]:
    """Return the mandates of one body in force on that day, in the order of the names: whom a new term touches."""
    kind = MandateKind.DEPUTY if level else MandateKind.COUNCILLOR
    in_force = Mandate.objects.filter(kind=kind, level=level).in_force(on)
    return in_force.select_related("person", "group", "community").order_by("person__sort_key", "pk")


def mandates_to_end(person: Person, *, today: date) -> QuerySet[Mandate]:
    """Return what somebody sits on and has not ended yet; what begins later is among it."""
    return Mandate.objects.filter(person=person).exclude(ends_on__lt=today).order_by("kind", "starts_on", "pk")


def leads_in_office(on: date) -> Exists:
    """Say of a group, as an annotation, whether its leader holds a mandate in it on that day."""
    return Exists(Mandate.objects.filter(person=OuterRef("leader"), group=OuterRef("pk")).in_force(on))


def members_of_group(on: date) -> Coalesce:
    """Count for a group, as an annotation, the people who hold a mandate in it on that day."""
    seated = Mandate.objects.filter(group=OuterRef("pk")).in_force(on).order_by()
    counted = seated.values("group").annotate(people=Count("person", distinct=True)).values("people")
    return Coalesce(Subquery(counted), 0)


def is_in_office_there(person: Person, group: DeputyGroup, *, on: date) -> bool:
    """Say whether somebody holds a mandate in that group on that day."""
    return Mandate.objects.filter(person=person, group=group).in_force(on).exists()


def _terms(mandates: QuerySet[Mandate]) -> list[Term]:
    counted = mandates.values("level", "term").annotate(people=Count("person", distinct=True)).order_by()
    levels = [*CongressLevel.values, ""]
    terms = [Term(row["level"], row["term"], row["people"]) for row in counted]
    return sorted(terms, key=lambda term: (levels.index(term.level), term.name))
