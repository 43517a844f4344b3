"""What the committee watches over a year: the topics of its plan, looked at again until done, and the plan itself."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from deputies.choices import ActivityKind, TopicStatus, TopicStep

TEXT_LENGTH = 5_000
REASON_LENGTH = 500


class OversightTopicQuerySet(models.QuerySet["OversightTopic"]):
    def open(self) -> OversightTopicQuerySet:
        return self.filter(status=TopicStatus.OPEN)


class OversightTopic(models.Model):
    """One topic of the annual plan (监督议题): 监督—落实—再监督—再落实, as rounds until it is closed."""

    year = models.PositiveSmallIntegerField("年份", validators=[MinValueValidator(1954), MaxValueValidator(9000)])
    title = models.CharField("议题", max_length=60)
    aim = models.TextField("监督重点", max_length=TEXT_LENGTH, blank=True)
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name="落实单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="oversight_topics",
        help_text="主要由哪个单位落实。",
    )
    group = models.ForeignKey(
        "deputies.DeputyGroup",
        verbose_name="牵头小组",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="oversight_topics",
    )
    entrusted_by = models.CharField(
        "受谁委托", max_length=60, blank=True, help_text="上级交办或受委托的填，例如 区人大财经委。"
    )
    entrusted_due_on = models.DateField("要求报告的日期", null=True, blank=True)
    reported_back_on = models.DateField("报告日期", null=True, editable=False)
    report_back = models.TextField("报告的内容", max_length=TEXT_LENGTH, blank=True, editable=False)
    status = models.CharField("状态", max_length=8, choices=TopicStatus, default=TopicStatus.OPEN, editable=False)
    closed_on = models.DateField("办结日期", null=True, editable=False)
    conclusion = models.TextField("结论", max_length=TEXT_LENGTH, blank=True, editable=False)

    objects = OversightTopicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监督议题"
        constraints = (
            models.UniqueConstraint(
                fields=("year", "title"),
                name="topic_once_a_year",
                violation_error_message="这一年已经有同名的议题。",
            ),
            models.CheckConstraint(
                condition=Q(status=TopicStatus.OPEN, closed_on__isnull=True)
                | Q(status=TopicStatus.CLOSED, closed_on__isnull=False),
                name="topic_closed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(entrusted_due_on__isnull=True) | ~Q(entrusted_by=""),
                name="topic_due_only_if_entrusted",
                violation_error_message="填了要求报告的日期，也要填受谁委托。",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page on which staff work on this topic."""
        return reverse("admin:deputies_oversighttopic_change", args=(self.pk,))


class OversightRound(models.Model):
    """One look at a topic and what came of it; the first is 监督—落实, each later one 再监督—再落实."""

    topic = models.ForeignKey(OversightTopic, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField("轮次")
    started_on = models.DateField("开始日期")
    findings = models.TextField("发现的问题", max_length=TEXT_LENGTH, blank=True)
    look_again_on = models.DateField("下次检查日期", null=True, blank=True)
    result = models.TextField("落实情况", max_length=TEXT_LENGTH, blank=True)
    ended_on = models.DateField("结束日期", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "监督轮次"
        constraints = (
            models.UniqueConstraint(fields=("topic", "number"), name="round_once_a_number"),
            models.UniqueConstraint(
                fields=("topic",), condition=Q(ended_on__isnull=True), name="round_one_open_a_topic"
            ),
        )

    def __str__(self) -> str:
        return f"第 {self.number} 轮"


class OversightEvent(models.Model):
    """One step in the life of a topic, written with the step itself and never edited."""

    topic = models.ForeignKey(OversightTopic, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("步骤", max_length=16, choices=TopicStep)
    actor = models.ForeignKey(
        "accounts.User", verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=REASON_LENGTH, blank=True)
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "议题经过"

    def __str__(self) -> str:
        return self.get_kind_display()


class WorkPlan(models.Model):
    """A year's plan of work for deputies (年度代表工作计划), published once it stands (代表法第四十三条)."""

    year = models.PositiveSmallIntegerField(
        "年份", primary_key=True, validators=[MinValueValidator(1954), MaxValueValidator(9000)]
    )
    preface = models.TextField("总体要求", max_length=TEXT_LENGTH, blank=True)
    published_on = models.DateField("公布日期", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "年度工作计划"

    def __str__(self) -> str:
        return f"{self.year}年度工作计划"

    def get_absolute_url(self) -> str:
        return reverse("admin:deputies_workplan_change", args=(self.pk,))


class WorkPlanItem(models.Model):
    """One thing planned for a month. It is done when as many activities as planned that point at it were held."""

    plan = models.ForeignKey(WorkPlan, on_delete=models.PROTECT, related_name="items")
    month = models.PositiveSmallIntegerField("月份", validators=[MinValueValidator(1), MaxValueValidator(12)])
    title = models.CharField("事项", max_length=80)
    kind = models.CharField("类型", max_length=20, choices=ActivityKind, blank=True)
    planned_count = models.PositiveSmallIntegerField("次数", default=1, validators=[MinValueValidator(1)])
    topic = models.ForeignKey(
        OversightTopic,
        verbose_name="监督议题",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plan_items",
    )
    dropped_reason = models.CharField(
        "不办的原因", max_length=REASON_LENGTH, blank=True, help_text="计划后来取消的填。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "计划事项"

    def __str__(self) -> str:
        return f"{self.month}月 {self.title}"
