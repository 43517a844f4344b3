"""The verbs: what each changes, the event it leaves, whom it tells, and what it refuses."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from congress_portal.accounts.choices import Role
from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import PreparedFile, accept_photo
from congress_portal.notifications.models import Message
from suggestions import tracking, workflow
from suggestions.choices import Channel, EventKind, Kind, Outcome, Rating, Status
from suggestions.models import Assignment, Attachment, Evaluation, NumberSequence, Reply, ReplyTerm, Suggestion
from suggestions.selectors import reply_to_evaluate
from suggestions.workflow import Contact, Submission
from tests.common.pictures import picture, upload
from tests.factories import DepartmentFactory, UserFactory
from tests.suggestions.story import MATTER, PHONE, REPLY, TODAY, moment


@pytest.fixture
def photo() -> PreparedFile:
    return accept_photo(upload(picture(), "路灯.jpg"))


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def fields_of(case: Suggestion) -> dict[str, Any]:
    return Suggestion.objects.filter(pk=case.pk).values().get()


def changes(before: dict[str, Any], case: Suggestion) -> dict[str, Any]:
    return {name: value for name, value in fields_of(case).items() if value != before[name]}


def in_messages(case: Suggestion) -> str:
    """How a message names a case: never by its title, which may be the resident's own words."""
    return f"{case.number}，网上提交，凤鸣社区"


def last_event(case: Suggestion) -> tuple[Any, ...]:
    event = case.events.order_by("-pk").first()
    return event.kind, event.from_status, event.to_status, event.round_no, event.actor, event.happened_at


def sent() -> set[Any]:
    return set(Message.objects.values_list("pk", flat=True))


def told_after(messages_before: set[Any]) -> dict[str, list[str]]:
    """Who was told since, and the subjects."""
    told: dict[str, list[str]] = {}
    for message in Message.objects.exclude(pk__in=messages_before).select_related("recipient"):
        told.setdefault(message.recipient.username, []).append(message.subject)
    return told


# ---- submit


def test_submit_takes_in_the_case_as_it_was_written(office):
    received = office.submit(now=moment(3, 2, 18, 30))

    case = Suggestion.objects.get()
    assert received.is_new
    assert (case.number, case.channel, case.kind, case.status) == ("2026-0001", "web", "opinion", Status.SUBMITTED)
    assert (case.title, case.matter) == ("凤鸣路菜场东门三盏路灯不亮，晚上老人出门看不清路", MATTER)
    assert (case.contact_name, case.contact_phone, case.age_band) == ("王女士", PHONE, "60-79")
    assert (case.received_at, case.received_on) == (moment(3, 2, 18, 30), date(2026, 3, 2))
    assert case.accept_due_on == date(2026, 3, 4)
    assert (case.round_no, case.department, case.reply_due_on, case.entered_by) == (0, None, None, None)


def test_submit_leaves_an_event_and_tells_the_committee(office, cast):
    UserFactory(username="formerly", role=Role.CLERK, is_active=False)

    case = office.submit().suggestion

    assert last_event(case) == (EventKind.SUBMITTED, "", Status.SUBMITTED, 0, None, moment(3, 2))
    subject = f"收到一件意见建议：{in_messages(case)}"
    assert told_after(set()) == {"zhao": [subject], "sun": [subject], "fang": [subject]}


def test_submit_rings_the_worker_only_after_commit(office, django_capture_on_commit_callbacks):
    office.clerk.email = "zhao@example.test"
    office.clerk.save()

    with django_capture_on_commit_callbacks() as callbacks:
        office.submit()

    assert [callback.__name__ for callback in callbacks] == ["ring_doorbell"]


def test_submit_at_half_past_midnight_belongs_to_the_shanghai_day(office):
    utc_new_year = moment(1, 1, 0, 30, year=2027)

    case = office.submit(now=utc_new_year).suggestion

    assert (case.received_on, case.number) == (date(2027, 1, 1), "2027-0001")


