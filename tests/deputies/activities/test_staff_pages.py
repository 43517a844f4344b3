"""The staff's pages of activities, through the front door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deputies import workflow
from deputies.choices import ActivityStatus, Attendance
from deputies.models import Activity, DutyRecord
from tests.common.pictures import picture, upload
from tests.deputies.activities.meetings import BEGUN, COMING, LONG, PAST, row_of, told
from tests.factories import DeputyGroupFactory, MandateFactory, PersonFactory
from tests.pages import Page
from tests.suggestions.story import TODAY, moment

pytestmark = pytest.mark.django_db

LIST = "/admin/deputies/activity/"
ADD = f"{LIST}add/"
NO_ROWS = {"INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "200"}
FILLED_IN = {
    "kind": "symposium",
    "title": "物业管理座谈会",
    "starts_at": "2026-03-10T09:00",
    "ends_at": "2026-03-10T11:00",
    "notice": "请带材料。",
    "places-TOTAL_FORMS": "2",
    "places-0-name": "凤鸣社区",
    "places-1-name": "云禾公园",
} | {f"places-{name}": value for name, value in NO_ROWS.items()}


@pytest.fixture
def clerk(signed_in, zhao):
    return signed_in(zhao)


def page_of(activity, verb="change"):
    return f"{LIST}{activity.pk}/{verb}/"


def opened(client, activity, verb):
    """Open a verb's page and return the values its form would send."""
    form = Page(client.get(page_of(activity, verb)).content.decode()).form_with("seen")
    return {name: values if len(values) > 1 else values[0] for name, values in form.values.items() if values}


def said(answer):
    return Page(answer.content.decode()).text


# ---- plan and change


def test_activity_is_put_on_record_with_places_in_order(clerk, meetings):
    answer = clerk.post(ADD, FILLED_IN)

    activity = Activity.objects.get()
    assert answer["Location"] == page_of(activity)
    assert (activity.title, activity.starts_at) == ("物业管理座谈会", moment(3, 10, 9))
    assert [str(place) for place in activity.places.order_by("position")] == ["凤鸣社区", "云禾公园"]


def test_form_with_mistakes_names_them_and_keeps_what_was_typed(clerk, meetings):
    answer = clerk.post(ADD, FILLED_IN | {"ends_at": "2026-03-10T08:00", "entrusted_due_on": "2026-03-31"})

    page = Page(answer.content.decode())
    assert "结束时间不能早于开始时间" in page.text
    assert "也要填受谁委托" in page.text
    form = page.form_with("title")
    assert (form.value("title"), form.value("places-1-name")) == ("物业管理座谈会", "云禾公园")
    assert not Activity.objects.exists()


def test_more_rows_come_without_a_judgement(clerk, meetings):
    answer = clerk.post(ADD, FILLED_IN | {"title": "", "more": "places"})

    page = Page(answer.content.decode())
    form = page.form_with("title")
    assert form.value("places-TOTAL_FORMS") == "12"
    assert (form.value("places-0-name"), form.value("starts_at")) == ("凤鸣社区", "2026-03-10T09:00")
    assert "请填写" not in page.text
    assert not Activity.objects.exists()


def test_moved_activity_is_saved_and_told(clerk, meetings, chen):
    activity = meetings.announce()
    form = opened(clerk, activity, "edit")
    assert form["starts_at"] == "2026-03-06T09:00"

    clerk.post(page_of(activity, "edit"), form | {"starts_at": "2026-03-06T08:00"})

    activity.refresh_from_db()
    assert activity.starts_at == COMING - timedelta(hours=1)
    assert "时间有变：视察凤鸣河排水口" in told(chen)


# ---- whom to ask


