"""Taking over from a table what has a name, a place in the list and a mark whether it is in use (用表格导入)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction

from congress_portal.accounts.models import User
from congress_portal.common.import_plan import Change, Outcome, Plan, Problem, as_read

MAX_POSITION = 32_767  # of a PositiveSmallIntegerField on either database
FIELDS = ("position", "is_active")


def one_import_at_a_time() -> None:
    """Wait until nobody else is importing. To be called inside the transaction that writes.

    The second clerk then plans on what the first one wrote. SQLite has but one writer as it is. What is locked is a
    row that every migrated database has, and only against other imports: history lines may still refer to it.
    """
    ContentType.objects.select_for_update(no_key=True).get(app_label="accounts", model="committee")


@dataclass(frozen=True)
class NamedRow:
    """One row of the table. None is an empty cell."""

    number: int
    name: str = ""
    position: int | None = None
    is_active: bool | None = None
    problems: tuple[Problem, ...] = ()  # cells that could not be read at all


@dataclass
class NamedPlan(Plan):
    """What the rows would do, with the records as they would be written."""

    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)


def plan_named(model: type[models.Model], rows: Sequence[NamedRow]) -> NamedPlan:
    """Say what would become of each row. ``model`` has a unique name, position and is_active. Two queries at most."""
    return _plan(model, rows, model._default_manager.all())


def import_named(model: type[models.Model], rows: Sequence[NamedRow], *, expected: str, by: User) -> NamedPlan:
    """Write all rows or none. ``expected`` is the fingerprint of the plan that was shown.

    Raises PlanOutdated when the rows would do something else by now, PlanRefused while one of them is wrong.
    """
    meta = model._meta
    if not by.has_perm(f"{meta.app_label}.import_{meta.model_name}"):
        raise PermissionDenied(f"您的角色不能导入{meta.verbose_name}。需要导入请联系街道人大工委。")
    objects = model._default_manager
    try:
        with transaction.atomic():
            one_import_at_a_time()
            plan = _plan(model, rows, objects.select_for_update())
            plan.check(expected=expected)
            objects.bulk_create(plan.new)
            for record in plan.changed:
                record.save(update_fields=FIELDS)
    except IntegrityError:
        # Somebody added the same name by hand in between, which no lock of ours holds up.
        plan_named(model, rows).check(expected=expected)
        raise
    return plan


def _plan(model: type[models.Model], rows: Sequence[NamedRow], on_file: models.QuerySet[Any]) -> NamedPlan:
    plan = NamedPlan()
    known: dict[str, Any] = {as_read(record.name): record for record in on_file.order_by("pk")}
    rows_by_name: dict[str, int] = {}
    for row in rows:
        outcome = Outcome(row.number, row.name, problems=[*row.problems, *_wrong_by_itself(model, row)])
        plan.outcomes.append(outcome)
        if row.name in rows_by_name:
            sentence = f"和第 {rows_by_name[row.name]} 行重复：同一个名称只写一行，请删掉其中一行。"
            outcome.problems.append(_problem(model, "name", sentence))
        if row.name:
            rows_by_name.setdefault(row.name, row.number)
        if not outcome.problems:
            _take(plan, outcome, row, known.get(row.name) or model(name=row.name))
    return plan


def _wrong_by_itself(model: type[models.Model], row: NamedRow) -> Iterable[Problem]:
    if not row.name and not any(problem.column == _column(model, "name") for problem in row.problems):
        yield _problem(model, "name", "请填写名称。")
    if row.position is not None and not 0 <= row.position <= MAX_POSITION:
        sentence = f"排列应为 0 到 {MAX_POSITION} 的整数，小的排在前面。"
        yield _problem(model, "position", sentence)


def _take(plan: NamedPlan, outcome: Outcome, row: NamedRow, record: Any) -> None:
    is_new = record.pk is None
    outcome.subject, outcome.subject_is_new = record, is_new
    if is_new:
        outcome.adds = f"新增{record._meta.verbose_name}"
        plan.new.append(record)
    for name in FIELDS:
        value, old = getattr(row, name), getattr(record, name)
        if value is None:
            value = old  # an empty cell leaves alone what is on file, or takes what a new record begins with
        if is_new or value != old:
            setattr(record, name, value)
            old_word = "" if is_new else _shown(old)
            outcome.changes.append(Change(_column(record, name), old_word, _shown(value), of_new_record=is_new))
    if not is_new and outcome.changes:
        plan.changed.append(record)


def _column(model: type[models.Model] | models.Model, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _problem(model: type[models.Model], name: str, sentence: str) -> Problem:
    return Problem(_column(model, name), sentence)


def _shown(value: bool | int) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