def test_submit_twice_with_one_key_is_one_case_with_one_code(office, everything):
    key = tracking.new_submission_key()
    first = office.submit(key=key)
    before = everything()

    second = office.submit(key=key, now=moment(3, 2, 10, 1))

    assert (second.suggestion.pk, second.code, second.is_new) == (first.suggestion.pk, first.code, False)
    assert everything() == before


@pytest.mark.parametrize(
    "other",
    [
        {"matter": "另一件完全不同的事情，写得也够长。"},
        {"category": None},
        {"community": None},
        {"place": "凤鸣路菜场西门"},
        {"contact": Contact("李先生", PHONE, "60-79")},
        {"contact": Contact("王女士", "13955509999", "60-79")},
        {"contact": Contact("王女士", PHONE)},
    ],
)
def test_submit_of_something_else_with_a_used_key_is_refused_with_the_number(office, everything, other):
    key = tracking.new_submission_key()
    office.submit(key=key)
    before = everything()

    with pytest.raises(workflow.FormAlreadyUsed, match="2026-0001"):
        office.submit(key=key, **other)

    assert everything() == before


def test_was_received_knows_the_very_same_only(office):
    key = tracking.new_submission_key()
    given = {
        "matter": MATTER, "category": None, "community": None, "place": "东门", "contact": Contact("王女士", PHONE),
    }  # fmt: skip
    office.submit(key=key, **given)

    assert workflow.was_received(Submission(**given), key=key)
    assert not workflow.was_received(Submission(**given | {"place": "西门"}), key=key)
    assert not workflow.was_received(Submission(**given), key=tracking.new_submission_key())


def test_submit_numbers_count_on_within_a_year_and_start_anew(office):
    days = [moment(12, 30, year=2025), moment(12, 31, 23, 59, year=2025), moment(1, 1, 0, 0), moment(1, 2)]

    numbers = [office.submit(now=day).suggestion.number for day in days]

    assert numbers == ["2025-0001", "2025-0002", "2026-0001", "2026-0002"]


def test_submit_after_9999_cases_keeps_counting(office):
    NumberSequence.objects.create(year=2026, last=9999)

    assert office.submit().suggestion.number == "2026-10000"


def test_submit_stores_photos_with_the_case(office, photo, media):
    case = office.submit(photos=[photo, photo]).suggestion

    assert (
        list(case.attachments.values_list("original_name", "content_type", "reply", "uploaded_by"))
        == [("路灯.jpg", "image/jpeg", None, None)] * 2
    )
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2
    assert case.events.get().note == "网上提交，附照片 2 张。"


def test_submit_rolled_back_leaves_no_message_no_event_no_file_and_no_number(office, photo, media, everything):
    before = everything()

    with transaction.atomic():
        office.submit(photos=[photo])
        assert [path for path in media.rglob("*") if path.is_file()] != []
        transaction.set_rollback(True)

    assert everything() == before
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("matter", "title"),
    [
        ("路灯坏了。请修。", "路灯坏了"),
        ("\n  \n第一行没有句号\n第二行", "第一行没有句号"),
        ("能不能修？谢谢", "能不能修"),
        ("。。。。。。。。。。", "。。。。。。。。。。"),
        ("䶮" * 30, "䶮" * 30),
        ("𠮷" * 31, "𠮷" * 29 + "…"),
    ],
)
def test_title_is_the_first_sentence(matter, title):
    assert workflow.title_from(matter) == title


# ---- enter


def test_enter_keeps_the_day_it_was_said_and_counts_accepting_from_today(office, chen):
    case = office.enter(
        now=moment(3, 5), received_on=date(2026, 2, 27), channel=Channel.COUNCIL, raised_by=chen.person
    ).suggestion

    assert (case.received_on, case.received_at) == (date(2026, 2, 27), moment(3, 5))
    assert case.accept_due_on == date(2026, 3, 9)  # 5 March is a Thursday, so the second working day is a Monday
    assert (case.channel, case.raised_by, case.entered_by) == (Channel.COUNCIL, chen.person, office.clerk)
    assert case.events.get().note == "居民议事会，2026年2月27日收到，工委代为登记。"
    assert last_event(case) == (EventKind.ENTERED, "", Status.SUBMITTED, 0, office.clerk, moment(3, 5))


