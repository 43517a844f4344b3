"""Read the State Council's yearly notice (国务院办公厅关于…年部分节假日安排的通知) as somebody pasted it.

Pure: gives the days it names and every doubt about them, and writes nothing. The notices of 2008 and after share one
form, which is all that is understood here: 一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from congress_portal.common.dates import full_day
from congress_portal.common.templatetags.portal import WEEKDAYS
from congress_portal.common.workdays import ONE_DAY, SATURDAY, NamedDay

# 全国年节及纪念日放假办法 (as revised on 2024-11-10), art. 2: the days off for everybody.
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
LONGEST = 15  # days of one holiday; the longest so far had ten

# Digits and . - ~ to half width, brackets and the other marks to full width.
_ONE_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: ".", 0xFF0D: "-", 0xFF5E: "~"}
_ONE_WIDTH |= {ord(half): full for half, full in zip("():,;", "（）：，；", strict=True)}
_INVISIBLE = re.compile(r"[\s\u200b\ufeff]+")

# Every repetition has an end, or ten thousand characters of one pattern would take seconds.
_FESTIVAL = f"(?:{'|'.join(FESTIVALS)})"
_NUMBERING = r"(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[.、])"
# A festival by its name; anything else, such as a day of remembrance, only when it is numbered.
_HEADING = re.compile(
    rf"{_NUMBERING}(?P<numbered>[^：。，；（）]{{1,40}})：|(?P<plain>{_FESTIVAL}(?:[、和]{_FESTIVAL}){{0,6}})："
)
_DATE = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}[日号](?:（[^（）]*）)?"
_SPAN = rf"{_DATE}(?:[至到—~-]+{_DATE})?"
_PHRASE = re.compile(rf"(?P<spans>{_SPAN}(?:[、和]{_SPAN}){{0,9}})(?P<what>放假|补休|(?:照常|正常)?上班)")
_PARTS = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})[日号](?:（(?P<remark>[^（）]*)）)?"
)
_COUNT = re.compile(r"(?:共|放假|调休)(\d{1,3})天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_ABOUT_YEAR = re.compile(r"(\d{4})年(?:部分节假日|元旦、)")
_DOCUMENT = re.compile(r"(国办[发明电函]{1,3})[〔\[（【](\d{4})[〕\]）】](\d{1,3})号")
_SIGNATURE = re.compile(r"国务院办公厅\d{4}年\d{1,2}月\d{1,2}日")


@dataclass
class Notice:
    """What a pasted text says. With ``problems`` nothing may be recorded; ``unused`` sentences are only shown."""

    year: int
    source: str
    days: dict[date, NamedDay] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


class _Unreadable(Exception):
    """A piece that cannot be taken as it stands, as one Chinese sentence."""


def read_notice(text: str, *, year: int) -> Notice:
    """Read the text as the notice of that year."""
    text = _SIGNATURE.sub("", _INVISIBLE.sub("", text.translate(_ONE_WIDTH)))
    notice = Notice(year, _source(text, year))
    for other in sorted({int(found) for found in _ABOUT_YEAR.findall(text)} - {year}):
        notice.problems.append(f"通知写的是{other}年，您选的是{year}年。请改选{other}年，或者换{year}年的通知。")
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=False):  # without headings there is still the end of the text
        _read_festival(heading["numbered"] or heading["plain"], text[heading.end() : end], notice)
    _check_complete("、".join(heading[0] for heading in headings), notice)
    return notice


def _source(text: str, year: int) -> str:
    document = _DOCUMENT.search(text)
    number = f"（{document[1]}〔{document[2]}〕{document[3]}号）" if document else ""
    return f"国务院办公厅关于{year}年部分节假日安排的通知{number}"


def _check_complete(headings: str, notice: Notice) -> None:
    """A text cut short must not delete the festivals it lost."""
    missing = [festival for festival in FESTIVALS if festival not in headings]
    if len(missing) == len(FESTIVALS):
        notice.problems.append(
            "没有读到节日的安排。请粘贴通知全文，每个节日像“一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。”这样写。"
        )
    elif missing:
        notice.problems.append(
            f"没有读到{'、'.join(missing)}。全年的通知要写齐七个节日，请检查是否漏粘了一段；"
            f"只调整个别节日的通知，请在{notice.year}年的页面上直接改那几天。"
        )


def _read_festival(name: str, text: str, notice: Notice) -> None:
    before = len(notice.problems)
    found = [_read_sentence(name, sentence, notice) for sentence in re.split("[。；]", text) if sentence]
    if not any(found) and len(notice.problems) == before:
        notice.problems.append(f"“{name}”后面没有读到放假的日子：“{_shortened(text)}”。请核对原文。")


def _read_sentence(name: str, sentence: str, notice: Notice) -> bool:
    """Read one sentence and say whether it names days off."""
    days_off: list[date] = []
    for phrase in _PHRASE.finditer(sentence):
        is_working = phrase["what"].endswith("上班")
        try:
            days = _days_in(phrase["spans"], name, notice.year)
            for day in days:
                _name_day(day, NamedDay(name, is_working), phrase[0], notice)
        except _Unreadable as problem:
            notice.problems.append(str(problem))
            return True
        days_off += [] if is_working else days
    rest = _PHRASE.sub("", sentence)
    if re.search(_DATE, rest):
        # 鼓励……安排职工在除夕（2月9日）休息 is advice and arranges nothing; our own words left over with a date do.
        if re.search("放假|补休|上班", rest):
            notice.problems.append(f"没有读懂“{_shortened(sentence)}”。请核对原文，或在粘贴的文字里改成通常的写法。")
        else:
            notice.unused.append(sentence)
    _check_count(sentence, days_off, notice)
    return bool(days_off)


def _check_count(sentence: str, days_off: list[date], notice: Notice) -> None:
    stated = _COUNT.search(sentence)
    if not stated or not days_off:
        return
    counts = {len(days_off)}
    if "连休" in sentence or "补休" in sentence:
        counts.add(_length_with_weekends(days_off))
    if int(stated[1]) not in counts:
        notice.problems.append(f"“{_shortened(sentence)}”写的是{stated[1]}天，按日期数是{len(days_off)}天。请核对。")


def _length_with_weekends(days: list[date]) -> int:
    """Count 与周末连休: the days and the weekend that adjoins them."""
    first, last = min(days), max(days)
    while (first - ONE_DAY).weekday() >= SATURDAY:
        first -= ONE_DAY
    while (last + ONE_DAY).weekday() >= SATURDAY:
        last += ONE_DAY
    return (last - first).days + 1


def _name_day(day: date, named: NamedDay, piece: str, notice: Notice) -> None:
    if named.is_working and day.weekday() < SATURDAY:
        raise _Unreadable(f"“{piece}”：{full_day(day)}不是周末，本来就上班。请核对日期。")
    known = notice.days.get(day)
    if known and known.is_working != named.is_working:
        raise _Unreadable(f"“{piece}”：{full_day(day)}既写了放假又写了上班。请核对。")
    if known:
        raise _Unreadable(f"“{piece}”：{full_day(day)}写了两次（{known.name}、{named.name}）。请核对。")
    notice.days[day] = named


def _days_in(spans: str, name: str, year: int) -> list[date]:
    """Return the days of 1月1日至3日、5日, in which a month and a year hold on until the next is named."""
    days: list[date] = []
    month, at_year = 0, None
    for span in re.finditer(_SPAN, spans):
        ends = []
        for parts in _PARTS.finditer(span[0]):
            if parts["month"]:
                month = int(parts["month"])
                # 12月31日至1月2日 of a New Year begins in the year before.
                at_year = year - 1 if month == 12 and "元旦" in name else year
            if parts["year"]:
                at_year = int(parts["year"])
            if at_year is None:
                raise _Unreadable(f"“{spans}”没有写月份。请补上。")
            ends.append(_day(at_year, month, parts, year))
        first, last = ends[0], ends[-1]
        if last < first:
            raise _Unreadable(f"“{span[0]}”：结束的日子在开始的日子前面。请核对。")
        if (last - first).days >= LONGEST:
            raise _Unreadable(f"“{span[0]}”一共有{(last - first).days + 1}天，比任何一个假期都长。请核对。")
        days += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days


def _day(at_year: int, month: int, parts: re.Match[str], year: int) -> date:
    try:
        day = date(at_year, month, int(parts["day"]))
    except ValueError:
        raise _Unreadable(f"“{parts[0]}”：{at_year}年没有{month}月{parts['day']}日。请核对。") from None
    stated = _WEEKDAY.search(parts["remark"] or "")
    if stated and stated[1].replace("天", "日") != WEEKDAYS[day.weekday()]:
        raise _Unreadable(f"“{parts[0]}”：{full_day(day)}是周{WEEKDAYS[day.weekday()]}。请核对日期和选的年份。")
    if not belongs_to(day, year):
        raise _Unreadable(f"“{parts[0]}”不是{year}年的日子。请核对年份。")
    return day


def belongs_to(day: date, year: int) -> bool:
    """Say whether a notice of that year can name the day: New Year may begin in the December before."""
    return day.year == year or (day.year, day.month) == (year - 1, 12)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}……"
