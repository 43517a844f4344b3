"""How far a due day is, and how it was counted, on the days of the seeded calendar (2026: 国办发明电〔2025〕7号)."""

from datetime import date, timedelta

import pytest

from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.models import CalendarDay, CalendarYear
from suggestions import due_days
from suggestions.deadlines import Limit
from suggestions.due_days import StripDay

pytestmark = pytest.mark.django_db

FIFTEEN_DAYS = Limit(days=15, source="本街道意见建议办理办法")
THREE_MONTHS = Limit(months=3, source="代表法（2025年3月11日修正）第五十一条")
NOTICE = "工作日历：国务院办公厅关于2026年部分节假日安排的通知。"
NOT_OUT = "2027年放假安排还没有公布，暂按周末推算，公布后会重新计算。"


def reply_due(due_on: date, today: date, **more: object) -> due_days.Due:
    return due_days.due("答复", due_on, today=today, calendar=work_calendar(), **more)


def explained(start: date, limit: Limit, **more: object) -> due_days.Explanation:
    return due_days.explain(
        "答复期限是怎么算的", start, begun="交办", whose="网上提交", limit=limit, calendar=work_calendar(), **more
    )


# ---- how far


@pytest.mark.parametrize(
    ("today", "due_on", "words", "alarm"),
    [
        (date(2026, 11, 24), date(2026, 12, 2), "还有 6 个工作日", ""),
        (date(2026, 11, 24), date(2026, 11, 26), "还有 2 个工作日", ""),
        (date(2026, 11, 24), date(2026, 11, 25), "明天到期", "near"),
        (date(2026, 11, 24), date(2026, 11, 24), "今天到期", "near"),
        (date(2026, 11, 25), date(2026, 11, 24), "逾期 1 个工作日", "late"),
        (date(2026, 11, 27), date(2026, 11, 30), "还有 1 个工作日", "near"),  # Friday to Monday: not “tomorrow”
        (date(2026, 11, 28), date(2026, 11, 30), "还有 1 个工作日", "near"),
        (date(2026, 11, 29), date(2026, 11, 30), "明天到期", "near"),
        (date(2026, 11, 28), date(2026, 11, 27), "逾期不到 1 个工作日", "late"),  # the Saturday after
        (date(2026, 11, 29), date(2026, 11, 27), "逾期不到 1 个工作日", "late"),
        (date(2026, 11, 30), date(2026, 11, 27), "逾期 1 个工作日", "late"),
        (date(2026, 2, 23), date(2026, 2, 14), "逾期不到 1 个工作日", "late"),  # a whole Spring Festival
        (date(2026, 2, 24), date(2026, 2, 14), "逾期 1 个工作日", "late"),
        (date(2026, 2, 13), date(2026, 2, 24), "还有 2 个工作日", ""),  # the worked Saturday, and the day itself
        (date(2026, 9, 30), date(2026, 10, 8), "还有 1 个工作日", "near"),
        # A term by months may end on a day off.
        (date(2026, 9, 30), date(2026, 10, 1), "明天到期", "near"),
        (date(2026, 9, 30), date(2026, 10, 3), "还有 3 天，都不是工作日", "near"),
        (date(2026, 10, 3), date(2026, 10, 3), "今天到期", "near"),
    ],
)
def test_distance_counts_working_days(today, due_on, words, alarm):
    due = reply_due(due_on, today)

    assert due.distance == words
    assert ("near" if due.is_near else "") + ("late" if due.is_late else "") == alarm


def test_what_is_answered_is_neither_near_nor_late():
    for due_on in (date(2026, 11, 19), date(2026, 11, 24)):
        due = reply_due(due_on, date(2026, 11, 24), answered_on=date(2026, 11, 20))

        assert not due.is_near
        assert not due.is_late


@pytest.mark.parametrize(
    ("today", "due_on", "words"),
    [
        (date(2026, 11, 24), date(2026, 12, 25), "还有 23 个工作日"),
        (date(2026, 11, 24), date(2027, 2, 20), "还有约 63 个工作日"),
        # The notice for 2027 may still make the last days of December part of New Year.
        (date(2026, 12, 28), date(2026, 12, 30), "还有约 2 个工作日"),
        (date(2026, 12, 31), date(2027, 1, 1), "明天到期"),
    ],
)
def test_distance_into_a_year_without_notice_is_said_to_be_rough(today, due_on, words):
    assert reply_due(due_on, today).distance == words


# ---- how counted: working days


