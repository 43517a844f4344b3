"""What people said by telephone, put on record by staff, and invitations that are taken back."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from deputies import workflow
from deputies.choices import Attendance, MandateKind
from deputies.workflow.attendance import LEAVE_RECORDED_BY_STAFF
from tests.deputies.activities.meetings import BEGUN, COMING, LONG, PAST, TOLD_ON, row_of, steps_of, told
from tests.factories import MandateFactory, PersonFactory
from tests.pages import Page
from tests.suggestions.story import TODAY

pytestmark = pytest.mark.django_db

TAKEN_BACK = "邀请已收回：视察凤鸣河排水口"


@pytest.fixture
def clerk(signed_in, zhao):
    return signed_in(zhao)


@pytest.fixture
def gu():
    """Return a councillor without an account."""
    return MandateFactory(person=PersonFactory(name="顾无名"), kind=MandateKind.COUNCILLOR).person


def take_back(activity, person, by, *, now=TODAY):
    workflow.take_back_invitation(activity, person=person, by=by, now=now)


def asked(activity):
    return {row.person for row in activity.participations.all()}


def page_of(activity):
    return f"/admin/deputies/activity/{activity.pk}/answers/"


def opened(client, activity):
    form = Page(client.get(page_of(activity)).content.decode()).form_with("seen")
    return {name: values[0] for name, values in form.values.items() if values}


def said(answer):
    return Page(answer.content.decode()).text


# ---- the verb


def test_invitation_is_taken_back_and_the_person_told(meetings, chen, lin):
    activity = meetings.announce()

    take_back(activity, chen.person, meetings.clerk)

    assert asked(activity) == set(meetings.people[1:])
    assert (steps_of(activity)[-1], activity.events.latest("pk").note) == ("invited", "收回对陈思齐的邀请")
    message = chen.portal_messages.get(subject=TAKEN_BACK)
    assert message.url == "/deputies/activities/"
    assert TAKEN_BACK not in told(lin)


def test_who_was_taken_out_can_be_asked_again(meetings, chen):
    activity = meetings.announce()
    take_back(activity, chen.person, meetings.clerk)

    workflow.invite(activity, people=[chen.person], by=meetings.clerk, now=TODAY)

    assert row_of(activity, chen.person).state == Attendance.INVITED


def test_nobody_is_told_of_what_they_never_heard_of(meetings, chen):
    activity = meetings.plan()
    workflow.invite(activity, people=[chen.person], by=meetings.clerk, now=TOLD_ON)

    take_back(activity, chen.person, meetings.clerk)

    assert not activity.participations.exists()
    assert told(chen) == []


def test_nobody_is_told_after_it_is_over(meetings, chen):
    activity = meetings.announce(starts_at=PAST)

    take_back(activity, chen.person, meetings.clerk)

    assert TAKEN_BACK not in told(chen)


@pytest.mark.parametrize("state", [Attendance.SIGNED_UP, Attendance.EXCUSED])
def test_an_answer_does_not_keep_the_invitation(meetings, chen, state):
    activity = meetings.announce()
    workflow.record_attendance(activity, states={chen.person.pk: state}, by=meetings.clerk, now=TODAY)

    take_back(activity, chen.person, meetings.clerk)

    assert chen.person not in asked(activity)


@pytest.mark.parametrize(("state", "word"), [(Attendance.PRESENT, "到场"), (Attendance.ABSENT, "缺席")])
def test_who_was_seen_or_missed_stays_on_the_list(meetings, chen, state, word):
    activity = meetings.begun()
    workflow.record_attendance(activity, states={chen.person.pk: state}, by=meetings.clerk, now=TODAY)

    with pytest.raises(workflow.AttendanceNotAllowed, match=f"陈思齐已经登记为“{word}”，不能收回邀请"):
        take_back(activity, chen.person, meetings.clerk)
    with pytest.raises(workflow.AttendanceNotAllowed, match="不能再代记回复"):
        workflow.record_answers(activity, excused={chen.person: ""}, by=meetings.clerk, now=TODAY)

    assert row_of(activity, chen.person).state == state


def test_who_is_not_asked_has_nothing_to_take_back(meetings, chen, lin):
    activity = meetings.announce(people=[lin.person])

    with pytest.raises(workflow.NotInvited, match="没有邀请陈思齐"):
        take_back(activity, chen.person, meetings.clerk)
    with pytest.raises(workflow.NotInvited, match="没有邀请陈思齐"):
        workflow.record_answers(activity, coming=[chen.person], by=meetings.clerk, now=TODAY)


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_was_held_or_cancelled_keeps_its_list(meetings, chen, state):
    activity = meetings.in_state(state)

    with pytest.raises(workflow.MoveNotAllowed, match=activity.get_status_display()):
        take_back(activity, chen.person, meetings.clerk)

    assert chen.person in asked(activity)


@pytest.mark.parametrize("name", ["chen", "lin", "wu", "shen", "admin"])
def test_invitations_are_taken_back_by_the_committee(meetings, cast, chen, name):
    activity = meetings.announce()

    with pytest.raises(PermissionDenied):
        take_back(activity, chen.person, cast[name])
    with pytest.raises(PermissionDenied):
        workflow.record_answers(activity, taken_back=[chen.person], by=cast[name], now=TODAY)

    assert chen.person in asked(activity)


# ---- all answers together


def test_nobody_grants_leave_to_themselves(meetings, sun, chen):
    # Somebody of the committee who sits on the council too.
    person = MandateFactory(person=PersonFactory(user=sun), kind=MandateKind.COUNCILLOR).person
    activity = meetings.announce(people=[person, chen.person])

    with pytest.raises(workflow.AttendanceNotAllowed, match="不能给自己准假"):
        workflow.record_answers(activity, coming=[chen.person], excused={person: ""}, by=sun, now=TODAY)

    assert row_of(activity, chen.person).state == Attendance.INVITED


def test_one_refusal_leaves_nothing_on_record(meetings, chen, gu, everything):
    activity = meetings.announce(people=[chen.person])
    before = everything()

    with pytest.raises(workflow.NotInvited):
        workflow.record_answers(activity, coming=[chen.person], taken_back=[gu], by=meetings.clerk, now=TODAY)

    assert everything() == before


def test_answers_are_too_late_once_it_is_over(meetings, chen):
    activity = meetings.announce()

    with pytest.raises(workflow.AnswerTooLate, match="活动已经结束"):
        workflow.record_answers(activity, excused={chen.person: ""}, by=meetings.clerk, now=COMING + LONG)


# ---- the page


def test_every_answer_in_one_post(clerk, meetings, chen, lin, he, gu):
    activity = meetings.announce(people=[*meetings.people, gu])
    form = opened(clerk, activity)

    answer = clerk.post(
        page_of(activity),
        form
        | {
            f"answer-{chen.person.pk}": "coming",
            f"answer-{lin.person.pk}": "excused",
            f"answer-{he.person.pk}": "excused",
            f"reason-{he.person.pk}": "到外地开会",
            f"answer-{gu.pk}": "taken_back",
        },
        follow=True,
    )

    assert row_of(activity, chen.person).state == Attendance.SIGNED_UP
    short, long = row_of(activity, lin.person), row_of(activity, he.person)
    assert (short.state, short.leave_reason) == (Attendance.EXCUSED, LEAVE_RECORDED_BY_STAFF)
    assert (long.state, long.leave_reason, long.leave_decided_by) == ("excused", "到外地开会", meetings.clerk)
    assert gu not in asked(activity)
    assert told(meetings.clerk) == []  # nothing is left to decide
    assert "已代记：报名参加 1 人，请假 2 人，收回邀请 1 人。收回邀请的人里 1 人没有账户" in said(answer)


def test_leave_asked_before_is_granted_with_its_own_reason(clerk, meetings, chen):
    activity = meetings.announce()
    workflow.ask_leave(activity, person=chen.person, reason="住院", by=chen, now=TODAY)

    clerk.post(page_of(activity), opened(clerk, activity) | {f"answer-{chen.person.pk}": "excused"})

    row = row_of(activity, chen.person)
    assert (row.state, row.leave_reason) == (Attendance.EXCUSED, "住院")
    assert "已准假：视察凤鸣河排水口" in told(chen)


def test_nothing_chosen_is_refused_in_place(clerk, meetings, everything):
    activity = meetings.announce()
    form = opened(clerk, activity)
    before = everything()

    answer = clerk.post(page_of(activity), form)

    assert (answer.status_code, everything()) == (200, before)
    assert "还没有选择任何人的回复" in said(answer)


def test_reason_without_leave_is_asked_about_and_kept(clerk, meetings, chen):
    activity = meetings.announce()
    typed = {f"answer-{chen.person.pk}": "coming", f"reason-{chen.person.pk}": "到外地开会"}

    answer = clerk.post(page_of(activity), opened(clerk, activity) | typed)

    assert "写了陈思齐请假的原因，但没有选择请假" in said(answer)
    form = Page(answer.content.decode()).form_with("seen")
    assert {name: form.value(name) for name in typed} == typed
    assert row_of(activity, chen.person).state == Attendance.INVITED


def test_who_answered_meanwhile_is_not_overruled_unseen(clerk, meetings, chen):
    activity = meetings.announce()
    form = opened(clerk, activity) | {f"answer-{chen.person.pk}": "excused"}
    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)

    answer = clerk.post(page_of(activity), form)
    assert "您打开这一页以后，陈思齐改为“报名参加”" in said(answer)
    assert row_of(activity, chen.person).state == Attendance.SIGNED_UP

    again = Page(answer.content.decode()).form_with("seen")
    clerk.post(page_of(activity), {name: values[0] for name, values in again.values.items() if values})
    assert row_of(activity, chen.person).state == Attendance.EXCUSED


def test_same_answer_given_meanwhile_is_told(clerk, meetings, chen):
    activity = meetings.announce()
    form = opened(clerk, activity) | {f"answer-{chen.person.pk}": "coming"}
    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)

    assert "陈思齐现在是“报名参加”，请重新选择" in said(clerk.post(page_of(activity), form))


def test_who_signed_in_meanwhile_is_not_overruled(clerk, meetings, chen):
    activity = meetings.begun()
    form = opened(clerk, activity) | {f"answer-{chen.person.pk}": "taken_back"}
    code = workflow.sign_in_code(activity, now=TODAY).code
    workflow.sign_in(activity, person=chen.person, code=code, by=chen, now=TODAY)

    answer = clerk.post(page_of(activity), form)

    assert "陈思齐已经登记为“到场”，不能再代记回复" in said(answer)
    assert row_of(activity, chen.person).state == Attendance.PRESENT
    assert f'name="answer-{chen.person.pk}"' not in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "now", "sentence"),
    [
        ("planned", TODAY, "还没有发通知"),
        ("held", TODAY, "现在不能代记回复"),
        ("announced", COMING + LONG, "活动已经结束"),
    ],
)
def test_page_that_is_not_possible_leads_back_with_the_reason(clerk, meetings, clock, state, now, sentence):
    activity = meetings.in_state(state)
    clock.move_to(now)

    assert sentence in said(clerk.get(page_of(activity), follow=True))


def test_page_without_open_rows_leads_back(clerk, meetings):
    activity = meetings.begun()
    present = dict.fromkeys([person.pk for person in meetings.people], Attendance.PRESENT)
    workflow.record_attendance(activity, states=present, by=meetings.clerk, now=BEGUN)

    assert "没有等待回复的人" in said(clerk.get(page_of(activity), follow=True))


def test_stale_page_after_it_was_cancelled(clerk, meetings, chen):
    activity = meetings.announce()
    form = opened(clerk, activity) | {f"answer-{chen.person.pk}": "coming"}
    workflow.cancel_activity(activity, reason="改期", by=meetings.clerk, now=TODAY)

    answer = clerk.post(page_of(activity), form)

    assert answer.status_code == 409
    assert row_of(activity, chen.person).state == Attendance.INVITED


@pytest.mark.parametrize(("name", "status"), [("shen", 403), ("admin", 404), ("wu", 403), ("chen", 403)])
def test_page_is_the_committees(signed_in, cast, meetings, chen, name, status):
    activity = meetings.announce()
    client = signed_in(cast[name])
    sent = {f"answer-{chen.person.pk}": "taken_back"}

    # Who is no staff is refused at the staff's door.
    assert client.get(page_of(activity), follow=True).status_code == status
    assert client.post(page_of(activity), sent, follow=True).status_code == status
    assert chen.person in asked(activity)
