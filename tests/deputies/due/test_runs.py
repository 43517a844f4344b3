"""Runs of the reminders: each stage once, after a pause, beside others, by beat and by hand, and what they cost."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from congress_portal.accounts.models import User
from congress_portal.celery import CATCHING_UP
from deputies import reminders, workflow
from deputies.choices import CongressLevel, MandateKind
from deputies.models import DueReminder, Mandate
from deputies.reminders import Matter, Owed
from deputies.workflow import reminding
from tests.deputies.activities.meetings import COMING
from tests.deputies.due.story import DUE, OVERDUE, SOON, TODAY_, log, run
from tests.factories import MandateFactory, PersonFactory, UserFactory
from tests.suggestions.story import TODAY, moment
from tests.suggestions.test_concurrency import in_the_same_instant

LIST = "/admin/deputies/duereminder/"


# ---- once, catching up, and beside others


def test_each_stage_is_told_once_however_often_it_runs_and_the_clock_goes_back(meetings):
    workflow.open_topic(
        year=2026, title="河道保洁", started_on=date(2026, 3, 1), look_again_on=DUE, by=meetings.clerk, now=TODAY
    )

    runs = [len(run(moment(3, day, hour))) for day in (17, 20, 21, 20, 17, 21) for hour in (8, 9)]

    assert runs == [1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert DueReminder.objects.count() == 3


def test_machine_that_was_off_catches_up_with_the_present_stage_only(meetings):
    topic = workflow.open_topic(
        year=2026, title="河道保洁", started_on=date(2026, 3, 1), look_again_on=DUE, by=meetings.clerk, now=TODAY
    )

    assert run(moment(4, 30)) == [(f"topic:{topic.pk}:look", OVERDUE, DUE)]
    assert DueReminder.objects.count() == 1


def test_database_takes_a_stage_once(meetings):
    row = {"subject_key": "topic:1:look", "stage": SOON, "due_on": DUE, "told_count": 1, "reminded_at": TODAY}
    DueReminder.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        DueReminder.objects.create(**row)


def test_dry_run_decides_the_same_and_writes_nothing(meetings, everything):
    activity = meetings.announce()
    before = everything()

    assert run(TODAY, dry_run=True) == [(f"activity:{activity.pk}:answer", TODAY_, date(2026, 3, 5))]
    assert everything() == before


def test_nobody_to_tell_is_tried_again(meetings):
    meetings.announce()
    User.objects.update(is_active=False)
    done = workflow.send_due_reminders(now=TODAY)
    assert ([owed.matter for owed in done.unheard], done.told, done.failed) == ([Matter.ANSWER], [], [])
    assert not DueReminder.objects.exists()

    User.objects.update(is_active=True)

    assert len(run(TODAY)) == 1


def test_bad_one_does_not_stop_the_others_and_leaves_nothing(meetings, monkeypatch, caplog):
    bad, good = meetings.announce(), meetings.announce(title="视察步道")
    real = reminding.letters.answer_letters

    def one_is_bad(activity: Any, **given: Any) -> Any:
        if activity.pk == bad.pk:
            raise ValueError("bad")
        return real(activity, **given)

    monkeypatch.setattr(reminding.letters, "answer_letters", one_is_bad)
    done = workflow.send_due_reminders(now=TODAY)

    assert [told.owed.record for told in done.told] == [good]
    assert [owed.record for owed in done.failed] == [bad]
    assert DueReminder.objects.count() == 1
    assert f"Nobody could be reminded of activity:{bad.pk}:answer." in caplog.text


def test_reminder_and_messages_stand_or_fall_together(meetings, monkeypatch, everything):
    meetings.announce()
    before = everything()

    def fails(**message: Any) -> None:
        assert DueReminder.objects.exists()
        raise RuntimeError

    monkeypatch.setattr(reminding, "notify", fails)

    assert len(workflow.send_due_reminders(now=TODAY).failed) == 1
    assert everything() == before


def test_answer_given_since_it_was_read_tells_nobody(meetings, chen, monkeypatch):
    activity = meetings.announce(people=[chen.person])
    real = reminding._lock

    def answered_just_before(owed: Owed) -> None:
        workflow.ask_leave(activity, person=chen.person, reason="出差", by=chen, now=TODAY)
        real(owed)

    monkeypatch.setattr(reminding, "_lock", answered_just_before)

    assert run(TODAY) == []
    assert not DueReminder.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_four_runs_in_the_same_instant_tell_everything_once(meetings, congress, chen, monkeypatch):
    meetings.announce()
    log(chen, moment(2, 25), 1, on=date(2026, 2, 25))
    together, real = threading.Barrier(4), reminders.decisions

    def read_before_anybody_reminds(*, now: datetime) -> Any:
        due = list(real(now=now))
        together.wait(timeout=30)
        return due

    monkeypatch.setattr(reminders, "decisions", read_before_anybody_reminds)
    Mandate.objects.update(starts_on=date(2022, 5, 1))
    outcomes = in_the_same_instant(lambda number: workflow.send_due_reminders(now=TODAY), 4)

    assert [outcome.failed for outcome in outcomes] == [[]] * 4
    told = sorted(one.owed.matter for outcome in outcomes for one in outcome.told)
    assert told == sorted([Matter.ANSWER, Matter.DUTY, Matter.REPORTS, Matter.VOTERS, Matter.VOTERS])
    assert DueReminder.objects.count() == 5


# ---- what runs it, and where it is read


def test_beat_and_the_catching_up_run_both_apps(settings):
    tasks = [settings.CELERY_BEAT_SCHEDULE[entry]["task"] for entry in CATCHING_UP]

    assert tasks == ["suggestions.tasks.send_due_reminders", "deputies.tasks.send_due_reminders"]


def test_command_says_whom_and_why(meetings, chen):
    meetings.announce(people=[chen.person])
    workflow.open_topic(
        year=2026, title="河道保洁", started_on=date(2026, 3, 1), look_again_on=DUE, by=meetings.clerk, now=TODAY
    )
    output = StringIO()

    call_command("send_due_reminders", stdout=output)

    assert output.getvalue() == (
        "提醒：2026年3月5日 10:00\n\n意见建议：已提醒 0 件，不提醒 0 件\n\n"
        "履职：已提醒 1 件，不提醒 4 件\n"
        "  回复邀请：视察凤鸣河排水口，期限2026年3月5日，今天到期\n"
        "    告知陈思齐：请回复邀请：视察凤鸣河排水口\n"
        "  还没到提醒的日子 4 件\n"
        "    再次检查：河道保洁，2026年3月17日起提醒\n"
        "    向选民述职：陈思齐，县（市、区）人大代表，2029年4月2日起提醒\n"
        "    向选民述职：林望舒，县（市、区）人大代表，2029年4月2日起提醒\n"
        "    安排述职：还没述职的代表，2029年4月2日起提醒\n\n"
        "合计：已提醒 1 件，1 人次；不提醒 4 件；没有办成 0 件。\n"
    )


def test_command_fails_when_one_could_not_be_told(meetings, monkeypatch):
    meetings.announce()
    monkeypatch.setattr(reminding.letters, "answer_letters", None)

    with pytest.raises(CommandError, match="1 件没有办成（回复邀请：视察凤鸣河排水口）"):
        call_command("send_due_reminders", stdout=StringIO())


@pytest.mark.parametrize("item_count", [1, 3])
def test_silent_ones_cost_nothing_each(meetings, chen, item_count, django_assert_num_queries):
    for number in range(item_count):
        meetings.announce(starts_at=COMING + timedelta(days=20))
        MandateFactory(person=PersonFactory(user=UserFactory()), starts_on="2025-01-01")
        workflow.open_topic(
            year=2026,
            title=f"议题{number}",
            started_on=date(2026, 3, 1),
            look_again_on=DUE,
            by=meetings.clerk,
            now=TODAY,
        )

    # Each of eight matters, and what was told of the four that have something.
    with django_assert_num_queries(8 + 4):
        assert run(TODAY) == []


@pytest.mark.parametrize("item_count", [1, 3])
def test_each_reminder_costs_the_same(meetings, chen, item_count, django_assert_num_queries):
    for _ in range(item_count):
        meetings.announce(people=[chen.person])
    Mandate.objects.filter(kind=MandateKind.DEPUTY).update(level=CongressLevel.CITY)

    # Each: a savepoint and its end; the activity locked and read anew, with what was told; people, places; the
    # reminder; the message and a look at whether it was written.
    with django_assert_num_queries(8 + 1 + item_count * 10):
        assert len(run(TODAY)) == item_count


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_of_reminders_costs_the_same(meetings, congress, signed_in, item_count, django_assert_num_queries):
    for number in range(item_count):
        activity = meetings.announce(title=f"视察{number}")
        topic = workflow.open_topic(
            year=2026, title=f"议题{number}", started_on=date(2026, 3, 1), look_again_on=TODAY.date() + timedelta(1),
            by=meetings.clerk, now=TODAY,
        )  # fmt: skip
    run(TODAY)
    browser = signed_in(meetings.clerk)
    browser.get(LIST)

    with django_assert_num_queries(2 + 6):
        page = browser.get(LIST).content.decode()

    assert f'<a href="/admin/deputies/activity/{activity.pk}/change/">{activity.title}</a>' in page
    assert f'<a href="/admin/deputies/oversighttopic/{topic.pk}/change/">{topic.title}</a>' in page


@pytest.mark.parametrize("matter", Matter.values)
def test_list_of_reminders_is_filtered_by_matter(meetings, chen, signed_in, matter):
    for one in Matter.values:
        DueReminder.objects.create(
            subject_key=f"activity:1:{one}", stage=SOON, due_on=DUE, told_count=1, reminded_at=TODAY
        )

    page = signed_in(meetings.clerk).get(LIST, {"matter": matter})

    assert [row.subject_key for row in page.context["cl"].result_list] == [f"activity:1:{matter}"]
