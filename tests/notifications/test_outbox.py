"""notify(): the message stands or falls with the step it reports, and no broker can hold that step up."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from congress_portal.common import doorbell
from congress_portal.notifications.choices import State
from congress_portal.notifications.delivery import deliver_due
from congress_portal.notifications.models import Message
from congress_portal.notifications.outbox import notify, ring_doorbell

DOORBELL_LOG = "congress_portal.common.doorbell"


def test_notify_writes_one_row_per_person(told, unreachable):
    written = notify(to=[told, unreachable, told], subject="有一件待受理", body="请尽快受理。", url="/suggestions/1/")

    rows = Message.objects.order_by("recipient_id")
    assert sorted(written, key=lambda row: row.recipient_id) == list(rows)
    assert [(row.recipient, row.state, row.subject, row.body, row.url, row.read_at) for row in rows] == [
        (told, State.PENDING, "有一件待受理", "请尽快受理。", "/suggestions/1/", None),
        (unreachable, State.NOT_NEEDED, "有一件待受理", "请尽快受理。", "/suggestions/1/", None),
    ]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_notify_outside_a_transaction_is_refused(told):
    with pytest.raises(transaction.TransactionManagementError):
        notify(to=[told], subject="有一件待受理", body="")

    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_notify_is_undone_with_the_step_it_reports(told):
    def step() -> None:
        with transaction.atomic():
            notify(to=[told], subject="有一件待受理", body="")
            assert Message.objects.count() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        step()

    assert not Message.objects.exists()


def test_notify_rings_once_per_transaction(told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        notify(to=[told], subject="第一件", body="")
        with transaction.atomic():
            notify(to=[told], subject="第二件", body="")

    assert len(callbacks) == 1


def test_notify_rings_for_nobody_when_nothing_leaves_the_portal(unreachable, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        notify(to=[unreachable], subject="有一件待受理", body="")

    assert callbacks == []


def test_notify_with_the_same_key_tells_each_person_once(told, unreachable, django_capture_on_commit_callbacks):
    first = notify(to=[told], subject="明天到期", body="", dedupe_key="due:7:2026-11-24")

    with django_capture_on_commit_callbacks() as callbacks:
        again = notify(to=[told, unreachable], subject="明天到期", body="", dedupe_key="due:7:2026-11-24")

    assert [row.recipient for row in first] == [told]
    assert [row.recipient for row in again] == [unreachable]
    assert callbacks == []
    assert Message.objects.count() == 2


def test_notify_without_a_key_tells_again(told):
    notify(to=[told], subject="有一件待受理", body="")
    notify(to=[told], subject="有一件待受理", body="")

    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "url", ["https://example.test/", "//example.test/", "/\\example.test/", "javascript:alert(1)", "suggestions/1/"]
)
def test_notify_refuses_an_address_outside_the_portal(told, url):
    with pytest.raises(ValueError, match="page of this portal"):
        notify(to=[told], subject="有一件待受理", body="", url=url)


def test_notify_keeps_the_subject_on_one_line_and_in_its_field(told):
    (row,) = notify(to=[told], subject="路灯不亮\r\nBcc: all@example.test" + "长" * 200, body="")

    row.full_clean()
    assert row.subject.startswith("路灯不亮 Bcc: all@example.test长")
    assert len(row.subject) == 120


def test_doorbell_rung_in_another_thread_reaches_the_broker_of_the_settings(caplog):
    # A web server answers in threads, and Celery's current app is a matter of the thread.
    with caplog.at_level(logging.INFO):
        ringing = threading.Thread(target=ring_doorbell)
        ringing.start()
        ringing.join()

    assert [line for line in caplog.records if line.name == DOORBELL_LOG] == []


@pytest.mark.parametrize(("given", "expires"), [({}, doorbell.EXPIRES), ({"expires": None}, None)])
def test_doorbell_expires_unless_the_ring_is_wanted_however_late(monkeypatch, given, expires):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **options: sent.append((task, options["expires"])))

    assert doorbell.ring("one.task", **given)

    assert sent == [("one.task", expires)]


@contextmanager
def closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody else gets it, and connecting is refused
        yield taken.getsockname()[1]


@contextmanager
def silent_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("broker", [closed_port, silent_port])
def test_doorbell_of_a_dead_broker_is_one_line_in_the_log(
    broker, told, monkeypatch, caplog, mailoutbox, django_capture_on_commit_callbacks
):
    with broker() as port, caplog.at_level(logging.INFO):
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")
        with django_capture_on_commit_callbacks(execute=True):
            (message,) = notify(to=[told], subject="有一件待受理", body="")

    (line,) = (line for line in caplog.records if line.name == DOORBELL_LOG)
    assert line.levelname == "WARNING"
    assert line.getMessage() == "The queue does not answer (OperationalError); the sweep will do it."
    assert line.exc_info is None
    assert mailoutbox == []

    deliver_due(clock=timezone.now)

    assert [mail.extra_headers["Message-ID"] for mail in mailoutbox] == [f"<{message.pk}@localhost>"]
