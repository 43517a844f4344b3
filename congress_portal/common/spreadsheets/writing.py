"""Tables that go out: the template that people fill in, and rows as they stand."""

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from congress_portal.common.spreadsheets.columns import Column, Kind
from congress_portal.common.spreadsheets.header import CHOICES_SHEET, NOTES_SHEET
from congress_portal.common.text import without_refused_characters

Shown = str | int | bool | date | None

# What `reading` does, in the words of the person who fills in the table.
READING_RULES = (
    "表头可以不在第一行（前 15 行以内都行），各列的先后不限；带 * 的列必须有，其他列可以删去，多出的列不读取。",
    "日期可以写成 1985-06-12、1985.6.12、1985年6月12日、19850612、一九八五年六月十二日；只写年月的，按当月 1 日。",
    "空行跳过。合计行、只有一格而且跨列合并的行、写成“填表人：”“注：”这样的行当作备注，不导入。",
    "最后一条记录之后，只有一句话或一个日期的行也当作备注；哪些行没有导入，预览时会列出，请核对。",
    "不要合并单元格，不要用公式；隐藏的行也会读取。",
)

_PREPARED_ROWS = 1_000
_NOTES_WIDTH, _LINE_HEIGHT = 18, 17
_INK, _LINE, _HEAD, _REQUIRED = "231F1B", "867C6F", "F3EFE7", "F8EEEA"
_THIN = Side(style="thin", color=_LINE)
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TEXT_FORMAT, _DAY_FORMAT = "@", "yyyy-mm-dd"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four full-width
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def write_template(
    columns: Sequence[Column],
    *,
    title: str,
    allowed: Mapping[str, Sequence[str]] | None = None,
    examples: Sequence[Mapping[str, Shown]] = (),
    notes: Sequence[str] = (),
) -> bytes:
    """Return the workbook to fill in: an empty table, the words that may be chosen, and how to fill it in.

    ``allowed`` gives, by title, the words for drop-down lists, in place of the column's own. In a CHOICE column no
    other word can be typed; in a TEXT column the list is an offer. Examples stand beside the notes and not in the
    table, so that none can be imported by mistake.
    """
    words = {c.title: list((allowed or {}).get(c.title, c.allowed)) for c in columns}
    words = {title: listed for title, listed in words.items() if listed}
    workbook, sheet = _new_workbook(columns, title, mark_required=True)
    for at, column in enumerate(columns, 1):
        _prepare(sheet, at, column, words)
    _write_choices(workbook.create_sheet(CHOICES_SHEET), words)
    _write_notes(workbook.create_sheet(NOTES_SHEET), columns, examples, notes)
    return _saved(workbook)


def write_rows(columns: Sequence[Column], rows: Iterable[Mapping[str, Shown]], *, title: str) -> bytes:
    """Return a workbook with these rows (title → value), which `read_sheet` can read back. No text is a formula."""
    workbook, sheet = _new_workbook(columns, title, mark_required=False)
    for number, row in enumerate(rows, 2):
        for at, column in enumerate(columns, 1):
            _put(sheet.cell(number, at), row.get(column.title), _format_of(column))
    return _saved(workbook)


def _new_workbook(columns: Sequence[Column], title: str, *, mark_required: bool) -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    workbook.properties.creator = ""
    sheet = workbook.worksheets[0]
    sheet.title = re.sub(r"[\\*?:/\[\]]", " ", title)[:31]
    _write_header(sheet, 1, columns, mark_required=mark_required)
    for at, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 28
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    return workbook, sheet


def _write_header(sheet: Worksheet, row: int, columns: Sequence[Column], *, mark_required: bool) -> None:
    for at, column in enumerate(columns, 1):
        is_marked = mark_required and column.required
        cell = sheet.cell(row, at)
        _put(cell, f"{column.title}*" if is_marked else column.title)
        _style_head(cell, _REQUIRED if is_marked else _HEAD)


