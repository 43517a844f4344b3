"""Questions about a person's inbox."""

from collections.abc import Sequence

from django.db.models import Count, Q, Window

from congress_portal.accounts.models import User
from congress_portal.notifications.models import Message, MessageQuerySet


def inbox_of(user: User) -> MessageQuerySet:
    """Return the person's messages for the inbox page: unread before read, newest first."""
    return (
        Message.objects.belonging_to(user)
        .alias(is_read=Q(read_at__isnull=False))
        .order_by("is_read", "-created_at", "pk")
    )


def unread_count(user: User) -> int:
    """Return the number in the badge beside 消息."""
    return Message.objects.belonging_to(user).unread().count()


def latest_unread(user: User, *, limit: int) -> tuple[Sequence[Message], int]:
    """Return the newest unread messages and how many there are in all, in one query."""
    unread = Message.objects.belonging_to(user).unread().annotate(in_all=Window(Count("pk")))
    newest = list(unread.order_by("-created_at", "pk")[:limit])
    return newest, newest[0].in_all if newest else 0
