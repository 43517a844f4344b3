"""Deputies' reports to their voters (述职), and who was reminded of what."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from deputies.choices import ReminderStage, ReportResult

TEXT_LENGTH = 20_000
REASON_LENGTH = 500


class PerformanceReport(models.Model):
    """One report of a deputy to the voters, who evaluate it: at least once a term (local rule)."""

    mandate = models.ForeignKey(
        "deputies.Mandate", verbose_name="任职", on_delete=models.PROTECT, related_name="reports"
    )
    held_on = models.DateField("述职日期")
    place = models.CharField("地点", max_length=80)
    text = models.TextField("述职报告", max_length=TEXT_LENGTH)
    activity = models.ForeignKey(
        "deputies.Activity",
        verbose_name="述职会",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    voters_present = models.PositiveSmallIntegerField("到场选民")
    satisfied_count = models.PositiveSmallIntegerField("满意", default=0)
    fairly_count = models.PositiveSmallIntegerField("基本满意", default=0)
    dissatisfied_count = models.PositiveSmallIntegerField("不满意", default=0)
    result = models.CharField("评议结果", max_length=12, choices=ReportResult)
    announced_there = models.BooleanField("当场公布评议结果", default=True)
    few_voters_reason = models.CharField(
        "人数不足的原因", max_length=REASON_LENGTH, blank=True, help_text="到场选民少于规定人数的填。"
    )
    recorded_by = models.ForeignKey(
        "accounts.User", verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "述职"
        constraints = (
            models.UniqueConstraint(
                fields=("mandate", "held_on"),
                name="report_once_a_day",
                violation_error_message="这位代表当天的述职已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(voters_present__gte=F("satisfied_count") + F("fairly_count") + F("dissatisfied_count")),
                name="report_no_more_votes_than_voters",
                violation_error_message="满意、基本满意、不满意三项相加不能超过到场选民的人数。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} 述职"


class DueReminder(models.Model):
    """That somebody was told of a due day of this app: an invitation to answer, a report to give, a topic to see again.

    ``subject_key`` names what is due, such as activity:12:answer; each stage of each due day is told once.
    """

    subject_key = models.CharField("事项", max_length=80, editable=False)
    stage = models.CharField("时机", max_length=8, choices=ReminderStage, editable=False)
    due_on = models.DateField("期限", editable=False)
    told_count = models.PositiveSmallIntegerField("提醒人数", editable=False)
    reminded_at = models.DateTimeField("提醒时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "履职提醒"
        constraints = (
            models.UniqueConstraint(fields=("subject_key", "stage", "due_on"), name="due_reminder_once_a_stage"),
        )

    def __str__(self) -> str:
        return f"{self.subject_key} {self.get_stage_display()}"
