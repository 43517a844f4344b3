"""How far a message has got on its way out of the portal."""

from datetime import timedelta

from django.db.models import TextChoices


class State(TextChoices):
    """The way out only: the inbox of the portal shows every message, whatever became of the e-mail."""

    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    NOT_NEEDED = "not_needed", "只在站内"


# After each refusal the next try waits longer; after the last pause the message has failed. Together about
# 33 hours: a mail server that is down overnight loses nothing.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
