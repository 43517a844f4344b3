"""Who was there: what staff record before, during and after, and how it is counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deputies import workflow
from deputies.choices import Attendance, MandateEnd
from deputies.models import Activity, DutyRecord
from deputies.selectors.activities import attendance_of, with_counts
from tests.deputies.activities.meetings import COMING, LONG, row_of, steps_of
from tests.factories import MandateFactory, PersonFactory
from tests.suggestions.story import TODAY

pytestmark = pytest.mark.django_db

PRESENT, EXCUSED, ABSENT = Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT


def record(meetings, activity, states, *, now=TODAY, **more):
    by_pk = {person.pk: state for person, state in states.items()}
    return workflow.record_attendance(activity, states=by_pk, by=meetings.clerk, now=now, **more)


def standing_lines(person):
    return [(line.outcome, line.text) for line in DutyRecord.objects.counted().filter(person=person)]


def test_recorded_attendance_says_when_and_by_whom(meetings, chen, lin, he):
    activity = meetings.begun()

    record(meetings, activity, {chen.person: PRESENT, lin.person: ABSENT, he.person: EXCUSED})

    row = row_of(activity, chen.person)
    assert (row.state, row.signed_in_at, row.signed_in_by) == (PRESENT, TODAY, meetings.clerk)
    assert row_of(activity, lin.person).state == ABSENT
    excused = row_of(activity, he.person)
    assert (excused.state, excused.leave_reason, excused.leave_decided_by) == (EXCUSED, "向工委请假", meetings.clerk)
    assert steps_of(activity)[-1] == "attendance"
    assert not DutyRecord.objects.exists()


def test_recording_what_is_on_record_writes_nothing(meetings, chen, everything):
    activity = meetings.begun()
    record(meetings, activity, {chen.person: PRESENT})
    before = everything()

    record(meetings, activity, {chen.person: PRESENT}, now=TODAY + LONG)

    assert everything() == before


def test_own_reason_of_leave_is_kept(meetings, chen):
    activity = meetings.begun()
    workflow.ask_leave(activity, person=chen.person, reason="出差", by=chen, now=TODAY)

    record(meetings, activity, {chen.person: EXCUSED})

    assert row_of(activity, chen.person).leave_reason == "出差"


@pytest.mark.parametrize("state", [PRESENT, ABSENT])
def test_who_was_there_is_not_known_an_hour_before(meetings, chen, state):
    activity = meetings.announce()

    with pytest.raises(workflow.AttendanceNotAllowed, match="3月6日 8:00起"):
        record(meetings, activity, {chen.person: state}, now=COMING - timedelta(minutes=60, seconds=1))
    record(meetings, activity, {chen.person: state}, now=COMING - timedelta(minutes=60))


def test_leave_is_recorded_before_it_begins(meetings, chen):
    activity = meetings.announce()

    record(meetings, activity, {chen.person: EXCUSED})

    assert row_of(activity, chen.person).state == EXCUSED


def test_asking_for_leave_is_the_persons_own(meetings, chen):
    with pytest.raises(workflow.AttendanceNotAllowed, match="本人提出"):
        record(meetings, meetings.begun(), {chen.person: Attendance.LEAVE_ASKED})


def test_speech_is_kept_and_an_empty_one_takes_it_back(meetings, chen):
    activity = meetings.begun()

    record(meetings, activity, {}, speeches={chen.person.pk: " 建议加装电梯。"})
    assert (row_of(activity, chen.person).spoke, row_of(activity, chen.person).speech) == (True, "建议加装电梯。")

    record(meetings, activity, {}, speeches={chen.person.pk: ""})
    assert (row_of(activity, chen.person).spoke, row_of(activity, chen.person).speech) == (False, "")


def test_who_came_without_being_asked_is_put_on_the_list(meetings, chen, lin):
    activity = meetings.begun(people=[chen.person])

    record(meetings, activity, {lin.person: PRESENT})

    assert row_of(activity, lin.person).state == PRESENT


def test_who_was_not_asked_cannot_be_absent(meetings, chen, lin):
    activity = meetings.begun(people=[chen.person])

    with pytest.raises(workflow.AttendanceNotAllowed, match="只能登记为到场"):
        record(meetings, activity, {lin.person: ABSENT})


def test_who_came_without_a_mandate_is_no_participant(meetings):
    stranger = PersonFactory(name="顾路人")

    with pytest.raises(workflow.NotInOffice, match="顾路人"):
        record(meetings, meetings.begun(), {stranger: PRESENT})


def test_unknown_person_is_refused(meetings):
    with pytest.raises(workflow.NotInvited):
        workflow.record_attendance(meetings.begun(), states={999_999: PRESENT}, by=meetings.clerk, now=TODAY)


# ---- after it was held


def test_correction_takes_the_line_back_and_posts_the_right_one(meetings, chen, lin):
    activity = meetings.hold(states={chen.person: PRESENT})
    assert standing_lines(lin.person) == [("absent", "")]

    record(meetings, activity, {lin.person: PRESENT}, speeches={lin.person.pk: "建议清淤。"})

    assert standing_lines(lin.person) == [("present", "发言：建议清淤。")]
    assert standing_lines(chen.person) == [("present", "")]
    line = DutyRecord.objects.get(person=lin.person)
    assert [event.kind for event in line.events.order_by("pk")] == ["posted", "withdrawn", "posted"]
    assert DutyRecord.objects.get(person=chen.person).events.count() == 1


def test_held_activity_takes_only_what_was_seen(meetings, chen):
    activity = meetings.hold()

    with pytest.raises(workflow.AttendanceNotAllowed, match="到场、已准假或者缺席"):
        record(meetings, activity, {chen.person: Attendance.SIGNED_UP})


def test_who_came_unasked_gets_a_line_after_the_fact(meetings, chen, lin):
    activity = meetings.hold(people=[chen.person])

    record(meetings, activity, {lin.person: PRESENT})

    assert standing_lines(lin.person) == [("present", "")]


@pytest.mark.parametrize("people_count", [1, 60])
def test_recording_costs_the_same_for_many(meetings, django_assert_num_queries, people_count):
    people = [MandateFactory(person=PersonFactory()).person for _ in range(people_count)]
    activity = meetings.begun(people=people)

    with django_assert_num_queries(6):
        record(meetings, activity, dict.fromkeys(people, PRESENT))


# ---- how it is counted


def test_rate_is_present_of_those_asked_and_beside_it_without_leave(meetings, chen, lin, he):
    more = MandateFactory(person=PersonFactory()).person
    states = {chen.person: PRESENT, lin.person: PRESENT, he.person: EXCUSED}
    activity = meetings.hold(people=[*meetings.people, more], states=states)

    tally = attendance_of(activity)

    assert (tally.invited, tally.present, tally.excused, tally.absent) == (4, 2, 1, 1)
    assert tally.rate == (2, 4)
    assert tally.rate_without_leave == (2, 3)


def test_who_was_not_in_office_that_day_counts_nowhere(meetings, chen, lin, he):
    activity = meetings.hold(states={chen.person: PRESENT, lin.person: PRESENT})
    mandate = lin.person.mandates.get()
    workflow.end_mandate(
        mandate, ends_on=activity.starts_on, ended_by=MandateEnd.RESIGNED, by=meetings.clerk, now=TODAY
    )
    assert attendance_of(activity).rate == (2, 3)

    mandate.refresh_from_db()
    mandate.ends_on = date(2026, 3, 3)
    mandate.save()

    assert attendance_of(activity).rate == (1, 2)
    row = with_counts(Activity.objects.all()).get()
    assert (row.invited_count, row.present_count) == (2, 1)


def test_two_mandates_are_one_participant(meetings, chen):
    MandateFactory(person=chen.person, kind="councillor")

    assert attendance_of(meetings.hold(states={chen.person: PRESENT})).rate == (1, 3)


def test_nobody_asked_makes_no_rate(meetings):
    tally = attendance_of(meetings.begun(people=[], is_open=True))

    assert (tally.rate, tally.rate_without_leave) == (None, None)


def test_everybody_on_leave_leaves_nobody_to_expect(meetings, people):
    activity = meetings.hold(states=dict.fromkeys(people, EXCUSED))

    tally = attendance_of(activity)

    assert (tally.rate, tally.rate_without_leave) == ((0, 3), None)


def test_many_activities_are_counted_together(meetings, chen, lin):
    meetings.hold(states={chen.person: PRESENT})
    meetings.hold(states={chen.person: PRESENT, lin.person: PRESENT}, kind="symposium", title="座谈")

    assert attendance_of(Activity.objects.held()).rate == (3, 6)