def test_submit_keeps_the_days_in_which_it_is_to_be_accepted(office):
    case = office.submit(now=moment(2, 13, 23, 59)).suggestion  # a Friday; the Saturday is worked, then nine days off

    assert (case.accept_days, case.accept_due_on) == (2, date(2026, 2, 24))


def test_enter_tells_nobody_since_the_committee_did_it_itself(office, cast):
    office.enter()

    assert told_after(set()) == {}


def test_enter_with_a_day_to_come_is_refused(office, everything):
    before = everything()

    with pytest.raises(workflow.ReceivedDateNotAllowed):
        office.enter(now=moment(3, 5), received_on=date(2026, 3, 6))

    assert everything() == before


def test_enter_with_a_day_more_than_ten_years_back_is_refused_with_the_year(office, everything):
    before = everything()

    with pytest.raises(workflow.ReceivedDateNotAllowed, match="2015年"):
        office.enter(now=moment(3, 5), received_on=date(2015, 12, 31))

    assert everything() == before
    assert office.enter(now=moment(3, 5), received_on=date(2016, 1, 1)).is_new


@pytest.mark.parametrize("channel", Channel)
def test_enter_works_for_every_channel(office, channel):
    assert office.enter(channel=channel).suggestion.channel == channel


# ---- accept and decline


def test_accept_changes_status_and_day(office, submitted):
    before = fields_of(submitted)

    workflow.accept_suggestion(submitted, by=office.clerk, now=TODAY)

    assert changes(before, submitted) == {"status": Status.ACCEPTED, "accepted_on": date(2026, 3, 5)}
    assert last_event(submitted) == (
        EventKind.ACCEPTED,
        Status.SUBMITTED,
        Status.ACCEPTED,
        0,
        office.clerk,
        TODAY,
    )


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_decline_says_why_and_where_to_go(office, state):
    case = office.case_in(state)
    before = fields_of(case)

    workflow.decline_suggestion(
        case, reason="这件正在法院审理。", referred_to="安澜区人民法院 12368", by=office.clerk, now=TODAY
    )

    assert changes(before, case) == {
        "status": Status.DECLINED,
        "declined_on": date(2026, 3, 5),
        "referred_to": "安澜区人民法院 12368",
    }
    assert last_event(case)[:3] == (EventKind.DECLINED, before["status"], Status.DECLINED)
    assert case.events.order_by("-pk").first().note == "这件正在法院审理。"


# ---- assign


def test_assign_starts_the_clock_and_tells_the_department(office, accepted, qian):
    colleague = UserFactory(username="colleague", role=Role.OFFICER, department=office.department)
    UserFactory(username="left", role=Role.OFFICER, department=office.department, is_active=False)
    before, messages = fields_of(accepted), sent()

    workflow.assign_to_department(
        accepted, department=office.department, due_on=date(2026, 3, 20), by=office.clerk, now=TODAY
    )

    assert changes(before, accepted) == {
        "status": Status.ASSIGNED,
        "department_id": office.department.pk,
        "reply_due_on": date(2026, 3, 20),
        "round_no": 1,
    }
    assignment = Assignment.objects.get()
    assert (assignment.round_no, assignment.assigned_on, assignment.due_on, assignment.assigned_by) == (
        1,
        date(2026, 3, 5),
        date(2026, 3, 20),
        office.clerk,
    )
    assert last_event(accepted) == (EventKind.ASSIGNED, Status.ACCEPTED, Status.ASSIGNED, 1, office.clerk, TODAY)
    subject = [f"交办：{in_messages(accepted)}"]
    assert told_after(messages) == {"wu": subject, colleague.username: subject}


