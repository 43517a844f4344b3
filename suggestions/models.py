"""A resident's suggestion, the rounds in which it is answered, and everything that happened to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse

from congress_portal.accounts.choices import AgeBand
from congress_portal.common.models import StoredFile
from suggestions import permissions
from suggestions.choices import Channel, EventKind, Kind, Outcome, Rating, Status

if TYPE_CHECKING:
    from suggestions.permissions import AnyUser

MATTER_LENGTH = 5_000
REASON_LENGTH = 1_000

# The order of work: what is not finished first, by the day of the next step. That is the reply once it is assigned,
# accepting and assigning before. An index stands on exactly these two.
IS_FINISHED = Case(When(status__in=(Status.CLOSED, Status.DECLINED), then=Value(1)), default=Value(0))
NEXT_DUE_ON = Case(
    When(status__in=(Status.SUBMITTED, Status.ACCEPTED, Status.DECLINED), then=F("accept_due_on")),
    default=F("reply_due_on"),
)


class Category(models.Model):
    """What a suggestion is about, as the office sorts it."""

    name = models.CharField("名称", max_length=20, unique=True)
    position = models.PositiveSmallIntegerField("排列", default=100)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "类别"

    def __str__(self) -> str:
        return self.name


def _days(label: str, default: int, help_text: str = "") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MinValueValidator(1), MaxValueValidator(400)], help_text=help_text
    )


class ReplyTerm(models.Model):
    """How long each step may take for one channel, in calendar days. Local defaults, edited by the office."""

    channel = models.CharField("渠道", max_length=12, choices=Channel, unique=True)
    accept_days = _days("受理期限（天）", 2, "从收到的次日起算。")
    reply_days = _days("答复期限（天）", 21, "从交办的次日起算。")
    rehandle_days = _days("重新办理期限（天）", 30, "从居民表示不满意的次日起算。")
    evaluate_days = _days("评价期限（天）", 10, "过了这些天居民没有评价，工委可以办结。")
    return_days = _days("退办期限（天）", 7, "承办单位认为不属于本单位的，在交办后这些天内退回。")
    source = models.CharField("依据", max_length=80, default="本街道意见建议办理办法")

    class Meta:
        verbose_name = verbose_name_plural = "办理期限"

    def __str__(self) -> str:
        return self.get_channel_display()


class NumberSequence(models.Model):
    """The last serial number given out in a year; the row is locked while a number is taken."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    last = models.PositiveIntegerField("最后一个编号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号"

    def __str__(self) -> str:
        return f"{self.year}-{self.last:04d}"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: AnyUser) -> SuggestionQuerySet:
        return self.filter(permissions.visible_filter(user))

    def with_names(self) -> SuggestionQuerySet:
        """Bring along everything that the page of one case names."""
        return self.select_related("community", "category", "department", "raised_by", "entered_by")

    def awaiting_reply(self) -> SuggestionQuerySet:
        return self.filter(status=Status.ASSIGNED)

    def personal_data_expired(self, *, ended_by: date) -> SuggestionQuerySet:
        """Ended on that day or before, and still holding what identifies the resident."""
        ended = Q(closed_on__lte=ended_by) | Q(declined_on__lte=ended_by)
        photos = Attachment.objects.filter(suggestion=OuterRef("pk"), reply=None)
        holds = ~Q(contact_name="", contact_phone="", age_band="") | Exists(photos)
        return self.filter(ended, holds)

    def open(self) -> SuggestionQuerySet:
        return self.exclude(status__in=(Status.CLOSED, Status.DECLINED))


