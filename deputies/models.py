"""People and what they sit on: one person, one file (一人一档)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from congress_portal.common.spreadsheets import CellRefused, Column, Kind
from congress_portal.common.spreadsheets.cells import parse
from deputies.choices import CongressLevel, ConstituencyType, MandateKind


class DeputyGroup(models.Model):
    """A group in which deputies and councillors work together (代表小组)."""

    name = models.CharField("名称", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("排列", default=100)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "代表小组"

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def deputies(self, on: date) -> PersonQuerySet:
        """People who are deputies of any congress on that day."""
        return self._holding(MandateKind.DEPUTY, on)

    def councillors(self, on: date) -> PersonQuerySet:
        """People who sit on the residents' council on that day."""
        return self._holding(MandateKind.COUNCILLOR, on)

    def in_office(self, on: date, **mandate: Any) -> PersonQuerySet:
        """People who hold any mandate on that day, or one with these values; two mandates make one person."""
        return self.filter(Exists(Mandate.objects.filter(person=OuterRef("pk"), **mandate).in_force(on)))

    def _holding(self, kind: MandateKind, on: date) -> PersonQuerySet:
        return self.in_office(on, kind=kind)


class Person(models.Model):
    """One person with one file, whatever mandates that person holds or held."""

    name = models.CharField("姓名", max_length=40)
    born_on = models.DateField("出生日期", null=True, blank=True, help_text="用来区分同名的人，不公开。")
    phone = models.CharField("联系电话", max_length=20, blank=True, help_text="只有工委看得到。")
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
        constraints = (
            models.UniqueConstraint(
                fields=("name", "born_on"),
                name="person_name_and_birth_date",
                violation_error_message="已经有一位姓名和出生日期都相同的人，请在原来的档案里修改。",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        _clean_as_read(self, name=Kind.NAME, phone=Kind.PHONE)


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
    constituency_type = models.CharField("代表类别", max_length=12, choices=ConstituencyType, blank=True)
    group = models.ForeignKey(
        DeputyGroup,
        verbose_name="代表小组",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mandates",
    )
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

    def clean(self) -> None:
        super().clean()
        _clean_as_read(self, term=Kind.TEXT, district=Kind.TEXT)


def _clean_as_read(record: models.Model, **kinds: Kind) -> None:
    """Keep these fields as a table is read, so that what was exported can be imported again unchanged."""
    for name, kind in kinds.items():
        try:
            setattr(record, name, parse(Column("", kind), getattr(record, name)) or "")
        except CellRefused as refusal:
            raise ValidationError({name: str(refusal)}) from None