@pytest.mark.parametrize("due_on", [date(2026, 3, 5), date(2026, 3, 26)])
def test_assign_takes_any_day_from_today_to_the_channels_limit(office, accepted, due_on):
    case = workflow.assign_to_department(
        accepted, department=office.department, due_on=due_on, by=office.clerk, now=TODAY
    )

    assert case.reply_due_on == due_on


@pytest.mark.parametrize("due_on", [date(2026, 3, 4), date(2026, 3, 27)])
def test_assign_refuses_a_day_in_the_past_or_past_the_limit(office, accepted, due_on, everything):
    before = everything()

    with pytest.raises(workflow.DueDateNotAllowed, match="2026年3月26日"):
        workflow.assign_to_department(accepted, department=office.department, due_on=due_on, by=office.clerk, now=TODAY)

    assert everything() == before


def test_assign_follows_the_limit_the_office_has_set(office, accepted):
    ReplyTerm.objects.filter(channel=Channel.WEB).update(reply_days=5)

    with pytest.raises(workflow.DueDateNotAllowed, match="3月12日"):
        workflow.assign_to_department(
            accepted, department=office.department, due_on=date(2026, 3, 13), by=office.clerk, now=TODAY
        )


def test_assign_before_the_spring_festival_may_reach_far_beyond_it(office, everything):
    case = office.accept(office.submit(now=moment(2, 10)).suggestion, now=moment(2, 11))
    before = everything()

    with pytest.raises(workflow.DueDateNotAllowed) as refused:
        office.assign(case, now=moment(2, 11), due_on=date(2026, 3, 11))

    assert str(refused.value) == "答复期限要在今天到2026年3月10日之间：网上提交从次日起数 15 个工作日，最晚到这一天。"
    assert everything() == before
    assert office.assign(case, now=moment(2, 11), due_on=date(2026, 3, 10)).reply_due_on == date(2026, 3, 10)


def test_assign_of_a_proposal_is_refused_past_the_statutes_months(office, everything):
    case = office.accept(office.enter(channel=Channel.SESSION, kind=Kind.PROPOSAL).suggestion)
    before = everything()

    with pytest.raises(workflow.DueDateNotAllowed) as refused:
        office.assign(case, due_on=date(2026, 6, 4))

    assert str(refused.value) == "答复期限要在今天到2026年6月3日之间：会议期间从当天起算 3 个月，最晚到这一天。"
    assert everything() == before


@pytest.mark.parametrize(
    ("channel", "due_on", "kept"),
    [
        (Channel.WEB, date(2026, 3, 24), (True, 15, None, False, "本街道意见建议办理办法")),
        (Channel.WEB, date(2026, 3, 23), (False, 15, None, False, "本街道意见建议办理办法")),
        (Channel.SESSION, date(2026, 6, 3), (True, None, 3, False, "代表法（2025年3月11日修正）第五十一条")),
    ],
)
def test_round_keeps_the_rule_it_was_given_under_and_whether_the_day_follows_from_it(office, channel, due_on, kept):
    office.assign(office.accept(office.enter(channel=channel).suggestion), due_on=due_on)

    assert Assignment.objects.values_list(
        "due_by_rule", "limit_days", "limit_months", "limit_moves_on", "limit_source"
    ).get() == kept  # fmt: skip


def test_second_round_keeps_its_own_rule(office, replied):
    ReplyTerm.objects.filter(channel=Channel.WEB).update(other_source="本街道细则", months_move_on=True)

    office.evaluate(replied, result=Rating.DISSATISFIED)

    second = Assignment.objects.get(round_no=2)
    assert (second.due_by_rule, str(second.limit), second.limit.moves_on, second.limit_source) == (
        True,
        "1 个月",
        True,
        "本街道细则",
    )
    assert second.due_on == date(2026, 4, 7)  # a month later is 清明节, and so is the day after