class Suggestion(models.Model):
    """One opinion or proposal, from whichever channel, from the day it came in to the day it was closed."""

    number = models.CharField("编号", max_length=12, unique=True, editable=False)
    kind = models.CharField("种类", max_length=10, choices=Kind, default=Kind.OPINION)
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    title = models.CharField("标题", max_length=60, help_text="公开场合显示的一句话，不写姓名和门牌号。")
    matter = models.TextField("正文", max_length=MATTER_LENGTH)
    category = models.ForeignKey(Category, verbose_name="类别", null=True, blank=True, on_delete=models.PROTECT)
    community = models.ForeignKey(
        "accounts.Community", verbose_name="所在社区", null=True, blank=True, on_delete=models.PROTECT
    )
    place = models.CharField("具体位置", max_length=100, blank=True)

    contact_name = models.CharField("称呼", max_length=40, blank=True)
    contact_phone = models.CharField("手机号", max_length=11, blank=True)
    age_band = models.CharField("年龄段", max_length=6, choices=AgeBand, blank=True)
    raised_by = models.ForeignKey(
        "deputies.Person",
        verbose_name="转来或提出的代表、议事员",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="suggestions",
    )

    status = models.CharField("状态", max_length=10, choices=Status, default=Status.SUBMITTED, editable=False)
    received_at = models.DateTimeField("收到时间", editable=False)
    # The local day of each step: what the figures count by. A moment near midnight belongs to the Shanghai day.
    received_on = models.DateField("收到日期", editable=False)
    accept_due_on = models.DateField("受理期限", editable=False)
    accepted_on = models.DateField("受理日期", null=True, editable=False)
    declined_on = models.DateField("不受理日期", null=True, editable=False)
    closed_on = models.DateField("办结日期", null=True, editable=False)
    referred_to = models.CharField("转介去向", max_length=60, blank=True, editable=False)

    # The round in hand, kept here so that a queue is one indexed query; the rounds themselves are Assignment rows.
    round_no = models.PositiveSmallIntegerField("轮次", default=0, editable=False)
    department = models.ForeignKey(
        "accounts.Department", verbose_name="承办单位", null=True, on_delete=models.PROTECT, editable=False
    )
    reply_due_on = models.DateField("答复期限", null=True, editable=False)

    entered_by = models.ForeignKey(
        "accounts.User",
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    submission_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        indexes = (
            models.Index(fields=("status", "reply_due_on", "id"), name="suggestion_queue"),
            models.Index(fields=("department", "status", "reply_due_on"), name="suggestion_department_queue"),
            models.Index(fields=("received_on", "channel"), name="suggestion_received"),
            models.Index(IS_FINISHED, NEXT_DUE_ON, "id", name="suggestion_work_order"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status__in=(Status.ASSIGNED, Status.REPLIED, Status.CLOSED))
                | Q(department__isnull=False, reply_due_on__isnull=False, round_no__gte=1),
                name="suggestion_assigned_has_due_date",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_on__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_on__isnull=True)),
                name="suggestion_closed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DECLINED, declined_on__isnull=False)
                | (~Q(status=Status.DECLINED) & Q(declined_on__isnull=True)),
                name="suggestion_declined_has_date",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page on which staff work on this case."""
        return reverse("admin:suggestions_suggestion_change", args=(self.pk,))


class Assignment(models.Model):
    """One round: the case handed to a department (交办), until it replied or returned it."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="assignments")
    round_no = models.PositiveSmallIntegerField("轮次")
    department = models.ForeignKey("accounts.Department", verbose_name="承办单位", on_delete=models.PROTECT)
    assigned_by = models.ForeignKey(
        "accounts.User", verbose_name="交办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_on = models.DateField("交办日期")
    due_on = models.DateField("答复期限")
    replied_on = models.DateField("答复日期", null=True)
    returned_on = models.DateField("退办日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "交办"
        constraints = (
            models.UniqueConstraint(
                fields=("suggestion", "round_no"),
                condition=Q(returned_on__isnull=True),
                name="assignment_one_a_round",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("assigned_on")), name="assignment_due_after_start"),
        )

    def __str__(self) -> str:
        return f"第 {self.round_no} 轮，{self.department}"


class Reply(models.Model):
    """A department's answer in one round. An answer the committee sent back stays on file, marked so."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField("答复内容", max_length=MATTER_LENGTH)
    outcome = models.CharField("办理类别", max_length=1, choices=Outcome)
    replied_by = models.ForeignKey("accounts.User", verbose_name="答复人", on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField("答复时间")
    sent_back_at = models.DateTimeField("退回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        constraints = (
            models.UniqueConstraint(
                fields=("assignment",), condition=Q(sent_back_at__isnull=True), name="reply_one_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}，{self.replied_at:%Y-%m-%d}"


class Evaluation(models.Model):
    """What the resident says of one round: the handling and the result, apart."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="evaluations")
    reply = models.OneToOneField(Reply, on_delete=models.PROTECT, related_name="evaluation")
    round_no = models.PositiveSmallIntegerField("轮次")
    process = models.CharField("办理过程", max_length=12, choices=Rating)
    result = models.CharField("办理结果", max_length=12, choices=Rating)
    reason = models.TextField("不满意的原因", max_length=REASON_LENGTH, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", verbose_name="代为记录", null=True, on_delete=models.PROTECT, related_name="+"
    )
    evaluated_on = models.DateField("评价日期")

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        constraints = (
            models.UniqueConstraint(fields=("suggestion", "round_no"), name="evaluation_one_a_round"),
            models.CheckConstraint(
                condition=~Q(reason="") | (~Q(process=Rating.DISSATISFIED) & ~Q(result=Rating.DISSATISFIED)),
                name="evaluation_dissatisfied_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"过程{self.get_process_display()}，结果{self.get_result_display()}"


class Attachment(StoredFile):
    """A photo of the resident, or a file of the department's reply. Private: see ``views.attachment``."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="attachments")
    reply = models.ForeignKey(Reply, null=True, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        verbose_name = verbose_name_plural = "附件"


class SuggestionEvent(models.Model):
    """One step in the life of a case, written with the step itself and never edited.

    ``note`` is read by the resident. ``actor`` is null when the resident or the portal itself acted.
    """

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("步骤", max_length=10, choices=EventKind)
    from_status = models.CharField("原状态", max_length=10, choices=Status, blank=True)
    to_status = models.CharField("新状态", max_length=10, choices=Status)
    round_no = models.PositiveSmallIntegerField("轮次", default=0)
    actor = models.ForeignKey(
        "accounts.User", verbose_name="经手人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("说明", blank=True)
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "办理经过"
        indexes = (models.Index(fields=("suggestion", "happened_at", "id"), name="suggestion_history"),)

    def __str__(self) -> str:
        return self.get_kind_display()
