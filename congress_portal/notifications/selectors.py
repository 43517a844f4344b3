"""Questions about a person's inbox."""

from django.db.models import Q

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
