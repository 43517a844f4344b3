"""A day in any of the forms in which offices write it. Pure functions, and nothing is guessed.

What could mean two days is refused: 2024.1 stored as a number is January or October, 24.3.5 has no century.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from congress_portal.common.spreadsheets.stored import CellRefused, Stored, as_text, quoted
from congress_portal.common.text import without_refused_characters

EARLIEST_YEAR, LATEST_YEAR = 1900, 2099
WRITE_A_DAY = "请写成 1985-06-12 这样的年月日。"

# Right from March 1900 on; before, Excel is a day off, because it believes in a 29 February 1900.
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- cells know no time zone
_DAYS_UP_TO_1904 = 1462
# A count of days without the look of a day: five digits. Fewer may be a year (1985 would be a day in June 1905).
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_050  # 1927-05-18, 2099-12-31

_HAN_DIGITS = str.maketrans(
    "\u3007\u25cb\u25ef零Oo一二三四五六七八九", "000000123456789"
)  # the circles are what people type for 零
_TENS = {"廿": 20, "卅": 30}

_TIME_OF_DAY = re.compile(r"(?<=[\d日号])[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
_MARKED = re.compile(r"(?P<year>[^年]{4})年((?P<month>[^年月]{1,3})月((?P<day>[^年月日号]{1,3})[日号]?)?)?")
_SEPARATED = re.compile(r"(?P<year>\d{4})(?P<mark>[./ -])(?P<month>\d{1,2})((?P=mark)(?P<day>\d{1,2}))?")
_RUN_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})?(?P<day>\d{2})?")
_WITHOUT_CENTURY = re.compile(r"\d{2}([./-]\d{1,2}){1,2}|[^年]{2}年.*")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def parse_day(stored: Stored | date, *, since_1904: bool = False) -> date:
    """Return the day; a month alone means its first day. Raises CellRefused.

    Days of Excel and serial numbers (``since_1904``: the workbook counts as old Macs did), 2024.3.5, 2024-03-05,
    2024/3/5, 20240305, 2024年3月5日, 二〇二四年三月五日; the month alone as 2024-03, 2024.3, 202403, 2024年3月,
    二〇二四年三月; full-width digits, spaces, a time of day behind it.
    """
    if isinstance(stored, datetime):
        return _day_of_excel(stored)
    if isinstance(stored, date):
        return stored
    if isinstance(stored, time):
        raise CellRefused(f"这一格只有时间（{as_text(stored)}），没有日期，{WRITE_A_DAY}")
    text = as_text(stored)
    if _is_serial(stored):
        return from_serial(float(text), since_1904=since_1904).date()
    if isinstance(stored, float) and re.fullmatch(r"\d{4}\.1", text):
        raise CellRefused(f"{quoted(text)}看不出是 1 月还是 10 月，请写成 {text[:4]}-01 或 {text[:4]}-10。")
    year, month, day = _written(text)
    if month is None:
        raise CellRefused(f"{quoted(text)}只有年份，请写到月或日，例如 1985-06 或 1985-06-12。")
    return _existing(text, year, month, 1 if day is None else day)


def names_month_only(stored: Stored) -> bool:
    """Say whether a day that `parse_day` understands was written without its day."""
    return not isinstance(stored, datetime) and not _is_serial(stored) and _written(as_text(stored))[2] is None


def from_serial(number: float, *, since_1904: bool) -> datetime:
    """Return the moment of a count of days, to the second. Raises OverflowError where there is none."""
    return _EPOCH + timedelta(days=_DAYS_UP_TO_1904 * since_1904, seconds=round(number * 86_400))


def _day_of_excel(stored: datetime) -> date:
    if (stored - _EPOCH).days < LATEST_YEAR + 1:
        # Such a number was a year, or a year and a month (1985.6), before the cell was made a day.
        raise CellRefused(f"这一格存成了 {as_text(stored)}，请核对，{WRITE_A_DAY}")
    return _existing(as_text(stored), stored.year, stored.month, stored.day)


def _is_serial(stored: Stored) -> bool:
    if isinstance(stored, str):
        return bool(re.fullmatch("[1-9][0-9]{4}", stored.strip())) and int(stored) <= _LAST_SERIAL
    return isinstance(stored, int | float) and _FIRST_SERIAL <= stored < _LAST_SERIAL + 1


def _written(text: str) -> tuple[int, int | None, int | None]:
    """Return year, month and day as far as they are written. Raises CellRefused."""
    tidy = _DASHES.sub("-", unicodedata.normalize("NFKC", without_refused_characters(text)))
    tidy = _TIME_OF_DAY.sub("", tidy.strip().removeprefix("'"))
    if "年" in tidy:
        tidy = re.sub(r"\s", "", tidy)
        found = _MARKED.fullmatch(tidy)
    else:
        # Between digits a space parts (2024 1 2 is no December); elsewhere it is only loose.
        tidy = re.sub(r"\s*([./-])\s*", r"\1", re.sub(r"\s+", " ", tidy))
        found = _SEPARATED.fullmatch(tidy) or _RUN_TOGETHER.fullmatch(tidy)
    if found:
        try:
            month, day = (None if part is None else _number(part) for part in found.group("month", "day"))
            return _number(found["year"]), month, day
        except ValueError:
            pass
    if _WITHOUT_CENTURY.fullmatch(tidy):
        raise CellRefused(f"{quoted(text)}没有写全年份，请写四位年份，例如 1985-06-12。")
    raise CellRefused(f"{quoted(text)}不是看得懂的日期，{WRITE_A_DAY}")


def _number(part: str) -> int:
    """Read digits, Han digits one by one (二〇二四, 〇三) or a Han number up to 39 (二十一). Raises ValueError."""
    digits = part.translate(_HAN_DIGITS)
    if tens := re.fullmatch("([0-9]?)([十廿卅])([0-9]?)", digits):
        before, ten, after = tens.groups()
        return _TENS.get(ten, 10 * int(before or 1)) + int(after or 0)
    # Nobody writes 12 as 一二.
    if not part.isdecimal() and len(part) in (2, 3) and digits[0] != "0":
        raise ValueError(part)
    return int(digits)


def _existing(text: str, year: int, month: int, day: int) -> date:
    if year < EARLIEST_YEAR:
        raise CellRefused(f"{quoted(text)}早于 {EARLIEST_YEAR} 年，请核对后改正。")
    if year > LATEST_YEAR:
        raise CellRefused(f"{quoted(text)}晚于 {LATEST_YEAR} 年，请核对后改正。")
    try:
        return date(year, month, day)
    except ValueError:
        raise CellRefused(f"{quoted(text)}这一天不存在，请核对后改正。") from None
