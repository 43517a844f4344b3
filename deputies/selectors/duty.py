"""Questions about duty files (履职档案): a person's lines and totals, what waits for staff, files to be printed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear

from deputies.choices import DutyKind, DutyOutcome, DutyStatus, DutyStep
from deputies.models import DutyEvent, DutyPhoto, DutyRecord, Mandate, Person

MONTHS = range(1, 13)
# With one of these the person was there or did it; the other outcomes say why not.
DONE = frozenset({DutyOutcome.PRESENT, DutyOutcome.DONE})


@dataclass(frozen=True)
class Cell:
    """How many lines of a file say the same."""

    year: int
    month: int
    kind: DutyKind
    outcome: DutyOutcome
    status: DutyStatus
    count: int

    @property
    def is_done(self) -> bool:
        return self.status == DutyStatus.CONFIRMED and self.outcome in DONE


@dataclass(frozen=True)
class Totals:
    """Counted are confirmed lines alone: what was done, and where somebody was missed with and without leave."""

    done: int = 0
    excused: int = 0
    absent: int = 0

    @property
    def in_words(self) -> str:
        parts = [f"履职 {self.done} 次"]
        parts += [f"请假 {self.excused} 次"] if self.excused else []
        parts += [f"缺席 {self.absent} 次"] if self.absent else []
        return "，".join(parts)


@dataclass(frozen=True)
class KindTotals:
    """One kind of duty: how often it was done in each year."""

    label: str
    by_year: dict[int, int]

    @property
    def sum(self) -> int:
        return sum(self.by_year.values())


@dataclass(frozen=True)
class MonthBox:
    """One of the twelve months of a year, with how often the person did something in it."""

    number: int
    count: int


@dataclass
class YearOfDuty:
    year: int
    totals: Totals
    boxes: list[MonthBox]

    @property
    def active_months(self) -> int:
        return sum(1 for box in self.boxes if box.count)


@dataclass(frozen=True)
class Line:
    """A line as a page shows it. Of one that was corrected: by whom, when, and why."""

    record: DutyRecord
    correction: DutyEvent | None
    photos: list[DutyPhoto]

    @property
    def is_struck(self) -> bool:
        return self.record.status == DutyStatus.CORRECTED

    @property
    def missed(self) -> str:
        """Say that somebody was not there; empty for everything done."""
        return "" if self.record.outcome in DONE else self.record.get_outcome_display()


@dataclass(frozen=True)
class Month:
    number: int
    lines: list[Line]


@dataclass
class DutyFile:
    """A person's file: every year's totals, and the lines of some years, newest first."""

    person: Person
    years: list[YearOfDuty]
    kinds: list[KindTotals]
    waiting_count: int
    returned: list[Line] = field(default_factory=list)
    months: dict[int, list[Month]] = field(default_factory=dict)

    @property
    def totals(self) -> Totals:
        return Totals(
            sum(year.totals.done for year in self.years),
            sum(year.totals.excused for year in self.years),
            sum(year.totals.absent for year in self.years),
        )

    def year(self, number: int) -> YearOfDuty | None:
        return next((year for year in self.years if year.year == number), None)

    def kinds_of(self, year: int) -> list[tuple[str, int, int]]:
        """Return the kinds ever done: label, how often in the year, how often in all years."""
        return [(kind.label, kind.by_year.get(year, 0), kind.sum) for kind in self.kinds]


def duty_file(person: Person, *, today: date, year: int | None = None) -> DutyFile:
    """Return a person's file with the lines of one year, the current one unless told.

    Four queries, six with corrections.

    The years are those with a line, and the current one. ``returned`` holds the lines that wait for the person,
    whatever their year.
    """
    year = year or today.year
    shown = DutyRecord.objects.filter(person=person).shown()
    cells = [
        Cell(
            row["year"],
            row["month"],
            DutyKind(row["kind"]),
            DutyOutcome(row["outcome"]),
            DutyStatus(row["status"]),
            row["count"],
        )
        for row in shown.annotate(year=ExtractYear("happened_on"), month=ExtractMonth("happened_on"))
        .values("year", "month", "kind", "outcome", "status")
        .annotate(count=Count("pk"))
        .order_by()
    ]
    file = _totals(person, cells, years={today.year})
    lines = _lines(shown.filter(Q(happened_on__year=year) | Q(status=DutyStatus.RETURNED)))
    file.returned = [line for line in lines if line.record.status == DutyStatus.RETURNED]
    file.months = _by_month(line for line in lines if line.record.happened_on.year == year)
    return file


def printed_files(people: Sequence[Person], *, year: int | None) -> list[DutyFile]:
    """Return the files of these people as they are printed, in their order: confirmed and corrected lines alone.

    With the lines of one year, or of all. Three queries for all of them together, five with corrections.
    """
    records = DutyRecord.objects.filter(
        person__in=people, status__in=(DutyStatus.CONFIRMED, DutyStatus.CORRECTED)
    ).order_by("person_id", "-happened_on", "-pk")
    if year is not None:
        records = records.filter(happened_on__year=year)
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in _lines(records):
        lines[line.record.person_id].append(line)
    files = []
    for person in people:
        of_person = lines[person.pk]
        file = _totals(person, map(_cell, (line.record for line in of_person)), years=set() if year is None else {year})
        file.months = _by_month(of_person)
        files.append(file)
    return files


def duty_totals(person: Person, year: int) -> Totals:
    """Return what a person did in a year. One query."""
    of_year = DutyRecord.objects.filter(person=person, happened_on__year=year).counted()
    counts = of_year.aggregate(
        done=Count("pk", filter=Q(outcome__in=DONE)),
        excused=Count("pk", filter=Q(outcome=DutyOutcome.EXCUSED)),
        absent=Count("pk", filter=Q(outcome=DutyOutcome.ABSENT)),
    )
    return Totals(**counts)


def status_counts() -> dict[str, int]:
    """Return how many lines there are of each status, for the tabs above the staff's list. One query."""
    rows = DutyRecord.objects.values_list("status").annotate(count=Count("pk")).order_by()
    return dict.fromkeys(DutyStatus.values, 0) | dict(rows)


