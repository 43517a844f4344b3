"""What a cell means in its column, or the sentence that says what to write instead."""

import unicodedata
from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from congress_portal.common.spreadsheets import CellRefused, Column, Kind
from congress_portal.common.spreadsheets.cells import parse
from congress_portal.common.spreadsheets.stored import ErrorValue, Formula

TEXT, NAME = Column("选区", max_length=20), Column("姓名", Kind.NAME, max_length=40)
PHONE, NUMBER, YES_NO = Column("电话", Kind.PHONE), Column("人数", Kind.NUMBER), Column("在任", Kind.YES_NO)
LEVEL = Column("层级", Kind.CHOICE, allowed=("县（市、区）", "乡镇"))
LAST_DAY = Column("离任日期", Kind.DAY, empty_words=("至今", "在任"))
MARCH = datetime(2024, 3, 5)  # noqa: DTZ001 -- cells know no time zone

full_width = str.maketrans({half: chr(ord(half) + 0xFEE0) for half in "0123456789ABCDEFabcdef+-()"})


@pytest.mark.parametrize(
    ("column", "stored", "value"),
    [
        (NAME, "王　芳", "王芳"),
        (NAME, " 欧阳 　建\u200b国\n", "欧阳建国"),
        (NAME, "阿依古丽·买买提", "阿依古丽·买买提"),
        (NAME, "阿依古丽 · 买买提", "阿依古丽·买买提"),
        (NAME, "卓玛‧次仁", "卓玛‧次仁"),
        (NAME, "Anna  Maria\u00a0Li", "Anna Maria Li"),
        (NAME, "J. O'Neill", "J. O'Neill"),
        (NAME, "Anna".translate(full_width), "Anna"),
        (NAME, "𠮷㛃\U0002ceb0 \U00030000\U00031350", "𠮷㛃\U0002ceb0\U00030000\U00031350"),
        (NAME, "葛\U000e0100 羽\ufa1e", "葛\U000e0100羽\ufa1e"),
        (NAME, "'王芳", "王芳"),
        (NAME, "无", "无"),
        (TEXT, "第 一\n选区", "第 一 选区"),
        (TEXT, "12 A".translate(full_width), "12 A"),
        (TEXT, "①㎡", "①㎡"),
        (TEXT, 15, "15"),
        (TEXT, 15.0, "15"),
        (TEXT, 0.1 + 0.2, "0.3"),
        (TEXT, "=1+1", "=1+1"),
        (TEXT, "-", "-"),
        (TEXT, "　\u200b", None),
        (PHONE, 13800000000.0, "13800000000"),
        (PHONE, "138 0000-0000", "13800000000"),
        (PHONE, "+86 138-0000-0000".translate(full_width), "13800000000"),
        (PHONE, "008613800000000", "13800000000"),
        (PHONE, "\u202d13800000000\u202c", "13800000000"),
        (PHONE, "'13800000000", "13800000000"),
        (PHONE, "（0551）6234 5678", "0551-62345678"),
        (PHONE, "010-62345678转801", "010-62345678转801"),
        (PHONE, "055162345678", "0551-62345678"),
        (PHONE, 62345678, "62345678"),
        (PHONE, "400-800-1234", "4008001234"),
        (PHONE, "—", None),
        (NUMBER, 12.0, 12),
        (NUMBER, "1,234".translate(full_width), 1234),
        (NUMBER, " -5 ", -5),
        (NUMBER, "/", None),
        (LEVEL, "县(市、区)", "县（市、区）"),
        (LEVEL, " 乡 镇", "乡镇"),
        (LEVEL, "无", None),
        (Column("情况", Kind.CHOICE, allowed=("有", "无")), "无", "无"),
        (YES_NO, "是", True),
        (YES_NO, "√", True),
        (YES_NO, True, True),
        (YES_NO, 0, False),
        (YES_NO, "\uff2e", False),
        (YES_NO, "-", None),
        (LAST_DAY, "至 今", None),
        (LAST_DAY, "在任", None),
        (LAST_DAY, "/", None),
        (LAST_DAY, MARCH, MARCH.date()),
    ],
)
def test_cell_is_understood(column, stored, value):
    assert parse(column, stored) == value


