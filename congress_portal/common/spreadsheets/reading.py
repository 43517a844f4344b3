"""A filled-in table: which sheet, which row is the header, which rows are records, and what each cell means.

What is no record is never dropped in silence, see `Sheet.remarks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from congress_portal.common.spreadsheets.cells import Value, parse
from congress_portal.common.spreadsheets.columns import Column, Kind, word_key
from congress_portal.common.spreadsheets.days import names_month_only
from congress_portal.common.spreadsheets.header import Header, find_table
from congress_portal.common.spreadsheets.package import Package, SheetRefused
from congress_portal.common.spreadsheets.stored import CellRefused, Formula, Stored, as_text, is_blank, quoted
from congress_portal.common.spreadsheets.workbook import Grid, Workbook
from congress_portal.common.text import without_refused_characters

MAX_MERGED_CELLS = 100_000
NAMED_ROWS, NAMED_SHEETS = 10, 5  # as many are quoted in the remarks, further ones only counted

_TOTALS = {"合计", "总计", "小计", "共计"}
_LABEL = re.compile(r"[^\d：:][^：:]{0,11}[：:]")
_NOTE = re.compile(r"[（(]?(备?注|说明|填[报表]|制表|审[核批]|联系|负责|报送|单位|日期|签[字章]|盖章)[^：:]{0,10}[：:]")
_SHORT_TEXT = 10
_PUNCTUATION = re.compile("[，。；：:]")


@dataclass(frozen=True)
class CellError:
    """A cell that was not understood. ``str()`` gives the whole line: 第 5 行 B 列（出生日期）：…"""

    row: int
    column_letter: str
    title: str
    sentence: str

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column_letter} 列（{self.title}）：{self.sentence}"


@dataclass(frozen=True)
class Row:
    """One record. ``number`` is the row as Excel counts it; a value with an error is None.

    ``values`` and ``typed`` (what stood in the cell) have the titles of the columns that the file has and no others:
    a column that is missing is not the same as an empty cell. ``months`` are the titles of the days of which only year
    and month were written: their value is the first day.
    """

    number: int
    values: dict[str, Value]
    typed: dict[str, str]
    errors: list[CellError] = field(default_factory=list)
    months: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Skipped:
    """A row that was taken for a remark, not for a record."""

    row: int
    text: str


@dataclass(frozen=True)
class Sheet:
    """The table that was found. ``letters``: title of each known column → its letter in the file.

    ``remarks`` are full sentences for the person who imports: what was not read, and what needs a second look (hidden
    rows, a month without its day).
    """

    name: str
    header_row: int
    letters: dict[str, str]
    rows: list[Row]
    skipped: list[Skipped]
    ignored_columns: list[str]
    remarks: list[str]

    @property
    def errors(self) -> list[CellError]:
        return [error for row in self.rows for error in row.errors]


def read_sheet(content: bytes, *, file_name: str, columns: Sequence[Column], max_rows: int = 5_000) -> Sheet:
    """Read the one sheet of an XLSX file that has these columns, in any order.

    A cell that cannot be understood is an error of its row. Raises SheetRefused, with one sentence, when the file as a
    whole cannot be read: no workbook, harmful, no header, a required column missing, no rows, more than ``max_rows``.
    """
    workbook = Workbook(Package(content, file_name=file_name))
    name, grid, header, unread = find_table(workbook, columns)
    return _Records(workbook, name, grid, header).read(unread, max_rows)


class _Records:
    """The rows under the header of the chosen sheet."""

    def __init__(self, workbook: Workbook, name: str, grid: Grid, header: Header) -> None:
        self._workbook, self._name, self._grid, self._header = workbook, name, grid, header
        self._wide = {(top, left) for left, top, right, _ in grid.merges if right > left}
        self._merged_away = self._cells_merged_away()

    def read(self, unread: list[str], max_rows: int) -> Sheet:
        numbers, skipped = self._split()
        if not numbers:
            raise SheetRefused(
                f"工作表{quoted(self._name)}第 {self._header.row} 行的表头下面没有可以导入的行。请填写后再导入。"
            )
        if len(numbers) > max_rows:
            raise SheetRefused(
                f"工作表{quoted(self._name)}有 {len(numbers)} 行，一次最多导入 {max_rows} 行。请分成几个文件再导入。"
            )
        rows = [self._row(number) for number in numbers]
        letters = {column.title: get_column_letter(at) for at, column in self._header.known.items()}
        ignored = [f"{get_column_letter(at)} 列{quoted(title)}" for at, title in self._header.unknown.items()]
        remarks = list(self._remarks(unread, ignored, skipped, rows))
        return Sheet(self._name, self._header.row, letters, rows, skipped, ignored, remarks)

    def _cells_merged_away(self) -> dict[tuple[int, int], str]:
        """Return the cells of known columns below the header that a merge hides, with where their value went."""
        hidden: dict[tuple[int, int], str] = {}
        last_used = max(self._grid.rows, default=0)
        for left, top, right, bottom in self._grid.merges:
            rows = range(max(top, self._header.last_row + 1), min(bottom, last_used) + 1)
            places = [at for at in self._header.known if left <= at <= right]
            if len(hidden) + len(rows) * len(places) > MAX_MERGED_CELLS:
                raise SheetRefused(f"工作表{quoted(self._name)}里合并的单元格太多。请取消合并，逐行填写后再导入。")
            hidden |= {
                (row, at): "上面" if row > top else "左边" for row in rows for at in places if (row, at) != (top, left)
            }
        return hidden

    def _split(self) -> tuple[list[int], list[Skipped]]:
        """Tell records from remarks; the rule stands in the notes of the template (`writing.READING_RULES`)."""
        filled = {
            row: texts
            for row in sorted(self._grid.rows)
            if row > self._header.last_row and (texts := self._filled(row))
        }
        notes = {row for row, texts in filled.items() if self._is_note(row, texts)}
        for row in reversed([row for row in filled if row not in notes]):
            if not self._is_closing_note(row, filled[row]):
                break
            notes.add(row)
        skipped = [Skipped(row, " ".join(filled[row].values())) for row in sorted(notes)]
        return [row for row in filled if row not in notes], skipped

    def _filled(self, number: int) -> dict[int, str]:
        """Return the cells of a row that say something. Mere numbers in other columns (序号) do not."""
        return {
            at: _shown(cell)
            for at, cell in sorted(self._grid.rows[number].items())
            if not is_blank(cell) and (at in self._header.known or not _is_mere_number(cell))
        }

    def _is_note(self, number: int, texts: dict[int, str]) -> bool:
        known = [at for at in texts if at in self._header.known]
        first_at, first = next(iter(texts.items()))
        return (
            not known
            or word_key(first) in _TOTALS
            or bool(_NOTE.match(first))
            or all(_LABEL.match(text) for text in texts.values())
            or (len(texts) == 1 and (number, first_at) in self._wide)
            # The header once more, as on the next printed page.
            or (len(known) > 1 and all(word_key(texts[at]) in self._header.known[at].keys for at in known))
        )

    def _is_closing_note(self, row: int, texts: dict[int, str]) -> bool:
        """Say whether a row at the end is one cell and a remark, such as the day of signing.

        A mere name or telephone number there is a record to complete.
        """
        if len(texts) > 1:
            return False
        ((at, text),) = texts.items()
        column = self._header.known[at]
        if column.kind not in (Kind.TEXT, Kind.NAME, Kind.DAY):
            return not self._is_understood(column, self._grid.rows[row][at])
        if not column.required or _PUNCTUATION.search(text):
            return True
        more_is_required = any(column.required for place, column in self._header.known.items() if place != at)
        return more_is_required and len(text) > _SHORT_TEXT

    def _is_understood(self, column: Column, stored: Stored) -> bool:
        try:
            return parse(column, stored, since_1904=self._workbook.since_1904) is not None
        except CellRefused:
            return False

    def _row(self, number: int) -> Row:
        row = Row(number, {}, {})
        for at, column in self._header.known.items():
            stored = self._grid.rows[number].get(at)
            row.typed[column.title] = _shown(stored)
            try:
                row.values[column.title] = self._value(row, at, column, stored)
            except CellRefused as refusal:
                row.values[column.title] = None
                row.errors.append(CellError(number, get_column_letter(at), column.title, str(refusal)))
        return row

    def _value(self, row: Row, at: int, column: Column, stored: Stored | None) -> Value:
        if where := self._merged_away.get((row.number, at)):
            raise CellRefused(f"这一格和{where}的格合并了，请取消合并，逐行填写。")
        value = parse(column, stored, since_1904=self._workbook.since_1904)
        if value is None and column.required:
            raise CellRefused(f"请填写{column.title}。")
        if column.kind is Kind.DAY and stored is not None and value is not None and names_month_only(stored):
            row.months.add(column.title)
        return value

    def _remarks(self, unread: list[str], ignored: list[str], skipped: list[Skipped], rows: list[Row]) -> Iterator[str]:
        if unread:
            others = "".join(quoted(name) for name in unread[:NAMED_SHEETS])
            others += f"等 {len(unread)} 张" if len(unread) > NAMED_SHEETS else ""
            yield f"只读取了工作表{quoted(self._name)}，没有读取{others}。"
        if ignored:
            yield f"没有读取这些列：{'、'.join(ignored)}。"
        for row in skipped[:NAMED_ROWS]:
            yield f"第 {row.row} 行没有读取，看起来不是记录：{quoted(row.text)}。"
        if further := [row.row for row in skipped[NAMED_ROWS:]]:
            yield f"第 {row_list(further)} 行也没有读取，看起来不是记录。"
        numbers = {row.number for row in rows}
        if hidden := [row for row in self._grid.hidden_rows if row in numbers]:
            yield f"第 {row_list(hidden)} 行在文件里是隐藏的，也读取了，请核对。"
        hidden_columns = [at for at in self._header.known if any(at in span for span in self._grid.hidden_columns)]
        if hidden_columns:
            letters = "、".join(get_column_letter(at) for at in hidden_columns)
            yield f"{letters} 列在文件里是隐藏的，也读取了，请核对。"
        for column in self._header.known.values():
            months = [row.number for row in rows if column.title in row.months]
            if months and not column.months_apart:
                yield f"第 {row_list(months)} 行的“{column.title}”只写了年月，按当月 1 日读取。"


def row_list(rows: Iterable[int]) -> str:
    """Write row numbers in order as 5 至 7、9."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return "、".join(str(first) if first == last else f"{first} 至 {last}" for first, last in runs)


def _shown(stored: Stored | None) -> str:
    """Return what stands in a cell for a page and for the database, neither of which can hold every character."""
    return without_refused_characters(as_text(stored)).strip()


def _is_mere_number(cell: Stored) -> bool:
    return not isinstance(cell, str) or isinstance(cell, Formula) or cell.strip().isdigit()
