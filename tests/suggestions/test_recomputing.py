"""Due days follow the working calendar while a case is open, and stay where somebody chose them or the case has ended.

Friday, 20 March 2026 becomes a day off: what was due on the 24th after 15 working days is due on the 25th.
"""

from datetime import date

import pytest

from congress_portal.accounts.models import User
from congress_portal.common.models import CalendarDay
from congress_portal.notifications.models import Message
from suggestions import tasks, workflow
from suggestions.choices import Channel, EventKind, Kind, Rating, Status
from suggestions.models import Assignment, ReplyTerm, Suggestion
from suggestions.workflow import recomputing
from tests.factories import UserFactory
from tests.pages import page_of
from tests.suggestions.front_door import CASE, as_shown, look_up
from tests.suggestions.story import TODAY, moment

FRIDAY = date(2026, 3, 20)
NOW = moment(3, 5, 4, 40)


def day_off(*days: date) -> None:
    for day in days:
        CalendarDay.objects.update_or_create(day=day, defaults={"year_id": day.year, "name": "停电放假"})


def recompute() -> int:
    return workflow.recompute_due_dates(now=NOW)


def due_of(case: Suggestion) -> tuple[date | None, date | None]:
    """The day on the case and the day on its round, which must agree."""
    case.refresh_from_db()
    current = case.assignments.filter(round_no=case.round_no, returned_on=None).first()
    return case.reply_due_on, current.due_on if current else None


# ---- what moves


def test_reply_moves_with_the_calendar_and_the_department_is_told(office, assigned):
    day_off(FRIDAY)
    colleague = UserFactory(username="colleague", role="officer", department=office.department)
    Message.objects.all().delete()

    assert recompute() == 1

    assert due_of(assigned) == (date(2026, 3, 25), date(2026, 3, 25))
    event = assigned.events.order_by("-pk").first()
    assert (event.kind, event.actor, event.from_status, event.to_status, event.round_no, event.happened_at) == (
        EventKind.RECOMPUTED, None, Status.ASSIGNED, Status.ASSIGNED, 1, NOW,
    )  # fmt: skip
    assert event.note == "工作日历变更，答复期限由2026年3月24日改为3月25日。"
    told = Message.objects.select_related("recipient")
    assert {message.recipient for message in told} == {office.officer, colleague}
    assert {(message.subject, message.body, message.url) for message in told} == {
        (
            f"答复期限有变：{assigned.number}，网上提交，凤鸣社区",
            f"工作日历变更，答复期限重新计算：\n{assigned.number}，网上提交，凤鸣社区，由2026年3月24日改为3月25日。",
            f"/suggestions/department/{assigned.pk}/",
        )
    }


def test_resident_reads_the_new_day_and_why(office, visitor):
    received = office.submit()
    office.assign(office.accept(received.suggestion))
    day_off(FRIDAY)
    recompute()
    look_up(visitor, received.code)

    page = visitor.get(CASE)

    text = page_of(page).text
    assert "期限重新计算 3月5日 4:40 工作日历变更，答复期限由2026年3月24日改为3月25日。" in text
    assert "2026年3月3日交办，从次日起数 15 个工作日，到3月25日（周三）止。" in text
    assert "停电放假 1 天" in text


def test_second_run_changes_nothing(assigned, everything):
    day_off(FRIDAY)
    recompute()
    before = everything()

    assert recompute() == 0
    assert everything() == before


def test_day_moves_back_when_the_day_off_is_taken_back(assigned):
    day_off(FRIDAY)
    recompute()
    CalendarDay.objects.filter(day=FRIDAY).delete()

    assert recompute() == 1

    assert due_of(assigned) == (date(2026, 3, 24), date(2026, 3, 24))


def test_made_up_saturday_brings_the_day_forward(assigned):
    CalendarDay.objects.create(day=date(2026, 3, 14), year_id=2026, name="停电放假", is_working=True)

    assert recompute() == 1

    assert due_of(assigned) == (date(2026, 3, 23), date(2026, 3, 23))


