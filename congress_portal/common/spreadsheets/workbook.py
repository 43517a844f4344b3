"""The sheets of a workbook and what stands in their cells, as the file says it: no meaning yet."""

from __future__ import annotations

import contextlib
import math
import posixpath
import re
from collections.abc import Sized
from dataclasses import dataclass, field
from datetime import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import range_boundaries

from congress_portal.common.spreadsheets.days import from_serial
from congress_portal.common.spreadsheets.package import Package, SheetRefused
from congress_portal.common.spreadsheets.stored import MAX_TEXT, SAFE_NUMBER, ErrorValue, Formula, Stored
from congress_portal.common.text import without_refused_characters

# Of all sheets that are looked at. The second is there because one long text may stand in every cell.
MAX_CELLS, MAX_CHARACTERS = 300_000, 10_000_000
MAX_LISTED = 10_000  # merged ranges, hidden columns, formats: nobody makes as many by hand
MAX_FORMAT = 255  # no format of Excel is longer
# Excel in Chinese has days and times under numbers of its own, whose formats stand in no file.
_CHINESE_DAY_FORMATS = {*range(27, 37), *range(50, 59)}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetPart:
    """One worksheet, not read yet."""

    name: str
    part: str
    is_hidden: bool


@dataclass
class Grid:
    """What stands in a sheet: row → column → value, both counted from 1, empty cells left out."""

    rows: dict[int, dict[int, Stored]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    # First column, first row, last column, last row.
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


class Workbook:
    """A workbook whose worksheets are known and whose cells can be read, one sheet after the other."""

    def __init__(self, package: Package) -> None:
        """Read the list of sheets. Raises SheetRefused."""
        self._package = package
        self.file_name = package.name
        self.sheets: list[SheetPart] = []
        self.since_1904 = False
        self._strings: list[str] | None = None
        self._day_styles: set[int] = set()
        self._cells = self._characters = 0
        self._refuse_macros()
        roots = self._relations("")
        self._part = next((part for kind, part in roots.values() if kind == "officeDocument"), "xl/workbook.xml")
        if self._part not in package:
            raise package.damaged()
        self._relations_here = self._relations(self._part)
        package.walk(self._part, start=self._workbook_element, end=lambda name, text: None)
        if not self.sheets:
            raise SheetRefused(f"{package.name}里没有可以读取的工作表。请把要导入的表放在一张普通工作表里再导入。")

    def read(self, sheet: SheetPart, *, last_row: int | None = None) -> Grid:
        """Read what stands in a sheet, up to a row if one is given. Raises SheetRefused."""
        if self._strings is None:
            self._strings = self._read_strings()
            self._day_styles = self._read_day_styles()
        reader = _SheetReader(self, self._strings, self._day_styles, last_row)
        with contextlib.suppress(_Enough):
            self._package.walk(sheet.part, start=reader.start, end=reader.end)
        return reader.grid

    def count(self, stored: Stored) -> None:
        """Refuse a workbook that would take too long to make sense of."""
        self._cells += 1
        self._characters += len(stored) if isinstance(stored, str) else 0
        if self._cells > MAX_CELLS or self._characters > MAX_CHARACTERS:
            raise self._package.too_much()

    def check_count(self, listed: Sized) -> None:
        if len(listed) >= MAX_LISTED:
            raise self._package.too_much()

    def _refuse_macros(self) -> None:
        def start(name: str, attributes: dict[str, str]) -> None:
            if "macroenabled" in attributes.get("ContentType", "").lower():
                raise self._package.macros()

        self._package.walk("[Content_Types].xml", start=start, end=lambda name, text: None)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part points to: id → last word of the kind, name of the part."""
        folder, _, name = part.rpartition("/")
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"].replace("\\", "/")))
                found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target.lstrip("/"))

        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations in self._package:
            self._package.walk(relations, start=start, end=lambda name, text: None)
        return found

    def _workbook_element(self, element: str, attributes: dict[str, str]) -> None:
        if element == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif element == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            kind, part = self._relations_here.get(key, ("", ""))
            if kind == "worksheet" and part in self._package:
                name = without_refused_characters(attributes["name"])
                self.sheets.append(SheetPart(name, part, attributes.get("state", "visible") != "visible"))

    def _part_of_kind(self, kind: str) -> str | None:
        return next((part for k, part in self._relations_here.values() if k == kind and part in self._package), None)

    def _read_strings(self) -> list[str]:
        strings: list[str] = []
        texts: list[str] = []
        in_reading = False  # how a word is pronounced, beside it

        def start(element: str, attributes: dict[str, str]) -> None:
            nonlocal in_reading
            if element == "rPh":
                in_reading = True
            elif element == "si":
                texts.clear()

        def end(element: str, text: str) -> None:
            nonlocal in_reading
            if element == "t" and not in_reading:
                texts.append(text)
            elif element == "rPh":
                in_reading = False
            elif element == "si":
                strings.append(_unescaped("".join(texts)))

        if part := self._part_of_kind("sharedStrings"):
            self._package.walk(part, start=start, end=end)
        return strings

    def _read_day_styles(self) -> set[int]:
        """Return the styles under which a number is shown as a day or a time."""
        formats: dict[int, str] = dict(BUILTIN_FORMATS)
        styles: list[int] = []
        in_cell_styles = False

        def start(element: str, attributes: dict[str, str]) -> None:
            nonlocal in_cell_styles
            if element == "numFmt" and "numFmtId" in attributes:
                formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
                self.check_count(formats)
            elif element == "cellXfs":
                in_cell_styles = True
            elif element == "xf" and in_cell_styles:
                styles.append(int(attributes.get("numFmtId", 0)))

        def end(element: str, text: str) -> None:
            nonlocal in_cell_styles
            if element == "cellXfs":
                in_cell_styles = False

        if part := self._part_of_kind("styles"):
            self._package.walk(part, start=start, end=end)
        day_formats = {number for number, code in formats.items() if is_date_format(code[:MAX_FORMAT])}
        day_formats |= _CHINESE_DAY_FORMATS - formats.keys()
        return {style for style, number in enumerate(styles) if number in day_formats}


class _Enough(Exception):
    """The rows asked for have been read; the rest of the part does not matter."""


class _SheetReader:
    """Collect the cells of one sheet."""

    def __init__(self, workbook: Workbook, strings: list[str], day_styles: set[int], last_row: int | None) -> None:
        self.grid = Grid()
        self._workbook, self._strings, self._day_styles, self._last_row = workbook, strings, day_styles, last_row
        self._row = self._column = 0
        self._is_hidden = self._in_cell = self._in_reading = False
        self._cell: dict[str, str] = {}
        self._value: str | None = None
        self._formula: str | None = None
        self._texts: list[str] = []

    def start(self, element: str, attributes: dict[str, str]) -> None:
        if element == "c":
            self._in_cell, self._cell, self._value, self._formula = True, attributes, None, None
            self._texts = []
            self._column += 1
        elif element == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            self._is_hidden = attributes.get("hidden") in ("1", "true")
            if self._last_row and self._row > self._last_row:
                raise _Enough
        elif element == "f" and self._in_cell:
            self._formula = ""
        elif element == "rPh":
            self._in_reading = True
        elif element == "col" and attributes.get("hidden") in ("1", "true"):
            self._workbook.check_count(self.grid.hidden_columns)
            self.grid.hidden_columns.append(range(int(attributes["min"]), int(attributes["max"]) + 1))
        elif element == "mergeCell":
            self._workbook.check_count(self.grid.merges)
            left, top, right, bottom = map(int, range_boundaries(attributes["ref"]))
            self.grid.merges.append((left, top, right, bottom))

    def end(self, element: str, text: str) -> None:
        if element == "v":
            self._value = text
        elif element == "t" and self._in_cell and not self._in_reading:
            self._texts.append(text)
        elif element == "c":
            self._in_cell = False
            if (stored := self._stored()) is not None and stored != "":
                self._keep(stored)
        elif element == "f" and self._in_cell:
            self._formula = text
        elif element == "rPh":
            self._in_reading = False
        elif element == "row" and self._is_hidden and self._row in self.grid.rows:
            self.grid.hidden_rows.append(self._row)
        elif element == "sheetData" and self._last_row:
            raise _Enough

    def _keep(self, stored: Stored) -> None:
        self._workbook.count(stored)
        reference = self._cell.get("r", "").rstrip("0123456789")
        # Some programs leave the reference out: the cell is then the next one.
        column = column_index_from_string(reference) if reference else self._column
        self.grid.rows.setdefault(self._row, {})[column] = stored

    def _stored(self) -> Stored | None:
        kind = self._cell.get("t", "n")
        if self._formula is not None:
            return Formula(f"={self._formula}"[:MAX_TEXT])
        if kind == "inlineStr":
            return _unescaped("".join(self._texts))
        if not self._value:
            return None
        if kind == "s":
            return self._strings[int(self._value)]
        if kind == "b":
            return self._value.strip() in ("1", "true")
        if kind == "e":
            return ErrorValue(self._value[:20])
        if kind == "d":
            return _moment(self._value)
        if kind == "n":
            return self._number(float(self._value))
        return _unescaped(self._value)

    def _number(self, number: float) -> Stored:
        if not math.isfinite(number):
            return ErrorValue("#NUM!")
        if int(self._cell.get("s", 0)) in self._day_styles:
            if 0 < number < 1:
                return from_serial(number, since_1904=False).time()
            try:
                return from_serial(number, since_1904=self._workbook.since_1904)
            except OverflowError:
                pass
        return int(number) if number.is_integer() and abs(number) < SAFE_NUMBER else number


def _moment(text: str) -> Stored:
    """Read a day of a strict workbook, 2024-03-05T00:00:00."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return text


def _unescaped(text: str) -> str:
    """Return a text without its escapes (XML cannot hold all that Excel can), no longer than shows it is too long."""
    text, count = _ESCAPED.subn(lambda found: chr(int(found[1], 16)), text[: len("_x000D_") * (MAX_TEXT + 1)])
    if count:
        # Two escapes may be the halves of one character; a half alone could be neither stored nor shown.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text[: MAX_TEXT + 1]
