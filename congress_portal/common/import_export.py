"""django-import-export in the portal's manner: XLSX only, planned and shown before anything is written.

A resource says which columns a table has and which verbs plan and write its rows. The journey of pages is
``import_export_admin``, the commands are in ``congress_portal/management``. Nothing here writes a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import Widget

from congress_portal.common.import_plan import Outcome, Plan, Problem
from congress_portal.common.spreadsheets import Column, Row, Sheet, read_sheet, write_rows, write_template

MAX_ROWS = 5_000
_IMPORT_TYPES = {
    "wrong": RowResult.IMPORT_TYPE_INVALID,
    "changed": RowResult.IMPORT_TYPE_UPDATE,
    "new": RowResult.IMPORT_TYPE_NEW,
    "same": RowResult.IMPORT_TYPE_SKIP,
}


class AsItIs(Widget):
    """Hands a value out as it is: the library's own makes a text of a day."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


def as_it_is(attribute: str, column_name: str) -> Field:
    return Field(attribute, column_name, widget=AsItIs())


class PlanResult(Result):
    """What the library's callers expect of an import, with the plan it was made from."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.total_rows = len(plan.outcomes)
        for outcome in plan.outcomes:
            row = RowResult()
            row.import_type = _IMPORT_TYPES[outcome.fate]
            row.instance = outcome.subject
            self.increment_row_result_total(row)
            self.append_row_result(row)


class SheetResource(ModelResource):
    """A table of the portal: its columns, how its rows are matched, and the verbs behind it."""

    matching: ClassVar[Sequence[str]] = ()  # how rows find their records, in sentences for who fills the table in
    examples: ClassVar[Sequence[Mapping[str, Any]]] = ()

    @classmethod
    def for_user(cls, user: Any) -> Self:
        """Return the table as this person may have it."""
        return cls()

    @property
    def title(self) -> str:
        return str(self._meta.model._meta.verbose_name_plural)

    @property
    def export_note(self) -> str:
        """Return what to know before the table goes out, if anything."""
        return ""

    def columns(self) -> list[Column]:
        """Return what is read from a file."""
        raise NotImplementedError

    def allowed(self) -> dict[str, list[str]]:
        """Return the words to choose from in the template, by column, as they are on file now."""
        return {}

    def plan(self, sheet: Sheet) -> Plan:
        """Say what the rows would do."""
        raise NotImplementedError

    def carry_out(self, sheet: Sheet, *, expected: str, by: Any) -> Plan:
        """Let the verb write. Raises PlanOutdated and PlanRefused."""
        raise NotImplementedError

    def read(self, content: bytes, *, file_name: str) -> Sheet:
        """Read a file that was handed in. Raises SheetRefused."""
        return read_sheet(content, file_name=file_name, columns=self.columns(), max_rows=MAX_ROWS)

    def import_data(
        self,
        dataset: Sheet,
        dry_run: bool = False,
        raise_errors: bool = False,
        *,
        user: Any = None,
        expected: str = "",
        **kwargs: Any,
    ) -> PlanResult:
        """Plan the rows, or write them all as planned.

        The library's own loop would save row by row, with queries and a savepoint for each, and past the verbs.
        """
        plan = self.plan(dataset) if dry_run else self.carry_out(dataset, expected=expected, by=user)
        return PlanResult(plan)

    def template(self) -> bytes:
        """Return the empty table to fill in."""
        return write_template(
            self.columns(), title=self.title, allowed=self.allowed(), examples=self.examples, notes=self.matching
        )

    def workbook(self, queryset: Iterable[models.Model] | None = None) -> tuple[bytes, int]:
        """Return the records as a file that can be imported again, and the number of its rows."""
        rows = self.export(queryset).dict
        titles = self.get_export_headers()
        columns = [column for column in self.columns() if column.title in titles]
        return write_rows(columns, rows, title=self.title), len(rows)


def problems_of(row: Row) -> tuple[Problem, ...]:
    """Return what could not be read of a row, as every other problem is told."""
    return tuple(Problem(error.title, error.sentence) for error in row.errors)


@dataclass(frozen=True)
class Fault:
    """A problem with its place in the file and what stands there, where the sentence does not say it already."""

    place: str
    sentence: str
    typed: str


def faults_of(outcome: Outcome, sheet: Sheet) -> list[Fault]:
    """Return what is wrong with a row, from left to right; columns that the file has not got come last."""
    if not outcome.problems:
        return []
    (row,) = (row for row in sheet.rows if row.number == outcome.number)
    titles = list(sheet.letters)
    faults = []
    for problem in sorted(outcome.problems, key=lambda one: titles.index(one.column) if one.column in titles else 99):
        letter = sheet.letters.get(problem.column)
        place = f"{letter} 列（{problem.column}）" if letter else f"文件里没有的一列（{problem.column}）"
        typed = row.typed.get(problem.column, "")
        faults.append(Fault(place, problem.sentence, "" if typed in problem.sentence else typed))
    return faults


def log_import(model: type[models.Model], plan: Plan, *, by: Any) -> None:
    """Put down in the history of each record what was done: one line, however many rows spoke of it, no values."""
    done: dict[Any, list[str]] = defaultdict(list)
    created = set()
    for outcome in plan.outcomes:
        if outcome.fate in ("new", "changed"):
            done[outcome.subject].append(outcome.summary)
            if outcome.subject_is_new:
                created.add(outcome.subject)
    content_type = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=by.pk,
            content_type=content_type,
            object_id=str(subject.pk),
            object_repr=str(subject)[:200],
            action_flag=ADDITION if subject in created else CHANGE,
            change_message=f"用表格导入：{'，'.join(dict.fromkeys(summaries))}。",
        )
        for subject, summaries in done.items()
    )


def log_export(model: type[models.Model], rows: int, *, by: Any) -> None:
    """Put down who took how many rows out. The line belongs to no single record."""
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=f"导出{model._meta.verbose_name_plural}，{rows} 行",
        action_flag=CHANGE,
        change_message="导出",
    )