def test_assign_to_a_department_no_longer_in_use_is_refused(office, accepted, everything):
    ended = DepartmentFactory(name="原城管中队", is_active=False)
    before = everything()

    with pytest.raises(workflow.DepartmentNotAllowed, match="原城管中队"):
        workflow.assign_to_department(accepted, department=ended, due_on=date(2026, 3, 20), by=office.clerk, now=TODAY)

    assert everything() == before


# ---- return


def test_return_ends_the_assignment_and_tells_the_committee(office, assigned, cast):
    before, messages = fields_of(assigned), sent()

    workflow.return_to_committee(assigned, reason="路灯由供电所管。", by=office.officer, now=TODAY)

    assert changes(before, assigned) == {"status": Status.ACCEPTED, "department_id": None, "reply_due_on": None}
    assert Assignment.objects.get().returned_on == date(2026, 3, 5)
    assert last_event(assigned) == (EventKind.RETURNED, Status.ASSIGNED, Status.ACCEPTED, 1, office.officer, TODAY)
    subject = [f"城建办退办：{in_messages(assigned)}"]
    assert told_after(messages) == {"zhao": subject, "sun": subject, "fang": subject}


def test_return_is_possible_to_the_end_of_the_seventh_working_day(office, assigned):
    case = workflow.return_to_committee(
        assigned, reason="路灯由供电所管。", by=office.officer, now=moment(3, 12, 23, 59)
    )

    assert case.status == Status.ACCEPTED


def test_return_on_the_eighth_working_day_is_too_late(office, assigned, everything):
    before = everything()

    with pytest.raises(workflow.TooLateToReturn, match="7 个工作日内，这件到3月12日为止"):
        workflow.return_to_committee(assigned, reason="路灯由供电所管。", by=office.officer, now=moment(3, 13, 0, 0))

    assert everything() == before


def test_return_over_the_national_day_counts_the_worked_saturday_but_not_the_holiday(office, accepted, everything):
    """29 and 30 September, 8, 9 and 10 October (a Saturday, worked), 12 and 13 October are the seven days."""
    case = office.assign(accepted, now=moment(9, 28), due_on=date(2026, 10, 23))
    before = everything()

    with pytest.raises(workflow.TooLateToReturn, match="10月13日"):
        workflow.return_to_committee(case, reason="不归我们。", by=office.officer, now=moment(10, 14, 0, 0))

    assert everything() == before
    case = workflow.return_to_committee(case, reason="不归我们。", by=office.officer, now=moment(10, 13, 23, 59))
    assert case.status == Status.ACCEPTED


def test_return_on_the_weekend_after_the_seventh_day_is_too_late(office, accepted, everything):
    case = office.assign(accepted, now=moment(3, 4), due_on=date(2026, 3, 25))  # the seventh is Friday, 13 March
    before = everything()

    with pytest.raises(workflow.TooLateToReturn, match="3月13日"):
        workflow.return_to_committee(case, reason="不归我们。", by=office.officer, now=moment(3, 14))

    assert everything() == before


def test_assign_after_a_return_starts_the_same_round_anew(office, assigned, welfare):
    workflow.return_to_committee(assigned, reason="路灯由供电所管。", by=office.officer, now=moment(3, 4))

    case = office.assign(assigned, department=welfare, now=TODAY, due_on=date(2026, 3, 26))

    assert (case.round_no, case.department, case.reply_due_on) == (1, welfare, date(2026, 3, 26))
    assert list(Assignment.objects.order_by("pk").values_list("round_no", "department__name", "returned_on")) == [
        (1, "城建办", date(2026, 3, 4)),
        (1, "民政办", None),
    ]


# ---- reply


