"""People and what they sit on: one person, one file (一人一档)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from deputies.choices import CongressLevel, MandateKind


class PersonQuerySet(models.QuerySet["Person"]):
    def deputies(self, on: date) -> PersonQuerySet:
        """People who are deputies of any congress on that day."""
        return self._holding(MandateKind.DEPUTY, on)

    def councillors(self, on: date) -> PersonQuerySet:
        """People who sit on the residents' council on that day."""
        return self._holding(MandateKind.COUNCILLOR, on)

    def in_office(self, on: date) -> PersonQuerySet:
        """People who hold any mandate on that day; two mandates make one person."""
        return self.filter(Exists(Mandate.objects.filter(person=OuterRef("pk")).in_force(on)))

    def _holding(self, kind: MandateKind, on: date) -> PersonQuerySet:
        return self.filter(Exists(Mandate.objects.filter(person=OuterRef("pk"), kind=kind).in_force(on)))


class Person(models.Model):
    """One person with one file, whatever mandates that person holds or held."""

    name = models.CharField("姓名", max_length=40)
    user = models.OneToOneField(
        "accounts.User",
        verbose_name="登录账户",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="person",
        help_text="有账户才能在网上履职。",
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, on: date) -> MandateQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Mandate(models.Model):
    """What a person sits on, from when to when: a congress, or the residents' council."""

    person = models.ForeignKey(Person, verbose_name="人员", on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField("职务", max_length=12, choices=MandateKind)
    level = models.CharField("人大层级", max_length=12, choices=CongressLevel, blank=True)
    term = models.CharField("届次", max_length=20, blank=True, help_text="例如 第十五届。")
    district = models.CharField("选区", max_length=40, blank=True)
    community = models.ForeignKey(
        "accounts.Community", verbose_name="所在社区", null=True, blank=True, on_delete=models.PROTECT
    )
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("离任日期", null=True, blank=True, help_text="最后一天；在任的不填。")

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="mandate_ends_after_start",
                violation_error_message="离任日期不能早于任职日期。",
            ),
            models.CheckConstraint(
                condition=(Q(kind=MandateKind.DEPUTY) & ~Q(level="")) | (Q(kind=MandateKind.COUNCILLOR) & Q(level="")),
                name="mandate_deputy_has_level",
                violation_error_message="人大代表要选人大层级，居民议事员不选。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_level_display()}{self.get_kind_display()}" if self.level else self.get_kind_display()
