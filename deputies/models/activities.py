"""What deputies and councillors do together: an activity, who was asked, who came, and what it left behind."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from congress_portal.common.models import StoredFile
from deputies import permissions
from deputies.choices import (
    ActivityFileKind,
    ActivityKind,
    ActivityStatus,
    ActivityStep,
    Attendance,
)

if TYPE_CHECKING:
    from deputies.permissions import AnyUser

TEXT_LENGTH = 5_000
REASON_LENGTH = 500


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: AnyUser) -> ActivityQuerySet:
        """Those a user may know to exist: staff all, people on mandate those they are invited to."""
        return self.filter(permissions.activity_filter(user))

    def held(self) -> ActivityQuerySet:
        return self.filter(status=ActivityStatus.HELD)

    def open_to_residents(self) -> ActivityQuerySet:
        """Those on the public calendar: announced or held, and open. A cancelled one stays, so that people read it."""
        return self.filter(is_open=True).exclude(status=ActivityStatus.PLANNED)

    def upcoming(self, now: datetime) -> ActivityQuerySet:
        return self.filter(status=ActivityStatus.ANNOUNCED, ends_at__gte=now)

    def in_year(self, year: int) -> ActivityQuerySet:
        """Those whose local day lies in the year (Asia/Shanghai)."""
        return self.filter(starts_on__year=year)


class Activity(models.Model):
    """One meeting, inspection, visit or other thing done together, from its plan to its minutes."""

    kind = models.CharField("类型", max_length=20, choices=ActivityKind)
    title = models.CharField("名称", max_length=60)
    topic = models.ForeignKey(
        "deputies.OversightTopic",
        verbose_name="监督议题",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    plan_item = models.ForeignKey(
        "deputies.WorkPlanItem",
        verbose_name="年度计划中的事项",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    organiser = models.CharField("组织者", max_length=60, blank=True, help_text="不填就是本街道人大工委。")
    entrusted_by = models.CharField(
        "受谁委托", max_length=60, blank=True, help_text="上级交办或受委托的填，例如 区人大财经委。"
    )
    entrusted_due_on = models.DateField("要求报告的日期", null=True, blank=True)
    reported_back_on = models.DateField("报告日期", null=True, editable=False)
    report_back = models.TextField("报告的内容", max_length=TEXT_LENGTH, blank=True, editable=False)

    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    # The local day it begins, what every figure counts by. Kept by save().
    starts_on = models.DateField("日期", editable=False)
    notice = models.TextField("通知内容", max_length=TEXT_LENGTH, blank=True, help_text="议程、集合地点、要带的材料。")

    is_open = models.BooleanField("向居民开放", default=False, help_text="打勾的显示在公开日历，居民可以报名。")
    seats = models.PositiveSmallIntegerField(
        "居民名额", null=True, blank=True, validators=[MinValueValidator(1)], help_text="不填就不限。"
    )
    sign_up_until = models.DateTimeField("居民报名截止", null=True, blank=True, help_text="不填就到活动开始。")

    status = models.CharField(
        "状态", max_length=10, choices=ActivityStatus, default=ActivityStatus.PLANNED, editable=False
    )
    narrative = models.TextField("活动情况", max_length=TEXT_LENGTH, blank=True)
    minutes = models.TextField("纪要", max_length=20_000, blank=True)
    in_summary = models.BooleanField("写入年度工作总结", default=False, help_text="打勾的在总结里单独写一句。")
    created_by = models.ForeignKey(
        "accounts.User", verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        indexes = (
            models.Index(fields=("status", "starts_at"), name="activity_by_time"),
            models.Index(fields=("starts_on", "kind"), name="activity_by_day"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="activity_ends_after_start",
                violation_error_message="结束时间不能早于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(entrusted_due_on__isnull=True) | ~Q(entrusted_by=""),
                name="activity_due_only_if_entrusted",
                violation_error_message="填了要求报告的日期，也要填受谁委托。",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.starts_on = timezone.localdate(self.starts_at)
        if (fields := kwargs.get("update_fields")) and "starts_at" in fields:
            kwargs["update_fields"] = {*fields, "starts_on"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The page on which staff work on this activity."""
        return reverse("admin:deputies_activity_change", args=(self.pk,))