def test_reply_keeps_text_class_and_files_and_tells_the_committee(office, assigned, photo, cast):
    before, messages = fields_of(assigned), sent()

    workflow.record_reply(
        assigned, text=REPLY, outcome=Outcome.SOLVED, files=[photo], by=office.officer, now=moment(3, 4, 16)
    )

    assert changes(before, assigned) == {"status": Status.REPLIED}
    reply = Reply.objects.get()
    assert (reply.text, reply.outcome, reply.replied_by, reply.replied_at) == (
        REPLY,
        Outcome.SOLVED,
        office.officer,
        moment(3, 4, 16),
    )
    assert reply.assignment.replied_on == date(2026, 3, 4)
    assert list(Attachment.objects.values_list("reply", "suggestion", "uploaded_by")) == [
        (reply.pk, assigned.pk, office.officer.pk)
    ]
    assert last_event(assigned)[:5] == (EventKind.REPLIED, Status.ASSIGNED, Status.REPLIED, 1, office.officer)
    subject = [f"城建办已答复：{in_messages(assigned)}"]
    assert told_after(messages) == {"zhao": subject, "sun": subject, "fang": subject}


def test_reply_at_midnight_is_of_the_next_day(office, assigned):
    office.reply(assigned, now=moment(3, 25, 0, 0))

    assert Assignment.objects.get().replied_on == date(2026, 3, 25)


def test_reply_rolled_back_leaves_no_file(office, assigned, photo, media, everything):
    before = everything()

    with transaction.atomic():
        office.reply(assigned, files=[photo])
        transaction.set_rollback(True)

    assert everything() == before
    assert [path for path in media.rglob("*") if path.is_file()] == []


# ---- send back


def test_send_back_keeps_the_answer_on_file_and_tells_the_department(office, replied):
    before, messages = fields_of(replied), sent()

    workflow.send_back_reply(replied, reason="没有写明何时修好。", due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)

    assert changes(before, replied) == {"status": Status.ASSIGNED, "reply_due_on": date(2026, 3, 12)}
    assert Reply.objects.get().sent_back_at == TODAY
    assignment = Assignment.objects.get()
    assert (assignment.replied_on, assignment.due_on) == (None, date(2026, 3, 12))
    assert last_event(replied) == (EventKind.SENT_BACK, Status.REPLIED, Status.ASSIGNED, 1, office.clerk, TODAY)
    assert told_after(messages) == {"wu": [f"答复退回，请补充后再答复：{in_messages(replied)}"]}


def test_reply_again_after_sending_back_is_the_one_in_force(office, replied):
    workflow.send_back_reply(replied, reason="太短。", due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)

    office.reply(replied, now=moment(3, 6), outcome=Outcome.BEING_SOLVED)

    assert list(Reply.objects.order_by("pk").values_list("outcome", "sent_back_at")) == [
        (Outcome.SOLVED, TODAY),
        (Outcome.BEING_SOLVED, None),
    ]


# ---- evaluate


@pytest.mark.parametrize("result", [Rating.SATISFIED, Rating.BASIC])
def test_evaluate_closes_a_case_that_satisfied(office, replied, result):
    before, messages = fields_of(replied), sent()

    workflow.evaluate_reply(
        replied,
        reply_pk=reply_to_evaluate(replied),
        process=Rating.SATISFIED,
        result=result,
        reason="",
        by=None,
        now=moment(3, 5, 23, 59, second=59),
    )

    assert changes(before, replied) == {"status": Status.CLOSED, "closed_on": date(2026, 3, 5)}
    evaluation = Evaluation.objects.get()
    assert (evaluation.round_no, evaluation.process, evaluation.result, evaluation.evaluated_on) == (
        1,
        Rating.SATISFIED,
        result,
        date(2026, 3, 5),
    )
    assert [event.kind for event in replied.events.order_by("pk")][-2:] == [EventKind.EVALUATED, EventKind.CLOSED]
    assert told_after(messages) == {}


def test_evaluate_a_slow_handling_with_a_good_result_closes_the_case(office, replied):
    case = office.evaluate(replied, process=Rating.DISSATISFIED, result=Rating.SATISFIED)

    assert case.status == Status.CLOSED


