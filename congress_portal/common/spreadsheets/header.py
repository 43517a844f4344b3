"""Where the table is: the one sheet with the expected columns, and the row of their titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from congress_portal.common.spreadsheets.columns import Column, title_keys, word_key
from congress_portal.common.spreadsheets.package import SheetRefused
from congress_portal.common.spreadsheets.stored import as_text, quoted
from congress_portal.common.spreadsheets.workbook import Grid, Workbook

SEARCHED_ROWS = 15  # a title and remarks may stand above the header
MAX_DEPTH = 3
MAX_UNKNOWN_COLUMNS = 20
CHOICES_SHEET, NOTES_SHEET = "可选项", "填写说明"  # of our own template

_NUMBERING = {"序号", "编号", "no", "no."}


@dataclass(frozen=True)
class Header:
    """The titles: their row, the last row they reach down to, and which column is what.

    ``twice``: pairs of places with the same column.
    """

    row: int
    last_row: int
    titles: dict[int, str]
    known: dict[int, Column]
    twice: list[tuple[int, int]]

    @property
    def unknown(self) -> dict[int, str]:
        again = {second for _, second in self.twice}
        return {
            at: title
            for at, title in self.titles.items()
            if at not in self.known and at not in again and word_key(title) not in _NUMBERING
        }

    def missing(self, columns: Sequence[Column]) -> list[Column]:
        return [column for column in columns if column.required and column not in self.known.values()]


def find_table(workbook: Workbook, columns: Sequence[Column]) -> tuple[str, Grid, Header, list[str]]:
    """Return the sheet with these columns (name, cells, header), and the names of the others that hold something.

    Raises SheetRefused where there is none, where there are two, and where the header cannot be used.
    """
    found: list[tuple[str, Grid, Header]] = []
    hidden: list[str] = []
    unread: list[str] = []
    for part in workbook.sheets:
        if part.name in (CHOICES_SHEET, NOTES_SHEET):
            continue
        # The first rows tell; what is not our table may be long.
        top = workbook.read(part, last_row=SEARCHED_ROWS)
        row = _header_row(top, columns)
        if row and not part.is_hidden:
            grid = workbook.read(part)
            found.append((part.name, grid, _header(grid, row, columns)))
        elif top.rows:
            unread.append(part.name)
            if row:
                hidden.append(part.name)

    whole = [table for table in found if not table[2].missing(columns)]
    if len(whole) > 1:
        raise SheetRefused(
            f"{workbook.file_name}里有两张这样的表：{quoted(whole[0][0])}和{quoted(whole[1][0])}。"
            "请只留要导入的一张，或分成两个文件再导入。"
        )
    if not found:
        raise _no_header(workbook, columns, hidden)
    name, grid, header = (whole or found)[0]
    _check(name, header, columns)
    return name, grid, header, unread + [other for other, _, _ in found if other != name]


def _no_header(workbook: Workbook, columns: Sequence[Column], hidden: list[str]) -> SheetRefused:
    if hidden:
        return SheetRefused(f"要导入的表在隐藏的工作表{quoted(hidden[0])}里。请取消隐藏，核对后再导入。")
    wanted = [column for column in columns if column.required] or columns[:3]
    titles = "".join(f"“{column.title}”" for column in wanted)
    return SheetRefused(
        f"{workbook.file_name}的前 {SEARCHED_ROWS} 行里找不到表头，表头要有{titles}。请按模板整理后再导入。"
    )


def _check(name: str, header: Header, columns: Sequence[Column]) -> None:
    place = f"工作表{quoted(name)}第 {header.row} 行的表头"
    for first, second in header.twice:
        pair = "和".join(f" {get_column_letter(at)} 列{quoted(header.titles[at])}" for at in (first, second))
        raise SheetRefused(f"{place}里，{pair.strip()}是同一项“{header.known[first].title}”。请只留一列后再导入。")
    if missing := header.missing(columns):
        wanted = "".join(f"“{column.title}”" for column in missing)
        present = "".join(quoted(title) for title in list(header.titles.values())[:MAX_UNKNOWN_COLUMNS])
        raise SheetRefused(f"{place}缺少{wanted}，只有{present}。请补上后再导入。")
    if len(header.unknown) > MAX_UNKNOWN_COLUMNS:
        names = "".join(quoted(title) for title in list(header.unknown.values())[:3])
        raise SheetRefused(
            f"{place}里有 {len(header.unknown)} 列不是要导入的内容，例如{names}。请删去用不到的列后再导入。"
        )


def _header_row(grid: Grid, columns: Sequence[Column]) -> int | None:
    """Return the row among the first ones with the most known titles: at least two, or all that are required."""
    by_key = _by_key(columns)
    required = {column.title for column in columns if column.required}
    best, most = None, 0
    for row in sorted(row for row in grid.rows if row <= SEARCHED_ROWS):
        titles = {column.title for cell in grid.rows[row].values() if (column := _match(as_text(cell), by_key))}
        if len(titles) > most and (len(titles) > 1 or titles >= required):
            best, most = row, len(titles)
    return best


def _header(grid: Grid, row: int, columns: Sequence[Column]) -> Header:
    by_key = _by_key(columns)
    # A header of two rows: 姓名 reaches down beside 联系方式, under which stand 手机 and 座机.
    last_row = max(
        (
            last
            for left, first, _, last in grid.merges
            if first == row and last < row + MAX_DEPTH and _match(as_text(grid.rows[row].get(left)), by_key)
        ),
        default=row,
    )
    titles: dict[int, str] = {}
    for number in range(row, last_row + 1):
        titles |= {at: text for at, cell in grid.rows.get(number, {}).items() if (text := as_text(cell).strip())}
    titles = dict(sorted(titles.items()))

    known: dict[int, Column] = {}
    twice = []
    for at, text in titles.items():
        if column := _match(text, by_key):
            first = next((place for place, other in known.items() if other is column), None)
            if first is None:
                known[at] = column
            else:
                twice.append((first, at))
    return Header(row, last_row, titles, known, twice)


def _by_key(columns: Sequence[Column]) -> dict[str, Column]:
    return {key: column for column in columns for key in column.keys}


def _match(text: str, by_key: dict[str, Column]) -> Column | None:
    return next((by_key[key] for key in title_keys(text) if key in by_key), None)
