"""Reminding of due days: who is told what on which day, each stage once, and why the others stay silent.

The case of the stories is assigned on Tuesday 3 March and due on Tuesday 24 March; accepting was due on 4 March.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import User
from congress_portal.common.models import CalendarDay
from congress_portal.notifications.models import Message
from suggestions import reminders, workflow
from suggestions.choices import DueStep, Rating, ReminderStage
from suggestions.models import Reminder, Suggestion
from suggestions.reminders import Occasion, Reason, Silence
from suggestions.workflow import reminding
from tests.factories import UserFactory
from tests.suggestions.story import moment
from tests.suggestions.test_concurrency import in_the_same_instant

ACCEPT, REPLY = DueStep
SOON, TODAY, OVERDUE = ReminderStage
DUE = date(2026, 3, 24)
ACCEPT_DUE = date(2026, 3, 4)
TODAY_AT = moment(3, 24)
REOPENED_DUE = date(2026, 4, 5)


def run(month: int, day: int, hour: int = 8, minute: int = 5) -> list[tuple[DueStep, ReminderStage, date]]:
    """Remind at that time; return of what."""
    done = workflow.send_due_reminders(now=moment(month, day, hour, minute))
    assert done.failed == []
    return [(told.occasion.step, told.occasion.stage, told.occasion.due_on) for told in done.told]


def letters(stage: str = "") -> list[tuple[str, str, str, str]]:
    """Return what reminders, or those of one stage, have told: to whom, subject, text, page."""
    reminded = Message.objects.filter(dedupe_key__startswith="reminder:", dedupe_key__contains=stage)
    return list(reminded.order_by("recipient__username").values_list("recipient__username", "subject", "body", "url"))


def recorded() -> list[tuple[str, str, date, int]]:
    return list(Reminder.objects.order_by("pk").values_list("step", "stage", "due_on", "told_count"))


def named(case: Suggestion) -> str:
    return f"{case.number}，网上提交，凤鸣社区"


# ---- when, and why not

DAYS = [
    ("assigned", (3, 4), Silence(Reason.NOT_DUE_YET, date(2026, 3, 21))),
    ("assigned", (3, 20), Silence(Reason.NOT_DUE_YET, date(2026, 3, 21))),
    ("assigned", (3, 21), Occasion(REPLY, SOON, DUE)),
    ("assigned", (3, 22), Occasion(REPLY, SOON, DUE)),
    ("assigned", (3, 23), Occasion(REPLY, SOON, DUE)),
    ("assigned", (3, 24), Occasion(REPLY, TODAY, DUE)),
    ("assigned", (3, 25), Occasion(REPLY, OVERDUE, DUE)),
    ("assigned", (12, 31), Occasion(REPLY, OVERDUE, DUE)),
    ("reopened", (4, 1), Silence(Reason.NOT_DUE_YET, date(2026, 4, 2))),
    ("reopened", (4, 2), Occasion(REPLY, SOON, REOPENED_DUE)),
    ("reopened", (4, 5), Occasion(REPLY, TODAY, REOPENED_DUE)),
    ("reopened", (4, 6), Occasion(REPLY, OVERDUE, REOPENED_DUE)),
    ("submitted", (3, 3), Silence(Reason.NOT_DUE_YET, ACCEPT_DUE)),
    ("submitted", (3, 4), Occasion(ACCEPT, TODAY, ACCEPT_DUE)),
    ("submitted", (3, 5), Occasion(ACCEPT, OVERDUE, ACCEPT_DUE)),
    *(
        (state, day, Silence(reason))
        for day in ((3, 4), (3, 21), (3, 24), (3, 25))
        for state, reason in (
            ("accepted", Reason.NOTHING_OWED),
            ("declined", Reason.NOTHING_OWED),
            ("replied", Reason.ANSWERED),
            ("closed", Reason.ANSWERED),
        )
    ),
]


@pytest.mark.parametrize(("state", "day", "expected"), DAYS)
def test_decision_of_each_state_on_each_day(state, day, expected, office):
    case = office.case_in(state)
    now = moment(*day)

    assert reminders.decide(case, today=now.date()) == expected
    assert reminders.why_no_reminder(case, today=now.date()) == (expected if isinstance(expected, Silence) else None)
    # The query finds the same cases as the rule.
    told = workflow.send_due_reminders(now=now).told
    assert [one.occasion for one in told] == ([expected] if isinstance(expected, Occasion) else [])


def test_due_monday_is_told_on_friday(office):
    office.assign(office.case_in("accepted"), due_on=date(2026, 3, 23))

    assert run(3, 19) == []
    assert run(3, 20) == [(REPLY, SOON, date(2026, 3, 23))]


@pytest.mark.parametrize(
    ("silence", "words"),
    [
        (Silence(Reason.NOTHING_OWED), "现在没有期限"),
        (Silence(Reason.ANSWERED), "已经答复"),
        (Silence(Reason.NOT_DUE_YET, date(2026, 3, 21)), "2026年3月21日起提醒"),
        (Silence(Reason.ALREADY_REMINDED, date(2026, 3, 21)), "2026年3月21日已经提醒过"),
        (Silence(Reason.TOLD_TODAY, date(2026, 3, 21)), "今天刚告知过期限"),
        (Silence(Reason.NOBODY_TO_TELL), "没有能收到提醒的账户"),
    ],
)
def test_silence_in_words(silence, words):
    assert str(silence) == words


def test_day_belongs_to_shanghai(office):
    began = moment(12, 28)
    case = office.accept(office.submit(now=began).suggestion, now=began)
    office.assign(case, now=began, due_on=date(2026, 12, 31))

    before = workflow.send_due_reminders(now=datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    after = workflow.send_due_reminders(now=datetime(2026, 12, 31, 16, 30, tzinfo=UTC))

    assert [told.occasion.stage for told in before.told] == [TODAY]
    # Nothing names 1 January yet: the notice for 2027 is not out.
    assert [(told.occasion.stage, told.distance) for told in after.told] == [(OVERDUE, "逾期 1 个工作日")]


# ---- each stage once


def test_each_stage_of_a_due_day_is_told_once_however_often_it_runs(office, assigned):
    told = [
        one
        for day in range(4, 32)
        for hour, minute in ((8, 5), (8, 6), (9, 5), (18, 5), (23, 59))
        for one in run(3, day, hour, minute)
    ]

    assert told == [(REPLY, SOON, DUE), (REPLY, TODAY, DUE), (REPLY, OVERDUE, DUE)]
    assert recorded() == [("reply", "soon", DUE, 1), ("reply", "today", DUE, 1), ("reply", "overdue", DUE, 2)]
    assert len(letters()) == 4


def test_five_runs_of_many_cases_remind_of_exactly_the_due_ones(office):
    for state in ("assigned", "overdue", "submitted", "accepted", "replied", "reopened", "closed", "declined"):
        for _ in range(3):
            office.case_in(state)

    counts = [len(run(3, 5, minute=minute)) for minute in range(5)]

    assert counts == [6, 0, 0, 0, 0]
    assert Reminder.objects.count() == 6


@pytest.mark.parametrize(("day", "left"), [(22, "还有 2 个工作日"), (23, "明天到期")])
def test_soon_is_told_later_when_the_machine_was_off(office, assigned, day, left):
    done = workflow.send_due_reminders(now=moment(3, day, 14, 5))

    assert [(told.occasion.stage, told.distance) for told in done.told] == [(SOON, left)]


def test_stage_that_was_missed_whole_is_not_made_up_for(office, assigned):
    assert run(3, 24) == [(REPLY, TODAY, DUE)]
    assert run(3, 24, 9) == []
    assert run(3, 25) == [(REPLY, OVERDUE, DUE)]


def test_overdue_is_told_after_a_missed_today(office, assigned):
    assert run(3, 21) == [(REPLY, SOON, DUE)]
    assert run(3, 30) == [(REPLY, OVERDUE, DUE)]


def test_clock_set_back_tells_nothing_again(office, assigned):
    assert run(3, 25) == [(REPLY, OVERDUE, DUE)]

    assert [run(3, day) for day in (24, 23, 21, 4)] == [[], [], [], []]
    assert reminders.why_no_reminder(assigned, today=date(2026, 3, 23)) == Silence(
        Reason.ALREADY_REMINDED, date(2026, 3, 25)
    )
    assert len(recorded()) == 1


def test_already_reminded_says_when(office, assigned):
    run(3, 21, 8)

    silence = reminders.why_no_reminder(assigned, today=date(2026, 3, 22))

    assert silence == Silence(Reason.ALREADY_REMINDED, date(2026, 3, 21))


def test_answer_sent_back_starts_the_stages_of_its_new_day(office, assigned):
    run(3, 21)
    office.reply(assigned, now=moment(3, 24))
    workflow.send_back_reply(
        assigned, reason="请写明哪天修好。", due_on=date(2026, 3, 27), by=office.clerk, now=moment(3, 24, 11)
    )

    assert run(3, 24, 12) == []  # told by the sending back itself
    assert run(3, 25) == [(REPLY, SOON, date(2026, 3, 27))]
    assert run(3, 27) == [(REPLY, TODAY, date(2026, 3, 27))]


def test_day_computed_anew_starts_its_own_stages(office, assigned):
    run(3, 21)
    CalendarDay.objects.create(day=date(2026, 3, 23), year_id=2026, name="临时放假", is_working=False)
    assert workflow.recompute_due_dates(now=moment(3, 22)) == 1

    assert run(3, 22, 11) == []  # told by the change itself
    assert run(3, 23) == [(REPLY, SOON, date(2026, 3, 25))]
    assert run(3, 24) == []
    assert run(3, 25) == [(REPLY, TODAY, date(2026, 3, 25))]


def test_next_round_starts_its_own_stages(office, assigned):
    run(3, 25)
    office.reply(assigned, now=moment(3, 26))
    assert run(3, 26) == []
    office.evaluate(assigned, now=moment(3, 27), result=Rating.DISSATISFIED)

    assert run(4, 24) == [(REPLY, SOON, date(2026, 4, 27))]


def test_assigned_today_is_not_soon_today_but_tomorrow(office, accepted):
    case = office.assign(accepted, now=moment(3, 5, 9), due_on=date(2026, 3, 7))

    assert run(3, 5, 10) == []
    assert reminders.why_no_reminder(case, today=date(2026, 3, 5)) == Silence(Reason.TOLD_TODAY, date(2026, 3, 5))
    assert run(3, 6) == [(REPLY, SOON, date(2026, 3, 7))]


def test_returned_case_is_nobodys_until_it_is_assigned_again(office, assigned, welfare):
    workflow.return_to_committee(assigned, reason="路灯由供电所管。", by=office.officer, now=moment(3, 4))
    assert run(3, 25) == []

    office.assign(assigned, now=moment(3, 25, 9), due_on=date(2026, 3, 26), department=welfare)

    assert run(3, 26) == [(REPLY, TODAY, date(2026, 3, 26))]


def test_department_that_a_returned_case_goes_to_is_told_of_the_same_day_anew(office, accepted, welfare, qian):
    due_on = date(2026, 3, 11)
    case = office.assign(accepted, due_on=due_on)
    assert run(3, 8) == [(REPLY, SOON, due_on)]
    workflow.return_to_committee(case, reason="路灯由供电所管。", by=office.officer, now=moment(3, 8, 10))
    office.assign(case, now=moment(3, 8, 11), due_on=due_on, department=welfare)

    assert run(3, 8, 12) == []  # told by the assignment itself
    assert run(3, 9) == [(REPLY, SOON, due_on)]
    assert run(3, 10) == []
    assert [told[0] for told in letters()] == ["qian", "wu"]
    assert list(Reminder.objects.order_by("pk").values_list("department__name", flat=True)) == ["城建办", "民政办"]


def test_reminder_to_accept_is_not_taken_for_one_to_answer_by_the_same_day(office, submitted):
    assert run(3, 4) == [(ACCEPT, TODAY, ACCEPT_DUE)]
    case = office.accept(submitted, now=moment(3, 4, 9))
    office.assign(case, now=moment(3, 4, 10), due_on=ACCEPT_DUE)

    assert run(3, 4, 11) == [(REPLY, TODAY, ACCEPT_DUE)]
    assert recorded() == [("accept", "today", ACCEPT_DUE, 1), ("reply", "today", ACCEPT_DUE, 1)]


@pytest.mark.parametrize("state", ["assigned", "submitted"])
def test_database_takes_a_stage_once_for_whoever_owes_the_step(office, welfare, state):
    case = office.case_in(state)
    row = {"suggestion": case, "step": REPLY, "stage": TODAY, "due_on": DUE, "told_count": 1, "reminded_at": TODAY_AT}
    Reminder.objects.create(department=case.department, **row)
    Reminder.objects.create(department=welfare, **row)

    with pytest.raises(IntegrityError, match=r"reminder_once_a_stage|UNIQUE"), transaction.atomic():
        Reminder.objects.create(department=case.department, **row)


# ---- who is told what


@pytest.fixture
def colleagues(office, roads, fang) -> dict[str, User]:
    """Beside the head wu: a second officer of the department, and one whose account is disabled."""
    second = UserFactory(username="ling", display_name="凌承办", role=Role.OFFICER, department=roads)
    gone = UserFactory(username="gone", role=Role.OFFICER, department=roads, is_active=False)
    UserFactory(username="left", role=Role.CLERK, is_active=False)
    return {"second": second, "gone": gone}


def test_soon_and_today_tell_the_officers_of_the_department(office, assigned, colleagues, qian):
    page = f"/suggestions/department/{assigned.pk}/"

    run(3, 21)
    soon = ("答复期限还有 2 个工作日：" + named(assigned), "请在3月24日前答复。", page)
    assert letters() == [("ling", *soon), ("wu", *soon)]

    run(3, 24)
    today = ("答复今天到期：" + named(assigned), "请在今天（3月24日）答复。", page)
    assert letters("today") == [("ling", *today), ("wu", *today)]


def test_overdue_tells_the_officers_and_the_committee(office, assigned, colleagues, qian, shen):
    run(3, 25)

    to_officers = (
        "答复逾期 1 个工作日：" + named(assigned),
        "答复期限是2026年3月24日，请尽快答复；有困难的，请联系街道人大工委。",
        f"/suggestions/department/{assigned.pk}/",
    )
    to_committee = (
        "城建办答复逾期 1 个工作日：" + named(assigned),
        "答复期限是2026年3月24日。城建办已有 2 人收到提醒，请督促答复。",
        f"/admin/suggestions/suggestion/{assigned.pk}/change/",
    )
    assert letters() == [
        ("fang", *to_committee),
        ("ling", *to_officers),
        ("wu", *to_officers),
        ("zhao", *to_committee),
    ]
    assert recorded() == [("reply", "overdue", DUE, 4)]


def test_accepting_is_the_committees(office, submitted, fang, wu):
    page = f"/admin/suggestions/suggestion/{submitted.pk}/change/"

    run(3, 4)
    today = ("受理今天到期：" + named(submitted), "请在今天（3月4日）受理；不受理的，请写明原因。", page)
    assert letters() == [("fang", *today), ("zhao", *today)]

    run(3, 5)
    late = (
        "受理逾期 1 个工作日：" + named(submitted),
        "受理期限是2026年3月4日，请尽快受理；不受理的，请写明原因。",
        page,
    )
    assert letters("overdue") == [("fang", *late), ("zhao", *late)]


@pytest.mark.parametrize(
    ("day", "subject"),
    [(21, "城建办答复期限还有 2 个工作日"), (24, "城建办答复今天到期"), (25, "城建办答复逾期 1 个工作日")],
)
def test_department_without_an_active_account_is_the_committees_to_call(office, assigned, wu, fang, day, subject):
    User.objects.filter(pk=wu.pk).update(is_active=False)

    run(3, day)

    told = (
        f"{subject}：{named(assigned)}",
        "答复期限是2026年3月24日。城建办没有启用的账户，没有人收到提醒。请电话联系，并请系统管理员为该单位开账户。",
        f"/admin/suggestions/suggestion/{assigned.pk}/change/",
    )
    assert letters() == [("fang", *told), ("zhao", *told)]


def test_nobody_to_tell_is_tried_again(office, assigned):
    User.objects.update(is_active=False)
    done = workflow.send_due_reminders(now=moment(3, 21))
    assert (done.told, done.unheard, done.failed) == ([], [assigned], [])
    assert recorded() == []

    User.objects.update(is_active=True)

    assert run(3, 21, 9) == [(REPLY, SOON, DUE)]


def test_message_names_no_title_and_no_matter(office):
    case = office.submit(matter="王建国家门口的路灯不亮。", place="凤鸣路 7 号 301 室").suggestion
    case = office.assign(office.accept(case))
    assert case.title == "王建国家门口的路灯不亮"

    for day in (21, 24, 25):
        run(3, day)

    told = " ".join(" ".join(letter) for letter in letters())
    assert case.number in told
    for private in ("王建国", "301", "王女士", case.contact_phone):
        assert private not in told


# ---- in one transaction, and beside others


def test_reminder_and_messages_stand_or_fall_together(office, assigned, fang, monkeypatch, caplog, everything):
    real, before = reminding.notify, everything()

    def second_fails(*, url: str, **message) -> None:
        real(url=url, **message)
        assert Message.objects.filter(dedupe_key__startswith="reminder:").exists()
        if url.startswith("/admin/"):
            raise RuntimeError

    monkeypatch.setattr(reminding, "notify", second_fails)

    done = workflow.send_due_reminders(now=moment(3, 25))

    assert (done.told, done.failed) == ([], [assigned])
    assert everything() == before
    assert f"Nobody could be reminded of suggestion {assigned.number}." in caplog.text


def test_bad_case_does_not_stop_the_others(office, monkeypatch, caplog):
    cases = [office.case_in("overdue") for _ in range(3)]
    real = reminding.reminder_letters

    def one_is_bad(suggestion: Suggestion, **given):
        if suggestion.pk == cases[1].pk:
            raise ValueError("bad")
        return real(suggestion, **given)

    monkeypatch.setattr(reminding, "reminder_letters", one_is_bad)
    done = workflow.send_due_reminders(now=moment(3, 5))

    assert [told.suggestion for told in done.told] == [cases[0], cases[2]]
    assert done.failed == [cases[1]]

    monkeypatch.setattr(reminding, "reminder_letters", real)
    assert [told.suggestion for told in workflow.send_due_reminders(now=moment(3, 5)).told] == [cases[1]]


def test_case_answered_since_it_was_read_stays_silent(office, overdue, monkeypatch, everything):
    real = reminding.locked

    def answered_just_before(case: Suggestion) -> Suggestion:
        office.reply(overdue)
        everything_before.append(everything())
        return real(case)

    everything_before: list[object] = []
    monkeypatch.setattr(reminding, "locked", answered_just_before)
    done = workflow.send_due_reminders(now=moment(3, 5))

    assert (done.told, done.unheard, done.failed) == ([], [], [])
    assert everything() == everything_before[0]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_four_runs_in_the_same_instant_tell_everything_once(office, fang, monkeypatch):
    cases = [office.case_in(state) for state in ("overdue", "overdue", "submitted")]
    together, real = threading.Barrier(4), reminding._due_cases

    def read_before_anybody_reminds(*, today: date) -> list[Suggestion]:
        due = list(real(today=today))
        together.wait(timeout=30)
        return due

    monkeypatch.setattr(reminding, "_due_cases", read_before_anybody_reminds)
    outcomes = in_the_same_instant(lambda number: workflow.send_due_reminders(now=moment(3, 5)), 4)

    assert [outcome.failed for outcome in outcomes] == [[]] * 4
    told = [one.suggestion.pk for outcome in outcomes for one in outcome.told]
    assert sorted(told) == sorted(case.pk for case in cases)
    assert Reminder.objects.count() == 3
    assert len(letters()) == 2 * 3 + 2  # overdue replies to wu, fang, zhao; late accepting to fang, zhao


# ---- what it costs


@pytest.mark.parametrize("item_count", [1, 3])
def test_silent_cases_cost_nothing_each(office, item_count, django_assert_num_queries):
    for _ in range(item_count):
        for state in ("assigned", "accepted", "replied", "closed", "declined", "reopened"):
            office.case_in(state)
        office.case_in("overdue")
        office.assign(office.case_in("accepted"), now=moment(3, 5), due_on=date(2026, 3, 6))  # read, and told today
    run(3, 5)

    # The calendar; each of five stages once; those told today with what is known of them, and no more after them.
    with django_assert_num_queries(1 + 5 + 3):
        assert run(3, 5, 9) == []


@pytest.mark.parametrize("item_count", [1, 3])
def test_each_reminder_costs_the_same(office, fang, item_count, django_assert_num_queries):
    for _ in range(item_count):
        office.case_in("overdue")

    # Each: a savepoint and its end; the case locked, and its reminders; officers and committee; community and
    # department; the reminder; two messages, each with a look at whether it was written.
    with django_assert_num_queries(1 + 5 + 3 + item_count * 13):
        assert len(run(3, 5)) == item_count


def test_more_cases_than_one_batch(office, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 2)
    cases = [office.case_in("overdue") for _ in range(5)]

    assert len(run(3, 5)) == 5
    assert Reminder.objects.filter(suggestion__in=cases).count() == 5
