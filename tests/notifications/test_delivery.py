"""From the row to the e-mail: each message leaves once, and a server that refuses gets another chance."""

import logging
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.notifications.choices import PAUSES, State
from congress_portal.notifications.delivery import CLAIM, REFUSALS_IN_A_ROW, claim_due, deliver_due
from congress_portal.notifications.models import Message
from congress_portal.notifications.outbox import notify
from congress_portal.notifications.tasks import deliver_messages


class Clock:
    """A clock that stands still until somebody turns it."""

    def __init__(self) -> None:
        self.now = timezone.now() + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def message(told: User) -> Message:
    (message,) = notify(to=[told], subject="有一件待受理", body="请尽快受理。")
    return message


@pytest.fixture
def dead_mail_server(settings) -> Iterator[Callable[[], None]]:
    """The mail server refuses every connection, until the function given here is called."""
    working = settings.EMAIL_BACKEND
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
        yield lambda: setattr(settings, "EMAIL_BACKEND", working)


def test_delivery_sends_the_message_with_the_id_of_its_row(message, clock):
    outcome = deliver_due(clock=clock)

    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("有一件待受理", "请尽快受理。", ["shou@example.test"])
    assert sent.message()["Message-ID"] == f"<{message.pk}@localhost>"
    assert outcome == {State.SENT: 1}
    message.refresh_from_db()
    assert (message.state, message.attempts, message.sent_at, message.claimed_until, message.next_attempt_at) == (
        State.SENT,
        1,
        clock.now,
        None,
        None,
    )


def test_delivery_run_again_sends_nothing_more(message, clock):
    deliver_due(clock=clock)

    assert deliver_due(clock=clock) == {}
    assert len(mail.outbox) == 1


def test_deliver_task_reads_the_clock_itself(message):
    deliver_messages()

    assert len(mail.outbox) == 1


def test_delivery_empties_an_outbox_larger_than_a_batch(told, clock):
    for number in range(45):
        notify(to=[told], subject=f"第 {number} 件", body="")

    assert deliver_due(clock=clock) == {State.SENT: 45}
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 45


def test_claim_of_a_worker_that_may_be_alive_is_left_alone(message, clock):
    assert claim_due(now=clock.now) == [message]

    clock.now += CLAIM - timedelta(seconds=1)

    assert deliver_due(clock=clock) == {}


def test_claim_of_a_dead_worker_ends_and_the_message_goes_with_the_same_id(message, clock):
    claim_due(now=clock.now)

    clock.now += CLAIM
    deliver_due(clock=clock)

    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [f"<{message.pk}@localhost>"]


def test_claims_do_not_overlap(told, clock):
    for number in range(30):
        notify(to=[told], subject=f"第 {number} 件", body="")

    first, second = claim_due(now=clock.now), claim_due(now=clock.now)

    assert (len(first), len(second)) == (20, 10)
    assert {row.pk for row in first} & {row.pk for row in second} == set()


def test_refused_message_waits_longer_each_time_and_then_fails(message, clock, dead_mail_server):
    states = []
    for pause in PAUSES:
        assert deliver_due(clock=clock) == {State.PENDING: 1}
        message.refresh_from_db()
        assert message.next_attempt_at == clock.now + pause
        clock.now += pause - timedelta(seconds=1)
        assert deliver_due(clock=clock) == {}
        clock.now += timedelta(seconds=1)
        states.append(message.state)

    assert deliver_due(clock=clock) == {State.FAILED: 1}
    message.refresh_from_db()
    assert states == [State.PENDING] * 6
    assert (message.state, message.attempts, message.next_attempt_at) == (State.FAILED, 7, None)
    assert message.last_error.startswith("ConnectionRefusedError: ")
    assert [pause.total_seconds() / 60 for pause in PAUSES] == [1, 5, 30, 120, 360, 1440]


def test_refused_message_goes_out_when_the_server_is_back(message, clock, dead_mail_server):
    deliver_due(clock=clock)
    assert mail.outbox == []

    dead_mail_server()
    clock.now += PAUSES[0]
    deliver_due(clock=clock)

    message.refresh_from_db()
    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [f"<{message.pk}@localhost>"]
    assert (message.state, message.attempts, message.last_error) == (State.SENT, 2, "")


def test_dead_server_is_asked_only_a_few_times_per_sweep(told, clock, dead_mail_server):
    for number in range(6):
        notify(to=[told], subject=f"第 {number} 件", body="")

    assert deliver_due(clock=clock) == {State.PENDING: REFUSALS_IN_A_ROW}
    assert Message.objects.filter(attempts=0, claimed_until=None).count() == 6 - REFUSALS_IN_A_ROW

    dead_mail_server()

    assert deliver_due(clock=clock) == {State.SENT: 6 - REFUSALS_IN_A_ROW}


def test_bad_address_does_not_hold_up_the_others(told, clock):
    bad = User.objects.create_user("huai", display_name="坏地址", role=told.role, email="huai@example.test")
    User.objects.filter(pk=bad.pk).update(email="huai@example.test\nBcc: all@example.test")
    bad.refresh_from_db()
    notify(to=[bad], subject="第一件", body="")
    notify(to=[told], subject="第二件", body="")

    assert deliver_due(clock=clock) == {State.PENDING: 1, State.SENT: 1}
    assert [sent.subject for sent in mail.outbox] == ["第二件"]


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_message_stays_inside_when_the_person_cannot_be_mailed_any_more(message, told, clock, change):
    User.objects.filter(pk=told.pk).update(**change)

    assert deliver_due(clock=clock) == {State.NOT_NEEDED: 1}
    assert mail.outbox == []


def test_worker_that_was_too_slow_does_not_free_what_another_has_claimed(message, clock, monkeypatch):
    taken_over = {}

    def refuse_after_losing_the_claim(self: mail.EmailMessage) -> None:
        clock.now += CLAIM
        taken_over["rows"] = claim_due(now=clock.now)
        raise TimeoutError

    monkeypatch.setattr(mail.EmailMessage, "send", refuse_after_losing_the_claim)
    deliver_due(clock=clock)

    message.refresh_from_db()
    assert taken_over["rows"] == [message]
    assert (message.claimed_until, message.attempts) == (clock.now + CLAIM, 0)


def test_log_names_no_address_and_no_text(message, told, clock, dead_mail_server, caplog):
    with caplog.at_level(logging.DEBUG, logger="congress_portal"):
        deliver_due(clock=clock)

    assert str(message.pk) in caplog.text
    assert "ConnectionRefusedError" in caplog.text
    for private in (told.email, message.subject, message.body):
        assert private not in caplog.text
