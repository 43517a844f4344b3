"""Lines that other verbs post into duty files: once a source, taken back and posted again."""

from __future__ import annotations

from datetime import date

import pytest

from deputies import workflow
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, DutyStep
from deputies.models import DutyEvent, DutyRecord
from deputies.workflow import DutyLine
from tests.deputies.duty.lines import post, steps
from tests.suggestions.story import TODAY, moment


def _line(user, number: int, **more) -> DutyLine:
    values = {
        "person": user.person,
        "kind": DutyKind.MEETING,
        "on": date(2026, 2, number),
        "title": f"第 {number} 次会议",
        "outcome": DutyOutcome.PRESENT,
        "source_key": f"activity:{number}:person:{user.person.pk}",
    }
    return DutyLine(**values | more)


def test_a_second_line_for_one_source_is_the_first_unchanged(clock, chen, zhao, sun):
    first = post(chen, by=zhao)
    second = post(chen, by=sun, title="别的", outcome=DutyOutcome.ABSENT, on=date(2026, 1, 1))

    assert second == first
    first.refresh_from_db()
    assert (first.title, first.outcome, first.logged_by) == ("视察菜场改造", DutyOutcome.PRESENT, zhao)
    assert steps(first) == [DutyStep.POSTED]


def test_what_was_withdrawn_stands_again_as_told_now(clock, chen, zhao):
    first = post(chen, by=zhao)
    workflow.withdraw_duty(source_key=first.source_key, by=zhao, now=TODAY, note="到场更正")
    again = post(chen, by=zhao, outcome=DutyOutcome.EXCUSED, now=TODAY)

    assert (again.pk, again.status, again.outcome) == (first.pk, DutyStatus.CONFIRMED, DutyOutcome.EXCUSED)
    assert steps(again) == [DutyStep.POSTED, DutyStep.WITHDRAWN, DutyStep.POSTED]


def test_withdrawing_what_is_not_there_does_nothing(clock, zhao):
    workflow.withdraw_duty(source_key="activity:404", by=zhao, now=TODAY)

    assert not DutyEvent.objects.exists()


def test_many_lines_follow_the_rules_of_one(clock, chen, lin, zhao):
    stays = workflow.record_duties([_line(chen, 1)], by=zhao, now=moment(2, 2))
    gone = _line(lin, 2)
    workflow.record_duties([gone], by=zhao, now=moment(2, 2))
    workflow.withdraw_duty(source_key=gone.source_key, by=zhao, now=moment(2, 3))

    count = workflow.record_duties(
        [
            _line(chen, 1, title="别的"),
            _line(lin, 2, outcome=DutyOutcome.ABSENT),
            _line(chen, 3),
            _line(chen, 3, title="同一来源的第二条"),
        ],
        by=zhao,
        now=TODAY,
    )

    assert (stays, count) == (1, 2)
    lines = {record.source_key: record for record in DutyRecord.objects.all()}
    assert len(lines) == 3
    assert lines[_line(chen, 1).source_key].title == "第 1 次会议"
    assert lines[gone.source_key].status == DutyStatus.CONFIRMED
    assert lines[gone.source_key].outcome == DutyOutcome.ABSENT
    assert lines[_line(chen, 3).source_key].title == "第 3 次会议"
    assert steps(lines[gone.source_key]) == [DutyStep.POSTED, DutyStep.WITHDRAWN, DutyStep.POSTED]
    assert steps(lines[_line(chen, 3).source_key]) == [DutyStep.POSTED]


def test_no_lines_cost_nothing(clock, zhao, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert workflow.record_duties([], by=zhao, now=TODAY) == 0


@pytest.mark.parametrize("number", [1, 3])
def test_many_lines_cost_what_one_costs(clock, chen, zhao, number, django_assert_num_queries):
    lines = [_line(chen, day) for day in range(1, number + 1)]

    with django_assert_num_queries(5):  # savepoint, what is known, lines, events, release
        workflow.record_duties(lines, by=zhao, now=TODAY)


@pytest.mark.parametrize("number", [1, 3])
def test_lines_that_stand_again_cost_what_one_costs(clock, chen, zhao, number, django_assert_num_queries):
    lines = [_line(chen, day) for day in range(1, number + 1)]
    workflow.record_duties(lines, by=zhao, now=TODAY)
    for line in lines:
        workflow.withdraw_duty(source_key=line.source_key, by=zhao, now=TODAY)

    with django_assert_num_queries(5):
        assert workflow.record_duties(lines, by=zhao, now=TODAY) == number


def test_a_long_title_is_cut(clock, chen, zhao):
    assert len(post(chen, by=zhao, title="会" * 100).title) == 80