def test_strip_before_the_spring_festival_numbers_the_worked_saturdays_and_names_the_holiday():
    explanation = explained(date(2026, 2, 11), FIFTEEN_DAYS)

    assert explanation.due_on == date(2026, 3, 10)
    assert [(day.day.month, day.day.day, day.number or day.name) for day in explanation.days] == [
        (2, 11, "交办"), (2, 12, 1), (2, 13, 2), (2, 14, 3),
        (2, 15, "春节"), (2, 16, "春节"), (2, 17, "春节"), (2, 18, "春节"), (2, 19, "春节"),
        (2, 20, "春节"), (2, 21, "春节"), (2, 22, "春节"), (2, 23, "春节"),
        (2, 24, 4), (2, 25, 5), (2, 26, 6), (2, 27, 7), (2, 28, 8), (3, 1, "周末"),
        (3, 2, 9), (3, 3, 10), (3, 4, 11), (3, 5, 12), (3, 6, 13), (3, 7, "周末"), (3, 8, "周末"),
        (3, 9, 14), (3, 10, 15),
    ]  # fmt: skip
    assert [day.day for day in explanation.days if day.is_made_up] == [date(2026, 2, 14), date(2026, 2, 28)]
    assert [day.day for day in explanation.days if day.is_last] == [date(2026, 3, 10)]
    assert [day.day for day in explanation.days if day.is_start] == [date(2026, 2, 11)]
    assert explanation.sentences == [
        "2026年2月11日交办，从次日起数 15 个工作日，到3月10日（周二）止。",
        "中间休息 12 天：春节 9 天、周末 3 天。2月14日（周六）、2月28日（周六）调休上班，算工作日。",
        "依据：本街道意见建议办理办法（网上提交 15 个工作日）。",
        NOTICE,
    ]
    assert explanation.provisional == ""


def test_strip_across_the_national_day_holds_the_mid_autumn_festival_and_the_worked_days():
    explanation = explained(date(2026, 9, 18), FIFTEEN_DAYS)

    assert explanation.due_on == date(2026, 10, 15)
    assert [day.name for day in explanation.days if day.is_off] == [
        "周末", *["中秋节"] * 3, *["国庆节"] * 7, "周末",
    ]  # fmt: skip
    assert [(day.day, day.number) for day in explanation.days if day.is_made_up] == [
        (date(2026, 9, 20), 1),
        (date(2026, 10, 10), 11),
    ]
    assert explanation.sentences[1] == (
        "中间休息 12 天：周末 2 天、中秋节 3 天、国庆节 7 天。9月20日（周日）、10月10日（周六）调休上班，算工作日。"
    )


def test_strip_of_ordinary_weeks_says_that_nothing_else_was_left_out():
    explanation = explained(date(2026, 3, 3), FIFTEEN_DAYS)

    assert explanation.sentences[1] == "中间休息 6 天：周末 6 天，没有节假日和调休。"
    assert explanation.days[0] == StripDay(date(2026, 3, 3), name="交办", is_start=True)
    assert explanation.days[-1] == StripDay(date(2026, 3, 24), 15, is_last=True)


def test_strip_without_a_day_off_says_so():
    explanation = explained(date(2026, 3, 3), Limit(days=2, source="办法"))

    assert explanation.sentences[1] == "中间没有休息日。"
    assert [day.number for day in explanation.days] == [0, 1, 2]


def test_strip_begins_on_a_day_off_with_what_was_done_on_it():
    explanation = explained(date(2026, 3, 7), Limit(days=1, source="办法"))  # a Saturday

    first = explanation.days[0]
    assert (first.name, first.is_start, first.is_off) == ("交办", True, False)
    assert explanation.sentences[1] == "中间休息 1 天：周末 1 天，没有节假日和调休。"


def test_long_term_is_told_in_words_only():
    explanation = explained(date(2026, 3, 3), Limit(days=60, source="办法"))

    assert explanation.days == []
    assert (
        explanation.sentences[1]
        == "中间休息 27 天：周末 19 天、清明节 3 天、劳动节 5 天。5月9日（周六）调休上班，算工作日。"
    )


def test_count_over_the_turn_of_the_year_names_the_year_and_both_notices():
    explanation = explained(date(2025, 12, 29), Limit(days=5, source="办法"))

    assert explanation.sentences[0] == "2025年12月29日交办，从次日起数 5 个工作日，到2026年1月6日（周二）止。"
    assert explanation.sentences[1] == "中间休息 3 天：元旦 3 天。1月4日（周日）调休上班，算工作日。"
    assert explanation.sentences[3] == (
        "工作日历：国务院办公厅关于2025年部分节假日安排的通知；国务院办公厅关于2026年部分节假日安排的通知。"
    )


# ---- how counted: months


def test_months_cite_the_statute_and_do_not_move():
    explanation = explained(date(2026, 7, 1), THREE_MONTHS)

    assert explanation.due_on == date(2026, 10, 1)
    assert explanation.days == []
    assert explanation.sentences == [
        "2026年7月1日交办，从当天起算 3 个月，到10月1日（周四）止。",
        "按月计算，周末和节假日都算在内，最后一天遇节假日不顺延。",
        "依据：代表法（2025年3月11日修正）第五十一条（网上提交 3 个月）。",
    ]


