"""The duty file (履职档案): one line for each thing a deputy or councillor did, or was to do and did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from congress_portal.common.models import StoredFile
from deputies import permissions
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, DutyStep

if TYPE_CHECKING:
    from deputies.permissions import AnyUser

TEXT_LENGTH = 2_000
REASON_LENGTH = 500


class DutyRecordQuerySet(models.QuerySet["DutyRecord"]):
    def visible_to(self, user: AnyUser) -> DutyRecordQuerySet:
        """Those a user may know to exist: staff all, people on mandate their own."""
        return self.filter(permissions.duty_filter(user))

    def counted(self) -> DutyRecordQuerySet:
        """The lines that stand: every total counts these and no others."""
        return self.filter(status=DutyStatus.CONFIRMED)

    def waiting(self) -> DutyRecordQuerySet:
        """Those a deputy logged and staff have not decided on."""
        return self.filter(status=DutyStatus.LOGGED)

    def shown(self) -> DutyRecordQuerySet:
        """Those the file shows: all but what was taken back."""
        return self.exclude(status=DutyStatus.WITHDRAWN)


class DutyRecord(models.Model):
    """One line of one person's file. Posted by what it comes from, or logged by the person and confirmed by staff."""

    person = models.ForeignKey(
        "deputies.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="duty_records"
    )
    kind = models.CharField("类型", max_length=12, choices=DutyKind)
    happened_on = models.DateField("日期")
    title = models.CharField("事项", max_length=80)
    place = models.CharField("地点", max_length=80, blank=True)
    text = models.TextField("内容", max_length=TEXT_LENGTH, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=DutyOutcome, default=DutyOutcome.DONE)
    status = models.CharField("状态", max_length=10, choices=DutyStatus, editable=False)
    # What posted the line, such as activity:12:person:5; empty for a line somebody wrote.
    source_key = models.CharField(max_length=80, blank=True, editable=False)
    # Of the key of the form somebody wrote the line in, so that a second click finds the first one's line.
    form_digest = models.CharField(max_length=64, blank=True, editable=False)
    # The page of what it comes from, a path of this portal for who may open it.
    source_url = models.CharField(max_length=200, blank=True, editable=False)
    logged_by = models.ForeignKey(
        "accounts.User", verbose_name="记录人", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_by = models.ForeignKey(
        "accounts.User", verbose_name="确认人", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("确认时间", null=True, editable=False)
    return_reason = models.CharField("退回原因", max_length=REASON_LENGTH, blank=True, editable=False)
    corrects = models.OneToOneField(
        "self",
        verbose_name="更正哪一条",
        null=True,
        on_delete=models.PROTECT,
        related_name="correction",
        editable=False,
    )
    created_at = models.DateTimeField("记录时间", editable=False)

    objects = DutyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职记录"
        indexes = (
            models.Index(fields=("person", "-happened_on", "-id"), name="duty_of_person"),
            models.Index(fields=("status", "happened_on"), name="duty_by_status"),
        )
        constraints = (
            models.UniqueConstraint(fields=("source_key",), condition=~Q(source_key=""), name="duty_one_line_a_source"),
            models.UniqueConstraint(fields=("form_digest",), condition=~Q(form_digest=""), name="duty_one_line_a_form"),
            models.CheckConstraint(
                condition=Q(source_key="") | ~Q(status__in=(DutyStatus.LOGGED, DutyStatus.RETURNED)),
                name="duty_posted_needs_no_confirming",
            ),
            models.CheckConstraint(
                condition=~Q(status=DutyStatus.RETURNED) | ~Q(return_reason=""), name="duty_returned_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("pk")), name="duty_corrects_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.happened_on:%Y-%m-%d} {self.title}"


class DutyPhoto(StoredFile):
    """A photo of a line somebody logged. Private: staff and that person see it."""

    record = models.ForeignKey(DutyRecord, on_delete=models.PROTECT, related_name="photos")

    class Meta:
        verbose_name = verbose_name_plural = "履职照片"


class DutyEvent(models.Model):
    """One step in the life of a line, written with the step itself and never edited."""

    record = models.ForeignKey(DutyRecord, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("步骤", max_length=10, choices=DutyStep)
    actor = models.ForeignKey(
        "accounts.User", verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=REASON_LENGTH, blank=True)
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "履职记录经过"

    def __str__(self) -> str:
        return self.get_kind_display()
