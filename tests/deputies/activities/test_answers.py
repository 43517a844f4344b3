"""The answers of who is asked: coming, leave, and what the committee says to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from deputies import workflow
from deputies.choices import Attendance, MandateKind
from tests.deputies.activities.meetings import COMING, LONG, TOLD_ON, row_of, steps_of, told
from tests.factories import MandateFactory, PersonFactory
from tests.suggestions.story import TODAY

pytestmark = pytest.mark.django_db


def ask(activity, user, *, now=TODAY, reason="到外地开会", by=None):
    return workflow.ask_leave(activity, person=user.person, reason=reason, by=by or user, now=now)


def decide(activity, user, clerk, *, granted=True, reason=""):
    return workflow.decide_leave(activity, person=user.person, granted=granted, reason=reason, by=clerk, now=TODAY)


def test_signing_up_is_on_record(meetings, chen):
    activity = meetings.announce()

    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)

    row = row_of(activity, chen.person)
    assert (row.state, row.answered_at) == (Attendance.SIGNED_UP, TODAY)


def test_signing_up_twice_changes_nothing(meetings, chen, everything):
    activity = meetings.announce()
    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)
    before = everything()

    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY + LONG)

    assert everything() == before


def test_staff_answer_for_who_telephoned(meetings, chen):
    activity = meetings.announce()

    workflow.sign_up(activity, person=chen.person, by=meetings.clerk, now=TODAY)

    assert row_of(activity, chen.person).state == Attendance.SIGNED_UP


@pytest.mark.parametrize("name", ["lin", "he", "wu", "shen", "admin"])
def test_nobody_else_answers(meetings, cast, chen, name):
    activity = meetings.announce()

    with pytest.raises(PermissionDenied):
        workflow.sign_up(activity, person=chen.person, by=cast[name], now=TODAY)
    with pytest.raises(PermissionDenied):
        ask(activity, chen, by=cast[name])


def test_who_is_not_asked_is_told_so(meetings, chen, lin):
    activity = meetings.announce(people=[lin.person])

    with pytest.raises(workflow.NotInvited, match="没有邀请陈思齐"):
        workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)


def test_plan_is_not_answered_yet(meetings, chen):
    activity = meetings.plan()
    workflow.invite(activity, people=[chen.person], by=meetings.clerk, now=TOLD_ON)

    with pytest.raises(workflow.NotInvited):
        workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_was_held_or_cancelled_takes_no_answer(meetings, chen, state):
    activity = meetings.in_state(state)

    with pytest.raises(workflow.MoveNotAllowed, match=activity.get_status_display()):
        workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)
    with pytest.raises(workflow.MoveNotAllowed):
        ask(activity, chen)


def test_answer_is_possible_until_it_is_over(meetings, chen):
    activity = meetings.announce()

    ask(activity, chen, now=COMING + LONG - timedelta(seconds=1))
    with pytest.raises(workflow.AnswerTooLate):
        workflow.sign_up(activity, person=chen.person, by=chen, now=COMING + LONG)


def test_who_is_there_takes_no_leave(meetings, chen):
    activity = meetings.begun()
    workflow.record_attendance(activity, states={chen.person.pk: Attendance.PRESENT}, by=meetings.clerk, now=TODAY)

    with pytest.raises(workflow.AnswerTooLate, match="到场"):
        ask(activity, chen)


def test_leave_is_asked_with_a_reason_that_no_message_repeats(meetings, chen, fang):
    activity = meetings.announce()

    ask(activity, chen, reason="住院手术")

    row = row_of(activity, chen.person)
    assert (row.state, row.leave_reason) == (Attendance.LEAVE_ASKED, "住院手术")
    for user in (meetings.clerk, fang):
        message = user.portal_messages.get()
        assert message.subject == "陈思齐请假：视察凤鸣河排水口"
        assert message.url == f"/admin/deputies/activity/{activity.pk}/change/"
        assert "住院" not in message.body


def test_leave_without_a_reason_is_refused(meetings, chen):
    with pytest.raises(workflow.ReasonMissing):
        ask(meetings.announce(), chen, reason=" ")


def test_leave_asked_again_keeps_the_new_reason_and_tells_once(meetings, chen):
    activity = meetings.announce()
    ask(activity, chen)

    ask(activity, chen, reason="改为出国考察")

    assert row_of(activity, chen.person).leave_reason == "改为出国考察"
    assert len(told(meetings.clerk)) == 1


def test_granted_leave_is_on_record_and_told(meetings, chen):
    activity = meetings.announce()
    ask(activity, chen)

    decide(activity, chen, meetings.clerk)

    row = row_of(activity, chen.person)
    assert (row.state, row.leave_decided_by) == (Attendance.EXCUSED, meetings.clerk)
    assert "已准假：视察凤鸣河排水口" in told(chen)
    assert (steps_of(activity)[-1], activity.events.latest("pk").note) == ("leave_granted", "陈思齐")
    with pytest.raises(workflow.MoveNotAllowed, match="已经准假"):
        ask(activity, chen)


def test_refused_leave_says_why_and_leaves_the_invitation(meetings, chen):
    activity = meetings.announce()
    ask(activity, chen)

    decide(activity, chen, meetings.clerk, granted=False, reason="人数不够")

    row = row_of(activity, chen.person)
    assert (row.state, row.leave_refusal) == (Attendance.INVITED, "人数不够")
    assert "原因：人数不够" in chen.portal_messages.get(subject__startswith="没有准假").body
    assert steps_of(activity)[-1] == "leave_refused"


def test_refusing_without_a_reason_is_refused(meetings, chen):
    activity = meetings.announce()
    ask(activity, chen)

    with pytest.raises(workflow.ReasonMissing):
        decide(activity, chen, meetings.clerk, granted=False)


def test_leave_nobody_asked_for_is_not_decided(meetings, chen):
    activity = meetings.announce()

    with pytest.raises(workflow.MoveNotAllowed, match="陈思齐现在是“待回复”"):
        decide(activity, chen, meetings.clerk)


def test_leave_is_not_decided_after_the_activity_was_cancelled(meetings, chen):
    activity = meetings.announce()
    ask(activity, chen)
    workflow.cancel_activity(activity, reason="改期", by=meetings.clerk, now=TODAY)

    with pytest.raises(workflow.MoveNotAllowed, match="已取消"):
        decide(activity, chen, meetings.clerk)


@pytest.mark.parametrize("name", ["chen", "lin", "wu", "shen", "admin"])
def test_leave_is_decided_by_the_committee(meetings, cast, chen, name):
    activity = meetings.announce()
    ask(activity, chen)

    with pytest.raises(PermissionDenied):
        decide(activity, chen, cast[name])


def test_nobody_decides_on_their_own_leave(meetings, sun):
    # Somebody of the committee who sits on the council too.
    person = MandateFactory(person=PersonFactory(user=sun), kind=MandateKind.COUNCILLOR).person
    activity = meetings.announce(people=[person])
    workflow.ask_leave(activity, person=person, reason="出差", by=sun, now=TODAY)

    with pytest.raises(PermissionDenied):
        workflow.decide_leave(activity, person=person, granted=True, by=sun, now=TODAY)


def test_who_was_granted_leave_may_come_after_all(meetings, chen):
    activity = meetings.announce()
    ask(activity, chen)
    decide(activity, chen, meetings.clerk)

    workflow.sign_up(activity, person=chen.person, by=chen, now=TODAY)

    row = row_of(activity, chen.person)
    assert (row.state, row.leave_reason, row.leave_decided_by) == (Attendance.SIGNED_UP, "", None)


def test_person_without_account_is_answered_for_by_staff(meetings):
    stranger = PersonFactory(name="顾无名")
    activity = meetings.announce()

    with pytest.raises(workflow.NotInvited):
        workflow.sign_up(activity, person=stranger, by=meetings.clerk, now=TODAY)
