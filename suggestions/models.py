"""A resident's suggestion, the rounds in which it is answered, and everything that happened to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from congress_portal.accounts.choices import AgeBand
from congress_portal.common.models import StoredFile
from suggestions import permissions
from suggestions.choices import Channel, DueStep, EventKind, Kind, Outcome, Rating, ReminderStage, Status
from suggestions.deadlines import Limit

if TYPE_CHECKING:
    from suggestions.permissions import AnyUser

LOCAL_RULE = "本街道意见建议办理办法"
MATTER_LENGTH = 5_000
REASON_LENGTH = 1_000

# The order of work: what is not finished first, by the day of the next step. That is the reply once it is assigned,
# accepting and assigning before. What is finished comes after, newest first. An index stands on exactly these three.
IS_FINISHED = Case(When(status__in=(Status.CLOSED, Status.DECLINED), then=Value(1)), default=Value(0))
FINISHED_ON = Coalesce("closed_on", "declined_on")
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


def _term(label: str, default: int | None, help_text: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        null=default is None,
        blank=default is None,
        validators=[MinValueValidator(1), MaxValueValidator(400)],
        help_text=help_text,
    )


class ReplyTerm(models.Model):
    """How long each step may take for one channel. Local defaults, edited by the office.

    Opinions are answered within working days, proposals and motions within the statute's months
    (代表法第五十一条): a channel has one or the other.
    """

    channel = models.CharField("渠道", max_length=12, choices=Channel, unique=True)
    accept_days = _term("受理期限（工作日）", 2, "从收到的次日起算。")
    reply_days = _term("答复期限（工作日）", None, "从交办的次日起算；按月计算的渠道不填。")
    reply_months = _term("答复期限（月）", None, "从交办之日起算；按工作日计算的渠道不填。")
    rehandle_months = _term("重新办理期限（月）", 1, "从居民表示不满意之日起算。")
    return_days = _term("退办期限（工作日）", 7, "承办单位认为不属于本单位的，在交办后这些工作日内退回。")
    evaluate_days = _term("评价期限（天）", 10, "自然日；过了这些天居民没有评价，工委可以办结。")
    months_move_on = models.BooleanField(
        "按月的期限遇节假日顺延", default=False, help_text="法定期限不顺延；本地规定顺延的打勾。"
    )
    source = models.CharField("答复期限的依据", max_length=80, default=LOCAL_RULE)
    other_source = models.CharField(
        "其他期限的依据", max_length=80, default=LOCAL_RULE, help_text="受理、退办、重新办理和评价的期限。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "办理期限"
        constraints = (
            models.CheckConstraint(
                condition=Q(reply_days__isnull=False, reply_months__isnull=True)
                | Q(reply_days__isnull=True, reply_months__isnull=False),
                name="replyterm_days_or_months",
                violation_error_message="答复期限填工作日或者填月，只填一项。",
            ),
        )

    def __str__(self) -> str:
        return self.get_channel_display()

    @property
    def reply_limit(self) -> Limit:
        return Limit(self.reply_days, self.reply_months, self.months_move_on, self.source)

    @property
    def rehandle_limit(self) -> Limit:
        return Limit(None, self.rehandle_months, self.months_move_on, self.other_source)


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
        return self.select_related(
            "community", "category", "department", "raised_by", "entered_by", "topic", "activity"
        )

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
    activity = models.ForeignKey(
        "deputies.Activity",
        verbose_name="在哪次活动提出",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="suggestions",
    )
    topic = models.ForeignKey(
        "deputies.OversightTopic",
        verbose_name="监督议题",
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
    # The working days given at that time: kept, because the office may change its terms while the case waits.
    accept_days = models.PositiveSmallIntegerField(null=True, editable=False)
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
            models.Index(IS_FINISHED, FINISHED_ON.desc(), NEXT_DUE_ON, "id", name="suggestion_work_order"),
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
    # Set by the rule and not by the committee: such a day is computed anew when the calendar changes.
    due_by_rule = models.BooleanField("按规定计算", default=False)
    # The rule as it was on that day. A term that the office changes later holds for later rounds.
    limit_days = models.PositiveSmallIntegerField(null=True)
    limit_months = models.PositiveSmallIntegerField(null=True)
    limit_moves_on = models.BooleanField(default=False)
    limit_source = models.CharField(max_length=80, blank=True)
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

    @property
    def limit(self) -> Limit | None:
        """How long the rule gave for this round; None for rounds older than the record of it."""
        if self.limit_days is None and self.limit_months is None:
            return None
        return Limit(self.limit_days, self.limit_months, self.limit_moves_on, self.limit_source)


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


class Reminder(models.Model):
    """Somebody was reminded of a due day (催办), once per stage whatever runs twice."""

    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="reminders"
    )
    # Who owes the reply: a case returned and assigned anew is another's, to be told from the beginning. Accepting is
    # the committee's.
    department = models.ForeignKey(
        "accounts.Department", verbose_name="承办单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    step = models.CharField("事项", max_length=8, choices=DueStep)
    stage = models.CharField("时机", max_length=8, choices=ReminderStage)
    due_on = models.DateField("期限")
    told_count = models.PositiveSmallIntegerField("告知人数")
    reminded_at = models.DateTimeField("提醒时间")

    class Meta:
        verbose_name = verbose_name_plural = "催办记录"
        constraints = (
            models.UniqueConstraint(
                fields=("suggestion", "department", "step", "stage", "due_on"),
                condition=Q(department__isnull=False),
                name="reminder_once_a_stage",
            ),
            models.UniqueConstraint(
                fields=("suggestion", "step", "stage", "due_on"),
                condition=Q(department__isnull=True),
                name="reminder_once_a_stage_to_committee",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_step_display()}{self.get_stage_display()}"
