"""Signing in by the code on the screen: from when to when, which code, who, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from deputies import sign_in_codes, workflow
from deputies.choices import Attendance
from deputies.models import Participation
from tests.deputies.activities.meetings import BEGUN, COMING, LONG, row_of
from tests.suggestions.story import TODAY

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def sign_in(activity, user, *, now=TODAY, code=None, shown=None):
    code = code or workflow.sign_in_code(activity, now=shown or now).code
    return workflow.sign_in(activity, person=user.person, code=code, by=user, now=now)


# ---- the code


def test_code_changes_each_minute_and_says_how_long_it_holds():
    first = sign_in_codes.sign_in_code(7, now=TODAY)
    same = sign_in_codes.sign_in_code(7, now=TODAY + 59 * SECOND)
    next_one = sign_in_codes.sign_in_code(7, now=TODAY + 60 * SECOND)

    assert first == same
    assert first.code != next_one.code
    assert first.url_path != next_one.url_path
    assert first.valid_from == TODAY
    assert first.valid_until == TODAY + 180 * SECOND
    assert len(first.code) == 6
    assert first.code.isdigit()
    assert first.url_path.startswith("/deputies/activities/7/sign-in/?code=t")


def test_code_is_another_one_for_another_activity_and_another_secret(settings):
    mine = sign_in_codes.sign_in_code(7, now=TODAY)
    assert sign_in_codes.sign_in_code(8, now=TODAY).code != mine.code

    settings.SECRET_KEY = "another secret of another portal"

    assert sign_in_codes.sign_in_code(7, now=TODAY).code != mine.code


@pytest.mark.parametrize("kind", ["digits", "token"])
@pytest.mark.parametrize(
    ("later", "accepted"),
    [(-60 * SECOND, False), (0 * SECOND, True), (179 * SECOND, True), (180 * SECOND, False)],
)
def test_code_is_accepted_for_three_minutes(kind, later, accepted):
    shown = sign_in_codes.sign_in_code(7, now=TODAY)
    code = shown.code if kind == "digits" else shown.url_path.partition("code=")[2]

    assert sign_in_codes.is_accepted(7, code, now=TODAY + later) is accepted


@pytest.mark.parametrize("code", ["", "12345", "t", "六位数字吗？", "t" + "0" * 32])
def test_what_is_no_code_is_not_accepted(code):
    assert not sign_in_codes.is_accepted(7, code, now=TODAY)
    assert sign_in_codes.was_valid(7, code, since=TODAY - LONG, now=TODAY) is None


# ---- signing in


def test_signing_in_is_on_record(meetings, chen):
    activity = meetings.begun()

    sign_in(activity, chen)

    row = row_of(activity, chen.person)
    assert (row.state, row.signed_in_at, row.signed_in_by) == (Attendance.PRESENT, TODAY, None)


def test_scanned_token_signs_in_too(meetings, chen):
    activity = meetings.begun()
    token = workflow.sign_in_code(activity, now=TODAY).url_path.partition("code=")[2]

    assert sign_in(activity, chen, code=token).state == Attendance.PRESENT


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (COMING - timedelta(minutes=60) - SECOND, False),
        (COMING - timedelta(minutes=60), True),
        (COMING + LONG + timedelta(minutes=30), True),
        (COMING + LONG + timedelta(minutes=30) + SECOND, False),
    ],
)
def test_sign_in_opens_an_hour_before_and_closes_half_an_hour_after(meetings, chen, now, opens):
    activity = meetings.announce()
    if opens:
        assert sign_in(activity, chen, now=now).state == Attendance.PRESENT
        return

    with pytest.raises(workflow.SignInNotOpen, match=r"3月6日 (8:00起可以签到|11:30已经结束)"):
        sign_in(activity, chen, now=now)


def test_expired_code_says_when_it_was_valid(meetings, chen):
    activity = meetings.begun()

    with pytest.raises(workflow.CodeExpired, match="它在 9:57 到 10:00 之间有效"):
        sign_in(activity, chen, shown=TODAY - timedelta(minutes=3))

    assert row_of(activity, chen.person).state == Attendance.INVITED


def test_code_of_another_activity_or_of_the_future_is_wrong(meetings, chen):
    activity, other = meetings.begun(), meetings.begun(title="另一次")

    with pytest.raises(workflow.CodeWrong):
        sign_in(activity, chen, code=workflow.sign_in_code(other, now=TODAY).code)
    with pytest.raises(workflow.CodeWrong):
        sign_in(activity, chen, shown=TODAY + timedelta(minutes=1))


def test_second_sign_in_says_when_the_first_was_and_changes_nothing(meetings, chen, everything):
    activity = meetings.begun()
    sign_in(activity, chen)
    before = everything()

    with pytest.raises(workflow.AlreadySignedIn, match="您在 3月5日 10:00 已经签到"):
        sign_in(activity, chen, now=TODAY + timedelta(minutes=5))
    with pytest.raises(workflow.AlreadySignedIn):
        sign_in(activity, chen, code="000000", now=TODAY + timedelta(minutes=5))

    assert everything() == before


def test_who_is_on_leave_and_comes_is_present(meetings, chen):
    activity = meetings.announce(starts_at=BEGUN)
    workflow.ask_leave(activity, person=chen.person, reason="出差", by=chen, now=BEGUN)
    workflow.decide_leave(activity, person=chen.person, granted=True, by=meetings.clerk, now=BEGUN)

    assert sign_in(activity, chen).state == Attendance.PRESENT


def test_who_is_not_asked_cannot_sign_in(meetings, chen, lin):
    activity = meetings.begun(people=[lin.person])

    with pytest.raises(workflow.NotInvited):
        sign_in(activity, chen)


@pytest.mark.parametrize("name", ["zhao", "lin", "he", "wu", "shen", "admin"])
def test_nobody_signs_in_for_somebody_else(meetings, cast, chen, name):
    activity = meetings.begun()
    code = workflow.sign_in_code(activity, now=TODAY).code

    with pytest.raises(PermissionDenied):
        workflow.sign_in(activity, person=chen.person, code=code, by=cast[name], now=TODAY)


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_was_held_or_cancelled_takes_no_sign_in(meetings, chen, state):
    activity = meetings.in_state(state, starts_at=BEGUN) if state == "cancelled" else meetings.begun()
    if state == "held":
        workflow.record_held(activity, by=meetings.clerk, now=TODAY)

    with pytest.raises(workflow.MoveNotAllowed):
        sign_in(activity, chen)


def test_guessing_is_stopped_for_that_person_alone(meetings, chen, lin):
    activity = meetings.begun()
    right = workflow.sign_in_code(activity, now=TODAY).code
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(10):
        with pytest.raises(workflow.CodeWrong):
            sign_in(activity, chen, code=wrong)

    with pytest.raises(workflow.TooManyTries):
        sign_in(activity, chen, code=right)

    assert sign_in(activity, lin, code=right).state == Attendance.PRESENT
    assert Participation.objects.filter(state=Attendance.PRESENT).count() == 1