def test_several_of_a_department_are_told_in_one_message(office):
    cases = [office.case_in("assigned") for _ in range(3)]
    day_off(FRIDAY)
    Message.objects.all().delete()

    assert recompute() == 3

    message = Message.objects.get()
    assert (message.recipient, message.subject, message.url) == (
        office.officer,
        "3 件的答复期限有变",
        "/suggestions/department/",
    )
    for case in cases:
        assert f"{case.number}，网上提交，凤鸣社区，由2026年3月24日改为3月25日。" in message.body


def test_each_department_reads_of_its_own_cases_only(office, welfare, qian, assigned):
    other = office.assign(office.case_in("accepted"), department=welfare)
    day_off(FRIDAY)
    Message.objects.all().delete()

    recompute()

    assert {message.recipient: message.subject for message in Message.objects.select_related("recipient")} == {
        office.officer: f"答复期限有变：{assigned.number}，网上提交，凤鸣社区",
        qian: f"答复期限有变：{other.number}，网上提交，凤鸣社区",
    }


def test_department_without_an_active_account_is_the_committees_to_call(office, assigned, wu, fang):
    User.objects.filter(pk=wu.pk).update(is_active=False)
    day_off(FRIDAY)
    Message.objects.all().delete()

    recompute()

    told = Message.objects.order_by("recipient__username")
    assert [message.recipient.username for message in told] == ["fang", "zhao"]
    assert {(message.subject, message.body, message.url) for message in told} == {
        (
            f"城建办答复期限有变：{assigned.number}，网上提交，凤鸣社区",
            f"工作日历变更，答复期限重新计算：\n{assigned.number}，网上提交，凤鸣社区，由2026年3月24日改为3月25日。\n"
            "城建办没有启用的账户，没有人收到通知。请电话联系，并请系统管理员为该单位开账户。",
            assigned.get_absolute_url(),
        )
    }


def test_committee_is_led_to_the_several_cases_of_a_department_without_an_account(office, wu, zhao, signed_in):
    cases = [office.case_in("assigned") for _ in range(2)]
    User.objects.filter(pk=wu.pk).update(is_active=False)
    day_off(FRIDAY)
    Message.objects.all().delete()

    recompute()

    message = Message.objects.get()
    assert (message.recipient, message.subject) == (zhao, "城建办 2 件的答复期限有变")
    page = page_of(signed_in(zhao).get(message.url))
    assert all(case.get_absolute_url() in " ".join(page.links) for case in cases)


def test_case_that_became_anothers_since_it_was_found_is_told_to_its_new_department(office, welfare, qian, assigned):
    other = office.assign(office.case_in("accepted"), department=welfare)
    day_off(FRIDAY)
    Message.objects.all().delete()

    assert recomputing._move_replies([assigned.pk, other.pk], by=None, now=NOW) == 2

    assert {message.recipient: message.subject for message in Message.objects.select_related("recipient")} == {
        office.officer: f"答复期限有变：{assigned.number}，网上提交，凤鸣社区",
        qian: f"答复期限有变：{other.number}，网上提交，凤鸣社区",
    }


def test_accepting_moves_and_leaves_an_event_but_no_message(submitted):
    day_off(date(2026, 3, 4))
    Message.objects.all().delete()

    assert recompute() == 1

    submitted.refresh_from_db()
    assert submitted.accept_due_on == date(2026, 3, 5)
    event = submitted.events.order_by("-pk").first()
    assert (event.kind, event.note) == (
        EventKind.RECOMPUTED,
        "工作日历变更，受理期限由2026年3月4日改为3月5日。",
    )
    assert not Message.objects.exists()


def test_accepting_counts_from_the_day_the_office_was_told(office):
    """Said in January and entered in March: a day off in January does not matter, one in March does."""
    case = office.enter(now=moment(3, 4, 23, 59), received_on=date(2026, 1, 20)).suggestion
    day_off(date(2026, 1, 21))
    assert recompute() == 0
    day_off(date(2026, 3, 5))

    assert recompute() == 1

    case.refresh_from_db()
    assert case.accept_due_on == date(2026, 3, 9)


