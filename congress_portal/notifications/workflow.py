"""Verbs on messages: reading one's own, and sending a failed one again."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from congress_portal.accounts.models import User
from congress_portal.common.refusal import Refusal
from congress_portal.notifications.choices import State
from congress_portal.notifications.models import Message
from congress_portal.notifications.outbox import ring_after_commit


class NotFailed(Refusal):
    """Only a message that has failed can be sent again."""


def mark_read(message: Message, *, now: datetime) -> None:
    """Note when the person first opened the message; a second opening changes nothing."""
    Message.objects.filter(pk=message.pk).unread().update(read_at=now)


def mark_all_read(*, by: User, now: datetime) -> int:
    """Mark everything in the person's own inbox as read; return how many messages that were."""
    return Message.objects.belonging_to(by).unread().update(read_at=now)


def resend(message: Message, *, by: User, now: datetime) -> None:
    """Put a failed message back into the outbox, with all its tries before it.

    Raises NotFailed when it was sent, or sent again, in the meantime.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.state != State.FAILED:
            raise NotFailed(
                f"“{message.subject}”现在是“{message.get_state_display()}”，只有发送失败的消息可以重新发送；请刷新后再看。"
            )
        message.state = State.PENDING
        message.attempts = 0
        message.next_attempt_at = now
        message.save(update_fields=["state", "attempts", "next_attempt_at"])
        LogEntry.objects.log_actions(by.pk, [message], CHANGE, "重新发送。", single_object=True)
        ring_after_commit()