@pytest.mark.parametrize(
    ("column", "stored", "sentence"),
    [
        (NAME, 13, "“13”是数字，请填写姓名。"),
        (NAME, "13".translate(full_width), "“13”是数字，请填写姓名。"),
        (NAME, "王" * 5000, "这一格的字太多，最多 40 个字，请删减后再导入。"),
        (Column("简介", max_length=9_999), " " * 2_000 + "一", "这一格的字太多，最多 2000 个字，请删减后再导入。"),
        (NAME, "王\u202e芳", "第 2 个字是看不见的控制字符，请删掉后再提交。"),
        (NAME, "\x00", "第 1 个字是看不见的控制字符，请删掉后再提交。"),
        (TEXT, "一\x01", "第 2 个字是看不见的控制字符，请删掉后再提交。"),
        (TEXT, 340123198506120011, "这一格的数字超过 15 位，末尾几位已经被表格软件改掉，请设成文本格式后重新填写。"),
        (TEXT, MARCH, "这一格存成了日期或时间（2024-03-05），请设成文本格式后重新填写。"),
        (TEXT, time(8, 30), "这一格存成了日期或时间（08:30），请设成文本格式后重新填写。"),
        (TEXT, True, "这一格是逻辑值 TRUE，请改成要填的内容。"),
        (TEXT, Formula("=A1"), "这一格是公式，请改成数值（复制—选择性粘贴—数值）。"),
        (LAST_DAY, Formula("=TODAY()"), "这一格是公式，请改成数值（复制—选择性粘贴—数值）。"),
        (TEXT, ErrorValue("#REF!"), "这一格是错误值“#REF!”，请改正后再导入。"),
        (PHONE, "1.38E+10", "“1.38E+10”没有写全号码，请设成文本格式后重新填写。"),
        (PHONE, "13800000000/13900000000", "“13800000000/13900000000”不止一个号码，请只留一个。"),
        (PHONE, "13800000000或62345678", "“13800000000或62345678”不止一个号码，请只留一个。"),
        (PHONE, 1380000000, "“1380000000”有 10 位，手机号应为 11 位，请核对后改正。"),
        (PHONE, "12345678901", "“12345678901”不是电话号码，请写成 13800000000 或 0551-62345678。"),
        (PHONE, 55162345678, "“55162345678”存成了数字，区号前的 0 丢了，请设成文本格式后重新填写。"),
        (PHONE, "微信同号", "“微信同号”不是电话号码，请写成 13800000000 或 0551-62345678。"),
        (PHONE, MARCH, "这一格存成了日期或时间（2024-03-05），请设成文本格式后重新填写。"),
        (NUMBER, 1.5, "“1.5”不是整数，请只填数字，例如 15。"),
        (NUMBER, "十五", "“十五”不是整数，请只填数字，例如 15。"),
        (NUMBER, "٣", "“٣”不是整数，请只填数字，例如 15。"),
        (NUMBER, 1e15, "“1e+15”不是整数，请只填数字，例如 15。"),
        (LEVEL, "区", "“区”不在可选项里，请填写其中一个：县（市、区）、乡镇。"),
        (YES_NO, "大概", "“大概”看不出是或否，请填写“是”或“否”。"),
        (YES_NO, MARCH, "这一格存成了日期或时间（2024-03-05），请设成文本格式后重新填写。"),
    ],
)
def test_cell_is_refused_with_a_sentence(column, stored, sentence):
    with pytest.raises(CellRefused) as refusal:
        parse(column, stored)

    assert str(refusal.value) == sentence


def test_long_list_of_words_is_not_spelt_out():
    communities = Column("所在社区", Kind.CHOICE, allowed=tuple(f"第{number}社区" for number in range(1, 14)))

    with pytest.raises(CellRefused, match=r"^“桂花社区”不在可选项里，请从模板的“可选项”里选一个。$"):
        parse(communities, "桂花社区")


@given(
    name=st.text(st.characters(categories=["Lo"]), min_size=1, max_size=6), gaps=st.lists(st.sampled_from(" \u3000"))
)
def test_han_names_keep_every_character_and_no_space(name, gaps):
    name = "".join(character for character in name if unicodedata.east_asian_width(character) in "WF")
    spread = "".join(character + "".join(gaps) for character in name)

    assert parse(NAME, spread) == (name or None)


@pytest.mark.parametrize("kind", Kind)
@given(typed=st.text(max_size=30) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_any_cell_is_understood_or_refused_with_a_sentence(kind, typed):
    column = Column("一列", kind, allowed=("是", "否"))

    try:
        parse(column, typed)
    except CellRefused as refusal:
        sentence = str(refusal)
    else:
        sentence = "。"

    assert sentence.endswith("。")
    assert "\n" not in sentence