@pytest.mark.parametrize(
    ("start", "due_on", "words"),
    [
        (date(2026, 7, 1), date(2026, 10, 8), "10月1日是国庆节，顺延到下一个工作日。"),
        (date(2026, 7, 11), date(2026, 10, 12), "10月11日是周末，顺延到下一个工作日。"),
        (date(2026, 7, 13), date(2026, 10, 13), "最后一天遇周末和节假日顺延到下一个工作日。"),
    ],
)
def test_months_that_move_on_say_from_which_day(start, due_on, words):
    explanation = explained(start, Limit(months=3, moves_on=True, source="办法"))

    assert explanation.due_on == due_on
    assert explanation.sentences[1].endswith(words)
    assert explanation.sentences[-1] == NOTICE


# ---- what is not certain


@pytest.mark.parametrize(
    ("start", "limit", "words"),
    [
        (date(2026, 12, 1), FIFTEEN_DAYS, ""),
        (date(2026, 12, 18), FIFTEEN_DAYS, NOT_OUT),
        (date(2026, 12, 1), THREE_MONTHS, ""),  # runs into 2027, but through whatever holidays it has
        (date(2026, 12, 1), Limit(months=3, moves_on=True), NOT_OUT),
        (date(2026, 9, 1), Limit(months=3, moves_on=True), ""),
        (date(2027, 12, 28), Limit(days=5), "2027年、2028年放假安排还没有公布，暂按周末推算，公布后会重新计算。"),
    ],
)
def test_count_into_a_year_without_notice_is_provisional_where_the_calendar_matters(start, limit, words):
    assert explained(start, limit).provisional == words


def test_count_into_a_year_without_notice_does_not_claim_that_there_is_no_holiday():
    explanation = explained(date(2026, 12, 18), FIFTEEN_DAYS)

    assert explanation.sentences[1] == "中间休息 6 天：周末 6 天。"
    assert explanation.sentences[-1] == NOTICE


def test_count_is_certain_once_the_notice_is_in():
    CalendarYear.objects.create(year=2027, is_provisional=False, source="国办发明电〔2026〕9号")
    for day in (1, 2, 3):
        CalendarDay.objects.create(year_id=2027, day=date(2027, 1, day), name="元旦")

    explanation = explained(date(2026, 12, 18), FIFTEEN_DAYS)

    assert explanation.provisional == ""
    assert explanation.due_on == date(2027, 1, 11)
    assert explanation.sentences[-1] == "工作日历：国务院办公厅关于2026年部分节假日安排的通知；国办发明电〔2026〕9号。"


def test_day_that_no_longer_follows_from_the_calendar_is_not_explained_by_a_count_that_does_not_fit():
    explanation = explained(date(2026, 3, 3), FIFTEEN_DAYS, given=date(2026, 3, 25))

    assert (explanation.due_on, explanation.days, explanation.provisional) == (date(2026, 3, 25), [], "")
    assert explanation.sentences == [
        "2026年3月3日交办，从次日起数 15 个工作日，到3月25日（周三）止。",
        "工作日历后来有过变更，这一天是按当时的日历计算的。",
        "依据：本街道意见建议办理办法（网上提交 15 个工作日）。",
    ]


def test_day_that_the_committee_chose_names_the_rule_it_stays_within():
    explanation = due_days.chosen(
        "答复期限是怎么算的",
        date(2026, 3, 3),
        begun="交办",
        due_on=date(2026, 3, 12),
        limit=FIFTEEN_DAYS,
        whose="网上提交",
    )

    assert explanation.sentences == [
        "2026年3月3日交办，3月12日（周四）前答复。",
        "这一天由街道人大工委在规定的期限内确定。",
        "规定的期限：网上提交 15 个工作日（本街道意见建议办理办法）。",
    ]
    assert explanation.days == []


def test_day_older_than_the_record_of_its_rule_is_not_given_another_one():
    explanation = due_days.chosen(
        "答复期限是怎么算的", date(2025, 12, 15), begun="交办", due_on=date(2026, 1, 5), limit=None, whose="网上提交"
    )

    assert explanation.sentences == [
        "2025年12月15日交办，2026年1月5日（周一）前答复。",
        "这一天是按当时的规定定下的。",
    ]


def test_strip_has_every_day_once():
    for offset in range(0, 365, 7):
        explanation = explained(date(2026, 1, 1) + timedelta(days=offset), FIFTEEN_DAYS)
        days = [day.day for day in explanation.days]
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
        assert [day.number for day in explanation.days if day.number] == list(range(1, 16))
        assert days[-1] == explanation.due_on
