"""Residents' seats at open activities: taken, given up, taken out on request, and forgotten.

It is Thursday, 5 March 2026, 10:00. The open inspection is on Friday, 9:00 to 11:00, with ten seats.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from congress_portal.common import codes
from deputies import workflow
from deputies.models import Activity, ResidentSignUp
from deputies.selectors import public
from deputies.tasks.seats import erase_expired_sign_ups
from tests.deputies.activities.meetings import COMING, LONG, Meetings, steps_of
from tests.suggestions.story import TODAY, moment
from tests.suggestions.test_concurrency import in_the_same_instant

PHONE = "13800000001"


def take(activity: Activity, *, now: Any = TODAY, key: str = "", **changed: Any) -> workflow.Seat:
    filled_in = {"name": "王女士", "phone": PHONE, "head_count": 2} | changed
    return workflow.take_seat(activity, **filled_in, key=key or codes.new_form_key(), now=now)


def phone(number: int) -> str:
    return f"138{number:08d}"


@dataclass(frozen=True)
class Offer:
    """Activities with ten seats for residents."""

    meetings: Meetings

    def announced(self, **changed: Any) -> Activity:
        return self.meetings.announce(**{"is_open": True, "seats": 10} | changed)

    def in_state(self, state: str) -> Activity:
        return self.meetings.in_state(state, is_open=True, seats=10)


@pytest.fixture
def offer(clock, committee, zhao, chen) -> Offer:
    return Offer(Meetings(zhao, [chen.person]))


# ---- taking


def test_take_seat_keeps_what_was_filled_in_and_no_code(offer):
    activity = offer.announced()

    seat = take(activity)

    assert seat.is_new
    row = ResidentSignUp.objects.get()
    assert (row.activity, row.name, row.phone, row.head_count) == (activity, "王女士", PHONE, 2)
    assert (row.created_at, row.cancelled_at) == (TODAY, None)
    assert public.SEAT_CODES.is_well_formed(seat.code)
    assert seat.code not in str(ResidentSignUp.objects.values().get())
    assert public.seats_left(activity) == 8


def test_one_form_sent_again_is_the_same_seat_with_the_same_code(offer):
    activity, key = offer.announced(), codes.new_form_key()
    first = take(activity, key=key)

    again = take(activity, key=key)

    assert (again.sign_up, again.code, again.is_new) == (first.sign_up, first.code, False)
    assert ResidentSignUp.objects.count() == 1


@pytest.mark.parametrize("changed", [{"head_count": 3}, {"phone": phone(2)}, {"name": "李先生"}])
def test_form_that_comes_back_with_something_else_in_it_is_refused(offer, changed):
    activity, key = offer.announced(), codes.new_form_key()
    take(activity, key=key)

    with pytest.raises(workflow.FormAlreadyUsed, match="这张表已经用过一次"):
        take(activity, key=key, **changed)

    assert ResidentSignUp.objects.get().head_count == 2


def test_form_sent_to_another_activity_is_refused(offer):
    key = codes.new_form_key()
    take(offer.announced(), key=key)

    with pytest.raises(workflow.FormAlreadyUsed):
        take(offer.announced(), key=key)


def test_form_of_a_seat_that_was_given_up_is_refused(offer):
    activity, key = offer.announced(), codes.new_form_key()
    workflow.give_up_seat(code=take(activity, key=key).code, now=TODAY)

    with pytest.raises(workflow.FormAlreadyUsed):
        take(activity, key=key)


def test_one_number_signs_up_once_an_activity(offer):
    activity, other = offer.announced(), offer.announced()
    take(activity)

    with pytest.raises(workflow.AlreadySignedUp) as refusal:
        take(activity, name="李先生", head_count=1)

    assert "王女士" not in str(refusal.value)
    assert take(other).is_new


def test_number_may_sign_up_again_after_giving_up(offer):
    activity = offer.announced()
    workflow.give_up_seat(code=take(activity).code, now=TODAY)

    assert take(activity, head_count=1).is_new


def test_database_takes_a_number_once_an_activity(offer):
    sign_up = take(offer.announced()).sign_up
    row = {"activity": sign_up.activity, "phone": PHONE, "created_at": TODAY}

    with pytest.raises(IntegrityError), transaction.atomic():
        ResidentSignUp.objects.create(**row, code_digest="a", submission_digest="a")
    ResidentSignUp.objects.create(**row, code_digest="b", submission_digest="b", cancelled_at=TODAY)


@pytest.mark.parametrize(
    ("heads", "words"), [(3, "只剩 2 个名额，请减少人数再报名。"), (5, "只剩 2 个名额，请减少人数再报名。")]
)
def test_more_people_than_seats_are_refused_with_what_is_left(offer, heads, words):
    activity = offer.announced(seats=4)
    take(activity)

    with pytest.raises(workflow.SeatsFull) as refusal:
        take(activity, phone=phone(2), head_count=heads)

    assert str(refusal.value) == words
    assert take(activity, phone=phone(2), head_count=2).is_new


def test_full_activity_is_refused_until_somebody_gives_up(offer):
    activity = offer.announced(seats=2)
    code = take(activity).code
    with pytest.raises(workflow.SeatsFull, match="名额已经报满"):
        take(activity, phone=phone(2), head_count=1)

    workflow.give_up_seat(code=code, now=TODAY)

    assert take(activity, phone=phone(2), head_count=1).is_new
    assert public.seats_left(activity) == 1


def test_activity_without_a_limit_takes_everybody(offer):
    activity = offer.announced(seats=None)

    for number in range(3):
        take(activity, phone=phone(number), head_count=5)

    assert public.seats_left(activity) is None


@pytest.mark.parametrize("heads", [0, -1, 6])
def test_head_count_that_may_not_be_is_refused(offer, heads):
    with pytest.raises(workflow.HeadCountNotAllowed, match="1 至 5 人"):
        take(offer.announced(), head_count=heads)


@pytest.mark.parametrize(
    ("state", "refusal", "words"),
    [
        ("planned", workflow.MoveNotAllowed, "不向居民开放报名"),
        ("held", workflow.SignUpClosed, "已经开始或结束"),
        ("cancelled", workflow.SignUpClosed, "已经取消"),
    ],
)
def test_take_seat_is_refused_in_every_other_state(offer, state, refusal, words):
    activity = offer.in_state(state)

    with pytest.raises(refusal, match=words):
        take(activity)

    assert not ResidentSignUp.objects.exists()


def test_take_seat_at_an_activity_that_is_not_open_is_refused(offer):
    with pytest.raises(workflow.MoveNotAllowed, match="不向居民开放报名"):
        take(offer.announced(is_open=False))


@pytest.mark.parametrize(
    ("until", "now", "is_taken"),
    [
        (None, COMING - timedelta(seconds=1), True),
        (None, COMING, False),
        (moment(3, 5, 18), moment(3, 5, 17, 59), True),
        (moment(3, 5, 18), moment(3, 5, 18), False),
    ],
)
def test_sign_up_closes_at_the_last_moment(offer, until, now, is_taken):
    activity = offer.announced(sign_up_until=until)

    if is_taken:
        assert take(activity, now=now).is_new
    else:
        with pytest.raises(workflow.SignUpClosed):
            take(activity, now=now)


# ---- giving up


def test_give_up_seat_leaves_the_row_and_frees_the_seats(offer):
    activity = offer.announced()
    code = take(activity).code

    given_up = workflow.give_up_seat(code=code, now=TODAY)

    assert (given_up.cancelled_at, given_up.head_count) == (TODAY, 2)
    assert ResidentSignUp.objects.values_list("name", "phone", "head_count").get() == ("", "", 2)
    assert public.seats_left(activity) == 10
    assert public.find_seat(code=code, phone_tail="0001") == given_up


def test_give_up_seat_twice_keeps_the_first_time(offer):
    code = take(offer.announced()).code
    workflow.give_up_seat(code=code, now=TODAY)

    assert workflow.give_up_seat(code=code, now=TODAY + timedelta(hours=1)).cancelled_at == TODAY


def test_give_up_seat_without_one_is_refused(offer):
    with pytest.raises(workflow.SeatUnknown, match="没有找到"):
        workflow.give_up_seat(code=public.SEAT_CODES.code_for(codes.new_form_key()), now=TODAY)


def test_give_up_seat_once_it_has_begun_is_refused(offer):
    code = take(offer.announced()).code

    with pytest.raises(workflow.SignUpClosed, match="已经开始"):
        workflow.give_up_seat(code=code, now=COMING)


def test_code_works_after_the_secret_was_changed(offer, settings):
    code = take(offer.announced()).code
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert workflow.give_up_seat(code=code, now=TODAY).cancelled_at == TODAY


@pytest.mark.parametrize("tail", ["0001", "0002", "", "13800000001"])
def test_find_seat_wants_code_and_tail(offer, tail):
    seat = take(offer.announced())

    found = public.find_seat(code=seat.code, phone_tail=tail)

    assert found == (seat.sign_up if tail == "0001" else None)


def test_seat_code_is_none_of_a_suggestion_from_the_same_form():
    key = codes.new_form_key()
    tracking = codes.CodeKind("tracking", random_length=9, group=5)

    assert public.SEAT_CODES.code_for(key) != tracking.code_for(key)


# ---- taken out, and forgotten


def test_take_out_erases_and_frees_the_seats_before_the_activity(offer, sun):
    activity = offer.announced()
    sign_up = take(activity).sign_up

    workflow.take_out_sign_up(sign_up, by=sun, now=TODAY)

    sign_up.refresh_from_db()
    assert (sign_up.name, sign_up.phone, sign_up.head_count, sign_up.cancelled_at) == ("", "", 2, TODAY)
    event = activity.events.order_by("pk").last()
    assert (event.kind, event.actor, event.note) == ("changed", sun, "替居民取消报名，空出 2 个名额")
    assert public.seats_left(activity) == 10


def test_take_out_afterwards_erases_and_keeps_the_head_count(offer, sun):
    activity = offer.announced()
    sign_up = take(activity).sign_up

    workflow.take_out_sign_up(sign_up, by=sun, now=COMING + LONG)
    workflow.take_out_sign_up(sign_up, by=sun, now=COMING + LONG)

    sign_up.refresh_from_db()
    assert (sign_up.name, sign_up.phone, sign_up.head_count, sign_up.cancelled_at) == ("", "", 2, None)
    assert steps_of(activity).count("changed") == 1


@pytest.mark.parametrize("name", ["chen", "he", "wu", "shen", "admin"])
def test_take_out_is_for_staff_only(offer, cast, name):
    sign_up = take(offer.announced()).sign_up

    with pytest.raises(PermissionDenied):
        workflow.take_out_sign_up(sign_up, by=cast[name], now=TODAY)

    sign_up.refresh_from_db()
    assert sign_up.phone == PHONE


@pytest.mark.parametrize(
    ("now", "is_erased"),
    [
        (moment(4, 5, 23, 59), False),  # thirty days after the 6th
        (moment(4, 6, 0, 0), True),
        (moment(12, 31), True),
    ],
)
def test_names_and_numbers_are_erased_thirty_days_after_the_activity(offer, now, is_erased):
    sign_up = take(offer.announced()).sign_up

    erased = workflow.erase_expired_sign_ups(now)

    sign_up.refresh_from_db()
    assert erased == int(is_erased)
    assert (sign_up.name, sign_up.phone) == (("", "") if is_erased else ("王女士", PHONE))
    assert sign_up.head_count == 2


def test_second_run_of_the_erasure_finds_none_and_cancelled_ones_are_erased_too(offer):
    activity = offer.announced()
    take(activity, name="")
    ResidentSignUp.objects.update(cancelled_at=TODAY)  # with the number, as before it went at once
    take(activity, phone=phone(2))

    assert [workflow.erase_expired_sign_ups(moment(5, 1)) for _ in range(2)] == [2, 0]
    assert set(ResidentSignUp.objects.values_list("name", "phone")) == {("", "")}


def test_nightly_task_erases(offer, clock):
    take(offer.announced())
    clock.move_to(moment(5, 1))

    erase_expired_sign_ups()

    assert ResidentSignUp.objects.get().phone == ""


def test_privacy_page_says_how_long(visitor, committee):
    assert "活动结束 30 天后删除" in visitor.get("/privacy/").content.decode()


# ---- in the same instant


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_burst_of_fifty_for_ten_seats_never_oversells(offer):
    activity = offer.announced()

    outcomes = in_the_same_instant(lambda number: take(activity, phone=phone(number), head_count=1), 50)

    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(workflow.Seat), kinds.count(workflow.SeatsFull)) == (10, 40)
    assert public.seats_left(activity) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_number_in_ten_forms_at_once_signs_up_once(offer):
    activity = offer.announced()

    outcomes = in_the_same_instant(lambda number: take(activity), 10)

    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(workflow.Seat), kinds.count(workflow.AlreadySignedUp)) == (1, 9)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_form_sent_ten_times_at_once_is_one_seat_with_one_code(offer):
    activity, key = offer.announced(), codes.new_form_key()

    outcomes = in_the_same_instant(lambda number: take(activity, key=key), 10)

    assert [outcome.is_new for outcome in outcomes].count(True) == 1
    assert len({outcome.code for outcome in outcomes}) == 1
    assert ResidentSignUp.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_seats_are_taken_from_no_activity_that_is_cancelled_meanwhile(offer, zhao):
    for number in range(3):
        activity = offer.announced()

        def work(who: int, activity: Activity = activity, number: int = number) -> Any:
            if who:
                return take(activity, phone=phone(number))
            return workflow.cancel_activity(activity, reason="暴雨", by=zhao, now=TODAY)

        outcomes = in_the_same_instant(work, 2)

        assert isinstance(outcomes[0], Activity)
        assert isinstance(outcomes[1], workflow.Seat | workflow.SignUpClosed)