def test_everybody_of_an_office_a_group_and_single_people_are_asked_once(clerk, meetings, he):
    group = DeputyGroupFactory(name="第一代表小组")
    of_group = MandateFactory(person=PersonFactory(), group=group).person
    single = MandateFactory(person=PersonFactory(), kind="councillor").person
    MandateFactory(person=PersonFactory(name="顾前任"), ends_on="2026-03-05")
    activity = meetings.plan()
    page = clerk.get(page_of(activity, "announce")).content.decode()
    assert "全体人大代表（3 人）" in page
    assert "第一代表小组（1 人）" in page
    assert "顾前任" not in page

    answer = clerk.post(
        page_of(activity, "announce"),
        {"offices": ["deputy"], "groups": [str(group.pk)], "people": [str(single.pk), str(of_group.pk)]},
        follow=True,
    )

    activity.refresh_from_db()
    assert activity.status == ActivityStatus.ANNOUNCED
    asked = {row.person for row in activity.participations.all()}
    assert asked == {*meetings.people[:2], of_group, single}
    assert "已通知 4 人。其中 2 人没有账户，收不到消息，请打电话告诉他们" in said(answer)


def test_nobody_chosen_is_refused_in_place(clerk, meetings):
    activity = meetings.plan()

    answer = clerk.post(page_of(activity, "announce"), {})

    assert "请选择邀请谁" in said(answer)
    activity.refresh_from_db()
    assert activity.status == ActivityStatus.PLANNED


def test_person_who_cannot_be_chosen_is_refused(clerk, meetings):
    activity = meetings.announce()

    answer = clerk.post(page_of(activity, "invite"), {"people": [str(meetings.people[0].pk)]})

    assert "名单有变" in said(answer)


# ---- leave


def test_leaves_are_decided_together(clerk, meetings, chen, lin):
    activity = meetings.announce()
    for user in (chen, lin):
        workflow.ask_leave(activity, person=user.person, reason="出差", by=user, now=TODAY)
    granted, refused = f"granted-{chen.person.pk}", f"granted-{lin.person.pk}"

    answer = clerk.post(page_of(activity, "leave"), {granted: "yes", refused: "no"})
    assert "请写明不准林望舒请假的原因" in said(answer)
    assert row_of(activity, chen.person).state == Attendance.LEAVE_ASKED

    clerk.post(page_of(activity, "leave"), {granted: "yes", refused: "no", f"reason-{lin.person.pk}": "人数不够"})
    assert row_of(activity, chen.person).state == Attendance.EXCUSED
    assert row_of(activity, lin.person).leave_refusal == "人数不够"


# ---- who was there


def test_attendance_of_everybody_is_one_post(clerk, meetings, chen, lin, he):
    activity = meetings.begun(kind="session")
    form = opened(clerk, activity, "attendance")

    clerk.post(
        page_of(activity, "attendance"),
        form
        | {
            f"state-{chen.person.pk}": "present",
            f"state-{lin.person.pk}": "absent",
            f"speech-{chen.person.pk}": "建议加装电梯。",
        },
    )

    assert (row_of(activity, chen.person).state, row_of(activity, chen.person).speech) == ("present", "建议加装电梯。")
    assert row_of(activity, lin.person).state == Attendance.ABSENT
    assert row_of(activity, he.person).state == Attendance.INVITED


def test_the_rest_is_present_with_one_button_but_not_who_asked_for_leave(clerk, meetings, chen, lin, he):
    activity = meetings.begun()
    workflow.ask_leave(activity, person=he.person, reason="出差", by=he, now=TODAY)
    form = opened(clerk, activity, "attendance")

    clerk.post(page_of(activity, "attendance"), form | {f"state-{lin.person.pk}": "absent", "rest": "present"})

    states = [row_of(activity, person).state for person in meetings.people]
    assert states == [Attendance.PRESENT, Attendance.ABSENT, Attendance.LEAVE_ASKED]


def test_who_signed_in_meanwhile_is_not_overruled_unseen(clerk, meetings, chen, lin):
    activity = meetings.begun()
    form = opened(clerk, activity, "attendance")
    code = workflow.sign_in_code(activity, now=TODAY).code
    workflow.sign_in(activity, person=chen.person, code=code, by=chen, now=TODAY)

    untouched = clerk.post(page_of(activity, "attendance"), form | {f"state-{lin.person.pk}": "absent"})
    assert untouched.status_code == 302
    assert row_of(activity, chen.person).state == Attendance.PRESENT

    form["seen"] = opened(clerk, activity, "attendance")["seen"]
    answer = clerk.post(page_of(activity, "attendance"), form | {f"state-{chen.person.pk}": "absent"})
    assert "您打开这一页以后，陈思齐已登记为“到场”" in said(answer)
    assert row_of(activity, chen.person).state == Attendance.PRESENT

    again = Page(answer.content.decode()).form_with("seen")
    values = {name: value[0] for name, value in again.values.items() if value}
    clerk.post(page_of(activity, "attendance"), values)
    assert row_of(activity, chen.person).state == Attendance.ABSENT


