"""What goes out: the template to fill in, and rows that come back as they were."""

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from congress_portal.common.spreadsheets import (
    CellRefused,
    Column,
    Kind,
    SheetRefused,
    read_sheet,
    write_rows,
    write_template,
)
from congress_portal.common.spreadsheets.cells import parse
from congress_portal.common.spreadsheets.writing import READING_RULES
from tests.common.workbooks import SHEET, saved, unpacked

COLUMNS = [
    Column("姓名", Kind.NAME, required=True, example="王芳", hint="填写身份证上的姓名。", width=12),
    Column("出生日期", Kind.DAY, example="1985-06-12"),
    Column("联系电话", Kind.PHONE),
    Column("代表类别", Kind.CHOICE, allowed=("街道", "社区")),
    Column("代表小组"),
    Column("任期", Kind.NUMBER),
    Column("在任", Kind.YES_NO),
]
WANG = {
    "姓名": "王芳",
    "出生日期": date(1985, 6, 12),
    "联系电话": "13800000001",
    "代表类别": "社区",
    "代表小组": "第一组",
    "任期": 5,
    "在任": True,
}


def template():
    content = write_template(
        COLUMNS,
        title="代表和议事员",
        allowed={"代表小组": ["第一组", "第二组"]},
        examples=[WANG, {"姓名": "李强"}],
        notes=["同名的人按出生日期区分。"],
    )
    return load_workbook(io.BytesIO(content))


def read(content: bytes):
    return read_sheet(content, file_name="名册.xlsx", columns=COLUMNS)


def written(sheet) -> list[list]:
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_template_has_nothing_but_its_header_to_fill_in():
    book = template()

    assert book.sheetnames == ["代表和议事员", "可选项", "填写说明"]
    assert written(book["代表和议事员"]) == [["姓名*", "出生日期", "联系电话", "代表类别", "代表小组", "任期", "在任"]]
    assert book["代表和议事员"].freeze_panes == "A2"


def test_template_handed_in_empty_imports_no_example():
    with pytest.raises(
        SheetRefused, match=r"^工作表“代表和议事员”第 1 行的表头下面没有可以导入的行。请填写后再导入。$"
    ):
        read(saved(template()))


def test_template_filled_in_is_read():
    book = template()
    for at, value in enumerate(["王　芳", date(1985, 6, 12), 13800000001, "社区", "第一组", 5, "是"], 1):
        book.worksheets[0].cell(2, at).value = value

    sheet = read(saved(book))

    assert [row.values for row in sheet.rows] == [WANG]
    assert (sheet.errors, sheet.remarks) == ([], [])


def test_template_offers_lists_days_and_hints():
    sheet = template().worksheets[0]

    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert {place: (rule.type, rule.formula1, rule.errorStyle or "stop") for place, rule in rules.items()} == {
        "A2:A1001": (None, None, "stop"),
        "B2:B1001": ("date", "2201", "warning"),
        "D2:D1001": ("list", "'可选项'!$A$2:$A$3", "stop"),
        "E2:E1001": ("list", "'可选项'!$B$2:$B$3", "warning"),
        "G2:G1001": ("list", '"是,否"', "stop"),
    }
    assert rules["A2:A1001"].prompt == "填写身份证上的姓名。例如：王芳"
    assert [sheet.column_dimensions[letter].number_format for letter in "ABCF"] == ["@", "yyyy-mm-dd", "@", "0"]
    assert sheet.column_dimensions["A"].width == 12


def test_template_lists_the_words_and_explains_the_reading():
    book = template()

    assert written(book["可选项"]) == [["代表类别", "代表小组"], ["街道", "第一组"], ["社区", "第二组"]]
    notes = written(book["填写说明"])
    assert ["姓名", "必填", "王芳", "填写身份证上的姓名。"] in notes
    assert ["代表类别", "可以不填"] in notes
    assert notes[notes.index(["二、填写的例子（不要填在这里，请填在第一张表里）"]) + 2][0] == "王芳"
    rules = ["同名的人按出生日期区分。", *READING_RULES]
    assert notes[-len(rules) :] == [[f"{number}. {rule}"] for number, rule in enumerate(rules, 1)]


def test_rows_come_back_as_they_were():
    sheet = read(write_rows(COLUMNS, [WANG, {"姓名": "李强", "在任": False}], title="名册/2024"))

    assert sheet.name == "名册 2024"
    assert sheet.rows[0].values == WANG
    assert sheet.rows[1].values == dict.fromkeys(WANG) | {"姓名": "李强", "在任": False}


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://127.0.0.1")'])
def test_no_text_goes_out_as_a_formula(start):
    content = write_rows(COLUMNS, [{"姓名": start, "代表小组": "第一组"}], title="名册")

    assert b"<f>" not in unpacked(content)[SHEET]
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["A2"].data_type == "s"
    assert (sheet["A2"].quotePrefix, sheet["E2"].quotePrefix) == (True, False)


def test_texts_that_look_escaped_and_characters_that_xml_cannot_hold():
    rows = read(write_rows(COLUMNS, [{"姓名": "王芳", "代表小组": "_x0041_\x00组"}], title="名册")).rows

    assert rows[0].values["代表小组"] == "_x0041_组"


@settings(max_examples=50)
@given(typed=st.lists(st.text(max_size=30), min_size=1, max_size=30))
def test_what_was_read_once_stays_the_same_when_it_goes_out_and_comes_back(typed):
    columns = [Column("姓名", Kind.NAME), Column("代表小组"), *COLUMNS[5:]]
    texts = [{column.title: understood(column, text) for column in columns[:2]} for text in typed]
    rows = [text | {"任期": 5, "在任": True} for text in texts]

    again = read_sheet(write_rows(columns, rows, title="名册"), file_name="名册.xlsx", columns=columns)

    assert [row.values for row in again.rows] == rows


def understood(column, text):
    try:
        return parse(column, text)
    except CellRefused:
        return None
