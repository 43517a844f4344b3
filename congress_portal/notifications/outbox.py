"""Tell people something, from inside the verb that has something to tell.

The row is the message and the queue only a doorbell: a broker that is down loses nothing, because beat sweeps
the outbox every minute.
"""

import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import Truncator
from kombu.exceptions import KombuError
from kombu.pools import producers

from congress_portal.accounts.models import User
from congress_portal.notifications.choices import State
from congress_portal.notifications.models import Message

logger = logging.getLogger(__name__)

DELIVER_TASK = "congress_portal.notifications.tasks.deliver_messages"

# A doorbell that reaches nobody soon is no use: whoever waits for it is a resident in front of a form. The usual
# settings of the queue would retry the connection for seconds.
_DOORBELL_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0}
_SWEEP_SECONDS = 60


def notify(*, to: Iterable[User], subject: str, body: str, url: str = "", dedupe_key: str = "") -> list[Message]:
    """Write one message per person, in the caller's transaction, and wake the worker once it has committed.

    Must be called inside a transaction, so that a message and the step it reports stand or fall together. With a
    ``dedupe_key`` each person is told once, ever; the list returned holds only the rows really written.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("notify() belongs inside the transaction of the step it reports.")
    if url and not is_local_path(url):
        raise ValueError("A message leads to a page of this portal: a path that starts with one slash.")
    subject = Truncator(" ".join(subject.split())).chars(Message._meta.get_field("subject").max_length)
    messages = [
        Message(
            recipient=person,
            subject=subject,
            body=body,
            url=url,
            dedupe_key=dedupe_key,
            **({} if can_be_emailed(person) else {"state": State.NOT_NEEDED, "next_attempt_at": None}),
        )
        for person in {person.pk: person for person in to}.values()
    ]
    if dedupe_key:
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        written = set(Message.objects.filter(pk__in=[m.pk for m in messages]).values_list("pk", flat=True))
        messages = [message for message in messages if message.pk in written]
    else:
        Message.objects.bulk_create(messages)
    if any(message.state == State.PENDING for message in messages):
        ring_after_commit()
    return messages


def can_be_emailed(person: User) -> bool:
    return bool(person.email and person.is_active)


def is_local_path(url: str) -> bool:
    """Say whether an address stays on this site whatever the browser makes of it (``//host``, backslashes)."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def ring_after_commit() -> None:
    """Ring once for the whole transaction, however many messages it wrote: with a dead broker each ring costs time."""
    waiting = transaction.get_connection().run_on_commit
    if not any(function is ring_doorbell for _, function, _ in waiting):
        transaction.on_commit(ring_doorbell, robust=True)


def ring_doorbell() -> None:
    """Wake a worker; a broker that is away costs at most about two seconds and one line in the log."""
    # kombu keeps one pool of open connections per set of options: a new connection each time would cost ten times
    # as much as the ring itself.
    pool = producers[current_app.connection(transport_options=_DOORBELL_OPTIONS)]
    try:
        with pool.acquire(block=True, timeout=1) as producer:
            # A ring that waited longer than the sweep's interval has been overtaken by it.
            current_app.send_task(DELIVER_TASK, producer=producer, retry=False, expires=_SWEEP_SECONDS)
    except (KombuError, OSError) as error:
        logger.warning("The queue does not answer (%s); the sweep will deliver.", type(error).__name__)
