"""An activity from its plan to its minutes: who may do what from which state, what is on record, who is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from deputies import workflow
from deputies.choices import ActivityFileKind, ActivityStatus, Attendance, MandateEnd
from deputies.models import Activity, ActivityFile, DutyRecord
from tests.common.pictures import office_file, picture, upload
from tests.deputies.activities.meetings import (
    BEGUN,
    COMING,
    LONG,
    PAST,
    STATES,
    TOLD_ON,
    row_of,
    steps_of,
    told,
)
from tests.factories import MandateFactory, PersonFactory
from tests.suggestions.story import TODAY, moment

pytestmark = pytest.mark.django_db


def places_of(activity):
    return [str(place) for place in activity.places.order_by("position")]


# ---- plan and change


def test_planned_activity_is_on_record_and_nobody_is_told(meetings, chen):
    activity = meetings.plan()

    assert activity.status == ActivityStatus.PLANNED
    assert activity.starts_on == date(2026, 3, 6)
    assert places_of(activity) == ["凤鸣河北闸", "污水泵站"]
    assert activity.created_by == meetings.clerk
    assert steps_of(activity) == ["planned"]
    assert told(chen) == []


@pytest.mark.parametrize("name", ["chen", "he", "wu", "shen", "admin"])
def test_only_the_committee_plans(meetings, cast, name):
    with pytest.raises(PermissionDenied):
        workflow.plan_activity(
            kind="visit_voters", title="走访", starts_at=COMING, ends_at=COMING, by=cast[name], now=TODAY
        )


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"ends_at": COMING - timedelta(minutes=1)}, workflow.ActivityTimesNotAllowed),
        ({"sign_up_until": COMING + timedelta(minutes=1)}, workflow.ActivityTimesNotAllowed),
        ({"entrusted_due_on": date(2026, 3, 31)}, workflow.ReasonMissing),
    ],
)
def test_plan_that_cannot_be_is_refused(meetings, changed, refusal):
    with pytest.raises(refusal):
        meetings.plan(**changed)

    assert not Activity.objects.exists()


def test_activity_over_in_the_moment_it_begins_is_allowed(meetings):
    assert meetings.plan(ends_at=COMING).ends_at == COMING


def test_moved_time_and_place_are_told_to_who_is_asked(meetings, chen, lin):
    activity = meetings.announce(people=[chen.person])

    workflow.change_activity(
        activity,
        changes={"starts_at": COMING + LONG, "ends_at": COMING + 2 * LONG},
        places=["污水泵站"],
        by=meetings.clerk,
        now=TODAY,
    )

    activity.refresh_from_db()
    assert (activity.starts_at, places_of(activity)) == (COMING + LONG, ["污水泵站"])
    assert "时间和地点有变：视察凤鸣河排水口" in told(chen)
    assert "上午 11:00—13:00" in chen.portal_messages.get(subject__startswith="时间").body
    assert told(lin) == []
    assert activity.events.latest("pk").note == "开始时间、结束时间、地点"


def test_day_is_kept_with_a_moved_start(meetings):
    activity = meetings.plan()

    workflow.change_activity(
        activity, changes={"starts_at": moment(3, 9), "ends_at": moment(3, 9, 11)}, by=meetings.clerk, now=TODAY
    )

    activity.refresh_from_db()
    assert activity.starts_on == date(2026, 3, 9)


def test_change_of_words_is_told_to_nobody(meetings, chen):
    activity = meetings.announce()

    workflow.change_activity(activity, changes={"notice": "请带代表证。"}, by=meetings.clerk, now=TODAY)

    assert told(chen) == ["邀请您参加：视察凤鸣河排水口"]
    assert steps_of(activity)[-1] == "changed"


def test_change_to_the_same_writes_nothing(meetings, everything):
    activity = meetings.announce()
    before = everything()

    workflow.change_activity(
        activity,
        changes={"title": activity.title, "starts_at": activity.starts_at},
        places=["凤鸣河北闸", "污水泵站"],
        by=meetings.clerk,
        now=TODAY,
    )

    assert everything() == before


def test_held_activity_keeps_all_but_what_is_written_afterwards(meetings):
    activity = meetings.hold()

    with pytest.raises(workflow.MoveNotAllowed, match="已举行"):
        workflow.change_activity(activity, changes={"title": "另一次"}, by=meetings.clerk, now=TODAY)
    with pytest.raises(workflow.MoveNotAllowed):
        workflow.change_activity(activity, changes={}, places=["别处"], by=meetings.clerk, now=TODAY)
    workflow.change_activity(
        activity, changes={"minutes": "议定三件事。", "in_summary": True}, by=meetings.clerk, now=TODAY
    )

    activity.refresh_from_db()
    assert (activity.title, activity.minutes, activity.in_summary) == ("视察凤鸣河排水口", "议定三件事。", True)


# ---- announce and invite


def test_announcing_asks_and_tells_those_with_an_account(meetings, chen, lin, he):
    without_account = MandateFactory(person=PersonFactory(name="顾无名")).person
    activity = meetings.announce(people=[*meetings.people, without_account], notice="请带代表证。")

    assert activity.status == ActivityStatus.ANNOUNCED
    assert {row.state for row in activity.participations.all()} == {Attendance.INVITED}
    assert activity.participations.count() == 4
    for user in (chen, lin, he):
        (message,) = user.portal_messages.all()
        assert message.subject == "邀请您参加：视察凤鸣河排水口"
        assert message.url == f"/deputies/activities/{activity.pk}/"
        assert "3月6日（周五）上午 9:00—11:00" in message.body
        assert "凤鸣河北闸、污水泵站" in message.body
        assert "请带代表证。" in message.body
    assert steps_of(activity) == ["planned", "announced"]


def test_who_was_put_on_the_list_before_is_told_with_the_announcement(meetings, chen, lin):
    activity = meetings.plan()
    workflow.invite(activity, people=[chen.person], by=meetings.clerk, now=TOLD_ON)
    assert told(chen) == []

    workflow.announce_activity(activity, people=[lin.person], by=meetings.clerk, now=TOLD_ON)

    assert len(told(chen)) == len(told(lin)) == 1


def test_announcing_to_nobody_is_refused_unless_residents_can_come(meetings):
    with pytest.raises(workflow.NobodyInvited):
        meetings.announce(people=[])

    assert meetings.announce(people=[], is_open=True).status == ActivityStatus.ANNOUNCED


def test_announcing_what_is_over_is_refused(meetings):
    activity = meetings.plan(starts_at=PAST)

    with pytest.raises(workflow.ActivityTimesNotAllowed, match="已经过了"):
        workflow.announce_activity(activity, people=meetings.people, by=meetings.clerk, now=TODAY)


def test_who_is_not_in_office_that_day_is_refused_by_name(meetings, chen):
    MandateFactory(person=PersonFactory(name="顾前任"), ends_on=date(2026, 3, 5))
    former = PersonFactory._meta.model.objects.get(name="顾前任")

    with pytest.raises(workflow.NotInOffice, match="顾前任在2026年3月6日不在任"):
        meetings.announce(people=[chen.person, former])

    last_day = meetings.announce(people=[former], starts_at=moment(3, 5, 15))
    assert row_of(last_day, former).state == Attendance.INVITED


def test_more_people_are_told_and_who_is_asked_already_stays(meetings, chen, lin):
    activity = meetings.announce(people=[chen.person])
    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)

    new = workflow.invite(activity, people=[chen.person, lin.person], by=meetings.clerk, now=TODAY)

    assert [row.person for row in new] == [lin.person]
    assert row_of(activity, chen.person).state == Attendance.SIGNED_UP
    assert (len(told(chen)), len(told(lin))) == (1, 1)
    assert steps_of(activity)[-1] == "invited"


def test_inviting_after_the_fact_tells_nobody(meetings, chen):
    activity = meetings.plan(starts_at=PAST)

    workflow.invite(activity, people=[chen.person], by=meetings.clerk, now=TODAY)

    assert told(chen) == []


@pytest.mark.parametrize("people_count", [1, 60])
def test_announcing_costs_the_same_for_many(meetings, django_assert_num_queries, people_count):
    people = [MandateFactory(person=PersonFactory()).person for _ in range(people_count)]
    activity = meetings.plan()

    with django_assert_num_queries(11):
        workflow.announce_activity(activity, people=people, by=meetings.clerk, now=TOLD_ON)


# ---- held


def test_held_activity_posts_one_line_for_everybody_asked(meetings, chen, lin, he):
    activity = meetings.announce(starts_at=BEGUN)
    workflow.ask_leave(activity, person=lin.person, reason="出差", by=lin, now=TODAY)
    workflow.decide_leave(activity, person=lin.person, granted=True, by=meetings.clerk, now=TODAY)
    workflow.record_attendance(
        activity,
        states={chen.person.pk: Attendance.PRESENT},
        speeches={chen.person.pk: "建议加密巡查。"},
        by=meetings.clerk,
        now=TODAY,
    )

    workflow.record_held(activity, narrative="查看三处排水口。", by=meetings.clerk, now=TODAY + LONG)

    activity.refresh_from_db()
    assert (activity.status, activity.narrative) == (ActivityStatus.HELD, "查看三处排水口。")
    assert row_of(activity, he.person).state == Attendance.ABSENT
    lines = {line.person: line for line in DutyRecord.objects.all()}
    assert {person: line.outcome for person, line in lines.items()} == {
        chen.person: "present",
        lin.person: "excused",
        he.person: "absent",
    }
    line = lines[chen.person]
    assert line.source_key == f"activity:{activity.pk}:person:{chen.person.pk}"
    assert line.source_url == f"/deputies/activities/{activity.pk}/"
    assert (line.kind, line.happened_on) == ("inspection", date(2026, 3, 5))
    assert (line.title, line.place) == ("视察凤鸣河排水口", "凤鸣河北闸、污水泵站")
    assert line.text == "发言：建议加密巡查。"


def test_who_was_not_in_office_that_day_gets_no_line(meetings, chen, lin):
    activity = meetings.begun()
    workflow.end_mandate(
        lin.person.mandates.get(),
        ends_on=date(2026, 3, 4),
        ended_by=MandateEnd.RESIGNED,
        by=meetings.clerk,
        now=TODAY,
    )

    workflow.record_held(activity, by=meetings.clerk, now=TODAY)

    assert not DutyRecord.objects.filter(person=lin.person).exists()
    assert DutyRecord.objects.filter(person=chen.person).exists()


def test_activity_is_entered_after_the_fact(meetings, chen):
    activity = meetings.plan(starts_at=PAST)
    workflow.invite(activity, people=meetings.people, by=meetings.clerk, now=TODAY)
    workflow.record_attendance(activity, states={chen.person.pk: Attendance.PRESENT}, by=meetings.clerk, now=TODAY)

    workflow.record_held(activity, by=meetings.clerk, now=TODAY)

    assert steps_of(activity) == ["planned", "invited", "attendance", "held"]
    assert DutyRecord.objects.get(person=chen.person).outcome == "present"
    assert told(chen) == []


def test_held_before_it_begins_is_refused(meetings):
    with pytest.raises(workflow.AttendanceNotAllowed, match="还没有开始"):
        workflow.record_held(meetings.announce(), by=meetings.clerk, now=COMING - timedelta(seconds=1))


def test_held_while_a_leave_is_undecided_is_refused_by_name(meetings, chen):
    activity = meetings.begun()
    workflow.ask_leave(activity, person=chen.person, reason="出差", by=chen, now=TODAY)

    with pytest.raises(workflow.LeaveUndecided, match="陈思齐"):
        workflow.record_held(activity, by=meetings.clerk, now=TODAY)

    assert not DutyRecord.objects.exists()


def test_outsiders_and_batches_are_counts(meetings):
    activity = meetings.begun(people=[], is_open=True)
    batches = [workflow.BatchRow(1, date(2026, 3, 2), 265), workflow.BatchRow(2, date(2026, 3, 3), 270, "二分队")]

    workflow.record_held(activity, outsiders=[("环保监督员", 6)], batches=batches, by=meetings.clerk, now=TODAY)

    assert [str(row) for row in activity.outsiders.all()] == ["环保监督员 6 人"]
    assert [str(row) for row in activity.batches.order_by("number")] == ["第 1 批，265 人次", "第 2 批，270 人次"]


@pytest.mark.parametrize(
    "counts",
    [
        {"outsiders": [("居民", 3), ("居民 ", 4)]},
        {"outsiders": [("居民", 0)]},
        {"batches": [workflow.BatchRow(1, date(2026, 3, 2), 1), workflow.BatchRow(1, date(2026, 3, 2), 2)]},
        {"batches": [workflow.BatchRow(1, date(2026, 3, 2), 0)]},
        {"batches": [workflow.BatchRow(1, date(2026, 3, 6), 10)]},
    ],
)
def test_counts_that_cannot_be_are_refused(meetings, counts):
    activity = meetings.begun()

    with pytest.raises(workflow.CountsNotAllowed):
        workflow.record_held(activity, **counts, by=meetings.clerk, now=TODAY)

    activity.refresh_from_db()
    assert activity.status == ActivityStatus.ANNOUNCED


def test_mistyped_counts_are_corrected_and_on_record(meetings):
    activity = meetings.hold()

    workflow.correct_counts(activity, outsiders=[("居民代表", 20)], by=meetings.clerk, now=TODAY)
    workflow.correct_counts(activity, outsiders=[("居民代表", 20)], by=meetings.clerk, now=TODAY)

    assert [str(row) for row in activity.outsiders.all()] == ["居民代表 20 人"]
    assert steps_of(activity).count("changed") == 1


@pytest.mark.parametrize("people_count", [1, 40])  # beyond that SQLite takes the lines in two batches
def test_holding_costs_the_same_for_many(meetings, django_assert_num_queries, people_count):
    people = [MandateFactory(person=PersonFactory()).person for _ in range(people_count)]
    activity = meetings.begun(people=people)

    with django_assert_num_queries(16):
        workflow.record_held(activity, by=meetings.clerk, now=TODAY)


# ---- cancel, report back, files


def test_cancelled_activity_is_told_with_the_reason(meetings, chen):
    activity = workflow.cancel_activity(meetings.announce(), reason="台风", by=meetings.clerk, now=TODAY)

    assert activity.status == ActivityStatus.CANCELLED
    assert "活动取消：视察凤鸣河排水口" in told(chen)
    assert "取消原因：台风" in chen.portal_messages.get(subject__startswith="活动取消").body
    assert steps_of(activity)[-1] == "cancelled"


def test_cancelling_a_plan_tells_nobody(meetings, chen):
    activity = meetings.plan()
    workflow.invite(activity, people=[chen.person], by=meetings.clerk, now=TODAY)

    workflow.cancel_activity(activity, reason="不办了", by=meetings.clerk, now=TODAY)

    assert told(chen) == []


def test_cancelling_without_a_reason_is_refused(meetings):
    with pytest.raises(workflow.ReasonMissing):
        workflow.cancel_activity(meetings.announce(), reason="  ", by=meetings.clerk, now=TODAY)


def test_result_is_reported_back_once(meetings):
    activity = meetings.hold(entrusted_by="区人大财经委", entrusted_due_on=date(2026, 3, 31))

    workflow.report_back(activity, text="已报送审查意见。", on=date(2026, 3, 5), by=meetings.clerk, now=TODAY)

    activity.refresh_from_db()
    assert (activity.report_back, activity.reported_back_on) == ("已报送审查意见。", date(2026, 3, 5))
    with pytest.raises(workflow.MoveNotAllowed, match="已经向区人大财经委报告过"):
        workflow.report_back(activity, text="再报", on=date(2026, 3, 5), by=meetings.clerk, now=TODAY)


@pytest.mark.parametrize("on", [date(2026, 3, 3), date(2026, 3, 6)])
def test_report_before_the_activity_or_in_the_future_is_refused(meetings, on):
    activity = meetings.hold(entrusted_by="区人大财经委")

    with pytest.raises(workflow.ReportDayNotAllowed):
        workflow.report_back(activity, text="已报送。", on=on, by=meetings.clerk, now=TODAY)


def test_what_nobody_asked_for_is_not_reported_back(meetings):
    with pytest.raises(workflow.NotEntrusted):
        workflow.report_back(meetings.hold(), text="已报送。", on=date(2026, 3, 5), by=meetings.clerk, now=TODAY)


def test_photos_and_papers_are_kept_and_can_be_taken_back(meetings, settings, tmp_path):
    from congress_portal.common.uploads import accept_document, accept_photo

    settings.MEDIA_ROOT = tmp_path
    activity = meetings.hold()
    (photo,) = workflow.add_files(
        activity,
        files=[accept_photo(upload(picture(), "河边.jpg"))],
        kind=ActivityFileKind.PHOTO,
        by=meetings.clerk,
        now=TODAY,
    )
    workflow.add_files(
        activity,
        files=[accept_document(upload(office_file(), "议程.docx"))],
        kind=ActivityFileKind.PAPER,
        by=meetings.clerk,
        now=TODAY,
    )

    assert activity.events.latest("pk").note == "上传材料：议程.docx"
    workflow.remove_file(photo, by=meetings.clerk, now=TODAY)

    assert [str(file) for file in ActivityFile.objects.all()] == ["议程.docx"]
    assert activity.events.latest("pk").note == "删除照片：河边.jpg"


# ---- every verb from every state, and by whom

VERBS = {
    "announce": lambda activity, **who: workflow.announce_activity(activity, people=[], **who),
    "invite": lambda activity, **who: workflow.invite(activity, people=[], **who),
    "edit": lambda activity, **who: workflow.change_activity(activity, changes={"title": "新名称"}, **who),
    "hold": lambda activity, **who: workflow.record_held(activity, **who),
    "counts": lambda activity, **who: workflow.correct_counts(activity, **who),
    "attend": lambda activity, **who: workflow.record_attendance(activity, states={}, **who),
    "cancel": lambda activity, **who: workflow.cancel_activity(activity, reason="改期", **who),
    "report": lambda activity, **who: workflow.report_back(activity, text="已报送", on=date(2026, 3, 7), **who),
    "file": lambda activity, **who: workflow.add_files(activity, files=[], kind=ActivityFileKind.PHOTO, **who),
}
LEADS_ON = {
    "announce": {"planned"},
    "invite": {"planned", "announced"},
    "edit": {"planned", "announced"},
    "hold": {"planned", "announced"},
    "counts": {"held"},
    "attend": {"planned", "announced", "held"},
    "cancel": {"planned", "announced"},
    "report": {"held"},
    "file": {"planned", "announced", "held"},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_verb_leads_on_from_its_states_only(meetings, everything, state, verb):
    activity = meetings.in_state(state, is_open=True, entrusted_by="区人大财经委")
    now = TODAY if verb == "announce" else moment(3, 7)
    if state in LEADS_ON[verb]:
        VERBS[verb](activity, by=meetings.clerk, now=now)
        return
    before = everything()

    with pytest.raises(workflow.MoveNotAllowed, match=activity.get_status_display()):
        VERBS[verb](activity, by=meetings.clerk, now=now)

    assert everything() == before


@pytest.mark.parametrize("name", ["admin", "shen", "wu", "chen", "he"])
@pytest.mark.parametrize("verb", VERBS)
def test_verb_is_the_committees_alone(meetings, cast, everything, verb, name):
    activity = meetings.in_state(sorted(LEADS_ON[verb])[0])
    before = everything()

    with pytest.raises(PermissionDenied):
        VERBS[verb](activity, by=cast[name], now=moment(3, 7))

    assert everything() == before


def test_late_verb_says_who_did_what(meetings):
    activity = meetings.in_state("cancelled")

    with pytest.raises(workflow.MoveNotAllowed, match="3月3日 10:00，赵经办办了“取消”，这次活动现在是“已取消”"):
        workflow.record_held(activity, by=meetings.clerk, now=TODAY)