def test_evaluate_dissatisfied_opens_the_next_round_and_tells_both(office, replied, cast):
    before, messages = fields_of(replied), sent()

    office.evaluate(replied, result=Rating.DISSATISFIED)

    assert changes(before, replied) == {
        "status": Status.ASSIGNED,
        "round_no": 2,
        "reply_due_on": date(2026, 4, 5),
    }
    assert list(Assignment.objects.order_by("pk").values_list("round_no", "assigned_on", "due_on", "replied_on")) == [
        (1, date(2026, 3, 3), date(2026, 3, 24), date(2026, 3, 4)),
        (2, date(2026, 3, 5), date(2026, 4, 5), None),
    ]
    assert [event.kind for event in replied.events.order_by("pk")][-2:] == [EventKind.EVALUATED, EventKind.REOPENED]
    subject = [f"居民不满意，重新办理：{in_messages(replied)}"]
    assert told_after(messages) == {"wu": subject, "zhao": subject, "sun": subject, "fang": subject}


@pytest.mark.parametrize("which", ["none", "sent back", "of another case"])
def test_evaluate_of_another_answer_than_the_one_in_force_is_refused(office, replied, everything, which):
    read = {"none": None, "sent back": reply_to_evaluate(replied)}.get(which)
    if which == "of another case":
        read = reply_to_evaluate(office.case_in("replied"))
    workflow.send_back_reply(replied, reason="太短。", due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)
    office.reply(replied, now=TODAY)
    before = everything()

    with pytest.raises(workflow.ReplyChanged, match="请先看新的答复"):
        workflow.evaluate_reply(
            replied, reply_pk=read, process=Rating.BASIC, result=Rating.BASIC, reason="", by=None, now=TODAY
        )

    assert everything() == before


def test_evaluate_recorded_by_staff_says_who(office, replied):
    workflow.evaluate_reply(
        replied,
        reply_pk=reply_to_evaluate(replied),
        process=Rating.BASIC,
        result=Rating.BASIC,
        reason="",
        by=office.clerk,
        now=TODAY,
    )

    assert Evaluation.objects.get().recorded_by == office.clerk


def test_second_round_can_be_answered_and_closed(office, reopened):
    office.reply(reopened, now=moment(3, 20))

    case = office.evaluate(reopened, now=moment(3, 21))

    assert (case.status, case.round_no, case.closed_on) == (Status.CLOSED, 2, date(2026, 3, 21))
    assert list(Evaluation.objects.order_by("pk").values_list("round_no", "result")) == [
        (1, Rating.DISSATISFIED),
        (2, Rating.SATISFIED),
    ]


# ---- close without evaluation


def test_close_on_the_eleventh_day_after_the_reply(office, replied):
    before = fields_of(replied)

    workflow.close_without_evaluation(
        replied, note="3月12日、14日两次电话未接通。", by=office.clerk, now=moment(3, 15, 0, 0)
    )

    assert changes(before, replied) == {"status": Status.CLOSED, "closed_on": date(2026, 3, 15)}
    assert last_event(replied)[:5] == (EventKind.CLOSED, Status.REPLIED, Status.CLOSED, 1, office.clerk)


def test_days_for_evaluating_run_through_a_long_holiday(office, accepted, everything):
    case = office.reply(office.assign(accepted, now=moment(9, 18), due_on=date(2026, 10, 15)), now=moment(9, 28))
    before = everything()

    with pytest.raises(workflow.TooEarlyToClose, match="10月8日前"):
        workflow.close_without_evaluation(case, note="两次电话未接通。", by=office.clerk, now=moment(10, 8, 23, 59))

    assert everything() == before
    case = workflow.close_without_evaluation(case, note="两次电话未接通。", by=office.clerk, now=moment(10, 9, 0, 0))
    assert case.status == Status.CLOSED


def test_close_while_the_resident_may_still_evaluate_is_refused(office, replied, everything):
    before = everything()

    with pytest.raises(workflow.TooEarlyToClose, match="3月14日前"):
        workflow.close_without_evaluation(
            replied, note="两次电话未接通。", by=office.clerk, now=moment(3, 14, 23, 59, second=59)
        )

    assert everything() == before


