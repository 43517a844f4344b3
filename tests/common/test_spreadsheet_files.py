"""Files that are no workbook, or one that shall do harm: refused with a sentence, and nothing unpacked in vain."""

import logging
import zipfile

import openpyxl
import pytest
from openpyxl import Workbook

from congress_portal.common.spreadsheets import Column, Kind, SheetRefused, read_sheet
from congress_portal.common.spreadsheets import package as package_module
from congress_portal.common.spreadsheets import workbook as workbook_module
from tests.common.pictures import office_file, picture
from tests.common.workbooks import (
    MAIN,
    SHEET,
    STRINGS,
    STYLES,
    ole_file,
    operated,
    packed,
    related,
    saved,
    sheet_part,
    text_row,
    unpacked,
    with_shared_strings,
    with_stated_size,
    workbook,
)

COLUMNS = [Column("姓名", Kind.NAME, required=True), Column("出生日期", Kind.DAY)]
PLAIN = workbook(["姓名", "出生日期"], ["王芳", "1985-06-12"])
HEAD = text_row(1, "姓名", "出生日期") + text_row(2, "王芳", "1985-06-12")

SAVE_AS = "请用 Excel 或 WPS 表格打开，另存为“Excel 工作簿（*.xlsx）”后再导入。"
NO_WORKBOOK = f"“名册.xlsx”不是 Excel 工作簿。{SAVE_AS}"
TEXT_FILE = f"“名册.xlsx”是文本文件（如 CSV），不是 Excel 工作簿。{SAVE_AS}"
WEB_PAGE = f"“名册.xlsx”其实是网页，不是 Excel 工作簿。{SAVE_AS}"
DAMAGED = "“名册.xlsx”不完整或已损坏，打不开。请用 Excel 或 WPS 表格重新保存后再导入。"
TOO_MUCH = "“名册.xlsx”解开后内容过多，不能接收。请把要导入的行复制到新建的表格里，保存后再导入。"
MACROS = "“名册.xlsx”含有宏，不能接收。请另存为不含宏的“Excel 工作簿（*.xlsx）”后再导入。"
PASSWORD = "“名册.xlsx”加了密码。请去掉密码后再导入。"
NO_SHEET = "“名册.xlsx”里没有可以读取的工作表。请把要导入的表放在一张普通工作表里再导入。"


def refusal_of(content: bytes, file_name="名册.xlsx") -> str:
    with pytest.raises(SheetRefused) as refusal:
        read_sheet(content, file_name=file_name, columns=COLUMNS)
    return str(refusal.value)


def with_sheet(rows: str, **around: str) -> bytes:
    return packed(unpacked(PLAIN) | {SHEET: sheet_part(rows, **around)})


def with_more(**parts: str) -> bytes:
    return packed(unpacked(PLAIN) | {name.replace("__", "/"): text for name, text in parts.items()})


def chart_only() -> bytes:
    book = Workbook()
    book.create_chartsheet("图")
    del book["Sheet"]
    return saved(book)


def locked() -> bytes:
    """Set the flag of encryption in the list of parts."""
    at = PLAIN.index(b"PK\x01\x02") + 8
    return PLAIN[:at] + bytes([PLAIN[at] | 1]) + PLAIN[at + 1 :]


def part_twice() -> bytes:
    return packed(unpacked(PLAIN) | {SHEET.upper(): "<worksheet/>"})


def one_text_everywhere() -> bytes:
    rows = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{column}{row}" t="s"><v>0</v></c>' for column in "ABCDEFGH") + "</row>"
        for row in range(2, 2_000)
    )
    table = f'<sst xmlns="{MAIN}"><si><t>{"字" * 2_000}</t></si></sst>'
    return related(with_sheet(text_row(1, "姓名", "出生日期") + rows), "sharedStrings", STRINGS, table)