def _style_head(cell: Cell, fill: str = _HEAD) -> None:
    cell.font = Font(bold=True, color=_INK)
    cell.fill = PatternFill("solid", start_color=fill)
    cell.border = _BOX
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _prepare(sheet: Worksheet, at: int, column: Column, words: Mapping[str, Sequence[str]]) -> None:
    """Format a column of the empty table, with its list of words and the sentence shown beside a chosen cell."""
    letter = get_column_letter(at)
    # Of the whole column, so that rows beyond the prepared ones have it too.
    sheet.column_dimensions[letter].number_format = _format_of(column)
    rule = DataValidation(allow_blank=True, sqref=f"{letter}2:{letter}{_PREPARED_ROWS + 1}")
    if listed := words.get(column.title):
        place = get_column_letter(list(words).index(column.title) + 1)
        rule.type, rule.formula1 = "list", f"'{CHOICES_SHEET}'!${place}$2:${place}${len(listed) + 1}"
        rule.error = f"请从下拉列表里选择；全部可选的词见“{CHOICES_SHEET}”。"
        rule.errorStyle = "stop" if column.kind is Kind.CHOICE else "warning"
    elif column.kind is Kind.YES_NO:
        rule.type, rule.formula1, rule.error = "list", '"是,否"', "请填写“是”或“否”。"
    elif column.kind is Kind.DAY:
        rule.type, rule.operator = "date", "between"
        # Without this, 1985.6 typed here becomes a day in June 1905.
        rule.formula1, rule.formula2 = "2201", "73050"  # 1906-01-09 to 2099-12-31, as Excel counts
        rule.error, rule.errorStyle = "请填写日期，例如 1985-06-12。", "warning"
    rule.showErrorMessage, rule.errorTitle = bool(rule.error), "请核对"
    help_text = column.hint + (f"例如：{column.example}" if column.example else "")
    if help_text:
        rule.showInputMessage, rule.promptTitle, rule.prompt = True, column.title[:32], help_text[:255]
    if rule.type or help_text:
        sheet.add_data_validation(rule)


def _write_choices(sheet: Worksheet, words: Mapping[str, Sequence[str]]) -> None:
    for at, (title, listed) in enumerate(words.items(), 1):
        _put(sheet.cell(1, at), title)
        _style_head(sheet.cell(1, at))
        for number, word in enumerate(listed, 2):
            _put(sheet.cell(number, at), word)
        sheet.column_dimensions[get_column_letter(at)].width = 24
    sheet.freeze_panes = "A2"


def _write_notes(
    sheet: Worksheet, columns: Sequence[Column], examples: Sequence[Mapping[str, Shown]], notes: Sequence[str]
) -> None:
    wide = max(len(columns), 6)
    row = _write_section(sheet, 1, "一、各列怎样填写")
    for at, head in enumerate(("列名", "是否必填", "例子", "怎样填写"), 1):
        _put(sheet.cell(row, at), head)
        _style_head(sheet.cell(row, at))
    for column in columns:
        row += 1
        need = "必填" if column.required else "可以不填"
        for at, text in enumerate((column.title, need, column.example), 1):
            _put(sheet.cell(row, at), text)
        _write_paragraph(sheet, row, column.hint, first=4, last=wide)
    if examples:
        row = _write_section(sheet, row + 2, "二、填写的例子（不要填在这里，请填在第一张表里）")
        _write_header(sheet, row, columns, mark_required=True)
        for example in examples:
            row += 1
            for at, column in enumerate(columns, 1):
                _put(sheet.cell(row, at), example.get(column.title), _format_of(column))
    row = _write_section(sheet, row + 2, "三、说明" if examples else "二、说明")
    for number, note in enumerate((*notes, *READING_RULES), 1):
        _write_paragraph(sheet, row, f"{number}. {note}", first=1, last=wide)
        row += 1
    for at in range(1, wide + 1):
        sheet.column_dimensions[get_column_letter(at)].width = _NOTES_WIDTH


def _write_section(sheet: Worksheet, row: int, title: str) -> int:
    """Write a heading and return the row below it."""
    _put(sheet.cell(row, 1), title)
    sheet.cell(row, 1).font = Font(bold=True, size=13, color=_INK)
    return row + 1


def _write_paragraph(sheet: Worksheet, row: int, text: str, *, first: int, last: int) -> None:
    """Write a text across columns, in a row as high as it needs: no program does that by itself for merged cells."""
    cell = sheet.cell(row, first)
    _put(cell, text)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    a_line = (last - first + 1) * _NOTES_WIDTH // 2  # a Han character is two wide
    sheet.row_dimensions[row].height = _LINE_HEIGHT * math.ceil(max(len(text), 1) / a_line)


def _format_of(column: Column) -> str:
    return {Kind.DAY: _DAY_FORMAT, Kind.NUMBER: "0"}.get(column.kind, _TEXT_FORMAT)


def _put(cell: Cell, value: Shown, number_format: str = _TEXT_FORMAT) -> None:
    """Write a value; a text stays the text it is, whatever it begins with."""
    if isinstance(value, bool):
        value = "是" if value else "否"
    cell.number_format = number_format
    if not isinstance(value, str):
        cell.value = value
        return
    if not value:
        return
    # XML cannot hold some characters; what looks like one written as _x000D_ is kept from being read as that.
    cell.value = _LOOKS_ESCAPED.sub("_x005F_", without_refused_characters(value))
    cell.data_type = "s"  # openpyxl makes a formula of what begins with =
    # What Excel itself sets for a cell typed with an apostrophe: editing the cell makes no formula of it either.
    if value.startswith(_STARTS_A_FORMULA):
        cell.quotePrefix = True


def _saved(workbook: Workbook) -> bytes:
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()
