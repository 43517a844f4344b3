"""A due day in words: how far it is, and how it was counted. Pure functions, like the dates themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from congress_portal.common.dates import day_beside, full_day, month_day
from congress_portal.common.workdays import WorkCalendar, add_months
from suggestions import deadlines
from suggestions.deadlines import Limit

WEEKDAYS = "一二三四五六日"
LONGEST_STRIP = 62  # days; a longer count is told in words only


@dataclass(frozen=True)
class Due:
    """A due day on a page: what is due and when, how far that is in working days, and when it was done.

    ``working_days`` are those left, the due day included, or for a late one those that have passed since.
    """

    verb: str
    due_on: date
    today: date
    working_days: int
    is_rough: bool = False  # counted into a year whose days off are not known yet
    answered_on: date | None = None
    provisional: str = ""  # the sentence that stands beside the day while its calendar is not known

    @property
    def is_late(self) -> bool:
        return self.answered_on is None and self.due_on < self.today

    @property
    def is_near(self) -> bool:
        return self.answered_on is None and not self.is_late and (self.working_days <= 1 or self._days_left == 1)

    @property
    def distance(self) -> str:
        if self.is_late:
            # A due day before a weekend or a holiday is over, though no working day has passed since.
            return f"逾期 {self.working_days} 个工作日" if self.working_days else "逾期不到 1 个工作日"
        if self._days_left <= 1:
            return "明天到期" if self._days_left else "今天到期"
        if not self.working_days:
            return f"还有 {self._days_left} 天，都不是工作日"
        return f"还有{'约' if self.is_rough else ''} {self.working_days} 个工作日"

    @property
    def _days_left(self) -> int:
        return (self.due_on - self.today).days


def due(
    verb: str,
    due_on: date,
    *,
    today: date,
    calendar: WorkCalendar,
    answered_on: date | None = None,
    provisional: str = "",
) -> Due:
    """Say how far a due day is from today, whichever of the two comes first."""
    working_days = abs(calendar.working_days_between(today, due_on))
    return Due(verb, due_on, today, working_days, calendar.is_provisional(today, due_on), answered_on, provisional)


@dataclass(frozen=True)
class StripDay:
    """One day of a count: the day it starts from, a working day with its number, or a day off with its name."""

    day: date
    number: int = 0
    name: str = ""
    is_start: bool = False
    is_made_up: bool = False
    is_last: bool = False

    @property
    def is_off(self) -> bool:
        return not self.number and not self.is_start

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]


@dataclass(frozen=True)
class Explanation:
    """How a due day came about: the result first, then what lies between, the rule and the calendar."""

    title: str
    due_on: date
    sentences: list[str]
    days: list[StripDay] = field(default_factory=list)
    provisional: str = ""


def explain(
    title: str,
    start: date,
    *,
    begun: str,
    whose: str,
    limit: Limit,
    calendar: WorkCalendar,
    given: date | None = None,
) -> Explanation:
    """Explain a day that the rule gives: ``limit`` from ``start`` on, when the case was ``begun`` (交办).

    ``given`` is the day on file. Where the calendar has been changed since, it no longer follows from the calendar, and
    that is said instead of a count that does not fit.
    """
    due_on = deadlines.reply_due_on(assigned_on=start, limit=limit, calendar=calendar)
    rule = f"依据：{limit.source}（{whose} {limit}）。"
    if given is not None and given != due_on:
        changed = "工作日历后来有过变更，这一天是按当时的日历计算的。"
        return Explanation(title, given, [_counted(start, given, begun, limit), changed, rule])
    provisional = _provisional(start, due_on, limit, calendar)
    if limit.days is None:
        between, days = _month_end(start, due_on, limit, calendar), []
    else:
        days = strip(start, due_on, begun=begun, calendar=calendar)
        between = _between(days, is_known=not provisional)
        if len(days) > LONGEST_STRIP:
            days = []
    sentences = [_counted(start, due_on, begun, limit), between, rule]
    return Explanation(title, due_on, [*sentences, *_calendars(start, due_on, limit, calendar)], days, provisional)


def chosen(title: str, start: date, *, begun: str, due_on: date, limit: Limit | None, whose: str) -> Explanation:
    """Explain a day that the committee chose, or that was set before the portal kept the rule with it."""
    sentences = [f"{full_day(start)}{begun}，{_with_weekday(due_on, start)}前答复。"]
    if limit is None:
        sentences.append("这一天是按当时的规定定下的。")
    else:
        sentences.append("这一天由街道人大工委在规定的期限内确定。")
        sentences.append(f"规定的期限：{whose} {limit}（{limit.source}）。")
    return Explanation(title, due_on, sentences)


def strip(start: date, due_on: date, *, begun: str, calendar: WorkCalendar) -> list[StripDay]:
    """Return the days from ``start`` to ``due_on``, the working days numbered, the days off named."""
    days, number = [StripDay(start, name=begun, is_start=True)], 0
    for offset in range(1, (due_on - start).days + 1):
        day = start + timedelta(days=offset)
        if not calendar.is_working_day(day):
            days.append(StripDay(day, name=calendar.name_of(day) or "周末"))
            continue
        number += 1
        days.append(StripDay(day, number, is_made_up=day.weekday() >= 5, is_last=day == due_on))
    return days


def provisional_words(years: list[int]) -> str:
    """Say that a day rests on years whose notice is not out; an empty string where there are none."""
    if not years:
        return ""
    named = "、".join(f"{year}年" for year in years)
    return f"{named}放假安排还没有公布，暂按周末推算，公布后会重新计算。"


def _provisional(start: date, due_on: date, limit: Limit, calendar: WorkCalendar) -> str:
    if not limit.depends_on_calendar:
        return ""
    first = start if limit.days is not None else add_months(start, limit.months or 0)
    return provisional_words(calendar.provisional_years(first, due_on))


def _counted(start: date, due_on: date, begun: str, limit: Limit) -> str:
    return f"{full_day(start)}{begun}，{limit.counting}，到{_with_weekday(due_on, start)}止。"


def _between(days: list[StripDay], *, is_known: bool) -> str:
    """Say what a count left out, and which weekend days it counted."""
    off = Counter(day.name for day in days if day.is_off)
    made_up = [f"{month_day(day.day)}（周{day.weekday}）" for day in days if day.is_made_up]
    parts = [f"{name} {count} 天" for name, count in off.items()]
    said = f"中间休息 {sum(off.values())} 天：{'、'.join(parts)}" if off else "中间没有休息日"
    if made_up:
        return f"{said}。{'、'.join(made_up)}调休上班，算工作日。"
    return f"{said}，没有节假日和调休。" if is_known and set(off) <= {"周末"} and off else f"{said}。"


def _month_end(start: date, due_on: date, limit: Limit, calendar: WorkCalendar) -> str:
    said = "按月计算，周末和节假日都算在内"
    if not limit.moves_on:
        return f"{said}，最后一天遇节假日不顺延。"
    last = add_months(start, limit.months or 0)
    if last == due_on:
        return f"{said}，最后一天遇周末和节假日顺延到下一个工作日。"
    return f"{said}。{month_day(last)}是{calendar.name_of(last) or '周末'}，顺延到下一个工作日。"


def _calendars(start: date, due_on: date, limit: Limit, calendar: WorkCalendar) -> list[str]:
    """Cite the notices that a count went by; one that only ends on a given day of a month went by none."""
    if not limit.depends_on_calendar:
        return []
    cited = [calendar.sources.get(year, "") for year in range(start.year, due_on.year + 1)]
    named = "；".join(source for source in cited if source)
    return [f"工作日历：{named}。"] if named else []


def _with_weekday(day: date, beside: date) -> str:
    return f"{day_beside(day, beside)}（周{WEEKDAYS[day.weekday()]}）"
