"""What deputies, councillors and the committee are reminded of: who is told what on which day.

An inspection asks chen, lin and he on 3 March; other things are due on 20 March.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from congress_portal.common.reminding import Reason, Silence
from deputies import reminders, workflow
from deputies.choices import CongressLevel, ReminderStage
from deputies.models import DueReminder, Mandate
from deputies.reminders import Matter, Occasion, Owed
from tests.deputies.activities.meetings import TOLD_ON
from tests.deputies.due.story import DUE, OVERDUE, SOON, TODAY_, at_eight, days, letters, log, run
from tests.suggestions.story import TODAY, moment

# ---- when, and why not


RULED = [
    (Matter.ANSWER, date(2026, 3, 17), Silence(Reason.NOT_DUE_YET, date(2026, 3, 18))),
    (Matter.ANSWER, date(2026, 3, 18), Occasion(SOON, DUE)),
    (Matter.ANSWER, date(2026, 3, 19), Occasion(SOON, DUE)),
    (Matter.ANSWER, DUE, Occasion(TODAY_, DUE)),
    (Matter.COMING, date(2026, 3, 18), Silence(Reason.NOT_DUE_YET, date(2026, 3, 19))),
    (Matter.COMING, date(2026, 3, 19), Occasion(SOON, DUE)),
    (Matter.COMING, DUE, Occasion(TODAY_, DUE)),
    *(
        (matter, day, decision)
        for matter in (Matter.REPORT_BACK, Matter.LOOK)
        for day, decision in (
            (date(2026, 3, 16), Silence(Reason.NOT_DUE_YET, date(2026, 3, 17))),
            (date(2026, 3, 17), Occasion(SOON, DUE)),
            (DUE, Occasion(TODAY_, DUE)),
            (date(2026, 3, 21), Occasion(OVERDUE, DUE)),
        )
    ),
    *(
        (matter, day, decision)
        for matter in (Matter.VOTERS, Matter.REPORTS)
        for day, decision in (
            (date(2026, 1, 18), Silence(Reason.NOT_DUE_YET, date(2026, 1, 19))),
            (date(2026, 1, 19), Occasion(SOON, DUE)),
            (DUE, Occasion(TODAY_, DUE)),
            (date(2027, 3, 21), Occasion(OVERDUE, DUE)),
        )
    ),
    (Matter.DUTY, DUE, Silence(Reason.NOT_DUE_YET, date(2026, 3, 21))),
    (Matter.DUTY, date(2026, 3, 21), Occasion(OVERDUE, date(2026, 3, 21))),
]


@pytest.mark.parametrize(("matter", "day", "expected"), RULED)
def test_decision_of_each_matter_on_each_day(matter, day, expected):
    assert reminders.decide(Owed(matter, "x:1:y", DUE), told=(), today=day) == expected


def told_row(stage: ReminderStage, due_on: date, when: datetime = TODAY) -> DueReminder:
    return DueReminder(subject_key="x:1:y", stage=stage, due_on=due_on, told_count=1, reminded_at=when)


@pytest.mark.parametrize(
    ("told", "is_silent"),
    [
        (told_row(SOON, DUE), False),
        (told_row(TODAY_, DUE), True),
        (told_row(OVERDUE, DUE), True),  # the clock was set back
        (told_row(OVERDUE, date(2026, 3, 19)), False),  # another due day
    ],
)
def test_stage_told_or_a_later_one_is_not_told_again(told, is_silent):
    decision = reminders.decide(Owed(Matter.LOOK, "x:1:y", DUE), told=[told], today=DUE)

    assert decision == (Silence(Reason.ALREADY_REMINDED, TODAY.date()) if is_silent else Occasion(TODAY_, DUE))


def test_told_otherwise_today_is_silent_until_tomorrow():
    owed = Owed(Matter.ANSWER, "x:1:y", DUE, told_on=date(2026, 3, 19))

    assert reminders.decide(owed, told=(), today=date(2026, 3, 19)) == Silence(Reason.TOLD_TODAY, date(2026, 3, 19))
    assert reminders.decide(owed, told=(), today=DUE) == Occasion(TODAY_, DUE)


@pytest.mark.parametrize(
    ("day", "words"),
    [(17, "还有 3 天"), (19, "明天到期"), (20, "今天到期"), (21, "逾期 1 天"), (31, "逾期 11 天")],
)
def test_distance_in_calendar_days(day, words):
    assert workflow.distance_to(DUE, today=date(2026, 3, day)) == words


# ---- invitations and activities


def test_unanswered_invitation_is_told_three_days_and_one_day_before(meetings, chen, lin, he):
    activity = meetings.announce(starts_at=moment(3, 12, 9))
    workflow.sign_up(activity, person=lin.person, by=lin, now=moment(3, 4))
    key = f"activity:{activity.pk}:answer"

    told = [one for day in days(date(2026, 3, 4), date(2026, 3, 12)) for one in run(at_eight(day)) if one[0] == key]

    assert told == [(key, SOON, date(2026, 3, 11)), (key, TODAY_, date(2026, 3, 11))]
    page = f"/deputies/activities/{activity.pk}/"
    when = "时间：3月12日（周四）上午 9:00—11:00\n地点：凤鸣河北闸、污水泵站\n"
    subject = "请回复邀请：视察凤鸣河排水口"
    assert [one for one in letters(key) if one[0] == "chen"] == [
        ("chen", subject, f"{when}请在3月11日前报名，不能参加的请假。", page),
        ("chen", subject, f"{when}请今天报名，不能参加的请假。", page),
    ]
    assert [one[0] for one in letters(key)] == ["chen", "chen", "he", "he"]


def test_whoever_is_asked_today_is_not_reminded_today(meetings, chen, lin, he):
    activity = meetings.announce(people=[chen.person])
    workflow.invite(activity, people=[lin.person], by=meetings.clerk, now=moment(3, 5, 7))

    assert run(moment(3, 5, 8)) == [(f"activity:{activity.pk}:answer", TODAY_, date(2026, 3, 5))]
    assert [one[0] for one in letters()] == ["chen"]


def test_everybody_asked_today_is_silent(meetings):
    activity = meetings.announce()

    done = workflow.send_due_reminders(now=TOLD_ON)

    assert done.told == []
    assert (f"activity:{activity.pk}:answer", Silence(Reason.TOLD_TODAY, TOLD_ON.date())) in [
        (owed.key, silence) for owed, silence in done.silent
    ]


def test_who_signed_up_is_told_the_day_before_and_on_the_day(meetings, chen, lin):
    activity = meetings.announce(people=[chen.person, lin.person], notice="请带代表证。")
    for person in (chen, lin):
        workflow.sign_up(activity, person=person.person, by=person, now=moment(3, 4))
    workflow.ask_leave(activity, person=lin.person, reason="出差", by=lin, now=moment(3, 4, 11))
    key = f"activity:{activity.pk}:coming"

    told = [one for day in days(date(2026, 3, 4), date(2026, 3, 7)) for one in run(at_eight(day))]

    assert told == [(key, SOON, date(2026, 3, 6)), (key, TODAY_, date(2026, 3, 6))]
    assert [(to, subject) for to, subject, *_ in letters(key)] == [
        ("chen", "明天的活动：视察凤鸣河排水口"),
        ("chen", "今天的活动：视察凤鸣河排水口"),
    ]
    assert "请带代表证。\n临时不能参加的，请打开后请假。" in letters(key)[0][2]


@pytest.mark.parametrize("state", ["planned", "held", "cancelled"])
def test_activity_in_another_state_tells_nobody(meetings, state):
    meetings.in_state(state)

    assert [run(at_eight(day)) for day in days(date(2026, 3, 4), date(2026, 3, 6))] == [[], [], []]


def test_activity_moved_to_another_day_starts_its_own_stages(meetings, chen):
    activity = meetings.announce(people=[chen.person])
    assert len(run(moment(3, 5, 8))) == 1
    later = {"starts_at": moment(3, 10, 9), "ends_at": moment(3, 10, 11)}
    workflow.change_activity(activity, changes=later, by=meetings.clerk, now=moment(3, 5, 9))

    assert run(moment(3, 5, 10)) == []
    assert run(moment(3, 7)) == [(f"activity:{activity.pk}:answer", SOON, date(2026, 3, 9))]


# ---- the committee


def test_entrusted_activity_and_topic_are_to_be_reported_back(meetings, fang):
    activity = meetings.hold(entrusted_by="区人大财经委", entrusted_due_on=DUE)
    topic = workflow.open_topic(
        year=2026,
        title="河道保洁",
        entrusted_by="区人大常委会",
        entrusted_due_on=DUE,
        started_on=date(2026, 3, 1),
        by=meetings.clerk,
        now=TODAY,
    )
    keys = [f"activity:{activity.pk}:report_back", f"topic:{topic.pk}:report_back"]

    told = {day: run(at_eight(day)) for day in days(date(2026, 3, 16), date(2026, 3, 23))}

    assert {day.day: [stage for _, stage, _ in found] for day, found in told.items() if found} == {
        17: [SOON, SOON],
        20: [TODAY_, TODAY_],
        21: [OVERDUE, OVERDUE],
    }
    assert letters(keys[0])[:2] == [
        (
            "fang",
            "报告结果期限还有 3 天：视察凤鸣河排水口",
            "受区人大财经委委托。\n请在3月20日前报告结果，并登记报告的内容。",
            f"/admin/deputies/activity/{activity.pk}/change/",
        ),
        (
            "fang",
            "报告结果今天到期：视察凤鸣河排水口",
            "受区人大财经委委托。\n请在今天（3月20日）报告结果，并登记报告的内容。",
            f"/admin/deputies/activity/{activity.pk}/change/",
        ),
    ]
    assert {one[0] for one in letters(keys[1])} == {"fang", "zhao"}


def test_what_was_reported_back_is_silent(meetings):
    activity = meetings.hold(entrusted_by="区人大财经委", entrusted_due_on=DUE)
    workflow.report_back(activity, text="已报告", on=TODAY.date(), by=meetings.clerk, now=TODAY)

    assert run(at_eight(date(2026, 3, 21))) == []


def test_next_look_at_a_topic_is_told_until_the_round_ends(meetings):
    topic = workflow.open_topic(
        year=2026, title="河道保洁", started_on=date(2026, 3, 1), look_again_on=DUE, by=meetings.clerk, now=TODAY
    )
    key = f"topic:{topic.pk}:look"

    assert run(at_eight(date(2026, 3, 17))) == [(key, SOON, DUE)]
    assert run(at_eight(DUE)) == [(key, TODAY_, DUE)]
    workflow.end_round(
        topic, findings="", result="已落实", ended_on=DUE, by=meetings.clerk, now=at_eight(DUE) + timedelta(hours=1)
    )
    assert run(at_eight(date(2026, 3, 21))) == []
    assert [(one[0], one[1]) for one in letters(key)] == [
        ("zhao", "再次检查期限还有 3 天：河道保洁"),
        ("zhao", "再次检查今天到期：河道保洁"),
    ]


def test_waiting_lines_are_told_once_a_week_from_the_eighth_day(meetings, chen, lin):
    log(chen, moment(3, 5), 1)
    log(lin, moment(3, 6), 2)

    told = [day.day for day in days(date(2026, 3, 5), date(2026, 3, 31)) for _ in run(at_eight(day))]

    assert told == [13, 20, 27]
    subjects = {(to, subject) for to, subject, *_ in letters("committee:duty")}
    assert subjects == {("zhao", "2 条履职记录等待确认")}
    assert {one[3] for one in letters("committee:duty")} == {"/admin/deputies/dutyrecord/"}


def test_confirmed_line_does_not_shorten_the_week_of_the_next_one(meetings, chen, lin):
    first = log(chen, moment(3, 5), 1)
    log(lin, moment(3, 6), 2)
    assert len(run(moment(3, 13))) == 1
    workflow.confirm_duties([first], by=meetings.clerk, now=moment(3, 13, 11))

    assert [run(moment(3, day)) for day in (14, 19)] == [[], []]
    assert len(run(moment(3, 20))) == 1


def test_clock_set_back_a_week_tells_of_waiting_lines_nothing(meetings, chen):
    log(chen, moment(3, 5), 1)
    assert len(run(moment(3, 27))) == 1

    assert [run(moment(3, day)) for day in (20, 13)] == [[], []]


# ---- reports to the voters


def test_report_is_told_to_each_deputy_and_in_one_message_to_the_committee(congress, fang):
    due_on = date(2026, 5, 10)
    whole = days(date(2026, 3, 5), date(2026, 5, 15))

    told = [(day, key, stage) for day in whole for key, stage, due in run(at_eight(day)) if due == due_on]

    mine, hers = (f"mandate:{mandate.pk}:report" for mandate in congress[:2])
    stages = [(date(2026, 3, 11), SOON), (due_on, TODAY_), (date(2026, 5, 11), OVERDUE)]
    assert sorted(told) == sorted(
        (day, key, stage) for day, stage in stages for key in (mine, hers, "committee:reports")
    )
    assert letters(mine)[0] == (
        "chen",
        "向选民述职期限还有 60 天",
        "您担任第十七届县（市、区）人大代表，这一届还没有向选民述职。\n请在2026年5月10日前向选民述职。\n"
        "时间和地点请与街道人大工委商定。",
        "/own/",
    )
    assert letters("committee:reports")[0] == (
        "fang",
        "3 位代表向选民述职期限还有 60 天",
        "应在2026年5月10日前向选民述职，这一届还没有述职的：陈思齐、甲代表、林望舒。\n"
        "请安排述职会，述职后登记评议结果。\n没有启用的账户，要电话通知的：甲代表。",
        "/admin/deputies/performancereport/owed/",
    )
    assert len(letters("committee:reports")) == 2 * 3


def test_deputy_who_has_reported_is_told_nothing(congress, zhao, lin):
    workflow.record_report(
        congress[0],
        held_on=date(2026, 3, 4),
        place="议事厅",
        text="报告",
        voters_present=60,
        satisfied_count=60,
        fairly_count=0,
        dissatisfied_count=0,
        result="satisfied",
        by=zhao,
        now=TODAY,
    )
    Mandate.objects.filter(pk=congress[1].pk).update(level=CongressLevel.CITY)  # not elected by voters

    assert [key for key, _, _ in run(moment(3, 11))] == ["committee:reports"]
    assert letters()[0][1] == "甲代表向选民述职期限还有 60 天"
