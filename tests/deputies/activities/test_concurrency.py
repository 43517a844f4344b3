"""What happens in the same instant: two sign-ins of one person, a sign-in while the activity is put on record."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from deputies import workflow
from deputies.choices import Attendance
from deputies.models import DutyRecord
from tests.deputies.activities.meetings import row_of
from tests.suggestions.story import TODAY

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ROUNDS = 5


def in_the_same_instant(*works):
    """Do each in a thread with a connection of its own; return what each returned or raised."""
    together = threading.Barrier(len(works))

    def one(work):
        try:
            together.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_two_sign_ins_at_once_leave_one(meetings, chen):
    for number in range(ROUNDS):
        activity = meetings.begun(title=f"第 {number} 次")
        code = workflow.sign_in_code(activity, now=TODAY).code

        def sign_in(activity=activity, code=code):
            return workflow.sign_in(activity, person=chen.person, code=code, by=chen, now=TODAY)

        outcomes = in_the_same_instant(sign_in, sign_in)

        refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert [type(refusal) for refusal in refused] == [workflow.AlreadySignedIn]
        assert row_of(activity, chen.person).signed_in_at == TODAY


def test_sign_in_while_it_is_put_on_record_agrees_with_the_file(meetings, chen):
    for number in range(ROUNDS):
        activity = meetings.begun(title=f"第 {number} 次")
        code = workflow.sign_in_code(activity, now=TODAY).code

        def sign_in(activity=activity, code=code):
            return workflow.sign_in(activity, person=chen.person, code=code, by=chen, now=TODAY)

        def hold(activity=activity):
            return workflow.record_held(activity, by=meetings.clerk, now=TODAY)

        in_the_same_instant(sign_in, hold)

        state = row_of(activity, chen.person).state
        line = DutyRecord.objects.get(person=chen.person, source_key__startswith=f"activity:{activity.pk}:")
        assert state in (Attendance.PRESENT, Attendance.ABSENT)
        assert line.outcome == state


def test_two_who_put_it_on_record_at_once_post_each_line_once(meetings, people):
    activity = meetings.begun()

    def hold():
        return workflow.record_held(activity, by=meetings.clerk, now=TODAY)

    outcomes = in_the_same_instant(hold, hold)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Activity", "MoveNotAllowed"]
    assert DutyRecord.objects.count() == len(people)
