"""Workbooks as offices and attackers make them, built with openpyxl and by surgery on the parts inside."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(*rows, name="名册", then: Callable[[Worksheet], object] = lambda sheet: None, **others) -> bytes:
    """Return a workbook with these rows, from the first row on; ``others`` are further sheets, name=rows.

    ``then`` gets the first sheet before it is saved.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for title, content in {name: rows, **others}.items():
        here = sheet if title == name else book.create_sheet(title)
        for row in content:
            here.append(row)
    then(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the parts of an office file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return output.getvalue()


def with_stated_size(content: bytes, part: str, size: int) -> bytes:
    """Return the file with a list of parts that gives one of them another size than it has."""
    record = content.index(b"PK\x01\x02")
    while content[record + 46 :][: len(part)] != part.encode():
        record = content.index(b"PK\x01\x02", record + 4)
    return content[: record + 24] + size.to_bytes(4, "little") + content[record + 28 :]


def operated(content: bytes, part: str, pattern: str, replacement: str, count: int = 0) -> bytes:
    """Return the file with a part changed by a regular expression, which must be found in it."""
    parts = unpacked(content)
    changed, found = re.subn(pattern, replacement, parts[part].decode(), count=count, flags=re.DOTALL)
    assert found, f"{pattern} is not in {part}: {parts[part].decode()}"
    return packed(parts | {part: changed})


def related(content: bytes, kind: str, part: str, text: bytes | str) -> bytes:
    """Return the workbook with one more part to which it points."""
    relation = f'<Relationship Id="more" Type="{_OFFICE}/{kind}" Target="/{part}"/></Relationships>'
    content = operated(content, "xl/_rels/workbook.xml.rels", "</Relationships>", relation)
    return packed(unpacked(content) | {part: text})


def with_shared_strings(content: bytes) -> bytes:
    """Return the workbook with its texts in a table of their own, where Excel and WPS keep them."""
    parts = unpacked(content)
    strings: list[str] = []

    def share(found: re.Match[str]) -> str:
        strings.append(found[1])
        return f't="s"><v>{len(strings) - 1}</v>'

    for name in [name for name in parts if name.startswith("xl/worksheets/")]:
        parts[name] = re.sub('t="inlineStr"><is>(.*?)</is>', share, parts[name].decode()).encode()
    table = f'<sst xmlns="{MAIN}" count="{len(strings)}">' + "".join(f"<si>{text}</si>" for text in strings) + "</sst>"
    return related(packed(parts), "sharedStrings", STRINGS, table)


def sheet_part(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def text_row(number: int, *texts: str) -> str:
    """Return a row as XML, which is quicker to make than a million cells of openpyxl."""
    cells = (
        f'<c r="{"ABCDEFGH"[at]}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def ole_file(*streams: str) -> bytes:
    """Return the outside of an old binary office file, with the names of its streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in streams)
