"""A day in every form in which offices write it."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel

from congress_portal.common.spreadsheets import CellRefused, parse_day
from congress_portal.common.spreadsheets.days import names_month_only

HAN = "〇一二三四五六七八九"


def han_year(day: date) -> str:
    return "".join(HAN[int(digit)] for digit in str(day.year))


def han_number(number: int) -> str:
    tens, rest = divmod(number, 10)
    return (("" if tens == 1 else HAN[tens]) + "十" if tens else "") + (HAN[rest] if rest else "")


WHOLE = {
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "hyphens": lambda d: f"{d:%Y-%m-%d}",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "together": lambda d: f"{d:%Y%m%d}",
    "marked": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "marked with noughts": lambda d: f"{d:%Y}年{d:%m}月{d:%d}号",
    "han": lambda d: f"{han_year(d)}年{han_number(d.month)}月{han_number(d.day)}日",
    "han with 零": lambda d: f"{han_year(d).replace(HAN[0], '零')}年{han_number(d.month)}月{han_number(d.day)}日",
    "spaced out": lambda d: " ".join(f"{d.year}年{d.month}月{d.day}日"),
    "loose separators": lambda d: f"\u3000{d.year} . {d.month} .{d.day} ",
    "spaces alone": lambda d: f"{d.year} {d.month} {d.day}",
    "full width": lambda d: f"{d:%Y-%m-%d}".translate({ord("-"): "\uff0d"} | {48 + n: 0xFF10 + n for n in range(10)}),
    "with a time": lambda d: f"{d:%Y-%m-%d} 00:00:00",
    "apostrophe": lambda d: f"'{d:%Y-%m-%d}",
    "date": lambda d: d,
}
MONTHS = {
    "dots": lambda d: f"{d.year}.{d.month}",
    "hyphens": lambda d: f"{d:%Y-%m}",
    "slashes": lambda d: f"{d.year}/{d.month}",
    "together": lambda d: f"{d:%Y%m}",
    "marked": lambda d: f"{d.year}年{d.month}月",
    "han": lambda d: f"{han_year(d)}年{han_number(d.month)}月",
}
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(day=days)
def test_a_day_in_any_form_comes_back(day):
    assert {form: parse_day(write(day)) for form, write in WHOLE.items()} == dict.fromkeys(WHOLE, day)


@given(day=days)
def test_a_month_in_any_form_is_its_first_day(day):
    assert {form: parse_day(write(day)) for form, write in MONTHS.items()} == dict.fromkeys(MONTHS, day.replace(day=1))
    assert all(names_month_only(write(day)) for write in MONTHS.values())


@given(day=st.dates(date(1927, 5, 18), date(2099, 12, 31)))
def test_a_count_of_days_is_that_day(day):
    assert parse_day(int(to_excel(day))) == parse_day(str(int(to_excel(day)))) == day
    assert not names_month_only(int(to_excel(day)))


@given(day=st.dates(date(1931, 5, 20), date(2099, 12, 31)))
def test_a_count_of_days_of_an_old_mac_is_that_day(day):
    assert parse_day(int(to_excel(day, CALENDAR_MAC_1904)), since_1904=True) == day


@pytest.mark.parametrize(
    "anything",
    [
        st.text(max_size=12),
        st.text("0123456789.-/年月日十一二零 :", max_size=12),
        st.floats(),
        st.integers(),
        st.datetimes(),
    ],
    ids=["text", "nearly a day", "floats", "integers", "moments"],
)
@given(data=st.data())
def test_anything_is_a_day_or_refused_with_a_sentence(anything, data):
    outcome = day_or_sentence(data.draw(anything))

    assert 1900 <= outcome.year <= 2099 if isinstance(outcome, date) else outcome.endswith("。")


def day_or_sentence(typed):
    try:
        return parse_day(typed)
    except CellRefused as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("二〇二四年三月五日", date(2024, 3, 5)),
        ("二○二四年三月", date(2024, 3, 1)),
        ("二零二四年十二月三十一日", date(2024, 12, 31)),
        ("二OO四年十月廿一日", date(2004, 10, 21)),
        ("二〇二四年〇三月〇五日", date(2024, 3, 5)),
        ("一九八五年二月二十八", date(1985, 2, 28)),
        ("2024年三月5日", date(2024, 3, 5)),
        ("2024\u20123\u20125", date(2024, 3, 5)),
        ("2024-02-29T08:30:00.000", date(2024, 2, 29)),
        ("2024年3月5日 8:30", date(2024, 3, 5)),
        ("\u202d2024-03-05\u202c", date(2024, 3, 5)),
        (2024.3, date(2024, 3, 1)),
        (2024.12, date(2024, 12, 1)),
        (20240305, date(2024, 3, 5)),
        (202403.0, date(2024, 3, 1)),
        (45356.75, date(2024, 3, 5)),
        (datetime(2024, 3, 5, 23, 59), date(2024, 3, 5)),  # noqa: DTZ001 -- cells know no time zone
    ],
)
def test_forms_that_need_a_second_look(typed, day):
    assert parse_day(typed) == day


WRITE = "请写成 1985-06-12 这样的年月日。"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2024-02-30", "“2024-02-30”这一天不存在，请核对后改正。"),
        ("2023年2月29日", "“2023年2月29日”这一天不存在，请核对后改正。"),
        ("2024.13", "“2024.13”这一天不存在，请核对后改正。"),
        ("2024-3-0", "“2024-3-0”这一天不存在，请核对后改正。"),
        ("1899-12-31", "“1899-12-31”早于 1900 年，请核对后改正。"),
        ("2985-06-12", "“2985-06-12”晚于 2099 年，请核对后改正。"),
        ("1985", "“1985”只有年份，请写到月或日，例如 1985-06 或 1985-06-12。"),
        ("1985年", "“1985年”只有年份，请写到月或日，例如 1985-06 或 1985-06-12。"),
        (1985, "“1985”只有年份，请写到月或日，例如 1985-06 或 1985-06-12。"),
        (1985.1, "“1985.1”看不出是 1 月还是 10 月，请写成 1985-01 或 1985-10。"),
        ("85.6.12", "“85.6.12”没有写全年份，请写四位年份，例如 1985-06-12。"),
        ("85年6月", "“85年6月”没有写全年份，请写四位年份，例如 1985-06-12。"),
        ("八五年六月", "“八五年六月”没有写全年份，请写四位年份，例如 1985-06-12。"),
        ("6/12/1985", f"“6/12/1985”不是看得懂的日期，{WRITE}"),
        ("2024.3-5", f"“2024.3-5”不是看得懂的日期，{WRITE}"),
        ("2024-1 2", f"“2024-1 2”不是看得懂的日期，{WRITE}"),
        ("二〇二四年一二月", f"“二〇二四年一二月”不是看得懂的日期，{WRITE}"),
        ("农历三月初五", f"“农历三月初五”不是看得懂的日期，{WRITE}"),
        ("至今", f"“至今”不是看得懂的日期，{WRITE}"),
        ("", f"“”不是看得懂的日期，{WRITE}"),
        (5, f"“5”不是看得懂的日期，{WRITE}"),
        (-1.5, f"“-1.5”不是看得懂的日期，{WRITE}"),
        (True, f"“TRUE”不是看得懂的日期，{WRITE}"),
        (time(8, 30), f"这一格只有时间（08:30），没有日期，{WRITE}"),
        (datetime(1905, 6, 7, 14, 24), f"这一格存成了 1905-06-07 14:24，请核对，{WRITE}"),  # noqa: DTZ001 -- 1985.6
        (datetime(2100, 1, 1), "“2100-01-01”晚于 2099 年，请核对后改正。"),  # noqa: DTZ001 -- cells know no time zone
        ("九" * 40, f"“{'九' * 30}…”不是看得懂的日期，{WRITE}"),
    ],
)
def test_what_is_no_day_or_two_days_is_refused(typed, sentence):
    with pytest.raises(CellRefused) as refusal:
        parse_day(typed)

    assert str(refusal.value) == sentence
