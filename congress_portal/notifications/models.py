"""The outbox and the inbox are one table: one row per message and person."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from congress_portal.notifications.choices import State

SUBJECT_LENGTH = 120


class MessageQuerySet(models.QuerySet["Message"]):
    def belonging_to(self, user: models.Model) -> Self:
        return self.filter(recipient_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def due(self, *, now: datetime) -> Self:
        """Waiting to be sent, its pause over, and not in the hands of a worker that may still be alive."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now), state=State.PENDING, next_attempt_at__lte=now
        )


class Message(models.Model):
    """What one person was told once: shown in that person's inbox, and e-mailed where there is an address.

    The id is also the Message-ID of the e-mail, so that a mail server that drops repeats shows exactly one.
    """

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="收件人", on_delete=models.PROTECT, related_name="portal_messages"
    )
    subject = models.CharField("标题", max_length=SUBJECT_LENGTH)
    body = models.TextField("内容", blank=True)
    url = models.CharField("打开的页面", max_length=200, blank=True)
    dedupe_key = models.CharField("不重复的依据", max_length=120, blank=True)
    created_at = models.DateTimeField("写入时间", default=timezone.now)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    state = models.CharField("发送情况", max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    next_attempt_at = models.DateTimeField("下次发送", null=True, blank=True, default=timezone.now)
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    last_error = models.CharField("最近一次错误", max_length=500, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "消息", "发件箱"
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "dedupe_key"), condition=~Q(dedupe_key=""), name="message_told_once_per_key"
            ),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, next_attempt_at__isnull=False)
                | (~Q(state=State.PENDING) & Q(next_attempt_at__isnull=True)),
                name="message_pending_has_next_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_has_time",
            ),
        )
        indexes = (
            models.Index(fields=("next_attempt_at",), condition=Q(state=State.PENDING), name="message_sweep"),
            models.Index(fields=("recipient", "-created_at"), name="message_inbox"),
            models.Index(fields=("recipient",), condition=Q(read_at=None), name="message_unread"),
        )

    def __str__(self) -> str:
        return self.subject
