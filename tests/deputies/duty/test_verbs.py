"""The verbs of the duty file: who may do what in which state, and what happens then."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, DutyStep, MandateKind
from deputies.models import DutyPhoto, DutyRecord
from tests.deputies.duty.lines import CONFIRMED_AT, LINE, STATES, log, new_key, photo, post, steps
from tests.factories import MandateFactory
from tests.suggestions.story import TODAY

OTHER = LINE | {"kind": DutyKind.OTHER, "title": "参加社区议事", "on": date(2026, 3, 1)}


# ---- logging


def test_a_logged_line_waits_and_tells_nobody(clock, chen):
    record = log(chen, photos=[photo()])

    assert record.status == DutyStatus.LOGGED
    assert (record.person, record.logged_by, record.decided_by) == (chen.person, chen, None)
    assert record.photos.get().uploaded_by == chen
    assert steps(record) == [DutyStep.LOGGED]
    assert not Message.objects.exists()


def test_ten_posts_of_one_form_are_one_line(clock, chen):
    key = new_key()
    pks = {log(chen, key=key, photos=[photo()]).pk for _ in range(10)}

    assert pks == {DutyRecord.objects.get().pk}
    assert DutyPhoto.objects.count() == 1
    assert steps(DutyRecord.objects.get()) == [DutyStep.LOGGED]


def test_a_form_that_comes_back_with_something_else_is_refused(clock, chen):
    key = new_key()
    log(chen, key=key)

    with pytest.raises(workflow.FormAlreadyUsed, match="2026年3月2日，走访凤鸣路商户"):
        log(chen, key=key, title="别的事")
    assert DutyRecord.objects.get().title == LINE["title"]


def test_two_people_may_have_the_same_key(clock, chen, lin):
    key = new_key()

    assert log(chen, key=key).pk != log(lin, key=key).pk


def test_nobody_logs_for_somebody_else(everybody, clock):
    chen = everybody["chen"]
    for name, user in everybody.items():
        if name == "chen" or user.is_anonymous:
            continue
        with pytest.raises(PermissionDenied):
            workflow.log_duty(chen.person, **LINE, key=new_key(), by=user, now=TODAY)
    assert not DutyRecord.objects.exists()


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 3, 6), "日期不能晚于今天（2026年3月5日）"),
        (date(2022, 1, 9), "县（市、区）人大代表，2022年1月10日起"),
    ],
)
def test_a_day_ahead_or_outside_every_mandate_is_refused(clock, chen, on, words):
    with pytest.raises(workflow.DutyDayNotAllowed, match=words):
        log(chen, on=on, now=TODAY)
    assert not DutyRecord.objects.exists()


def test_every_mandate_counts_and_all_are_named(clock, chen):
    MandateFactory(person=chen.person, kind=MandateKind.COUNCILLOR, starts_on="2018-05-01", ends_on="2020-04-30")

    log(chen, on=date(2018, 5, 1))
    log(chen, on=date(2020, 4, 30))
    log(chen, on=date(2022, 1, 10))
    with pytest.raises(workflow.DutyDayNotAllowed) as refused:
        log(chen, on=date(2020, 5, 1))

    assert "居民议事员，2018年5月1日至2020年4月30日；县（市、区）人大代表，2022年1月10日起" in str(refused.value)


def test_today_counts_by_the_calendar_of_shanghai(clock, chen):
    clock.move_to(TODAY.replace(hour=0, minute=30))  # still 4 March in UTC

    assert log(chen, on=date(2026, 3, 5), now=TODAY.replace(hour=0, minute=30)).happened_on == date(2026, 3, 5)


def test_who_has_no_mandate_is_told_where_to_go(clock, chen):
    chen.person.mandates.all().delete()

    with pytest.raises(workflow.DutyDayNotAllowed, match="还没有登记任职"):
        log(chen)


def test_five_photos_are_refused_and_none_is_kept(clock, chen, settings):
    with pytest.raises(workflow.TooManyPhotos, match="最多 4 张照片，现在是 5 张"):
        log(chen, photos=[photo() for _ in range(5)])

    assert not DutyRecord.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


# ---- changing and taking back


def test_changing_a_returned_line_lets_it_wait_again(returned, chen):
    changed = workflow.change_duty(returned, **OTHER, by=chen, now=TODAY)

    assert (changed.status, changed.return_reason, changed.decided_by) == (DutyStatus.LOGGED, "", None)
    assert (changed.title, changed.kind, changed.happened_on) == (OTHER["title"], OTHER["kind"], OTHER["on"])
    assert steps(changed) == [DutyStep.LOGGED, DutyStep.RETURNED, DutyStep.CHANGED]


def test_changing_drops_and_adds_photos(clock, chen, settings, django_capture_on_commit_callbacks):
    record = log(chen, photos=[photo(), photo(), photo(), photo()])
    first = record.photos.first()

    with pytest.raises(workflow.TooManyPhotos):
        workflow.change_duty(record, **LINE, photos=[photo()], by=chen, now=TODAY)
    with django_capture_on_commit_callbacks(execute=True):
        workflow.change_duty(record, **LINE, photos=[photo("新.jpg")], drop_photos=[first.pk], by=chen, now=TODAY)

    assert record.photos.count() == 4
    assert not DutyPhoto.objects.filter(pk=first.pk).exists()
    assert not first.file.storage.exists(first.file.name)


def test_a_photo_of_another_line_is_not_dropped(clock, chen, lin):
    record, others = log(chen), log(lin, photos=[photo()])

    workflow.change_duty(record, **LINE, drop_photos=[others.photos.get().pk], by=chen, now=TODAY)

    assert others.photos.count() == 1


def test_what_is_taken_back_leaves_the_file_with_its_photos(clock, chen, django_capture_on_commit_callbacks):
    record = log(chen, photos=[photo()])
    kept = record.photos.get().file
    with django_capture_on_commit_callbacks(execute=True):
        taken = workflow.take_back_duty(record, by=chen, now=TODAY)

    assert taken.status == DutyStatus.WITHDRAWN
    assert not DutyRecord.objects.shown().exists()
    assert not kept.storage.exists(kept.name)
    assert steps(taken) == [DutyStep.LOGGED, DutyStep.WITHDRAWN]


@pytest.mark.parametrize("state", STATES)
def test_one_may_change_and_take_back_only_until_it_is_decided(in_state, chen, state):
    record = in_state(state)
    is_open = state in ("logged", "returned")

    for verb in (
        lambda: workflow.change_duty(record, **OTHER, by=chen, now=TODAY),
        lambda: workflow.take_back_duty(record, by=chen, now=TODAY),
    ):
        if is_open:
            verb()
        else:
            with pytest.raises(workflow.MoveNotAllowed, match="这条记录现在是"):
                verb()


def test_nobody_changes_or_takes_back_what_is_not_theirs(cast, confirmed):
    record = log(cast["chen"])
    for name, user in cast.items():
        if name == "chen":
            continue
        for line in (record, confirmed):
            with pytest.raises(PermissionDenied):
                workflow.change_duty(line, **OTHER, by=user, now=TODAY)
            with pytest.raises(PermissionDenied):
                workflow.take_back_duty(line, by=user, now=TODAY)


def test_changing_asks_for_the_day_again(logged, chen):
    with pytest.raises(workflow.DutyDayNotAllowed):
        workflow.change_duty(logged, **LINE | {"on": date(2026, 3, 6)}, by=chen, now=TODAY)


# ---- confirming and returning


def test_confirming_counts_and_is_on_record(logged, zhao):
    assert workflow.confirm_duties([logged], by=zhao, now=CONFIRMED_AT) == 1

    logged.refresh_from_db()
    assert (logged.status, logged.decided_by, logged.decided_at) == (DutyStatus.CONFIRMED, zhao, CONFIRMED_AT)
    assert steps(logged) == [DutyStep.LOGGED, DutyStep.CONFIRMED]
    assert not Message.objects.exists()


def test_who_is_late_among_many_is_left_alone(confirmed, chen, sun):
    waiting = log(chen, title="另一件")

    assert workflow.confirm_duties([confirmed, waiting], by=sun, now=TODAY) == 1

    confirmed.refresh_from_db()
    assert confirmed.decided_at == CONFIRMED_AT


@pytest.mark.parametrize("state", [state for state in STATES if state != "logged"])
@pytest.mark.parametrize("verb", ["confirm", "return"])
def test_only_what_waits_is_decided(in_state, zhao, state, verb):
    record = in_state(state)
    before = (record.status, steps(record))

    decide = {
        "confirm": lambda: workflow.confirm_duties([record], by=zhao, now=TODAY),
        "return": lambda: workflow.return_duties([record], reason="请补充。", by=zhao, now=TODAY),
    }[verb]
    with pytest.raises(workflow.MoveNotAllowed, match=f"现在是“{record.get_status_display()}”"):
        decide()

    record.refresh_from_db()
    assert (record.status, steps(record)) == before


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_returning_needs_a_reason(logged, zhao, reason):
    with pytest.raises(workflow.ReasonMissing, match="请写明为什么退回"):
        workflow.return_duties([logged], reason=reason, by=zhao, now=TODAY)


def test_each_person_is_told_once_what_came_back(clock, chen, lin, zhao):
    mine, more, hers = log(chen), log(chen, title="另一件"), log(lin)

    assert workflow.return_duties([mine, more, hers], reason="请补充地点。", by=zhao, now=TODAY) == 3

    to_chen, to_lin = Message.objects.order_by("recipient__username").all()
    assert (to_chen.recipient, to_lin.recipient) == (chen, lin)
    assert to_chen.subject == "退回，请修改：2 条履职记录"
    assert to_lin.subject == "退回，请修改：3月2日走访选民"
    assert "退回原因：请补充地点。" in to_lin.body
    assert to_lin.url == f"/deputies/duty/{hers.pk}/"
    assert to_chen.url == "/deputies/file/"


def _become_clerk(user):
    """Let somebody keep the mandate and work in the office as well."""
    user.role = "clerk"
    user.save()
    return user


def test_nobody_decides_on_a_line_of_their_own(logged, chen, lin, zhao):
    """One of two is about oneself: nothing at all is confirmed."""
    hers = log(lin)
    clerk = _become_clerk(chen)

    for verb in (
        lambda: workflow.confirm_duties([hers, logged], by=clerk, now=TODAY),
        lambda: workflow.return_duties([hers, logged], reason="请补充。", by=clerk, now=TODAY),
    ):
        with pytest.raises(PermissionDenied, match="关于您自己的记录"):
            verb()
    assert DutyRecord.objects.waiting().count() == 2

    workflow.confirm_duties([logged], by=zhao, now=TODAY)
    with pytest.raises(PermissionDenied, match="关于您自己的记录"):
        workflow.correct_duty(logged, **OTHER, outcome=DutyOutcome.DONE, reason="改。", by=clerk, now=TODAY)


def test_only_the_committee_decides(logged, cast):
    for name, user in cast.items():
        if name in ("zhao", "sun", "fang"):
            continue
        with pytest.raises(PermissionDenied):
            workflow.confirm_duties([logged], by=user, now=TODAY)
        with pytest.raises(PermissionDenied):
            workflow.return_duties([logged], reason="请补充。", by=user, now=TODAY)
        with pytest.raises(PermissionDenied):
            workflow.correct_duty(logged, **OTHER, outcome=DutyOutcome.DONE, reason="改。", by=user, now=TODAY)
        with pytest.raises(PermissionDenied):
            workflow.enter_duty(logged.person, **OTHER, key=new_key(), by=user, now=TODAY)


# ---- entering and correcting


def test_staff_enter_a_line_that_is_confirmed_at_once(clock, chen, zhao):
    record = workflow.enter_duty(
        chen.person, **LINE, outcome=DutyOutcome.EXCUSED, photos=[photo()], key=new_key(), by=zhao, now=TODAY
    )

    assert (record.status, record.outcome, record.logged_by, record.decided_by) == (
        DutyStatus.CONFIRMED, DutyOutcome.EXCUSED, zhao, zhao,
    )  # fmt: skip
    assert steps(record) == [DutyStep.ENTERED]


def test_a_second_click_enters_no_second_line(clock, chen, zhao):
    key = new_key()

    first = workflow.enter_duty(chen.person, **LINE, key=key, by=zhao, now=TODAY)
    assert workflow.enter_duty(chen.person, **LINE, key=key, by=zhao, now=TODAY) == first


def test_staff_enter_nothing_about_themselves(clock, chen):
    with pytest.raises(PermissionDenied, match="不能代记自己的履职"):
        workflow.enter_duty(chen.person, **LINE, key=new_key(), by=_become_clerk(chen), now=TODAY)


def test_entering_asks_for_the_day(clock, chen, zhao):
    with pytest.raises(workflow.DutyDayNotAllowed, match="不在陈思齐的任职期间"):
        workflow.enter_duty(chen.person, **LINE | {"on": date(2020, 1, 1)}, key=new_key(), by=zhao, now=TODAY)


@pytest.mark.parametrize("state", ["confirmed", "posted"])
def test_a_correction_keeps_the_old_line_visible(in_state, chen, sun, state):
    old = in_state(state)
    url = old.source_url

    new = workflow.correct_duty(old, **OTHER, outcome=DutyOutcome.ABSENT, reason="记错了人。", by=sun, now=TODAY)

    old.refresh_from_db()
    assert (old.status, new.status, new.corrects) == (DutyStatus.CORRECTED, DutyStatus.CONFIRMED, old)
    assert (new.title, new.outcome, new.source_url, new.source_key) == (OTHER["title"], DutyOutcome.ABSENT, url, "")
    assert set(DutyRecord.objects.shown()) == {old, new}
    assert list(DutyRecord.objects.counted()) == [new]
    event = old.events.get(kind=DutyStep.CORRECTED)
    assert (event.actor, event.note) == (sun, "记错了人。")
    message = Message.objects.get()
    assert message.recipient == chen
    assert "更正原因：记错了人。" in message.body


def test_a_correction_can_be_corrected(corrected, sun):
    latest = workflow.correct_duty(
        corrected.correction, **OTHER, outcome=DutyOutcome.DONE, reason="再改。", by=sun, now=TODAY
    )

    assert list(DutyRecord.objects.counted()) == [latest]
    assert latest.corrects.corrects == corrected


@pytest.mark.parametrize("state", ["logged", "returned", "corrected", "withdrawn"])
def test_only_what_is_confirmed_is_corrected(in_state, sun, state):
    with pytest.raises(workflow.MoveNotAllowed, match="只有已确认的记录可以更正"):
        workflow.correct_duty(in_state(state), **OTHER, outcome=DutyOutcome.DONE, reason="改。", by=sun, now=TODAY)


def test_a_correction_needs_a_reason_and_something_new(confirmed, sun):
    with pytest.raises(workflow.ReasonMissing):
        workflow.correct_duty(confirmed, **OTHER, outcome=DutyOutcome.DONE, reason=" ", by=sun, now=TODAY)
    with pytest.raises(workflow.NothingToCorrect):
        workflow.correct_duty(confirmed, **LINE, outcome=DutyOutcome.DONE, reason="改。", by=sun, now=TODAY)
    ahead = OTHER | {"on": date(2026, 3, 6)}
    with pytest.raises(workflow.DutyDayNotAllowed):
        workflow.correct_duty(confirmed, **ahead, outcome=DutyOutcome.DONE, reason="改。", by=sun, now=TODAY)
    assert DutyRecord.objects.count() == 1


def test_a_correction_goes_with_its_source_and_a_new_one_may_follow(posted, zhao, sun):
    correction = workflow.correct_duty(posted, **OTHER, outcome=DutyOutcome.DONE, reason="改。", by=sun, now=TODAY)
    workflow.withdraw_duty(source_key=posted.source_key, by=zhao, now=TODAY)
    assert not DutyRecord.objects.shown().exists()

    again = post(posted.person.user, by=zhao)
    assert (again.pk, again.status) == (posted.pk, DutyStatus.CONFIRMED)
    second = workflow.correct_duty(again, **OTHER, outcome=DutyOutcome.DONE, reason="再改。", by=sun, now=TODAY)

    correction.refresh_from_db()
    assert (correction.status, correction.corrects) == (DutyStatus.WITHDRAWN, None)
    assert list(DutyRecord.objects.counted()) == [second]