FILES = {
    "empty": (lambda: b"", "“名册.xlsx”是空文件。请重新选择后再导入。"),
    "too big": (
        lambda: PLAIN + bytes(5 * 1024 * 1024),
        "“名册.xlsx”超过 5 MB。请删去图片和用不到的工作表，或分成几个文件导入。",
    ),
    "an old XLS renamed": (lambda: ole_file("Workbook"), f"“名册.xlsx”是旧版表格（XLS 或 ET）。{SAVE_AS}"),
    "a workbook with a password": (lambda: ole_file("EncryptionInfo", "EncryptedPackage"), PASSWORD),
    "CSV renamed": (lambda: "姓名,出生日期\r\n王芳,1985-06-12\r\n".encode(), TEXT_FILE),
    "CSV of Excel in China": (lambda: "姓名,出生日期\r\n王芳,1985-06-12\r\n".encode("gb18030"), TEXT_FILE),
    "text of Excel": (lambda: "姓名\t出生日期\r\n王芳\t1985-06-12\r\n".encode("utf-16"), TEXT_FILE),
    "a web page saved as XLS": (lambda: '<html xmlns:x="urn"><table><tr><td>姓名'.encode("gb18030"), WEB_PAGE),
    "a bare table": (lambda: b"\xef\xbb\xbf\r\n<!-- x --><TABLE border=1>", WEB_PAGE),
    "PDF": (lambda: b"%PDF-1.7\n", "“名册.xlsx”是 PDF 文件，不能读取其中的表格。请选择 Excel 工作簿。"),
    "a picture": (picture, NO_WORKBOOK),
    "Word": (office_file, NO_WORKBOOK),
    "some archive": (lambda: packed({"名册.txt": "姓名"}), NO_WORKBOOK),
    "a binary workbook": (
        lambda: with_more(xl__workbook_bin="").replace(b"workbook_bin", b"workbook.bin"),
        f"“名册.xlsx”是二进制工作簿（XLSB）。{SAVE_AS}",
    ),
    "only the beginning": (lambda: PLAIN[:-200], DAMAGED),
    "one byte turned": (
        lambda: PLAIN.replace(b"PK\x03\x04", b"PK\x03\x05").replace(b"PK\x03\x05", b"PK\x03\x04", 1),
        DAMAGED,
    ),
    "parts under a password": (locked, PASSWORD),
    "a part twice": (part_twice, DAMAGED),
    "macros": (lambda: with_more(xl__vbaProject_bin="x").replace(b"vbaProject_bin", b"vbaProject.bin"), MACROS),
    "macros by type only": (
        lambda: operated(PLAIN, r"[Content_Types].xml", "spreadsheetml.sheet.main", "sheet.macroEnabled.main"),
        MACROS,
    ),
    "links to other files": (
        lambda: with_more(**{"xl__externalLinks__externalLink1.xml": "<x/>"}),
        "“名册.xlsx”引用了别的文件。请在 Excel 的“数据—编辑链接”里断开链接，把公式改成数值，保存后再导入。",
    ),
    "a chart and no sheet": (chart_only, NO_SHEET),
    "no sheet": (lambda: operated(PLAIN, "xl/workbook.xml", "<sheets>.*</sheets>", "<sheets/>"), NO_SHEET),
    "a sheet outside the file": (
        lambda: operated(PLAIN, "xl/_rels/workbook.xml.rels", '(Target="/xl/worksheets)', r'TargetMode="External" \1'),
        NO_SHEET,
    ),
    "no workbook part": (lambda: packed({k: v for k, v in unpacked(PLAIN).items() if k != "xl/workbook.xml"}), DAMAGED),
    "too many parts": (lambda: with_more(**{f"xl__{number}.xml": "" for number in range(1_000)}), TOO_MUCH),
    "a bomb by its size": (lambda: with_stated_size(PLAIN, SHEET, 130 * 1024 * 1024), TOO_MUCH),
    "a bomb by its ratio": (lambda: with_sheet(HEAD + " " * 11_000_000), TOO_MUCH),
    "a bomb behind a false size": (
        lambda: with_stated_size(with_sheet(HEAD + " " * 11_000_000), SHEET, 1_000),
        DAMAGED,
    ),
    "too deep": (lambda: with_sheet(HEAD + "<a>" * 100), DAMAGED),
    "an endless tag": (lambda: with_sheet(f'{HEAD}<row a="{"x" * 400_000}"/>'), DAMAGED),
    "one long text in every cell": (one_text_everywhere, TOO_MUCH),
    "too many merged ranges": (
        lambda: with_sheet(HEAD, after="<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 10_001 + "</mergeCells>"),
        TOO_MUCH,
    ),
    "everything merged over and over": (
        lambda: with_sheet(HEAD + text_row(90_000, "注："), after='<mergeCell ref="A1:XFD1048576"/>' * 2),
        "工作表“名册”里合并的单元格太多。请取消合并，逐行填写后再导入。",
    ),
    "too many formats": (
        lambda: operated(
            PLAIN, STYLES, "<numFmts.*?/>", "".join(f'<numFmt numFmtId="{n}" formatCode="["/>' for n in range(10_001))
        ),
        TOO_MUCH,
    ),
    "a row without a number": (lambda: with_sheet(HEAD + '<row r="x"/>'), DAMAGED),
    "a cell beyond the last column": (lambda: with_sheet(HEAD + '<row r="3"><c r="ZZZZ3"><v>1</v></c></row>'), DAMAGED),
    "a text that is not in the table": (lambda: with_sheet(HEAD + '<row><c t="s"><v>7</v></c></row>'), DAMAGED),
    "a number that is none": (lambda: with_sheet(HEAD + "<row><c><v>1,5</v></c></row>"), DAMAGED),
    "a merge of whole columns": (lambda: with_sheet(HEAD, after='<mergeCell ref="A:B"/>'), DAMAGED),
    "XML that ends early": (lambda: packed(unpacked(PLAIN) | {SHEET: "<worksheet><sheetData>"}), DAMAGED),
    "a relation without a target": (
        lambda: operated(PLAIN, "_rels/.rels", r'Target="[^"]*workbook.xml"', ""),
        DAMAGED,
    ),
}


@pytest.mark.parametrize(("content", "sentence"), FILES.values(), ids=FILES.keys())
def test_file_is_refused(content, sentence):
    assert refusal_of(content()) == sentence


def test_plain_file_that_all_these_were_made_from_is_read():
    assert [row.values["姓名"] for row in read_sheet(PLAIN, file_name="名册.xlsx", columns=COLUMNS).rows] == ["王芳"]
    rows = read_sheet(with_sheet(HEAD), file_name="名册.xlsx", columns=COLUMNS).rows
    assert [row.values["姓名"] for row in rows] == ["王芳"]


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
DTD_FROM_OUTSIDE = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'
PARTS = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", STRINGS, STYLES, SHEET]


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, DTD_FROM_OUTSIDE], ids=["laughs", "outside", "dtd"])
@pytest.mark.parametrize("part", PARTS)
def test_entities_are_refused_in_every_part_that_is_read(part, doctype):
    parts = unpacked(with_shared_strings(PLAIN))
    assert parts[part]

    parts[part] = doctype.encode() + parts[part].removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>')

    assert refusal_of(packed(parts)) == DAMAGED


