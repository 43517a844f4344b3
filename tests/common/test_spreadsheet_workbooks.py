"""Workbook by workbook: what offices hand in, and exactly what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.styles import Border, Side
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation

from congress_portal.common.spreadsheets import Column, Kind, SheetRefused, read_sheet
from tests.common.workbooks import (
    MAIN,
    SHEET,
    STRINGS,
    STYLES,
    operated,
    packed,
    related,
    saved,
    sheet_part,
    text_row,
    unpacked,
    with_shared_strings,
    workbook,
)

COLUMNS = [
    Column("姓名", Kind.NAME, required=True, aliases=("名字",), max_length=40),
    Column("出生日期", Kind.DAY, required=True),
    Column("联系电话", Kind.PHONE, aliases=("手机", "手机号")),
    Column("届次"),
    Column("代表类别", Kind.CHOICE, allowed=("街道", "社区", "企业")),
    Column("离任日期", Kind.DAY, empty_words=("至今",)),
]
HEADER = ["姓名", "出生日期", "联系电话"]
WANG = ["王芳", date(1985, 6, 12), "13800000001"]
LI = ["李强", date(1970, 1, 1), "13800000002"]
WANG_READ = {"姓名": "王芳", "出生日期": date(1985, 6, 12), "联系电话": "13800000001"}
LI_READ = {"姓名": "李强", "出生日期": date(1970, 1, 1), "联系电话": "13800000002"}
MERGED_UP = "这一格和上面的格合并了，请取消合并，逐行填写。"
FORMULA = "这一格是公式，请改成数值（复制—选择性粘贴—数值）。"


@dataclass
class Read:
    """The records by row number, without their empty cells; the lines of errors; the remarks."""

    rows: dict[int, dict]
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def verdict_on(content: bytes, **options) -> Read | str:
    try:
        sheet = read_sheet(content, file_name="代表名册.xlsx", columns=COLUMNS, **options)
    except SheetRefused as refusal:
        return str(refusal)
    rows = {
        row.number: {title: value for title, value in row.values.items() if value is not None} for row in sheet.rows
    }
    return Read(rows, [str(error) for error in sheet.errors], sheet.remarks)


def merged(*ranges: str) -> Callable:
    return lambda sheet: [sheet.merge_cells(place) for place in ranges]


def numbers_of_an_old_mac() -> bytes:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["姓名", "出生日期", "离任日期"])
    sheet.append(["王芳", date(1985, 6, 12), 44_000])  # the second has lost the look of a day
    return saved(book)


def formatted_to_the_end(sheet) -> None:
    """Borders far below the last record, as after dragging them down."""
    side = Side(style="thin")
    for row in range(3, 2_000):
        for column in range(1, 13):
            sheet.cell(row, column).border = Border(left=side, right=side)


def hidden_rows_and_columns(sheet) -> None:
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[3].hidden = sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["C"].hidden = True


def chinese_day_format(content: bytes, number: int) -> bytes:
    """Give the first style of cells one of the formats that exist in Chinese Excel only."""
    return operated(content, STYLES, '<xf numFmtId="0"', f'<xf numFmtId="{number}"')


def second_sheet(state: str):
    return lambda sheet: setattr(sheet.parent["名册"], "sheet_state", state)


PLAIN = workbook(HEADER, WANG)

CASES = {
    "a plain table": (lambda: PLAIN, Read({2: WANG_READ})),
    "texts in a table of their own, as Excel and WPS write": (lambda: with_shared_strings(PLAIN), Read({2: WANG_READ})),
    "a merged title above, blank rows between, columns in another order": (
        lambda: workbook(
            ["桂花街道人大代表名册"],
            [],
            ["联系电话", "出生日期", "姓名"],
            WANG[::-1],
            [None, " ", "　"],
            [],
            LI[::-1],
            then=merged("A1:C1"),
        ),
        Read({4: WANG_READ, 7: LI_READ}),
    ),
    "a header with spaces, line breaks, asterisks, remarks in brackets and other names": (
        lambda: workbook(["姓 名*", "出生\n日期（必填）", "手机号："], WANG),
        Read({2: WANG_READ}),
    ),
    "a header of two rows": (
        lambda: workbook(
            ["姓名", "出生日期", "联系方式", None],
            [None, None, "手机", "微信"],
            [*WANG, "wx"],
            then=merged("A1:A2", "B1:B2", "C1:D1"),
        ),
        Read({3: WANG_READ}, remarks=["没有读取这些列：D 列“微信”。"]),
    ),
    "a remark merged down beside the whole table leaves the header one row": (
        lambda: workbook([*HEADER, "备注"], [*WANG, "在册"], LI, then=merged("D2:D3")),
        Read({2: WANG_READ, 3: LI_READ}, remarks=["没有读取这些列：D 列“备注”。"]),
    ),
    "the header in row 15": (lambda: workbook(*[[]] * 14, HEADER, WANG), Read({16: WANG_READ})),
    "the header in row 16": (
        lambda: workbook(*[[]] * 15, HEADER, WANG),
        "“代表名册.xlsx”的前 15 行里找不到表头，表头要有“姓名”“出生日期”。请按模板整理后再导入。",
    ),
    "numbers in front, prepared beyond the last record": (
        lambda: workbook(["序号", *HEADER], [1, *WANG], [2, None], ["=ROW()-1", None], ["4", None]),
        Read({2: WANG_READ}),
    ),
    "notes at the bottom": (
        lambda: workbook(
            HEADER,
            WANG,
            LI,
            ["注：以上名单由各社区报送"],
            ["填表人：张三", None, "联系电话：13800000000"],
            ["合计", None, "2人"],
            ["以上名单已经核对无误，特此说明。"],
            [None, None, date(2024, 3, 5)],
        ),
        Read(
            {2: WANG_READ, 3: LI_READ},
            remarks=[
                "第 4 行没有读取，看起来不是记录：“注：以上名单由各社区报送”。",
                "第 5 行没有读取，看起来不是记录：“填表人：张三 联系电话：13800000000”。",
                "第 6 行没有读取，看起来不是记录：“合计 2人”。",
                "第 7 行没有读取，看起来不是记录：“以上名单已经核对无误，特此说明。”。",
                "第 8 行没有读取，看起来不是记录：“2024-03-05”。",
            ],
        ),
    ),
    "headings between the records": (
        lambda: workbook(HEADER, ["一、县人大代表"], WANG, ["二、居民议事员"], LI, then=merged("A2:C2", "A4:C4")),
        Read(
            {3: WANG_READ, 5: LI_READ},
            remarks=[
                "第 2 行没有读取，看起来不是记录：“一、县人大代表”。",
                "第 4 行没有读取，看起来不是记录：“二、居民议事员”。",
            ],
        ),
    ),
    "the header once more on the next printed page": (
        lambda: workbook(HEADER, WANG, HEADER, LI),
        Read({2: WANG_READ, 4: LI_READ}, remarks=["第 3 行没有读取，看起来不是记录：“姓名 出生日期 联系电话”。"]),
    ),
    "only a remark beside the table": (
        lambda: workbook([*HEADER, "备注"], [*WANG, None], [None, None, None, "此处空白"], LI),
        Read(
            {2: WANG_READ, 4: LI_READ},
            remarks=["没有读取这些列：D 列“备注”。", "第 3 行没有读取，看起来不是记录：“此处空白”。"],
        ),
    ),
    "many notes are counted": (
        lambda: workbook(HEADER, WANG, *[[f"注{number}：说明"] for number in range(1, 14)]),
        Read(
            {2: WANG_READ},
            remarks=[
                *[f"第 {row} 行没有读取，看起来不是记录：“注{row - 2}：说明”。" for row in range(3, 13)],
                "第 13 至 15 行也没有读取，看起来不是记录。",
            ],
        ),
    ),
    "a record without its name is an error, no note": (
        lambda: workbook(HEADER, [None, *LI[1:]], WANG),
        Read(
            {2: {k: v for k, v in LI_READ.items() if k != "姓名"}, 3: WANG_READ}, ["第 2 行 A 列（姓名）：请填写姓名。"]
        ),
    ),
    "a name or a number alone is an error, also behind the last record": (
        lambda: workbook(HEADER, ["李强"], WANG, ["赵敏"], [None, None, "13800000002"]),
        Read(
            {2: {"姓名": "李强"}, 3: WANG_READ, 4: {"姓名": "赵敏"}, 5: {"联系电话": "13800000002"}},
            [
                "第 2 行 B 列（出生日期）：请填写出生日期。",
                "第 4 行 B 列（出生日期）：请填写出生日期。",
                "第 5 行 A 列（姓名）：请填写姓名。",
                "第 5 行 B 列（出生日期）：请填写出生日期。",
            ],
        ),
    ),
    "names alone and nothing else": (
        lambda: workbook(HEADER, ["李强"], ["赵敏"]),
        Read(
            {2: {"姓名": "李强"}, 3: {"姓名": "赵敏"}},
            ["第 2 行 B 列（出生日期）：请填写出生日期。", "第 3 行 B 列（出生日期）：请填写出生日期。"],
        ),
    ),
    "what people type into names, phones, terms and lists": (
        lambda: workbook(
            ["姓名", "出生日期", "联系电话", "届次", "代表类别", "离任日期"],
            ["王　 芳", "1985.6.12", 13800000001.0, 15, " 社 区", "至今"],
            ["阿依古丽·买买提", "一九八五年六月十二日", "１３８ ００００-０００１", "第十五届", "-", "/"],  # noqa: RUF001
            ["Anna  Li", 19850612, "（0551）62345678", "\uff11\uff15", None, 45356],
        ),
        Read(
            {
                2: WANG_READ | {"届次": "15", "代表类别": "社区"},
                3: WANG_READ | {"姓名": "阿依古丽·买买提", "届次": "第十五届"},
                4: WANG_READ
                | {"姓名": "Anna Li", "联系电话": "0551-62345678", "届次": "15", "离任日期": date(2024, 3, 5)},
            }
        ),
    ),
    "months without their days are pointed out": (
        lambda: workbook(HEADER, ["王芳", "1985-06"], ["李强", "1985年6月"], WANG, ["赵敏", 198506]),
        Read(
            {
                2: {"姓名": "王芳", "出生日期": date(1985, 6, 1)},
                3: {"姓名": "李强", "出生日期": date(1985, 6, 1)},
                4: WANG_READ,
                5: {"姓名": "赵敏", "出生日期": date(1985, 6, 1)},
            },
            remarks=["第 2 至 3、5 行的“出生日期”只写了年月，按当月 1 日读取。"],
        ),
    ),
    "cells that cannot be understood, each with its place": (
        lambda: workbook(
            [*HEADER, "代表类别"],
            ["王芳", "1985-02-30", "1380000", "居民"],
            ["王\u202e芳", "昨天", 1.38, True],
            ["王" * 5000, date(1899, 12, 31).isoformat(), "13800000001、13800000002", None],
        ),
        Read(
            {2: {"姓名": "王芳"}, 3: {}, 4: {}},
            [
                "第 2 行 B 列（出生日期）：“1985-02-30”这一天不存在，请核对后改正。",
                "第 2 行 C 列（联系电话）：“1380000”有 7 位，手机号应为 11 位，请核对后改正。",
                "第 2 行 D 列（代表类别）：“居民”不在可选项里，请填写其中一个：街道、社区、企业。",
                "第 3 行 A 列（姓名）：第 2 个字是看不见的控制字符，请删掉后再提交。",
                "第 3 行 B 列（出生日期）：“昨天”不是看得懂的日期，请写成 1985-06-12 这样的年月日。",
                "第 3 行 C 列（联系电话）：“1.38”不是电话号码，请写成 13800000000 或 0551-62345678。",
                "第 3 行 D 列（代表类别）：这一格是逻辑值 TRUE，请改成要填的内容。",
                "第 4 行 A 列（姓名）：这一格的字太多，最多 40 个字，请删减后再导入。",
                "第 4 行 B 列（出生日期）：“1899-12-31”早于 1900 年，请核对后改正。",
                "第 4 行 C 列（联系电话）：“13800000001、13800000002”不止一个号码，请只留一个。",
            ],
        ),
    ),
    "formulas and error values, whatever value is kept beside them": (
        lambda: operated(
            workbook(HEADER, ["=A1", "=DATE(1985,6,12)", "#REF!"]),
            SHEET,
            r"<f>A1</f><v ?/>|<f>A1</f><v></v>",
            "<f>A1</f><v>王芳</v>",
        ),
        Read(
            {2: {}},
            [
                f"第 2 行 A 列（姓名）：{FORMULA}",
                f"第 2 行 B 列（出生日期）：{FORMULA}",
                "第 2 行 C 列（联系电话）：这一格是错误值“#REF!”，请改正后再导入。",
            ],
        ),
    ),
    "cells merged downwards in the records": (
        lambda: workbook([*HEADER, "届次"], [*WANG, "第十五届"], [*LI, None], then=merged("D2:D3")),
        Read({2: WANG_READ | {"届次": "第十五届"}, 3: LI_READ}, [f"第 3 行 D 列（届次）：{MERGED_UP}"]),
    ),
    "cells merged sideways in the records": (
        lambda: workbook(HEADER, WANG, ["李强", "1970-01-01", None], then=merged("B3:C3")),
        Read(
            {2: WANG_READ, 3: {"姓名": "李强", "出生日期": date(1970, 1, 1)}},
            ["第 3 行 C 列（联系电话）：这一格和左边的格合并了，请取消合并，逐行填写。"],
        ),
    ),
    "a merged cell with a forged value behind it": (
        lambda: operated(
            workbook(HEADER, WANG, LI),
            SHEET,
            "</sheetData>",
            '</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
        ),
        Read(
            {2: WANG_READ, 3: {k: v for k, v in LI_READ.items() if k != "姓名"}}, [f"第 3 行 A 列（姓名）：{MERGED_UP}"]
        ),
    ),
    "hidden rows and columns are read and pointed out": (
        lambda: workbook(HEADER, WANG, LI, [], WANG, LI, then=hidden_rows_and_columns),
        Read(
            {2: WANG_READ, 3: LI_READ, 5: WANG_READ, 6: LI_READ},
            remarks=["第 2 至 3、6 行在文件里是隐藏的，也读取了，请核对。", "C 列在文件里是隐藏的，也读取了，请核对。"],
        ),
    ),
    "another sheet with something else": (
        lambda: workbook(HEADER, WANG, 汇总=[["社区", "人数"], ["桂花", 3]], 空表=[]),
        Read({2: WANG_READ}, remarks=["只读取了工作表“名册”，没有读取“汇总”。"]),
    ),
    "the table on the second sheet, beside one that only begins like it": (
        lambda: workbook(HEADER, WANG, 通讯录=[["姓名", "手机"], ["李强", "13800000002"]]),
        Read({2: WANG_READ}, remarks=["只读取了工作表“名册”，没有读取“通讯录”。"]),
    ),
    "the sheets of the template are no tables": (
        lambda: workbook(HEADER, WANG, 可选项=[HEADER], 填写说明=[HEADER, LI]),
        Read({2: WANG_READ}),
    ),
    "two such tables": (
        lambda: workbook(HEADER, WANG, 第二张=[HEADER, LI]),
        "“代表名册.xlsx”里有两张这样的表：“名册”和“第二张”。请只留要导入的一张，或分成两个文件再导入。",
    ),
    "the table on a hidden sheet beside an open one": (
        lambda: workbook(HEADER, WANG, 说明=[["请看名册"]], then=second_sheet("hidden")),
        "要导入的表在隐藏的工作表“名册”里。请取消隐藏，核对后再导入。",
    ),
    "an old copy on a hidden sheet": (
        lambda: workbook(
            ["旧"],
            HEADER,
            LI,
            name="旧名册",
            名册=[HEADER, WANG],
            then=lambda s: setattr(s, "sheet_state", "veryHidden"),
        ),
        Read({2: WANG_READ}, remarks=["只读取了工作表“名册”，没有读取“旧名册”。"]),
    ),
    "other columns are named and not read": (
        lambda: workbook(["序号", *HEADER, "性别", "民族"], [1, *WANG, "女", "汉族"]),
        Read({2: WANG_READ}, remarks=["没有读取这些列：E 列“性别”、F 列“民族”。"]),
    ),
    "30 columns too many": (
        lambda: workbook([*HEADER, *[f"栏目{number}" for number in range(1, 31)]], WANG),
        "工作表“名册”第 1 行的表头里有 30 列不是要导入的内容，例如“栏目1”“栏目2”“栏目3”。请删去用不到的列后再导入。",
    ),
    "a required column missing": (
        lambda: workbook(["姓名", "联系电话", "性别"], ["王芳", "13800000001", "女"]),
        "工作表“名册”第 1 行的表头缺少“出生日期”，只有“姓名”“联系电话”“性别”。请补上后再导入。",
    ),
    "a column twice": (
        lambda: workbook(["姓名", "出生日期", "姓 名"], ["王芳", "1985-06-12", "王芳"]),
        "工作表“名册”第 1 行的表头里，A 列“姓名”和 C 列“姓 名”是同一项“姓名”。请只留一列后再导入。",
    ),
    "a column twice under two names": (
        lambda: workbook([*HEADER, "手机"], [*WANG, "13800000009"]),
        "工作表“名册”第 1 行的表头里，C 列“联系电话”和 D 列“手机”是同一项“联系电话”。请只留一列后再导入。",
    ),
    "another table altogether": (
        lambda: workbook(["社区", "人口"], ["桂花社区", 5200]),
        "“代表名册.xlsx”的前 15 行里找不到表头，表头要有“姓名”“出生日期”。请按模板整理后再导入。",
    ),
    "nothing under the header": (
        lambda: workbook(HEADER, [None, " "], ["注：无"]),
        "工作表“名册”第 1 行的表头下面没有可以导入的行。请填写后再导入。",
    ),
    "an empty sheet": (
        lambda: workbook(),
        "“代表名册.xlsx”的前 15 行里找不到表头，表头要有“姓名”“出生日期”。请按模板整理后再导入。",
    ),
    "borders drawn far below the last record": (
        lambda: workbook(HEADER, WANG, then=formatted_to_the_end),
        Read({2: WANG_READ}),
    ),
    "rows formatted down to the last one of Excel": (
        lambda: packed(
            unpacked(PLAIN)
            | {
                SHEET: sheet_part(
                    text_row(1, *HEADER)
                    + text_row(2, "王芳", "1985-06-12", "13800000001")
                    + "".join(f'<row r="{row}" ht="14.25"/>' for row in range(3, 1_048_577))
                )
            }
        ),
        Read({2: WANG_READ}),
    ),
    "days counted as old Macs do": (
        lambda: numbers_of_an_old_mac(),
        Read({2: {"姓名": "王芳", "出生日期": date(1985, 6, 12), "离任日期": date(2024, 6, 19)}}),
    ),
    "days in the formats of Chinese Excel": (
        lambda: chinese_day_format(workbook(["姓名", "出生日期", "届次"], ["王芳", 31210, 15]), 31),
        Read(
            {2: {"姓名": "王芳", "出生日期": date(1985, 6, 12)}},
            ["第 2 行 C 列（届次）：这一格存成了日期或时间（1900-01-14），请设成文本格式后重新填写。"],
        ),
    ),
    "days and times where they do not belong": (
        lambda: workbook(
            [*HEADER, "届次"], [date(1985, 6, 12), date(1985, 6, 12), date(1985, 6, 12), date(2024, 3, 5)]
        ),
        Read(
            {2: {"出生日期": date(1985, 6, 12)}},
            [
                "第 2 行 A 列（姓名）：这一格存成了日期或时间（1985-06-12），请设成文本格式后重新填写。",
                "第 2 行 C 列（联系电话）：这一格存成了日期或时间（1985-06-12），请设成文本格式后重新填写。",
                "第 2 行 D 列（届次）：这一格存成了日期或时间（2024-03-05），请设成文本格式后重新填写。",
            ],
        ),
    ),
    "a strict workbook, whose days are written out": (
        lambda: operated(
            operated(PLAIN, SHEET, MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
            SHEET,
            r'<c r="B2"[^>]*>.*?</c>',
            '<c r="B2" t="d"><v>1985-06-12T00:00:00</v></c>',
        ),
        Read({2: WANG_READ}),
    ),
    "elements under a prefix, cells without references": (
        lambda: packed(
            unpacked(PLAIN)
            | {
                SHEET: f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
                "<x:row><x:c t='inlineStr'><x:is><x:t>姓名</x:t></x:is></x:c>"
                "<x:c t='str'><x:v>出生日期</x:v></x:c></x:row>"
                "<x:row><x:c t='inlineStr'><x:is><x:r><x:t>王</x:t></x:r><x:r><x:t>芳</x:t></x:r>"
                "<x:rPh><x:t>wang</x:t></x:rPh></x:is></x:c><x:c><x:v>31210</x:v></x:c></x:row></x:sheetData></x:worksheet>"
            }
        ),
        Read({2: {"姓名": "王芳", "出生日期": date(1985, 6, 12)}}),
    ),
    "characters that XML cannot hold": (
        lambda: operated(
            workbook([*HEADER, "届次"], [*WANG, "第十五届"], [*LI, "十五"]), SHEET, "第十五届", "第_x0000_十五_xD83D_"
        ),
        Read(
            {2: WANG_READ, 3: LI_READ | {"届次": "十五"}},
            ["第 2 行 D 列（届次）：第 2 个字是看不见的控制字符，请删掉后再提交。"],
        ),
    ),
    "rare characters of names": (
        lambda: workbook(HEADER, ["𠮷㛃\U0002ceb0\U00031350", *WANG[1:]], ["葛\U000e0100羽", *LI[1:]]),
        Read({2: WANG_READ | {"姓名": "𠮷㛃\U0002ceb0\U00031350"}, 3: LI_READ | {"姓名": "葛\U000e0100羽"}}),
    ),
    "a damaged table of styles that only concerns looks": (
        lambda: operated(PLAIN, STYLES, "<fills.*?</fills>", '<fills count="1"><fill/></fills>'),
        Read({2: WANG_READ}),
    ),
    "the extent stated too small, as by WPS": (
        lambda: operated(PLAIN, SHEET, '<dimension ref="[^"]*"', '<dimension ref="A1"'),
        Read({2: WANG_READ}),
    ),
    "drop-down lists with formulas": (
        lambda: workbook(
            HEADER,
            WANG,
            then=lambda s: s.add_data_validation(DataValidation("list", formula1='"是,否"', sqref="A2:A9")),
        ),
        Read({2: WANG_READ}),
    ),
}


@pytest.mark.parametrize(("content", "verdict"), CASES.values(), ids=CASES.keys())
def test_workbook_comes_out_as(content, verdict):
    assert verdict_on(content()) == verdict


def test_as_many_rows_as_allowed_and_one_more():
    rows = [WANG] * 12

    assert len(verdict_on(workbook(HEADER, *rows), max_rows=12).rows) == 12
    assert verdict_on(workbook(HEADER, *rows, WANG), max_rows=12) == (
        "工作表“名册”有 13 行，一次最多导入 12 行。请分成几个文件再导入。"
    )


def test_three_thousand_rows_of_which_one_is_wrong():
    rows = [[f"王芳{number}", date(1985, 6, 12), 13800000001] for number in range(3_000)]
    rows[1_999][1] = "1985-02-30"

    verdict = verdict_on(workbook(HEADER, *rows))

    assert len(verdict.rows) == 3_000
    assert verdict.errors == ["第 2001 行 B 列（出生日期）：“1985-02-30”这一天不存在，请核对后改正。"]


def test_columns_that_the_file_has_not_are_not_among_the_values():
    sheet = read_sheet(workbook(["出生日期", "姓名"], [" 1985.6", "王　芳"]), file_name="名册.xlsx", columns=COLUMNS)

    assert (sheet.name, sheet.header_row) == ("名册", 1)
    assert sheet.letters == {"出生日期": "A", "姓名": "B"}
    assert sheet.rows[0].values == {"出生日期": date(1985, 6, 1), "姓名": "王芳"}
    assert sheet.rows[0].typed == {"出生日期": "1985.6", "姓名": "王　芳"}


def test_table_with_one_required_column_has_records_of_one_cell():
    columns = [Column("名称", required=True), Column("负责人", Kind.NAME)]
    content = workbook(["名称", "负责人"], ["桂花社区", "王芳"], ["望江社区"], ["注：名称填写全称"])

    sheet = read_sheet(content, file_name="社区.xlsx", columns=columns)

    assert [row.values["名称"] for row in sheet.rows] == ["桂花社区", "望江社区"]
    assert [(row.row, row.text) for row in sheet.skipped] == [(4, "注：名称填写全称")]


def test_sentence_under_a_table_of_one_column_is_no_record():
    content = workbook(["名称"], ["桂花街道综合行政执法大队"], ["望江社区"], ["以上名称与公章一致，特此说明。"])

    sheet = read_sheet(content, file_name="单位.xlsx", columns=[Column("名称", required=True)])

    assert [row.values["名称"] for row in sheet.rows] == ["桂花街道综合行政执法大队", "望江社区"]
    assert [row.row for row in sheet.skipped] == [4]


def test_many_other_sheets_are_counted():
    others = {f"{month}月": [["人数"]] for month in range(1, 8)}

    assert verdict_on(workbook(HEADER, WANG, **others)).remarks == [
        "只读取了工作表“名册”，没有读取“1月”“2月”“3月”“4月”“5月”等 7 张。"
    ]


def test_texts_with_a_reading_beside_them_are_read_without_it():
    content = with_shared_strings(PLAIN)
    content = operated(
        content, STRINGS, "<si><t>王芳</t></si>", "<si><r><t>王</t></r><r><t>芳</t></r><rPh><t>wang</t></rPh></si>"
    )

    assert verdict_on(content).rows == {2: WANG_READ}


def test_workbook_may_point_to_parts_it_does_not_need():
    assert verdict_on(related(PLAIN, "calcChain", "xl/calcChain.xml", "<!DOCTYPE a><calcChain/>")).rows == {
        2: WANG_READ
    }
