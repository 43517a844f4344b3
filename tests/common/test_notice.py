"""Reading the State Council's notice: every known year exactly, every print of it, and each mistake in a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from chinese_calendar import constants
from hypothesis import given, settings
from hypothesis import strategies as st

from congress_portal.common.calendar_rows import days_of
from congress_portal.common.notice import read_notice
from congress_portal.common.workdays import NamedDay
from tests.common.notices import INVENTED_2027, NOTICES, whole_notice

PLAIN_2026 = NOTICES[2026]
OFF, AT_WORK = False, True


def replaced(old: str, new: str, *, year: int = 2026) -> list[str]:
    """Return what is wrong with a notice in which one piece is another."""
    assert NOTICES[year].count(old) == 1
    return read_notice(NOTICES[year].replace(old, new), year=year).problems


@pytest.mark.django_db
@pytest.mark.parametrize("year", NOTICES)
def test_notice_gives_exactly_the_known_days(year):
    notice = read_notice(whole_notice(year), year=year)

    assert notice.problems == []
    assert {day for day, named in notice.days.items() if named.is_working} == {
        day for day in constants.workdays if belongs(day, year)
    }
    assert {day for day, named in notice.days.items() if not named.is_working} == {
        day for day in constants.holidays if belongs(day, year)
    }
    assert notice.days == days_of(year)


def belongs(day: date, year: int) -> bool:
    is_new_year = (constants.holidays | constants.workdays)[day] == constants.Holiday.new_years_day.value
    return year == (day.year + 1 if is_new_year and day.month == 12 else day.year)


def test_source_is_title_and_number():
    assert read_notice(whole_notice(2026), year=2026).source == (
        "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"
    )
    assert read_notice(PLAIN_2026, year=2026).source == "国务院办公厅关于2026年部分节假日安排的通知"


def test_advice_is_shown_and_not_taken():
    notice = read_notice(whole_notice(2024), year=2024)

    assert notice.unused == ["鼓励各单位安排职工在除夕（2月9日）休息"]
    assert date(2024, 2, 9) not in notice.days


FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


@pytest.mark.parametrize(
    "text",
    [
        PLAIN_2026,
        PLAIN_2026.replace("\n", ""),
        PLAIN_2026.replace("\n", "\r\n\r\n　　"),
        PLAIN_2026.replace("月", "月\n").replace("、2月", "、\n2月"),
        PLAIN_2026.replace("1月", "1 月 ").replace("日", " 日\u00a0"),
        PLAIN_2026.translate(FULL_WIDTH),
        PLAIN_2026.replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ","),
        PLAIN_2026.replace("周", "星期").replace("星期日", "星期天"),
        PLAIN_2026.replace("至", "—"),
        PLAIN_2026.replace("至", "\uff5e"),
        PLAIN_2026.replace("一、", "1. ").replace("二、", "2. ").replace("三、", "（三）"),
        PLAIN_2026.replace("一、", "").replace("七、", ""),
        PLAIN_2026.replace("。", "；"),
        PLAIN_2026.replace("上班", "正常上班"),
        PLAIN_2026.replace("10月10日（周六）上班", "10月10日（周六）照常上班"),
        PLAIN_2026.replace("9月20日（周日）、10月10日（周六）上班", "9月20日（周日）上班，10月10日（周六）上班"),
    ],
)
def test_print_does_not_matter(text):
    notice = read_notice(text, year=2026)

    assert notice.problems == []
    assert notice.days == read_notice(whole_notice(2026), year=2026).days
    assert len(notice.days) == 39


def test_new_year_reaches_into_the_december_before():
    days = read_notice(INVENTED_2027, year=2027).days

    assert list(days)[:4] == [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]
    without_years = INVENTED_2027.replace("2026年", "").replace("2027年", "")
    assert read_notice(without_years, year=2027).days == days


def test_two_festivals_are_one_holiday_with_both_names():
    days = read_notice(NOTICES[2025], year=2025).days

    assert days[date(2025, 10, 6)] == NamedDay("国庆节、中秋节", OFF)
    assert days[date(2025, 9, 28)] == NamedDay("国庆节、中秋节", AT_WORK)


def test_day_of_another_name_is_read_when_it_is_numbered():
    text = PLAIN_2026 + "八、抗战胜利80周年纪念日：9月3日（周四）放假1天。9月6日（周日）上班。"

    days = read_notice(text, year=2026).days

    assert days[date(2026, 9, 3)] == NamedDay("抗战胜利80周年纪念日", OFF)
    assert days[date(2026, 9, 6)] == NamedDay("抗战胜利80周年纪念日", AT_WORK)


# ---- what is wrong, each in one sentence that quotes the piece


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "10月10日（周六）上班",
            "10月11日（周六）上班",
            "“10月11日（周六）”：2026年10月11日是周日。请核对日期和选的年份。",
        ),
        (
            "15日（农历腊月二十八、周日）",
            "15日（农历腊月二十八、周一）",
            "“2月15日（农历腊月二十八、周一）”：2026年2月15日是周日。请核对日期和选的年份。",
        ),
        (
            "4月4日（周六）至6日（周一）放假，共3天",
            "4月4日（周六）至6日（周一）放假，共4天",
            "“4月4日（周六）至6日（周一）放假，共4天”写的是4天，按日期数是3天。请核对。",
        ),
        (
            "1月4日（周日）上班",
            "1月3日（周六）上班",
            "“1月3日（周六）上班”：2026年1月3日既写了放假又写了上班。请核对。",
        ),
        (
            "1月4日（周日）上班",
            "1月5日（周一）上班",
            "“1月5日（周一）上班”：2026年1月5日不是周末，本来就上班。请核对日期。",
        ),
        (
            "5月9日（周六）上班",
            "2月28日（周六）上班",
            "“2月28日（周六）上班”：2026年2月28日写了两次（春节、劳动节）。请核对。",
        ),
        (
            "1月4日（周日）上班",
            "2025年1月4日（周六）上班",
            "“2025年1月4日（周六）”不是2026年的日子。请核对年份。",
        ),
        ("2月28日（周六）上班", "2月29日（周日）上班", "“2月29日（周日）”：2026年没有2月29日。请核对。"),
        ("5月9日（周六）上班", "13月9日（周六）上班", "“13月9日（周六）”：2026年没有13月9日。请核对。"),
        ("1月4日（周日）上班", "4日（周日）上班", "“4日（周日）”没有写月份。请补上。"),
        (
            "6月19日（周五）至21日（周日）放假，共3天",
            "6月21日（周日）至19日（周五）放假，共3天",
            "“6月21日（周日）至19日（周五）”：结束的日子在开始的日子前面。请核对。",
        ),
        (
            "6月19日（周五）至21日（周日）放假，共3天",
            "6月19日（周五）至7月21日（周二）放假",
            "“6月19日（周五）至7月21日（周二）”一共有33天，比任何一个假期都长。请核对。",
        ),
        (
            "1月4日（周日）上班",
            "1月4日，周日上班",
            "没有读懂“1月4日，周日上班”。请核对原文，或在粘贴的文字里改成通常的写法。",
        ),
        (
            "6月19日（周五）至21日（周日）放假，共3天",
            "按往年安排",
            "“端午节”后面没有读到放假的日子：“按往年安排。”。请核对原文。",
        ),
    ],
)
def test_mistake_has_its_sentence(old, new, sentence):
    assert replaced(old, new) == [sentence]


def test_make_up_weekend_of_joined_days_is_counted_with_its_weekend():
    assert replaced("与周末连休，共3天", "与周末连休，共4天", year=2024) == [
        "“6月10日放假，与周末连休，共4天”写的是4天，按日期数是1天。请核对。"
    ]


def test_every_mistake_is_told_at_once():
    text = PLAIN_2026.replace("共9天", "共8天").replace("10月10日（周六）", "10月11日（周六）")

    assert len(read_notice(text, year=2026).problems) == 2


def test_notice_of_another_year_is_named():
    problems = read_notice(whole_notice(2025), year=2026).problems

    assert problems[0] == "通知写的是2025年，您选的是2026年。请改选2025年，或者换2026年的通知。"


@pytest.mark.parametrize(
    "text", ["", "七月放假通知", "关于召开居民议事会的通知：1月4日（周日）上班。", "一二三、：。" * 900]
)
def test_text_without_festivals_is_no_notice(text):
    (problem,) = read_notice(text, year=2026).problems

    assert problem.startswith("没有读到节日的安排。请粘贴通知全文")


def test_notice_that_was_cut_short_deletes_nothing():
    (problem,) = read_notice(PLAIN_2026.partition("五、")[0], year=2026).problems

    assert problem == (
        "没有读到端午节、中秋节、国庆节。全年的通知要写齐七个节日，请检查是否漏粘了一段；"
        "只调整个别节日的通知，请在2026年的页面上直接改那几天。"
    )


@settings(deadline=None)
@given(
    st.text(alphabet="一二元旦国庆节春、：。（）()至月日0123456789放假上班共天周六年 \n", max_size=300),
    st.integers(2017, 2027),
)
def test_any_text_is_read_or_refused(text, year):
    notice = read_notice(text, year=year)

    assert notice.problems