def waiting_count() -> int:
    """Return how many lines wait for staff."""
    return DutyRecord.objects.waiting().count()


def years_on_file(*, today: date) -> list[int]:
    """Return the years somebody did something in, newest first, and the current one."""
    found = DutyRecord.objects.shown().dates("happened_on", "year")
    return sorted({today.year, *(day.year for day in found)}, reverse=True)


def history(record: DutyRecord) -> list[DutyEvent]:
    """Return what happened to a line, newest first."""
    return list(record.events.select_related("actor").order_by("-happened_at", "-pk"))


def last_step(record: DutyRecord) -> int | None:
    """Return the number of the last thing that happened to a line."""
    return record.events.order_by("-pk").values_list("pk", flat=True).first()


def newest_step() -> int:
    """Return the number of the last thing that happened to any line: whoever reads a list now has seen up to it."""
    return DutyEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def photos_of(record: DutyRecord) -> list[DutyPhoto]:
    """Return the photos of a line; a correction (更正) shows those of the line it corrects, where the files stay."""
    root = _roots([record]).get(record.pk, record.pk)
    return list(DutyPhoto.objects.filter(record=root).order_by("created_at", "pk"))


def is_correction(record: DutyRecord) -> bool:
    """Say whether a line began as a correction, also one whose line stands again and was corrected anew since."""
    first = record.events.order_by("pk").values_list("kind", flat=True).first()
    return record.corrects_id is not None or first == DutyStep.CORRECTED


def people_to_print(*, group_id: int | None, today: date, year: int | None) -> QuerySet[Person]:
    """Return whose files a bound book holds, by name: those in office today, or at any time in a year that is over.

    Of one group, or of all groups and none.
    """
    mandates = Mandate.objects.all() if group_id is None else Mandate.objects.filter(group=group_id)
    if year is None or year >= today.year:
        mandates = mandates.in_force(today)
    else:
        still_there = Q(ends_on__isnull=True) | Q(ends_on__gte=date(year, 1, 1))
        mandates = mandates.filter(still_there, starts_on__lte=date(year, 12, 31))
    return Person.objects.filter(pk__in=mandates.values("person")).order_by("sort_key", "pk")


