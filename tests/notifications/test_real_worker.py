"""A worker process on a real broker delivers what another process has committed, exactly once."""

import pytest

from tests.worker import Portal, wait_until

WRITE = """
from django.db import transaction
from congress_portal.accounts.models import User
from congress_portal.notifications.outbox import notify
told = User.objects.filter(username="shou").first() or User.objects.create_user(
    "shou", display_name="收信人", role="clerk", email="shou@example.test")
for number in range({count}):
    with transaction.atomic():
        notify(to=[told], subject=f"第 {{number}} 件", body="请尽快受理。")
"""
IMPORT_MESSAGE = "from congress_portal.notifications.models import Message"
ALL_IDS = "[str(pk) for pk in Message.objects.values_list('pk', flat=True)]"
CLOSED_BROKER = "redis://127.0.0.1:1/0"


def assert_each_message_arrives_once(portal: Portal, *, count: int) -> None:
    with portal.worker(threads=4):
        # One ring per message: the four threads sweep at the same time, again and again.
        portal.shell(WRITE.format(count=count))
        wait_until(lambda: len(portal.mail_ids()) >= count, what=f"{count} e-mails")
        wait_until(
            lambda: portal.answer("Message.objects.filter(state='pending').count()", IMPORT_MESSAGE) == 0,
            what="the last mark",
        )

    ids = portal.answer(ALL_IDS, IMPORT_MESSAGE)
    assert len(ids) == count
    assert sorted(portal.mail_ids()) == sorted(ids)


def test_worker_on_the_embedded_queue_delivers_each_message_once(embedded_portal):
    assert_each_message_arrives_once(embedded_portal, count=30)


@pytest.mark.services
def test_worker_on_redis_and_postgresql_delivers_each_message_once(service_portal):
    assert_each_message_arrives_once(service_portal, count=30)


def test_message_written_while_the_broker_was_down_is_delivered_later(embedded_portal):
    written = embedded_portal.shell(WRITE.format(count=1), REDIS_URL=CLOSED_BROKER)
    assert written.stderr.count("The queue does not answer") == 1
    assert "Traceback" not in written.stderr

    with embedded_portal.worker():
        assert embedded_portal.mail_ids() == []
        # What beat does every minute.
        embedded_portal.shell(
            "from congress_portal.notifications.tasks import deliver_messages; deliver_messages.delay()"
        )
        wait_until(embedded_portal.mail_ids, what="the e-mail")

    assert embedded_portal.mail_ids() == embedded_portal.answer(ALL_IDS, IMPORT_MESSAGE)
