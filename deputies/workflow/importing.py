"""Taking people over from a table: whom each row means, what it would change, and the change itself (用表格导入).

How rows are matched is also told to the people who fill the table in: ``deputies.resources.MATCHING``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction

from congress_portal.accounts.models import Community, User
from congress_portal.accounts.workflow import one_import_at_a_time
from congress_portal.common.dates import full_day
from congress_portal.common.import_plan import Change, Guesses, Outcome, Plan, Problem, as_read
from deputies.choices import CongressLevel, MandateKind
from deputies.models import DeputyGroup, Mandate, Person
from deputies.workflow.people import end_outdated_agreements

OF_PERSON = ("born_on", "phone")
OF_MANDATE = (
    "kind",
    "level",
    "term",
    "district",
    "constituency_type",
    "group",
    "community",
    "starts_on",
    "ends_on",
    "began_by",
    "ended_by",
)

# No street has as many; without a limit one name in every row would be compared with itself a million times.
MOST_ROWS_OF_ONE_NAME = 100


@dataclass(frozen=True)
class PersonRow:
    """One row of the table: a person, and one thing that person sits on. What the row leaves open is empty."""

    number: int
    name: str = ""
    born_on: date | None = None
    born_in_month: bool = False  # only year and month were written, and born_on is the first day
    phone: str = ""
    kind: str = ""
    level: str = ""
    term: str = ""
    district: str = ""
    constituency_type: str = ""
    group: str = ""
    community: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    began_by: str = ""
    ended_by: str = ""
    problems: tuple[Problem, ...] = ()  # cells that could not be read at all


@dataclass
class PeoplePlan(Plan):
    """What the rows would do, with the records as they would be written."""

    new_people: list[Person] = field(default_factory=list)
    new_mandates: list[Mandate] = field(default_factory=list)
    changed: dict[models.Model, set[str]] = field(default_factory=lambda: defaultdict(set))  # with the fields


def plan_people(rows: Sequence[PersonRow], *, today: date) -> PeoplePlan:
    """Say what would become of each row. Reads in a handful of queries, however many rows there are."""
    return _Planner(rows, today=today).plan()


def import_people(rows: Sequence[PersonRow], *, expected: str, by: User, today: date) -> PeoplePlan:
    """Write all rows or none.

    ``expected`` is the fingerprint of the plan that was shown. Raises PlanOutdated when the rows would do something
    else by now, PlanRefused while one of them is wrong.
    """
    if not by.has_perm("deputies.import_person"):
        raise PermissionDenied("您的角色不能导入人员。需要导入请联系街道人大工委。")
    try:
        with transaction.atomic():
            one_import_at_a_time()
            plan = _Planner(rows, today=today, locked=True).plan()
            plan.check(expected=expected)
            for person in plan.new_people:
                person.fill_in()
            Person.objects.bulk_create(plan.new_people)
            Mandate.objects.bulk_create(plan.new_mandates)
            for record, names in plan.changed.items():  # bulk_update takes four times as long
                record.save(update_fields=names)
            renumbered = [
                record for record, names in plan.changed.items() if isinstance(record, Person) and "phone" in names
            ]
            if renumbered:
                end_outdated_agreements(renumbered, by=by)
    except IntegrityError:
        # Somebody registered the same person by hand in between, which no lock of ours holds up.
        plan_people(rows, today=today).check(expected=expected)
        raise
    return plan


# ---- private


@dataclass(eq=False)
class _Seat:
    """A mandate as it will be, and the row that spoke of it."""

    mandate: Mandate
    outcome: Outcome | None = None
    has_new_days: bool = False

    @property
    def term(self) -> str:
        return as_read(self.mandate.term)

    @property
    def in_words(self) -> str:
        if self.outcome:
            return f"第 {self.outcome.number} 行"
        term = f"{self.mandate.term}，" if self.mandate.term else ""
        return f"档案里的“{self.mandate}，{term}{full_day(self.mandate.starts_on)}起”"

    def overlaps(self, starts_on: date, ends_on: date | None) -> bool:
        mine = self.mandate
        return (ends_on is None or mine.starts_on <= ends_on) and (mine.ends_on is None or mine.ends_on >= starts_on)


@dataclass(eq=False)
class _File:
    """A person with all mandates, as they will be."""

    person: Person
    seats: list[_Seat] = field(default_factory=list)
    is_new: bool = False
    phone_from: int | None = None
    bare_row: int | None = None

    def like(self, row: PersonRow) -> list[_Seat]:
        return [seat for seat in self.seats if (seat.mandate.kind, seat.mandate.level) == (row.kind, row.level)]


class _Planner:
    """Walks through the rows once. Records are changed in memory only."""

    def __init__(self, rows: Sequence[PersonRow], *, today: date, locked: bool = False) -> None:
        self.rows = rows
        self.rows_of = Counter(row.name for row in rows)
        self.births: dict[str, set[date]] = defaultdict(set)
        for row in rows:
            if row.born_on and not row.born_in_month:
                self.births[row.name].add(row.born_on)
        self.today = today
        self.result = PeoplePlan()
        self.guesses = Guesses()
        self.groups = {as_read(group.name): group for group in DeputyGroup.objects.all()}
        self.communities = {as_read(community.name): community for community in Community.objects.all()}
        people = Person.objects.filter(name__in={row.name for row in rows}).order_by("pk")
        mandates = Mandate.objects.select_related("group", "community").order_by("pk")
        if locked:  # so that nobody changes by hand in between what is compared here and written below
            people, mandates = people.select_for_update(), mandates.select_for_update(of=("self",))
        known = {person.pk: _File(person) for person in people}
        for mandate in mandates.filter(person__in=known):
            known[mandate.person_id].seats.append(_Seat(mandate))
        self.files: dict[str, list[_File]] = defaultdict(list)
        for file in known.values():
            self.files[file.person.name].append(file)

    def plan(self) -> PeoplePlan:
        sound = []
        for row in self.rows:
            outcome = Outcome(row.number, _label(row), problems=[*row.problems, *self._wrong_by_itself(row)])
            self.result.outcomes.append(outcome)
            if not outcome.problems:
                sound.append((row, outcome))

        # Who says most about somebody goes first: the others may mean a person whom that row adds.
        by_birth = sorted(sound, key=lambda item: (item[0].born_on is None, item[0].born_in_month))
        found = {row.number: self._person_of(row, outcome) for row, outcome in by_birth}
        of_somebody = [(row, outcome, file) for row, outcome in sound if (file := found[row.number])]
        for row, outcome, file in of_somebody:
            self._take_phone(row, outcome, file)
        # A row that names a day on file means that very mandate; only then is it clear what the others mean.
        with_mandate = [item for item in of_somebody if item[0].kind]
        for row, outcome, file in sorted(with_mandate, key=lambda item: not _exactly(item[0], item[2])):
            self._take_mandate(row, outcome, file)
        for row, outcome, file in of_somebody:
            if not row.kind:
                self._take_nothing_but_the_person(row, outcome, file)

        wrong_names = {
            row.name for row, outcome in zip(self.rows, self.result.outcomes, strict=True) if outcome.problems
        }
        for name in self.files.keys() - wrong_names:  # half a person's rows would be judged otherwise
            for file in self.files[name]:
                self._refuse_overlaps(file)
        return self.result

    # ---- what a row says by itself

    def _wrong_by_itself(self, row: PersonRow) -> Iterable[Problem]:
        unread = {problem.column for problem in row.problems}
        if not row.name and _column("name") not in unread:
            yield _problem("name", "请填写姓名。")
        if row.name and (count := self.rows_of[row.name]) > MOST_ROWS_OF_ONE_NAME:
            sentence = f"“{row.name}”写了 {count} 行，同一姓名最多 {MOST_ROWS_OF_ONE_NAME} 行，请核对。"
            yield _problem("name", sentence)
        if row.born_on and row.born_on > self.today:
            yield _problem("born_on", f"出生日期不能晚于今天（{full_day(self.today)}），请核对。")
        if row.group and row.group not in self.groups:
            yield _problem("group", self.guesses.unknown(row.group, among=self.groups, kind="小组", where="代表小组"))
        if row.community and row.community not in self.communities:
            sentence = self.guesses.unknown(row.community, among=self.communities, kind="社区", where="社区")
            yield _problem("community", sentence)
        if not unread & {_column("kind"), _column("level")}:
            yield from _kind_and_level(row)
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            yield _problem("ends_on", f"离任日期早于任职日期（{full_day(row.starts_on)}），请核对。")

    # ---- whom it means

    def _person_of(self, row: PersonRow, outcome: Outcome) -> _File | None:
        same_name = self.files[row.name]
        if row.born_on is None:
            if len(same_name) > 1:
                sentence = f"有 {len(same_name)} 位“{row.name}”，请写上出生日期，才能分清是哪一位。"
                outcome.problems.append(_problem("born_on", sentence))
                return None
            return self._open(same_name[0] if same_name else self._new_file(row), outcome)
        if row.born_in_month:
            return self._person_born_in_month(row, outcome)

        for file in same_name:
            if file.person.born_on == row.born_on:
                return self._open(file, outcome)
        if any(file.person.born_on is None for file in same_name):
            if len(same_name) > 1 or len(self.births[row.name]) > 1:
                sentence = f"档案里有一位“{row.name}”没有出生日期，分不清是不是这一位。请先在档案里补上出生日期。"
                outcome.problems.append(_problem("born_on", sentence))
                return None
            (file,) = same_name
            outcome.note = "档案里的这一位还没有出生日期，按同一个人补上。"
        else:
            if same_name:
                outcome.note = f"已有 {len(same_name)} 位同名的人，出生日期不同，这一位另建档案。"
            file = self._new_file(row)
        self._open(file, outcome)
        self._take(file.person, "born_on", row.born_on, outcome)
        return file

    def _person_born_in_month(self, row: PersonRow, outcome: Outcome) -> _File | None:
        """Find whom a row means that leaves the day out. A first day of the month is nobody's birth date."""
        born_then = [
            (file, day)
            for file in self.files[row.name]
            if (day := file.person.born_on) and day.replace(day=1) == row.born_on
        ]
        if len(born_then) == 1:
            ((file, day),) = born_then
            outcome.note = f"出生日期只写了年月，认作{full_day(day)}出生的这一位。"
            return self._open(file, outcome)
        count = f"有 {len(born_then)} 位" if born_then else "没有"
        sentence = f"{count}这个月出生的“{row.name}”，只写年月分不清是哪一位，请写到日，例如 1978年3月5日。"
        outcome.problems.append(_problem("born_on", sentence))
        return None

    def _new_file(self, row: PersonRow) -> _File:
        file = _File(Person(name=row.name), is_new=True)
        self.files[row.name].append(file)
        self.result.new_people.append(file.person)
        return file

    def _open(self, file: _File, outcome: Outcome) -> _File:
        outcome.subject, outcome.subject_is_new = file.person, file.is_new
        return file

    def _take_phone(self, row: PersonRow, outcome: Outcome, file: _File) -> None:
        if not row.phone:
            return
        if file.phone_from and file.person.phone != row.phone:
            sentence = f"和第 {file.phone_from} 行同一个人的联系电话（{file.person.phone}）不一样，请核对后写成一样的。"
            outcome.problems.append(_problem("phone", sentence))
            return
        file.phone_from = file.phone_from or row.number
        self._take(file.person, "phone", row.phone, outcome)

    # ---- what that person sits on

    def _take_mandate(self, row: PersonRow, outcome: Outcome, file: _File) -> None:
        means = _exactly(row, file) or _by_period(row, file)
        if len(means) > 1:
            sentence = f"这个人有 {len(means)} 段这样的任职，请写上任职日期，才能分清是哪一段。"
            outcome.problems.append(_problem("starts_on", sentence))
            return
        if means and means[0].outcome:
            sentence = f"和第 {means[0].outcome.number} 行重复：同一个人的同一项任职只写一行，请删掉其中一行。"
            outcome.problems.append(_problem("name", sentence))
            return
        if not means and row.starts_on is None:
            outcome.problems.append(_problem("starts_on", "档案里没有这项任职，新增时请填写任职日期。"))
            return

        seat = means[0] if means else _Seat(Mandate(person=file.person, kind=row.kind, level=row.level))
        seat.outcome = outcome
        if not means:
            file.seats.append(seat)
            self.result.new_mandates.append(seat.mandate)
        before = (seat.mandate.starts_on, seat.mandate.ends_on)
        for name in OF_MANDATE[2:]:
            value: Any = getattr(row, name)
            if name == "group":
                value = self.groups.get(row.group)
            elif name == "community":
                value = self.communities.get(row.community)
            self._take(seat.mandate, name, value, outcome)
        seat.has_new_days = before != (seat.mandate.starts_on, seat.mandate.ends_on)
        if not means:
            first = file.is_new and not any(seat.outcome for seat in file.seats[:-1])
            outcome.adds = f"新增{'人员和' if first else ''}任职“{seat.mandate}”"
        ends_on = seat.mandate.ends_on
        if ends_on and ends_on < seat.mandate.starts_on:
            sentence = f"离任日期早于任职日期（{full_day(seat.mandate.starts_on)}），请核对。"
            outcome.problems.append(_problem("ends_on", sentence))
        if seat.mandate.ended_by and not ends_on:
            outcome.problems.append(_problem("ended_by", "填了离任原因，也要填离任日期。"))

    def _take_nothing_but_the_person(self, row: PersonRow, outcome: Outcome, file: _File) -> None:
        if file.bare_row:
            sentence = f"和第 {file.bare_row} 行重复：同一个人不写职务的只要一行，请删掉其中一行。"
            outcome.problems.append(_problem("name", sentence))
            return
        file.bare_row = row.number
        if file.is_new and not file.seats:
            outcome.adds = "新增人员"

    def _refuse_overlaps(self, file: _File) -> None:
        for number, seat in enumerate(file.seats):
            for other in file.seats[:number]:
                same = (seat.mandate.kind, seat.mandate.level) == (other.mandate.kind, other.mandate.level)
                if same and seat.overlaps(other.mandate.starts_on, other.mandate.ends_on):
                    self._refuse_overlap(seat, other)

    def _refuse_overlap(self, *seats: _Seat) -> None:
        """Put the fault at the row that brings it in. What overlaps on file already is not the table's fault."""
        at_fault = [seat for seat in seats if seat.has_new_days and seat.outcome]
        if not at_fault:
            return
        seat = max(at_fault, key=lambda seat: seat.outcome.number if seat.outcome else 0)
        (other,) = (one for one in seats if one is not seat)
        assert seat.outcome is not None  # noqa: S101 -- for mypy: filtered above
        sentence = f"和{other.in_words}的任职时间重叠。同一级的同一种职务前后两项不能重叠，请核对任职日期和离任日期。"
        seat.outcome.problems.append(_problem("starts_on", sentence))

    def _take(self, record: models.Model, name: str, value: Any, outcome: Outcome) -> None:
        """Put a value into a record; an empty cell leaves alone what is on file."""
        old = getattr(record, name)
        if value in ("", None) or value == (as_read(old) if isinstance(old, str) else old):
            return
        if not getattr(value, "is_active", True):
            sentence = f"“{value}”已经停用，请换成在用的。"
            outcome.problems.append(_problem(name, sentence))
            return
        setattr(record, name, value)
        is_new = record.pk is None
        outcome.changes.append(Change(_column(name), _shown(name, old), _shown(name, value), of_new_record=is_new))
        if not is_new:
            self.result.changed[record].add(name)