def head_of(person: Person) -> list[tuple[Mandate, str]]:
    """Return the mandates of a file's head, newest first, each with its district and community."""
    mandates = sorted(person.mandates.all(), key=lambda mandate: (mandate.starts_on, mandate.pk), reverse=True)
    return [
        (mandate, "，".join(filter(None, (mandate.district, str(mandate.community or ""))))) for mandate in mandates
    ]


# ---- what they are made of


def _lines(records: QuerySet[DutyRecord]) -> list[Line]:
    corrections = DutyEvent.objects.filter(kind=DutyStep.CORRECTED).select_related("actor").order_by("-pk")
    found = (
        records.select_related("logged_by")
        .prefetch_related(Prefetch("events", corrections, to_attr="corrections"), "photos")
        .order_by("-happened_on", "-pk")
    )
    lines = list(found)
    roots = _roots(lines)
    photos: dict[int, list[DutyPhoto]] = defaultdict(list)
    if roots:
        for photo in DutyPhoto.objects.filter(record__in=set(roots.values())):
            photos[photo.record_id].append(photo)
    return [
        Line(
            record,
            record.corrections[0] if record.status == DutyStatus.CORRECTED and record.corrections else None,
            sorted(
                photos[roots[record.pk]] if record.pk in roots else record.photos.all(),
                key=lambda photo: photo.created_at,
            ),
        )
        for record in lines
    ]


def _roots(records: Iterable[DutyRecord]) -> dict[int, int]:
    """Return of each correction among these the line it goes back to, by their numbers. At most one query."""
    corrections = [record for record in records if record.corrects_id]
    if not corrections:
        return {}
    people = {record.person_id for record in corrections}
    links = DutyRecord.objects.filter(person__in=people, corrects__isnull=False).values_list("pk", "corrects")
    before: dict[int, Any] = dict(links)
    roots = {}
    for record in corrections:
        root = record.pk
        while root in before:
            root = before[root]
        roots[record.pk] = root
    return roots


def _by_month(lines: Iterable[Line]) -> dict[int, list[Month]]:
    """Group lines, which come newest first, by year and month."""
    months: dict[int, list[Month]] = defaultdict(list)
    for (year, month), of_month in groupby(lines, key=_year_and_month):
        months[year].append(Month(month, list(of_month)))
    return dict(months)


def _year_and_month(line: Line) -> tuple[int, int]:
    return line.record.happened_on.year, line.record.happened_on.month


def _cell(record: DutyRecord) -> Cell:
    day = record.happened_on
    kind, outcome, status = DutyKind(record.kind), DutyOutcome(record.outcome), DutyStatus(record.status)
    return Cell(day.year, day.month, kind, outcome, status, 1)


def _totals(person: Person, cells: Iterable[Cell], *, years: set[int]) -> DutyFile:
    by_month: Counter[tuple[int, int]] = Counter()
    by_kind: Counter[tuple[DutyKind, int]] = Counter()
    by_outcome: Counter[tuple[int, str]] = Counter()
    waiting = 0
    years = set(years)
    for cell in cells:
        years.add(cell.year)
        waiting += cell.count if cell.status == DutyStatus.LOGGED else 0
        if cell.is_done:
            by_month[cell.year, cell.month] += cell.count
            by_kind[cell.kind, cell.year] += cell.count
            by_outcome[cell.year, "done"] += cell.count
        elif cell.status == DutyStatus.CONFIRMED:
            by_outcome[cell.year, cell.outcome] += cell.count
    in_order = sorted(years, reverse=True)
    return DutyFile(
        person=person,
        years=[
            YearOfDuty(
                year,
                Totals(
                    by_outcome[year, "done"],
                    by_outcome[year, DutyOutcome.EXCUSED],
                    by_outcome[year, DutyOutcome.ABSENT],
                ),
                [MonthBox(month, by_month[year, month]) for month in MONTHS],
            )
            for year in in_order
        ],
        kinds=[
            KindTotals(kind.label, {year: by_kind[kind, year] for year in in_order})
            for kind in DutyKind
            if any(by_kind[kind, year] for year in in_order)
        ],
        waiting_count=waiting,
    )
