"""What staff cannot do by a slip: years, seats given away, items gone, records about oneself, lines corrected since."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from congress_portal.common import codes
from deputies import workflow
from deputies.choices import Attendance, DutyKind, DutyOutcome
from deputies.models import Activity, DutyRecord, WorkPlan, WorkPlanItem
from deputies.selectors.desk import desk
from tests.deputies.activities.meetings import LONG, PAST, row_of
from tests.factories import MandateFactory, PersonFactory
from tests.pages import Page
from tests.suggestions.story import TODAY, moment

pytestmark = pytest.mark.django_db

PRESENT, EXCUSED, ABSENT = Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT
LIST = "/admin/deputies/activity/"


def said(client, activity, verb="change"):
    return Page(client.get(f"{LIST}{activity.pk}/{verb}/").content.decode()).text


def sent(client, activity, verb, **typed):
    address = f"{LIST}{activity.pk}/{verb}/"
    form = Page(client.get(address).content.decode()).form_with("seen")
    values = {name: given if len(given) > 1 else given[0] for name, given in form.values.items() if given}
    return client.post(address, values | typed)


def change(meetings, activity, **changes):
    return workflow.change_activity(activity, changes=changes, by=meetings.clerk, now=TODAY)


def record(meetings, activity, states, **more):
    by_pk = {person.pk: state for person, state in states.items()}
    return workflow.record_attendance(activity, states=by_pk, by=meetings.clerk, now=TODAY, **more)


# ---- reasons of leave


def test_reason_of_leave_is_for_who_decides(meetings, chen, lin, cast, signed_in):
    activity = meetings.announce()
    workflow.ask_leave(activity, person=chen.person, reason="陪母亲住院", by=chen, now=TODAY)
    workflow.ask_leave(activity, person=lin.person, reason="出差", by=lin, now=TODAY)
    workflow.decide_leave(
        activity, person=lin.person, granted=False, reason="出差可以改期", by=meetings.clerk, now=TODAY
    )

    for_clerk, for_auditor = (said(signed_in(user), activity) for user in (meetings.clerk, cast["shen"]))

    assert "原因：陪母亲住院" in for_clerk
    assert "没有准假：出差可以改期" in for_clerk
    assert "请假" in for_auditor
    assert "母亲" not in for_auditor
    assert "改期" not in for_auditor


# ---- residents


@pytest.fixture
def taken(meetings) -> Activity:
    activity = meetings.announce(is_open=True, seats=10)
    workflow.take_seat(activity, name="王女士", phone="13800000001", head_count=3, key=codes.new_form_key(), now=TODAY)
    return activity


def test_activity_with_residents_is_not_closed_to_them(meetings, taken):
    with pytest.raises(workflow.ResidentsComing, match="已经有 3 位居民报名"):
        change(meetings, taken, is_open=False)

    taken.refresh_from_db()
    assert taken.is_open
    workflow.take_out_sign_up(taken.sign_ups.get(), by=meetings.clerk, now=TODAY)
    assert not change(meetings, taken, is_open=False).is_open


@pytest.mark.parametrize(("seats", "is_taken"), [(2, False), (3, True), (None, True)])
def test_seats_are_not_fewer_than_given_away(meetings, taken, seats, is_taken):
    if is_taken:
        assert change(meetings, taken, seats=seats).seats == seats
    else:
        with pytest.raises(workflow.SeatsTaken, match="不能少于 3 个"):
            change(meetings, taken, seats=seats)


def test_refusals_about_residents_stand_at_their_fields(meetings, taken, signed_in):
    client = signed_in(meetings.clerk)

    assert "不能少于 3 个" in sent(client, taken, "edit", seats="1").context["form"].errors["seats"][0]
    closed = sent(client, taken, "edit", is_open="")
    assert "不能改为不开放" in closed.context["form"].errors["is_open"][0]


def test_sign_ups_are_shown_whenever_there_are_some(meetings, taken, signed_in):
    client = signed_in(meetings.clerk)
    Activity.objects.update(is_open=False)

    assert "居民报名 3 人" in said(client, taken)
    assert "居民报名" not in said(client, meetings.announce())


# ---- years


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (moment(3, 5, 9, year=2016), None),
        (moment(3, 4, 9, year=2016), "早了 10 年以上"),
        (moment(3, 5, 9, year=2028), None),
        (moment(3, 6, 9, year=2028), "在 2 年以后"),
    ],
)
def test_activity_of_a_year_that_cannot_be_meant_is_refused(meetings, starts_at, words):
    activity = meetings.plan()
    times = {"starts_at": starts_at, "ends_at": starts_at + LONG}

    if words is None:
        assert meetings.plan(now=TODAY, **times).starts_at == starts_at
        assert change(meetings, activity, **times).starts_at == starts_at
    else:
        with pytest.raises(workflow.ActivityTimesNotAllowed, match=words):
            meetings.plan(now=TODAY, **times)
        with pytest.raises(workflow.ActivityTimesNotAllowed, match=words):
            change(meetings, activity, **times)


def test_activity_does_not_end_in_a_year_that_cannot_be_meant(meetings):
    with pytest.raises(workflow.ActivityTimesNotAllowed, match="结束时间在 2 年以后"):
        meetings.plan(ends_at=moment(3, 6, 11, year=2206))


def test_year_is_refused_at_its_field(meetings, signed_in):
    activity = meetings.plan()

    answer = sent(signed_in(meetings.clerk), activity, "edit", starts_at="2206-03-06T09:00", ends_at="2206-03-06T11:00")

    assert "2 年以后" in answer.context["form"].errors["starts_at"][0]


@pytest.mark.parametrize(
    ("held_on", "is_taken"),
    [(date(2026, 2, 1), True), (date(2026, 1, 31), False), (date(2025, 3, 4), False), (date(2026, 3, 5), True)],
)
def test_batch_is_within_a_month_of_the_activity(meetings, held_on, is_taken):
    activity = meetings.hold()
    batches = [workflow.BatchRow(1, held_on, 20)]

    if is_taken:
        workflow.correct_counts(activity, batches=batches, by=meetings.clerk, now=TODAY)
        assert activity.batches.get().held_on == held_on
    else:
        with pytest.raises(workflow.CountsNotAllowed, match="请核对年份"):
            workflow.correct_counts(activity, batches=batches, by=meetings.clerk, now=TODAY)


def test_batch_long_after_the_activity_is_refused(meetings):
    activity = meetings.hold()

    with pytest.raises(workflow.CountsNotAllowed, match="请核对年份"):
        workflow.correct_counts(
            activity, batches=[workflow.BatchRow(1, date(2026, 4, 5), 20)], by=meetings.clerk, now=moment(6, 1)
        )


def test_day_of_a_batch_is_refused_at_its_field(meetings, signed_in):
    row = {"batches-0-held_on": "2025-03-04", "batches-0-person_count": "20"}

    answer = sent(signed_in(meetings.clerk), meetings.hold(), "counts", **row)

    assert "请核对年份" in answer.context["rows"]["batches"].forms[0].errors["held_on"][0]


# ---- the desk


def test_leave_waits_on_the_desk_also_after_the_end(meetings, chen):
    activity = meetings.announce(starts_at=PAST)
    workflow.ask_leave(activity, person=chen.person, reason="出差", by=chen, now=PAST - LONG)

    on_desk = desk(now=TODAY)

    assert (on_desk.leave_count, on_desk.first_leave) == (1, row_of(activity, chen.person))


def test_what_is_over_and_not_on_record_comes_first(meetings, signed_in):
    over = meetings.announce(starts_at=PAST, title="昨天的座谈")
    meetings.hold(title="登记过的")
    meetings.announce(title="明天的视察")

    assert desk(now=TODAY).over == [over]
    page = Page(signed_in(meetings.clerk).get("/admin/").content.decode()).text
    assert 0 < page.index("昨天的座谈") < page.index("等着登记举行完毕") < page.index("明天的视察")
    assert "登记过的" not in page


# ---- the plan


@pytest.fixture
def gone(committee) -> WorkPlanItem:
    """An item that a colleague took out after the page was opened."""
    item = WorkPlanItem.objects.create(plan=WorkPlan.objects.create(pk=2026), month=3, title="视察河道")
    kept = WorkPlanItem.objects.get(pk=item.pk)
    item.delete()
    return kept


def test_item_that_is_gone_from_the_plan_is_refused(meetings, gone):
    with pytest.raises(workflow.PlanItemNotAllowed, match="从年度计划里去掉了"):
        meetings.plan(plan_item=gone)
    with pytest.raises(workflow.PlanItemNotAllowed, match="从年度计划里去掉了"):
        change(meetings, meetings.plan(), plan_item=gone)


# ---- about oneself


@pytest.fixture
def own(meetings):
    """The clerk is on mandate too."""
    return MandateFactory(person=PersonFactory(name="赵本人", user=meetings.clerk)).person


def test_own_attendance_is_recorded_by_somebody_else(meetings, own, chen, sun):
    activity = meetings.begun(people=[own, chen.person])

    with pytest.raises(PermissionDenied, match="赵本人是您自己"):
        record(meetings, activity, {own: PRESENT, chen.person: PRESENT})
    with pytest.raises(PermissionDenied, match="赵本人是您自己"):
        record(meetings, activity, {}, speeches={own.pk: "建议清淤。"})

    assert row_of(activity, chen.person).state == Attendance.INVITED
    workflow.record_attendance(activity, states={own.pk: PRESENT}, by=sun, now=TODAY)
    record(meetings, activity, {own: PRESENT, chen.person: PRESENT})
    assert row_of(activity, own).signed_in_by == sun


def test_one_does_not_put_oneself_on_the_list(meetings, own, chen):
    with pytest.raises(PermissionDenied, match="赵本人是您自己"):
        record(meetings, meetings.begun(people=[chen.person]), {own: PRESENT})


def test_page_shows_ones_own_state_as_text(meetings, own, chen, signed_in):
    activity = meetings.begun(people=[own, chen.person], kind="symposium")
    client = signed_in(meetings.clerk)

    page = Page(client.get(f"{LIST}{activity.pk}/attendance/").content.decode())
    assert "是您自己，由其他工作人员登记" in page.text
    form = page.form_with("seen")
    assert f"state-{chen.person.pk}" in form.values
    assert f"state-{own.pk}" not in form.values

    sent(client, activity, "attendance", rest="present")
    assert row_of(activity, chen.person).state == PRESENT
    assert row_of(activity, own).state == Attendance.INVITED


# ---- after it was held


def correct_line(person, by):
    line = DutyRecord.objects.get(person=person)
    return workflow.correct_duty(
        line, kind=DutyKind(line.kind), on=line.happened_on, title=line.title, place=line.place, text="更正过的话",
        outcome=DutyOutcome(line.outcome), reason="写错", by=by, now=TODAY,
    )  # fmt: skip


def test_line_that_staff_corrected_is_not_overruled(meetings, chen, lin):
    activity = meetings.hold(states={chen.person: PRESENT})
    correction = correct_line(chen.person, meetings.clerk)

    with pytest.raises(workflow.AttendanceNotAllowed, match=f"{chen.person}.*已经更正过.*请在履职记录里更正"):
        record(meetings, activity, {chen.person: ABSENT, lin.person: PRESENT})

    assert list(DutyRecord.objects.counted().filter(person=chen.person)) == [correction]
    assert row_of(activity, lin.person).state == ABSENT
    record(meetings, activity, {lin.person: PRESENT})
    assert list(DutyRecord.objects.counted().filter(person=chen.person)) == [correction]


def test_line_that_says_so_already_is_left_alone(meetings, chen):
    activity = meetings.hold(states={chen.person: PRESENT})
    activity.participations.filter(person=chen.person).update(state=ABSENT)

    record(meetings, activity, {chen.person: PRESENT})

    assert DutyRecord.objects.get(person=chen.person).events.count() == 1


def test_many_sources_are_taken_back_with_their_corrections(meetings, chen, lin):
    meetings.hold(states={chen.person: PRESENT})
    correct_line(chen.person, meetings.clerk)
    keys = list(DutyRecord.objects.filter(corrects=None).values_list("source_key", flat=True))

    taken_back = workflow.withdraw_duties(keys, by=meetings.clerk, now=TODAY, note="更正")

    assert taken_back == 4
    assert not DutyRecord.objects.counted().exists()
    assert workflow.withdraw_duties(keys, by=meetings.clerk, now=TODAY + timedelta(hours=1)) == 0


@pytest.mark.parametrize("keys", [[], [""]])
def test_lines_without_a_source_are_not_taken_back(meetings, chen, keys):
    meetings.hold(states={chen.person: PRESENT})
    correction = correct_line(chen.person, meetings.clerk)
    assert correction.source_key == ""

    assert workflow.withdraw_duties(keys, by=meetings.clerk, now=TODAY) == 0


def test_correcting_after_it_was_held_costs_the_same_for_many(meetings):
    people = [MandateFactory(person=PersonFactory()).person for _ in range(4)]
    activity = meetings.hold(people=people)
    counts = []
    for some in (people[:1], people[1:]):
        with CaptureQueriesContext(connection) as captured:
            record(meetings, activity, dict.fromkeys(some, PRESENT))
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert DutyRecord.objects.counted().filter(outcome=DutyOutcome.PRESENT).count() == 4