def test_stale_page_is_answered_with_what_happened(clerk, meetings, chen, lin):
    activity = meetings.begun()
    form = opened(clerk, activity, "attendance")
    workflow.record_attendance(activity, states={lin.person.pk: Attendance.PRESENT}, by=meetings.clerk, now=TODAY)

    answer = clerk.post(page_of(activity, "attendance"), form | {f"state-{chen.person.pk}": "present"})

    assert answer.status_code == 409
    assert "您打开这一页以后，3月5日 10:00，赵经办办了“登记到场”" in said(answer)
    assert row_of(activity, chen.person).state == Attendance.INVITED


def test_who_came_unasked_is_chosen_from_those_in_office(clerk, meetings, chen, lin):
    activity = meetings.begun(people=[chen.person])

    clerk.post(page_of(activity, "attendance"), {"more_people": [str(lin.person.pk)]})

    assert row_of(activity, lin.person).state == Attendance.PRESENT


# ---- held


def test_held_with_outsiders_and_27_batches(clerk, meetings):
    activity = meetings.begun(people=[], is_open=True)
    form = opened(clerk, activity, "held")
    form |= {"batches-TOTAL_FORMS": "30", "outsiders-0-category": "环保监督员", "outsiders-0-count": "6"}
    for row in range(27):
        form |= {f"batches-{row}-held_on": "2026-03-01", f"batches-{row}-person_count": "265"}

    clerk.post(page_of(activity, "held"), form | {"narrative": "分批考察。"})

    activity.refresh_from_db()
    assert (activity.status, activity.narrative) == (ActivityStatus.HELD, "分批考察。")
    assert [batch.number for batch in activity.batches.order_by("number")] == list(range(1, 28))
    assert str(activity.outsiders.get()) == "环保监督员 6 人"


def test_batch_of_a_day_that_is_not_yet_is_refused_at_the_field(clerk, meetings):
    activity = meetings.begun()
    form = opened(clerk, activity, "held")

    answer = clerk.post(
        page_of(activity, "held"), form | {"batches-0-held_on": "2026-03-06", "batches-0-person_count": "9"}
    )

    assert "这一天还没有到" in said(answer)
    activity.refresh_from_db()
    assert activity.status == ActivityStatus.ANNOUNCED


def test_mistyped_count_is_corrected(clerk, meetings):
    activity = meetings.hold()
    form = opened(clerk, activity, "counts")

    clerk.post(page_of(activity, "counts"), form | {"outsiders-0-category": "居民", "outsiders-0-count": "20"})

    assert str(activity.outsiders.get()) == "居民 20 人"


def test_emptied_row_is_taken_out_and_the_others_stay(clerk, meetings):
    activity = meetings.hold()
    batches = [workflow.BatchRow(number, moment(3, 1).date(), 10 * number) for number in (1, 2, 3)]
    workflow.correct_counts(activity, batches=batches, by=meetings.clerk, now=TODAY)
    form = opened(clerk, activity, "counts")

    clerk.post(page_of(activity, "counts"), form | {"batches-1-held_on": "", "batches-1-person_count": ""})

    assert [str(row) for row in activity.batches.order_by("number")] == ["第 1 批，10 人次", "第 2 批，30 人次"]


# ---- afterwards


def test_minutes_are_written_and_result_reported(clerk, meetings):
    activity = meetings.hold(entrusted_by="区人大财经委")

    clerk.post(page_of(activity, "minutes"), {"narrative": "审查预算。", "minutes": "一、审查。", "in_summary": "on"})
    clerk.post(page_of(activity, "report_back"), {"on": "2026-03-05", "text": "已报送。"})

    activity.refresh_from_db()
    assert (activity.minutes, activity.in_summary, activity.report_back) == ("一、审查。", True, "已报送。")


