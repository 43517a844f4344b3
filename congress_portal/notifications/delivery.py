"""Carry due messages out of the portal: claim a few rows, send them one by one, write down what became of each.

A worker may be killed at any line. What it had claimed is free again after CLAIM; the one message it was just
sending may then go out twice, with the same Message-ID.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from congress_portal.notifications.choices import PAUSES, State
from congress_portal.notifications.models import Message, MessageQuerySet
from congress_portal.notifications.outbox import can_be_emailed

logger = logging.getLogger(__name__)

BATCH = 20
CLAIM = timedelta(minutes=5)
# A message is only begun while so much of the claim is left: every step of an SMTP conversation may use up
# EMAIL_TIMEOUT, and no second worker may begin before this one has ended.
LONGEST_SEND = timedelta(minutes=2)
# So many refusals in a row mean that the server is away, not that these addresses are wrong. The rest waits for
# the next sweep instead of holding up the worker's other work, one timeout after the other.
REFUSALS_IN_A_ROW = 3


def deliver_due(*, clock: Callable[[], datetime]) -> Counter[State]:
    """Send every message that is due by the clock; return how many ended in each state."""
    outcome: Counter[State] = Counter()
    refusals = 0
    while refusals < REFUSALS_IN_A_ROW:
        claimed_at = clock()
        batch = claim_due(now=claimed_at)
        if not batch:
            break
        while batch and refusals < REFUSALS_IN_A_ROW and clock() < claimed_at + CLAIM - LONGEST_SEND:
            state = _deliver(batch.pop(0), clock=clock)
            outcome[state] += 1
            refusals = 0 if state in {State.SENT, State.NOT_NEEDED} else refusals + 1
        _still_claimed(batch).update(claimed_until=None)
    return outcome


def claim_due(*, now: datetime) -> list[Message]:
    """Take the next few due messages, so that no other worker takes them before the claim ends.

    PostgreSQL skips rows another worker is just claiming; on SQLite the transaction itself (IMMEDIATE) keeps the
    other worker out.
    """
    with transaction.atomic():
        batch = list(
            Message.objects.due(now=now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .order_by("next_attempt_at", "pk")[:BATCH]
        )
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(claimed_until=now + CLAIM)
    for message in batch:
        message.claimed_until = now + CLAIM
    return batch


def email_id(message: Message) -> str:
    """Return the Message-ID, the same at every try."""
    return f"<{message.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


def _deliver(message: Message, *, clock: Callable[[], datetime]) -> State:
    if not can_be_emailed(message.recipient):  # the address was taken away, or the account closed, since then
        _still_claimed([message]).update(claimed_until=None, state=State.NOT_NEEDED, next_attempt_at=None)
        return State.NOT_NEEDED
    try:
        _send(message)
    except Exception as error:  # whatever one message does to the channel, the others still go
        return _put_off(message, error, now=clock())
    # Whoever holds the claim by now: it has gone out.
    Message.objects.filter(pk=message.pk, state=State.PENDING).update(
        claimed_until=None,
        state=State.SENT,
        sent_at=clock(),
        next_attempt_at=None,
        attempts=F("attempts") + 1,
        last_error="",
    )
    return State.SENT


def _send(message: Message) -> None:
    EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.recipient.email],
        headers={"Message-ID": email_id(message)},
    ).send()


def _put_off(message: Message, error: Exception, *, now: datetime) -> State:
    # Addresses and texts stay out of the log; the outbox page shows the server's words to those who may see it.
    logger.warning("Message %s was not taken (%s).", message.pk, type(error).__name__)
    tries = message.attempts + 1
    pause = PAUSES[tries - 1] if tries <= len(PAUSES) else None
    state = State.PENDING if pause else State.FAILED
    _still_claimed([message]).update(
        claimed_until=None,
        state=state,
        attempts=tries,
        next_attempt_at=now + pause if pause else None,
        last_error=f"{type(error).__name__}: {error}"[: Message._meta.get_field("last_error").max_length],
    )
    return state


def _still_claimed(batch: list[Message]) -> MessageQuerySet:
    """Leave alone what another worker has claimed since: this one was too slow."""
    return Message.objects.filter(
        pk__in=[message.pk for message in batch], claimed_until__in={message.claimed_until for message in batch}
    )
