"""A real worker with its beat reminds by itself: nobody calls anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.worker import ROOT, Portal, wait_until

# A case whose answer was due yesterday, and whose officer has an address.
OVERDUE = """
from datetime import timedelta
from django.utils import timezone
from congress_portal.accounts.choices import Role
from tests.factories import CommitteeFactory, CommunityFactory, DepartmentFactory, UserFactory
from tests.suggestions.story import Office
now, department = timezone.now(), DepartmentFactory(name="城建办")
CommitteeFactory()
officer = UserFactory(username="wu", role=Role.OFFICER, department=department, email="wu@example.test")
office = Office(UserFactory(username="zhao"), officer, department, CommunityFactory())
for number in range({count}):
    case = office.accept(office.submit(now=now - timedelta(days=9)).suggestion, now=now - timedelta(days=8))
    office.assign(case, now=now - timedelta(days=7), due_on=timezone.localdate() - timedelta(days=1))
"""
IMPORTS = "from suggestions.models import Reminder; from congress_portal.notifications.models import Message"
TO_WU = """[str(pk) for pk in Message.objects.filter(
    recipient__username="wu", dedupe_key__startswith="reminder:").values_list("pk", flat=True)]"""
STAGES = "list(Reminder.objects.values_list('stage', 'told_count'))"
RAN = "send_due_reminders[", "succeeded"


def runs(log: str) -> int:
    return sum(all(part in line for part in RAN) for line in log.splitlines())


def assert_due_case_is_told_once_by_itself(portal: Portal) -> None:
    portal.shell(OVERDUE.format(count=1))
    assert portal.answer(STAGES, IMPORTS) == []

    with portal.worker(beat=True):
        wait_until(lambda: portal.answer(TO_WU, IMPORTS), what="the reminder")
        (message,) = portal.answer(TO_WU, IMPORTS)
        wait_until(lambda: message in portal.mail_ids(), what="its e-mail")

    with portal.worker(beat=True) as started_again:
        wait_until(lambda: runs(started_again.log()), what="a second run")

    assert portal.answer(STAGES, IMPORTS) == [["overdue", 2]]
    assert portal.mail_ids().count(message) == 1


def test_worker_on_the_embedded_queue_reminds_by_itself(embedded_portal):
    assert_due_case_is_told_once_by_itself(embedded_portal)


def test_worker_reminds_when_it_is_ready_even_if_nothing_came_from_beat(embedded_portal):
    embedded_portal.shell(OVERDUE.format(count=1))

    with embedded_portal.worker():
        wait_until(lambda: embedded_portal.answer(TO_WU, IMPORTS), what="the reminder")

    assert embedded_portal.answer(STAGES, IMPORTS) == [["overdue", 2]]


@pytest.mark.services
def test_worker_on_redis_and_postgresql_reminds_by_itself(service_portal):
    assert_due_case_is_told_once_by_itself(service_portal)


@pytest.mark.services
def test_two_processes_at_once_tell_everything_once(service_portal):
    service_portal.shell(OVERDUE.format(count=40))

    command = [sys.executable, "manage.py", "send_due_reminders"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=service_portal.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = [process.communicate(timeout=60)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    told = [int(text.rpartition("已提醒 ")[2].partition(" 件")[0]) for text in printed]
    assert sum(told) == 40
    assert service_portal.answer("Reminder.objects.count()", IMPORTS) == 40
    assert len(service_portal.answer(TO_WU, IMPORTS)) == 40


def test_beat_starts_although_the_queue_does_not_answer(embedded_portal):
    done = embedded_portal.shell(
        "from celery.signals import beat_init; from congress_portal.celery import remind_at_once; "
        "print(beat_init.send(sender=None))",
        REDIS_URL="redis://127.0.0.1:1/0",
    )

    assert "The queue does not answer (OperationalError); reminders wait for the schedule." in done.stderr
    assert "Traceback" not in done.stderr