# ---- what every verb refuses

WITHOUT_REASON = {
    "decline": ("submitted", lambda case, by: workflow.decline_suggestion(
        case, reason=" \n ", referred_to="", by=by["zhao"], now=TODAY)),
    "return": ("assigned", lambda case, by: workflow.return_to_committee(
        case, reason="", by=by["wu"], now=TODAY)),
    "send back": ("replied", lambda case, by: workflow.send_back_reply(
        case, reason="", due_on=date(2026, 3, 12), by=by["zhao"], now=TODAY)),
    "evaluate, process": ("replied", lambda case, by: workflow.evaluate_reply(
        case, reply_pk=reply_to_evaluate(case), process=Rating.DISSATISFIED,
        result=Rating.SATISFIED, reason=" ", by=None, now=TODAY)),
    "evaluate, result": ("replied", lambda case, by: workflow.evaluate_reply(
        case, reply_pk=reply_to_evaluate(case), process=Rating.SATISFIED,
        result=Rating.DISSATISFIED, reason="", by=None, now=TODAY)),
    "close": ("replied", lambda case, by: workflow.close_without_evaluation(
        case, note="", by=by["zhao"], now=moment(4, 1))),
}  # fmt: skip


@pytest.mark.parametrize("verb", WITHOUT_REASON)
def test_verb_without_its_reason_is_refused_and_writes_nothing(office, cast, everything, verb):
    state, attempt = WITHOUT_REASON[verb]
    case = office.case_in(state)
    before = everything()

    with pytest.raises(workflow.ReasonMissing):
        attempt(case, cast)

    assert everything() == before


def test_refusal_says_who_did_what_in_the_meantime(office, closed):
    with pytest.raises(Refusal) as refusal:
        office.accept(closed)

    assert str(refusal.value) == (
        "没有保存：3月5日 10:00，居民办了“办结”，这件现在是“已办结”。请先复制您写的内容，再打开这一件看最新情况。"
    )


def test_refusal_names_the_clerk_who_recorded_the_evaluation(office, replied):
    workflow.evaluate_reply(
        replied,
        reply_pk=reply_to_evaluate(replied),
        process=Rating.BASIC,
        result=Rating.DISSATISFIED,
        reason="电话里说还有一盏不亮。",
        by=office.clerk,
        now=TODAY,
    )
    replied.refresh_from_db()

    assert workflow.what_happened_since(replied) == "3月5日 10:00，赵经办办了“重新办理”，这件现在是“办理中”。"


# ---- what messages tell


def test_messages_name_the_case_by_number_and_never_in_the_residents_words(office, cast):
    case = office.case_in("assigned", matter="桂花路口花箱挡住盲道。邻居看不见，绊了一跤。")
    workflow.return_to_committee(case, reason="花箱由城管中队管。", by=office.officer, now=TODAY)
    office.assign(case, now=TODAY)
    office.reply(case, now=TODAY)
    workflow.send_back_reply(case, reason="没有写明何时移走。", due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)
    office.reply(case, now=TODAY)
    office.evaluate(case, result=Rating.DISSATISFIED)

    messages = list(Message.objects.all())

    assert len({message.subject.partition("：")[0] for message in messages}) == 6  # every kind there is
    for message in messages:
        assert case.number in message.subject
        for secret in (case.title, "花箱挡住", "盲道", "绊了一跤", "只修好了两盏", "王女士", PHONE):
            assert secret not in message.subject + message.body
    everything_told = "".join(message.body for message in messages)
    assert "退办原因：花箱由城管中队管。" in everything_told
    assert "退回原因：没有写明何时移走。" in everything_told


def test_contact_may_be_empty_where_staff_enter_a_case(office):
    case = office.enter(contact=Contact()).suggestion

    assert (case.contact_name, case.contact_phone, case.age_band) == ("", "", "")
