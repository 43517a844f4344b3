"""Tell people something, from inside the verb that has something to tell.

The row is the message and the queue only a doorbell: a broker that is down loses nothing, because beat sweeps
the outbox every minute.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import Truncator

from congress_portal.accounts.models import User
from congress_portal.common import doorbell
from congress_portal.notifications.choices import State
from congress_portal.notifications.models import SUBJECT_LENGTH, Message

DELIVER_TASK = "congress_portal.notifications.tasks.deliver_messages"


def notify(*, to: Iterable[User], subject: str, body: str, url: str = "", dedupe_key: str = "") -> list[Message]:
    """Write one message per person, in the caller's transaction, and wake the worker once it has committed.

    Must be called inside a transaction, so that a message and the step it reports stand or fall together. With a
    ``dedupe_key`` each person is told once, ever; the list returned holds only the rows really written.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("notify() belongs inside the transaction of the step it reports.")
    if url and not is_local_path(url):
        raise ValueError("A message leads to a page of this portal: a path that starts with one slash.")
    subject = Truncator(" ".join(subject.split())).chars(SUBJECT_LENGTH)
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
    """Wake a worker for whatever is due."""
    doorbell.ring(DELIVER_TASK)