def test_second_round_moves_by_its_own_months_where_these_move_on(office):
    ReplyTerm.objects.filter(channel=Channel.WEB).update(months_move_on=True)
    case = office.case_in("reopened")  # on 5 March: a month later is 清明节, and the day after is off as well
    assert due_of(case) == (date(2026, 4, 7), date(2026, 4, 7))
    day_off(date(2026, 4, 7))

    assert recompute() == 1

    assert due_of(case) == (date(2026, 4, 8), date(2026, 4, 8))
    assert list(Assignment.objects.order_by("pk").values_list("due_on", flat=True)) == [
        date(2026, 3, 24),
        date(2026, 4, 8),
    ]


def test_day_over_the_turn_of_the_year_is_written_with_both_years(office):
    case = office.enter(now=moment(12, 10), channel=Channel.PHONE).suggestion
    office.assign(office.accept(case, now=moment(12, 10)), now=moment(12, 10), due_on=date(2026, 12, 31))
    day_off(date(2026, 12, 31))

    workflow.recompute_due_dates(now=moment(12, 11))

    assert case.events.order_by("-pk").first().note == "工作日历变更，答复期限由2026年12月31日改为2027年1月1日。"


# ---- what stays


@pytest.mark.parametrize("state", ["accepted", "overdue", "replied", "reopened", "closed", "declined"])
def test_other_states_and_days_of_the_committees_own_choice_stay(office, state, everything):
    """Overdue is one whose day the committee chose; the second round's month runs through any day off."""
    office.case_in(state)
    day_off(date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 20), date(2026, 4, 3))
    before = everything()

    assert recompute() == 0
    assert everything() == before


def test_day_chosen_when_an_answer_was_sent_back_stays(office, replied):
    workflow.send_back_reply(replied, reason="太短。", due_on=date(2026, 3, 24), by=office.clerk, now=TODAY)
    day_off(FRIDAY)

    assert recompute() == 0

    assert due_of(replied) == (date(2026, 3, 24), date(2026, 3, 24))


def test_months_of_a_proposal_stay(office):
    case = office.enter(channel=Channel.SESSION, kind=Kind.PROPOSAL).suggestion
    office.assign(office.accept(case), due_on=date(2026, 6, 3))
    day_off(date(2026, 3, 20), date(2026, 6, 3))

    assert recompute() == 0

    assert due_of(case) == (date(2026, 6, 3), date(2026, 6, 3))


def test_cases_older_than_the_record_of_their_limit_stay(office, assigned, submitted):
    day_off(FRIDAY)
    Assignment.objects.update(limit_days=None)
    Suggestion.objects.update(accept_days=None)
    day_off(date(2026, 3, 4))

    assert recompute() == 0


def test_term_that_the_office_changed_since_does_not_reach_the_cases_in_hand(office, assigned, submitted):
    ReplyTerm.objects.filter(channel=Channel.WEB).update(reply_days=5, accept_days=9)
    assert recompute() == 0
    day_off(date(2026, 3, 4))

    assert recompute() == 2

    submitted.refresh_from_db()
    assert submitted.accept_due_on == date(2026, 3, 5)
    assert due_of(assigned) == (date(2026, 3, 25), date(2026, 3, 25))


def test_nobody_is_made_late_afterwards(office, assigned, everything):
    """A Saturday entered too late as a working day would end the term yesterday."""
    CalendarDay.objects.create(day=date(2026, 3, 14), year_id=2026, name="停电放假", is_working=True)
    before = everything()

    assert workflow.recompute_due_dates(now=moment(3, 24)) == 0
    assert workflow.recompute_due_dates(now=moment(3, 26)) == 0
    assert everything() == before


def test_day_that_has_passed_moves_on_where_a_day_off_was_forgotten(assigned):
    day_off(FRIDAY)
    assert workflow.recompute_due_dates(now=moment(3, 30)) == 1

    assert due_of(assigned) == (date(2026, 3, 25), date(2026, 3, 25))