def _kind_and_level(row: PersonRow) -> Iterable[Problem]:
    if not row.kind:
        if any(getattr(row, name) for name in OF_MANDATE):
            yield _problem("kind", "请填写职务：人大代表或居民议事员。没有职务的，后面各列也不填。")
    elif row.kind == MandateKind.DEPUTY and not row.level:
        yield _problem("level", f"人大代表要写人大层级：{'、'.join(CongressLevel.labels)}。")
    elif row.kind == MandateKind.COUNCILLOR and row.level:
        yield _problem("level", "居民议事员没有人大层级，这一格请留空。")


def _exactly(row: PersonRow, file: _File) -> list[_Seat]:
    """Return the mandate that began on the day the row names; a term left open on either side is no contradiction."""
    same_day = [seat for seat in file.like(row) if seat.mandate.starts_on == row.starts_on]
    named = [seat for seat in same_day if seat.term == row.term]
    return named or [seat for seat in same_day if not row.term or not seat.term]


def _by_period(row: PersonRow, file: _File) -> list[_Seat]:
    """Return the mandates of the same term that the row's days touch: who left and came back has another one."""
    same_term = [seat for seat in file.like(row) if seat.term == row.term]
    if row.starts_on is None:
        return same_term or [seat for seat in file.like(row) if not row.term or not seat.term]
    return [seat for seat in same_term if seat.overlaps(row.starts_on, row.ends_on)]


def _label(row: PersonRow) -> str:
    sits_on = str(Mandate(kind=row.kind, level=row.level)) if row.kind else ""
    return "，".join(filter(None, (row.name, sits_on)))


@cache
def _column(name: str) -> str:
    return str(_field(name).verbose_name)


@cache
def _words(name: str) -> dict[Any, str]:
    return {code: str(word) for code, word in _field(name).flatchoices}


def _field(name: str) -> models.Field:
    model: type[models.Model] = Person if name in ("name", *OF_PERSON) else Mandate
    return model._meta.get_field(name)  # type: ignore[return-value]


def _problem(name: str, sentence: str) -> Problem:
    return Problem(_column(name), sentence)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, date):
        return full_day(value)
    return _words(name).get(value) or str(value or "")
