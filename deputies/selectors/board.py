"""Questions of the bulletin board (公示栏): who is in office today, and what everybody may read of one person.

Nothing here reads what identifies more than a public office does: no birth date, no account, no number but the one
that very person agreed to publish.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse

from congress_portal.accounts.models import Community
from deputies.choices import CongressLevel, DutyKind, DutyOutcome, DutyStatus, MandateKind
from deputies.models import DeputyGroup, DutyRecord, Mandate, Person

LATEST_ACTIVITIES = 8

# How the congress is called within an office's name; the county is called by its own name where that is known.
_CONGRESS = {
    CongressLevel.NATIONAL: "全国",
    CongressLevel.PROVINCE: "省",
    CongressLevel.CITY: "市",
    CongressLevel.COUNTY: "县（市、区）",
    CongressLevel.TOWNSHIP: "乡镇",
}
_LEVELS = list(CongressLevel)


@dataclass(frozen=True)
class Office:
    """One mandate in words: what it is, and for which district or community."""

    name: str
    seat: str


@dataclass(frozen=True)
class Card:
    """One person on the board, whatever mandates that person holds."""

    person: Person
    offices: tuple[Office, ...]
    groups: tuple[str, ...]
    communities: tuple[str, ...]
    is_deputy: bool
    has_account: bool

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def heading(self) -> str:
        """The group under which the person stands on the board."""
        return self.groups[0] if self.groups else ""

    @property
    def is_in_office(self) -> bool:
        return bool(self.offices)

    @property
    def public_phone(self) -> str:
        return self.person.public_phone

    @property
    def called(self) -> str:
        """How a resident addresses this person."""
        return f"{self.person.name}{'代表' if self.is_deputy else '议事员'}"

    @property
    def photo_url(self) -> str:
        photo = getattr(self.person, "photo", None)
        return reverse("deputies:portrait", args=(photo.pk,)) if photo else ""

    @property
    def url(self) -> str:
        return reverse("deputy_card", args=(self.person.card_code,))

    @property
    def write_url(self) -> str:
        return reverse("suggestions:create_direct", args=(self.person.card_code,))


@dataclass(frozen=True)
class DutyFacts:
    """What a deputy did this year: counts by kind, and the latest activities by title and day."""

    year: int
    counts: tuple[tuple[str, int], ...]
    latest: tuple[tuple[date, str], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.counts)


def people_on_board(
    *,
    today: date,
    kind: MandateKind,
    group: DeputyGroup | None = None,
    community: Community | None = None,
    text: str = "",
) -> QuerySet[Person]:
    """Return who sits as this kind today, by group and then by name, with what a card shows of each.

    ``text`` is looked for in names, communities and districts. Whoever is in no group comes last.
    """
    seats: dict[str, object] = {"kind": kind}
    if group is not None:
        seats["group"] = group
    if community is not None:
        seats["community"] = community
    people = Person.objects.in_office(today, **seats).filter(_holds(text, today=today))
    in_group = (
        Mandate.objects.in_force(today)
        .filter(person=OuterRef("pk"), group__isnull=False)
        .order_by("group__position", "group__name", "pk")
    )
    return _with_card(people, today=today).order_by(
        Subquery(in_group.values("group__position")[:1]).asc(nulls_last=True),
        Subquery(in_group.values("group__name")[:1]).asc(nulls_last=True),
        "sort_key",
        "pk",
    )


def board_counts(
    *, today: date, group: DeputyGroup | None = None, community: Community | None = None, text: str = ""
) -> dict[str, int]:
    """Return how many deputies and how many councillors the same question finds, in one query."""
    seats = Mandate.objects.in_force(today).filter(person=OuterRef("pk"))
    if group is not None:
        seats = seats.filter(group=group)
    if community is not None:
        seats = seats.filter(community=community)
    return Person.objects.filter(_holds(text, today=today)).aggregate(
        **{kind.value: Count("pk", filter=Q(Exists(seats.filter(kind=kind)))) for kind in MandateKind}
    )


def card_with_code(code: str, *, today: date, district_name: str) -> Card | None:
    """Return the card with this code (代表码); None for an unknown code.

    Whoever left office still has a card, an old one: ``is_in_office`` says so.
    """
    people = Person.objects.filter(card_code=code.lower()).exclude(card_code="")
    return next(iter(cards(_with_card(people, today=today), district_name=district_name)), None)


def cards(people: Iterable[Person], *, district_name: str) -> list[Card]:
    """Lay the people of ``people_on_board`` out for a page. No query of its own."""
    return [_card(person, district_name=district_name) for person in people]


def duty_facts(person: Person, *, today: date) -> DutyFacts:
    """Return the facts of a deputy's file that are public (代表法第五十八条：代表基本信息和履职信息): what was done.

    Never an absence, a leave or a score, and of single lines only those that an activity posted, or what staff put in
    their place: their titles are the committee's, while a line of one's own may name a resident.
    """
    done = DutyRecord.objects.counted().filter(person=person, outcome__in=(DutyOutcome.PRESENT, DutyOutcome.DONE))
    by_kind = dict(
        done.filter(happened_on__year=today.year, happened_on__lte=today)
        .values_list("kind")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return DutyFacts(
        year=today.year,
        counts=tuple((kind.label, by_kind[kind]) for kind in DutyKind if kind in by_kind),
        latest=_latest_attended(person, today=today),
    )


def _latest_attended(person: Person, *, today: date) -> tuple[tuple[date, str], ...]:
    """Return the latest lines that stand for an activity, a correction (更正) in the place of what it corrects."""
    lines = DutyRecord.objects.filter(Q(source_key__startswith="activity:") | Q(corrects__isnull=False), person=person)
    columns = ("pk", "corrects", "source_key", "status", "outcome", "happened_on", "title")
    by_pk = {line.pk: line for line in lines.order_by("-happened_on", "-pk").values_list(*columns, named=True)}

    def is_of_activity(line: Any) -> bool:
        while line is not None and not line.source_key:
            line = by_pk.get(line.corrects)  # a line of one's own is not among them
        return line is not None

    standing = (
        (line.happened_on, line.title)
        for line in by_pk.values()
        if line.status == DutyStatus.CONFIRMED
        and line.outcome in (DutyOutcome.PRESENT, DutyOutcome.DONE)
        and line.happened_on <= today
        and is_of_activity(line)
    )
    return tuple(islice(standing, LATEST_ACTIVITIES))


def groups_on_board() -> QuerySet[DeputyGroup]:
    return DeputyGroup.objects.filter(is_active=True).order_by("position", "name")


def communities_on_board() -> QuerySet[Community]:
    return Community.objects.filter(is_active=True).order_by("position", "pk")


def _card(person: Person, *, district_name: str) -> Card:
    mandates = sorted(person.in_force, key=_rank)  # type: ignore[attr-defined]
    groups = sorted(
        {mandate.group for mandate in mandates if mandate.group}, key=lambda group: (group.position, group.name)
    )
    communities = [str(mandate.community) for mandate in mandates if mandate.community]
    return Card(
        person=person,
        offices=tuple(dict.fromkeys(office(mandate, district_name=district_name) for mandate in mandates)),
        groups=tuple(group.name for group in groups),
        communities=tuple(dict.fromkeys(communities)),
        is_deputy=any(mandate.kind == MandateKind.DEPUTY for mandate in mandates),
        has_account=person.user_id is not None,
    )


def _with_card(people: QuerySet[Person], *, today: date) -> QuerySet[Person]:
    in_force = Mandate.objects.in_force(today).select_related("group", "community")
    return people.select_related("photo").prefetch_related(Prefetch("mandates", in_force, to_attr="in_force"))


def _holds(text: str, *, today: date) -> Q:
    if not text:
        return Q()
    seats = Mandate.objects.in_force(today).filter(person=OuterRef("pk"))
    return Q(name__icontains=text) | Q(
        Exists(seats.filter(Q(community__name__icontains=text) | Q(district__icontains=text)))
    )


def _rank(mandate: Mandate) -> tuple[int, int, int]:
    """Deputies' mandates first, the highest congress before the others."""
    level = _LEVELS.index(CongressLevel(mandate.level)) if mandate.level else len(_LEVELS)
    return (mandate.kind != MandateKind.DEPUTY, level, mandate.pk)


def office(mandate: Mandate, *, district_name: str) -> Office:
    """Write a mandate as the board does, such as 安澜区第十五届人大代表 of 第 1 选区."""
    seat = mandate.district or str(mandate.community or "")
    if mandate.kind == MandateKind.COUNCILLOR:
        return Office(f"{mandate.term}居民议事员", seat)
    level = CongressLevel(mandate.level)
    if level == CongressLevel.COUNTY and district_name:
        return Office(f"{district_name}{mandate.term}人大代表", seat)
    return Office(f"{mandate.term}{_CONGRESS[level]}人大代表", seat)