class ActivityPlace(models.Model):
    """Where an activity goes, in order."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField("次序", default=1)
    name = models.CharField("地点", max_length=80)
    community = models.ForeignKey(
        "accounts.Community", verbose_name="所在社区", null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = verbose_name_plural = "地点"

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """One person's part in one activity: asked, answered, and there or not."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(
        "deputies.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="participations"
    )
    state = models.CharField("情况", max_length=12, choices=Attendance, default=Attendance.INVITED)
    invited_at = models.DateTimeField("邀请时间")
    answered_at = models.DateTimeField("回复时间", null=True)
    leave_reason = models.CharField("请假原因", max_length=REASON_LENGTH, blank=True)
    leave_decided_by = models.ForeignKey(
        "accounts.User", verbose_name="批假人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    leave_refusal = models.CharField("不准假的原因", max_length=REASON_LENGTH, blank=True)
    signed_in_at = models.DateTimeField("签到时间", null=True)
    # Null when the person signed in alone, by the code on the screen.
    signed_in_by = models.ForeignKey(
        "accounts.User", verbose_name="代为签到", null=True, on_delete=models.PROTECT, related_name="+"
    )
    spoke = models.BooleanField("发言", default=False)
    speech = models.CharField("发言要点", max_length=REASON_LENGTH, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参加情况"
        constraints = (
            models.UniqueConstraint(fields=("activity", "person"), name="participation_once_a_person"),
            models.CheckConstraint(
                condition=~Q(state__in=(Attendance.LEAVE_ASKED, Attendance.EXCUSED)) | ~Q(leave_reason=""),
                name="participation_leave_has_reason",
            ),
        )
        indexes = (models.Index(fields=("person", "state"), name="participation_of_person"),)

    def __str__(self) -> str:
        return f"{self.person}，{self.get_state_display()}"


class Outsiders(models.Model):
    """People who came along and have no file, by category, as a head count."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="outsiders")
    category = models.CharField("类别", max_length=20, help_text="例如 环保监督员、居民代表、街道干部。")
    count = models.PositiveIntegerField("人数", validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = verbose_name_plural = "其他人员"
        constraints = (models.UniqueConstraint(fields=("activity", "category"), name="outsiders_once_a_category"),)

    def __str__(self) -> str:
        return f"{self.category} {self.count} 人"


class Batch(models.Model):
    """One group of a mass visit (批次), with how many people went."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveSmallIntegerField("批次")
    held_on = models.DateField("日期")
    person_count = models.PositiveIntegerField("人次", validators=[MinValueValidator(1)])
    note = models.CharField("说明", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        constraints = (models.UniqueConstraint(fields=("activity", "number"), name="batch_once_a_number"),)

    def __str__(self) -> str:
        return f"第 {self.number} 批，{self.person_count} 人次"


class ActivityFile(StoredFile):
    """A photo or a paper of an activity. Private: those invited and staff see it, others only what is public."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField("种类", max_length=6, choices=ActivityFileKind)
    caption = models.CharField("说明", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "照片和材料"


class ResidentSignUp(models.Model):
    """A resident's place at an open activity. The name and the number are erased some days after it."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="sign_ups")
    name = models.CharField("称呼", max_length=40, blank=True)
    phone = models.CharField("手机号", max_length=11, blank=True)
    head_count = models.PositiveSmallIntegerField("人数", default=1, validators=[MinValueValidator(1)])
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    submission_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("报名时间")
    cancelled_at = models.DateTimeField("取消时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "居民报名"
        constraints = (
            models.UniqueConstraint(
                fields=("activity", "phone"),
                condition=Q(cancelled_at__isnull=True) & ~Q(phone=""),
                name="sign_up_once_a_phone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.activity}，{self.head_count} 人"


class ActivityEvent(models.Model):
    """One step in the life of an activity, written with the step itself and never edited."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("步骤", max_length=16, choices=ActivityStep)
    actor = models.ForeignKey(
        "accounts.User", verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=REASON_LENGTH, blank=True)
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "活动经过"

    def __str__(self) -> str:
        return self.get_kind_display()