def test_returned_round_is_history(office, assigned, welfare):
    day_off(FRIDAY)
    workflow.return_to_committee(assigned, reason="不归我们。", by=office.officer, now=moment(3, 4))
    office.assign(assigned, department=welfare, now=moment(3, 4), due_on=date(2026, 3, 25))

    assert recompute() == 0  # the second was given with the day off known

    assert list(Assignment.objects.order_by("pk").values_list("due_on", "returned_on")) == [
        (date(2026, 3, 24), date(2026, 3, 4)),
        (date(2026, 3, 25), None),
    ]


def test_case_answered_since_it_was_found_is_left_alone(office, replied, submitted, everything):
    day_off(FRIDAY)
    office.accept(submitted)
    day_off(date(2026, 3, 4))
    before = everything()

    assert recomputing._move_replies([replied.pk], by=None, now=NOW) == 0
    assert recomputing._move_accepting([submitted.pk], by=None, now=NOW) == 0
    assert everything() == before


# ---- what somebody is doing meanwhile


def test_open_page_of_a_verb_is_not_out_of_date_afterwards(signed_in, zhao, submitted):
    address = f"/admin/suggestions/suggestion/{submitted.pk}/accept/"
    browser = signed_in(zhao)
    form = as_shown(page_of(browser.get(address)).form_with("seen"))
    day_off(date(2026, 3, 4))
    recompute()

    answer = browser.post(address, form)

    assert answer.status_code == 302
    submitted.refresh_from_db()
    assert submitted.status == Status.ACCEPTED


def test_who_comes_too_late_is_told_of_the_colleague_and_not_of_the_calendar(office, assigned):
    day_off(FRIDAY)
    recompute()

    assert workflow.what_happened_since(assigned) == "3月3日 11:00，赵经办办了“交办”，这件现在是“办理中”。"


def test_officer_may_answer_a_case_whose_day_has_just_moved(office, assigned):
    day_off(FRIDAY)
    recompute()

    office.reply(assigned)

    assigned.refresh_from_db()
    assert assigned.status == Status.REPLIED
    assert office.evaluate(assigned, result=Rating.SATISFIED).status == Status.CLOSED


# ---- how it is run


def test_daily_task_recomputes_by_the_day_it_runs_on(assigned, clock):
    day_off(FRIDAY)
    tasks.recompute_due_dates()

    assert due_of(assigned) == (date(2026, 3, 25), date(2026, 3, 25))


def test_beat_and_a_changed_calendar_start_the_task_by_its_name(settings):
    names = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    assert tasks.recompute_due_dates.name in names
    assert set(settings.CELERY_BEAT_SCHEDULE["recompute-due-dates"]["schedule"].hour) == set(range(24))
    assert tasks.recompute_due_dates.name in settings.TASKS_AFTER_CALENDAR_CHANGE


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_cases_as_for_one(office, count, django_assert_num_queries):
    for _ in range(count):
        office.case_in("submitted")
        office.case_in("assigned")
    day_off(date(2026, 3, 4))

    # The calendar, and who may move. For each of the two steps: savepoint, lock, calendar, update of the case, events,
    # release; for the reply also the rounds, their update, the officers and their message.
    with django_assert_num_queries(3 + 6 + 10):
        assert recompute() == 2 * count


@pytest.mark.parametrize("count", [1, 3])
def test_few_queries_where_nothing_moves(office, count, django_assert_num_queries):
    for _ in range(count):
        office.case_in("submitted")
        office.case_in("assigned")

    with django_assert_num_queries(3):
        assert recompute() == 0


def test_more_cases_than_are_locked_at_once_all_move(office, monkeypatch):
    monkeypatch.setattr(recomputing, "BATCH", 2)
    cases = [office.case_in("assigned") for _ in range(5)]
    day_off(FRIDAY)

    assert recompute() == 5

    assert {due_of(case) for case in cases} == {(date(2026, 3, 25), date(2026, 3, 25))}
