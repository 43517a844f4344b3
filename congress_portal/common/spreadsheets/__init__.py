"""Tables that people fill in with Excel or WPS: read with every mistake named by row and column, and written.

    columns = [Column("姓名", Kind.NAME, required=True), Column("出生日期", Kind.DAY), …]
    sheet = read_sheet(content, file_name=name, columns=columns)   # raises SheetRefused
    sheet.errors, sheet.remarks, [row.values for row in sheet.rows]

Nothing here touches the database, and nothing is guessed in silence: what was not taken over stands in `remarks`.
"""

from congress_portal.common.spreadsheets.cells import CellRefused, parse_day
from congress_portal.common.spreadsheets.columns import Column, Kind
from congress_portal.common.spreadsheets.package import SheetRefused
from congress_portal.common.spreadsheets.reading import CellError, Row, Sheet, read_sheet
from congress_portal.common.spreadsheets.writing import write_rows, write_template

__all__ = [
    "CellError",
    "CellRefused",
    "Column",
    "Kind",
    "Row",
    "Sheet",
    "SheetRefused",
    "parse_day",
    "read_sheet",
    "write_rows",
    "write_template",
]
