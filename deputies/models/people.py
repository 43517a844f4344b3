"""People and what they sit on: one person, one file (一人一档)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from congress_portal.common.models import StoredFile
from congress_portal.common.spreadsheets import CellRefused, Column, Kind
from congress_portal.common.spreadsheets.cells import parse
from deputies.choices import CongressLevel, ConstituencyType, MandateBegin, MandateEnd, MandateKind
from deputies.names import new_card_code, sort_key_of


class DeputyGroup(models.Model):
    """A group in which deputies and councillors work together (代表小组)."""

    name = models.CharField("名称", max_length=40, unique=True)
    leader = models.ForeignKey(
        "deputies.Person", verbose_name="组长", null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )
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
    sort_key = models.CharField(
        "拼音", max_length=120, blank=True, help_text="用来排列姓名，不填的按读音自动填；多音字读错了可以改。"
    )
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
    # Part of the address that a deputy's QR code (代表码) leads to: short, and not to be counted through.
    card_code = models.CharField(max_length=10, blank=True, editable=False)
    # The number that may be shown to everybody, because this very person agreed to this very number.
    public_phone = models.CharField("公开的电话", max_length=20, blank=True, editable=False)
    phone_agreed_on = models.DateField("同意公开电话的日期", null=True, editable=False)
    phone_agreed_by = models.ForeignKey(
        "accounts.User", verbose_name="记录人", null=True, on_delete=models.PROTECT, related_name="+", editable=False
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
            models.UniqueConstraint(
                fields=("card_code",), condition=~Q(card_code=""), name="person_card_code_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(public_phone="", phone_agreed_on__isnull=True)
                | (~Q(public_phone="") & Q(phone_agreed_on__isnull=False)),
                name="person_public_phone_is_agreed",
            ),
        )
        indexes = (models.Index(fields=("sort_key", "id"), name="person_sort_key"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_in()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        _clean_as_read(self, name=Kind.NAME, phone=Kind.PHONE)

    def fill_in(self) -> None:
        """Give the sort key and the card code to whoever has none yet; also for rows written in bulk."""
        self.sort_key = self.sort_key or sort_key_of(self.name)
        self.card_code = self.card_code or new_card_code()


class PersonPhoto(StoredFile):
    """The portrait on the bulletin board and in the file. Public while its person is in office."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="photo")

    class Meta:
        verbose_name = verbose_name_plural = "照片"


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
    began_by = models.CharField("产生方式", max_length=12, choices=MandateBegin, blank=True)
    ends_on = models.DateField("离任日期", null=True, blank=True, help_text="最后一天；在任的不填。")
    ended_by = models.CharField("离任原因", max_length=12, choices=MandateEnd, blank=True)

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
        if self.ended_by and not self.ends_on:
            raise ValidationError({"ends_on": "填了离任原因，也要填离任日期。"})


def _clean_as_read(record: models.Model, **kinds: Kind) -> None:
    """Keep these fields as a table is read, so that what was exported can be imported again unchanged."""
    for name, kind in kinds.items():
        try:
            setattr(record, name, parse(Column("", kind), getattr(record, name)) or "")
        except CellRefused as refusal:
            raise ValidationError({name: str(refusal)}) from None