def test_cancelled_with_a_reason(clerk, meetings, chen):
    activity = meetings.announce()
    assert "请填写取消的原因" in said(clerk.post(page_of(activity, "cancel"), {"reason": ""}))

    clerk.post(page_of(activity, "cancel"), {"reason": "台风"})

    activity.refresh_from_db()
    assert activity.status == ActivityStatus.CANCELLED


def test_photo_is_uploaded_shown_and_taken_back(clerk, meetings, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    activity = meetings.hold()
    clerk.post(page_of(activity, "files"), {"photos": upload(picture(), "河边.jpg"), "caption": "河边"})
    (photo,) = activity.files.all()
    assert f"/deputies/activity-files/{photo.pk}/" in clerk.get(page_of(activity)).content.decode()

    clerk.post(f"{LIST}{activity.pk}/files/{photo.pk}/remove/")

    assert not activity.files.exists()
    assert clerk.post(f"{LIST}{activity.pk}/files/{photo.pk}/remove/").status_code == 404


def test_upload_of_nothing_and_of_a_bad_file_is_refused(clerk, meetings):
    activity = meetings.hold()

    assert "请选择照片或者材料" in said(clerk.post(page_of(activity, "files"), {}))
    bad = clerk.post(page_of(activity, "files"), {"photos": upload(b"not a picture", "假.jpg")})
    assert "“假.jpg”不是照片" in said(bad)


# ---- which verbs are offered


@pytest.mark.parametrize(
    ("state", "changed", "now", "main"),
    [
        ("planned", {}, TODAY, "发通知"),
        ("planned", {"starts_at": PAST}, TODAY, "邀请"),
        ("announced", {}, TODAY, None),
        ("announced", {}, COMING - timedelta(minutes=60), "登记到场"),
        ("announced", {}, COMING, "登记到场"),
        ("announced", {}, COMING + LONG, "举行完毕"),
        ("held", {}, TODAY, "写纪要"),
        ("held", {"entrusted_by": "区人大财经委"}, TODAY, "报告结果"),
        ("cancelled", {}, TODAY, None),
    ],
)
def test_main_button_is_what_is_owed_next(clerk, meetings, clock, state, changed, now, main):
    activity = meetings.in_state(state, **changed)
    clock.move_to(now)

    verbs = clerk.get(page_of(activity)).context["verbs"]

    assert [verb.label for verb in verbs if verb.is_main] == ([main] if main else [])


def test_verb_that_is_not_possible_leads_back_with_the_reason(clerk, meetings):
    activity = meetings.in_state("cancelled")

    answer = clerk.get(page_of(activity, "held"), follow=True)

    assert answer.redirect_chain == [(page_of(activity), 302)]
    assert "现在不能举行完毕" in said(answer)


def test_auditor_reads_and_has_no_buttons(signed_in, shen, meetings):
    answer = signed_in(shen).get(page_of(meetings.hold()))

    assert answer.status_code == 200
    assert answer.context["verbs"] == []


def test_unknown_activity(clerk, meetings):
    assert clerk.get(f"{LIST}999/edit/").status_code == 404
    assert clerk.post(f"{LIST}999/held/").status_code == 404
    assert clerk.get(f"{LIST}999/change/").status_code == 302


def test_whole_life_through_the_pages(clerk, meetings, chen):
    """Planned, told, attended, held: the line stands in the file."""
    clerk.post(ADD, FILLED_IN | {"starts_at": "2026-03-05T11:00", "ends_at": "2026-03-05T12:00"})
    activity = Activity.objects.get()
    clerk.post(page_of(activity, "announce"), {"people": [str(chen.person.pk)]})
    clerk.post(page_of(activity, "attendance"), opened(clerk, activity, "attendance") | {"rest": "present"})
    workflow.change_activity(activity, changes={"starts_at": BEGUN, "ends_at": TODAY}, by=meetings.clerk, now=TODAY)
    clerk.post(page_of(activity, "held"), opened(clerk, activity, "held"))

    line = DutyRecord.objects.get()
    assert (line.person, line.outcome, line.title, line.place) == (
        chen.person,
        "present",
        "物业管理座谈会",
        "凤鸣社区、云禾公园",
    )