def test_entities_are_refused_in_an_encoding_in_which_no_search_finds_them():
    part = f'<?xml version="1.0" encoding="UTF-16"?>{LAUGHS}{sheet_part(HEAD)}'

    assert refusal_of(packed(unpacked(PLAIN) | {SHEET: part.encode("utf-16")})) == DAMAGED
    plain = part.replace(LAUGHS, "").encode("utf-16")
    assert read_sheet(packed(unpacked(PLAIN) | {SHEET: plain}), file_name="名册.xlsx", columns=COLUMNS).rows


def test_others_that_open_workbooks_refuse_entities_too():
    assert openpyxl.DEFUSEDXML


@pytest.fixture
def opened(monkeypatch):
    """The parts that are unpacked from now on."""
    unpack, heard = zipfile.ZipFile.open, []

    def hear(archive, part, *options, **more):
        heard.append(part)
        return unpack(archive, part, *options, **more)

    monkeypatch.setattr(zipfile.ZipFile, "open", hear)
    return heard


WITH_STRINGS = with_shared_strings(PLAIN)
BOMB = with_stated_size(WITH_STRINGS, SHEET, 130 * 1024 * 1024)


def test_nothing_is_unpacked_of_a_file_that_is_refused_by_its_list(opened):
    assert refusal_of(BOMB) == TOO_MUCH
    assert opened == []


def test_parts_that_are_not_needed_are_not_unpacked(opened):
    read_sheet(WITH_STRINGS, file_name="名册.xlsx", columns=COLUMNS)

    assert set(opened) == set(PARTS)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (r"C:\桌面\名册.xlsx", "“名册.xlsx”"),
        ("../名册\u202exslx.xls", "“名册xslx.xls”"),
        ("名" * 200, f"“{'名' * 30}…”"),
        ("", "“”"),
    ],
)
def test_file_is_named_without_folders_and_tricks(name, shown):
    assert refusal_of(b"", file_name=name) == f"{shown}是空文件。请重新选择后再导入。"


@pytest.mark.parametrize(
    ("module", "limit", "rows"),
    [
        (package_module, "MAX_ELEMENTS", "<row/>" * 5_000),
        (workbook_module, "MAX_CELLS", "<row>" + "<c><v>1</v></c>" * 1_250 + "</row>"),
        (workbook_module, "MAX_CHARACTERS", "".join(text_row(row, "王" * 200) for row in range(3, 28))),
    ],
)
def test_what_would_take_too_long_is_refused(monkeypatch, module, limit, rows):
    content = with_sheet(HEAD + rows)
    assert read_sheet(content, file_name="名册.xlsx", columns=COLUMNS).rows

    monkeypatch.setattr(module, limit, 5_000 if limit != "MAX_CELLS" else 1_250)

    assert refusal_of(content) == TOO_MUCH


def test_largest_table_that_may_be_read_stays_below_the_limits():
    texts = ["王芳", "1985-06-12", *["字" * 40] * 6]
    content = with_sheet(HEAD + "".join(text_row(row, *texts) for row in range(3, 5_002)))

    assert len(read_sheet(content, file_name="名册.xlsx", columns=COLUMNS).rows) == 5_000


def test_what_stands_in_a_cell_is_not_put_into_the_log(caplog):
    caplog.set_level(logging.INFO)
    number = '<row r="2"><c r="A2" t="n"><v>13800138000 王芳家</v></c></row>'

    assert refusal_of(with_sheet(text_row(1, "姓名", "出生日期") + number)) == DAMAGED

    assert "of a workbook could not be read: ValueError" in caplog.text
    assert "13800138000" not in caplog.text
    assert "王芳" not in caplog.text
