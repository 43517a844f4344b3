"""What staff fill in about people: the file and its mandates, an end, a change of term, portraits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day
from congress_portal.common.file_fields import PHOTO_TYPES
from congress_portal.common.text import CleanCharField
from congress_portal.common.uploads import MEGABYTE, PreparedFile, UploadRefused, accept_photo
from deputies.choices import ConstituencyType, MandateEnd
from deputies.models import DeputyGroup, Mandate, Person
from deputies.names import clean_sort_key, sort_key_of
from deputies.photo_zip import MAX_PICTURES, MAX_ZIP, PORTRAIT_SIDE, NamedPicture, read_photo_zip
from deputies.selectors import people as selectors
from deputies.workflow import TermSeat

# With four fields a member, more would go beyond what the portal reads of one request (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_EDITABLE_SEATS = 200

# Before it there was no congress to sit in.
EARLIEST = date(1954, 1, 1)

_DAY = {"invalid": "请填一个日期，例如 2026-03-05。"}


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PersonForm(forms.ModelForm):
    """The file of a person. A key that was filled in by itself follows the name; one that was corrected stays.

    ``editor`` is who saves it, and is set by the admin.
    """

    editor: User | None = None

    def clean_user(self) -> User | None:
        """Let a colleague link or unlink an account: nobody decides on lines about themselves (local default)."""
        user: User | None = self.cleaned_data["user"]
        before, after = self.instance.user_id, user.pk if user else None
        if self.editor is not None and before != after and self.editor.pk in (before, after):
            raise ValidationError("不能把档案和自己的账户连上或者断开。请由其他工作人员办理。")
        return user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key = clean_sort_key(cleaned.get("sort_key") or "")
        if "name" in self.changed_data and self.instance.pk and key == sort_key_of(self.initial["name"]):
            key = ""
        cleaned["sort_key"] = key  # empty: the model fills it in
        return cleaned


class MandateFormSet(forms.BaseInlineFormSet):
    """All mandates of one person: no two of the same kind and level at a time."""

    def clean(self) -> None:
        super().clean()
        filled = [form for form in self.forms if "starts_on" in getattr(form, "cleaned_data", {})]
        for number, form in enumerate(filled):
            for other in filled[:number]:
                # What overlaps on file already does not hold up another correction.
                if (form.has_changed() or other.has_changed()) and _overlap(form.instance, other.instance):
                    at_fault, beside = (form, other) if form.has_changed() else (other, form)
                    at_fault.add_error("starts_on", _overlap_sentence(beside.instance))


def _overlap(one: Mandate, other: Mandate) -> bool:
    if (one.kind, one.level) != (other.kind, other.level):
        return False
    begins_in_time = other.ends_on is None or one.starts_on <= other.ends_on
    return begins_in_time and (one.ends_on is None or one.ends_on >= other.starts_on)


def _overlap_sentence(other: Mandate) -> str:
    term = f"{other.term}，" if other.term else ""
    until = full_day(other.ends_on) if other.ends_on else "今"
    return (
        f"和另一项“{other}”（{term}{full_day(other.starts_on)}至{until}）的任职时间重叠。"
        "同一级的同一种职务前后两项不能重叠，请核对任职日期和离任日期。"
    )


class DeputyGroupForm(forms.ModelForm):
    def clean_leader(self) -> Person | None:
        leader = self.cleaned_data["leader"]
        if leader is None or "leader" not in self.changed_data:
            return leader
        if self.instance.pk is None:
            raise ValidationError("新增的小组还没有成员。请先保存小组，在成员的任职里选这个小组，再来选组长。")
        if not selectors.is_in_office_there(leader, self.instance, on=timezone.localdate()):
            raise ValidationError(
                f"{leader}今天没有在“{self.instance}”任职，不能当组长。请先在{leader}的任职里选这个小组。"
            )
        return leader


class MandateEndForm(forms.Form):
    """Which mandate ends, why, and on which day."""

    mandate = forms.ModelChoiceField(
        Mandate.objects.none(),
        label="结束哪一项任职",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选结束哪一项任职。",
            "invalid_choice": "这一项任职已经结束，请重新选择。",
        },
    )
    ended_by = forms.ChoiceField(
        label="离任原因",
        choices=[("", "请选择"), *MandateEnd.choices],
        error_messages={"required": "请选离任原因。", "invalid_choice": "列表里没有这个原因，请重新选择。"},
    )
    ends_on = forms.DateField(
        label="最后一天",
        help_text="这一天还算在任，第二天起不在任。",
        widget=day_input(),
        validators=[MinValueValidator(EARLIEST, "日期太早了，请核对年份。")],
        error_messages={"required": "请填最后一天。", **_DAY},
    )

    def __init__(self, *args: Any, person: Person, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mandate: Any = self.fields["mandate"]
        mandate.queryset = selectors.mandates_to_end(person, today=today)
        mandate.label_from_instance = _mandate_in_words
        if len(mandate.queryset) == 1:
            mandate.initial = mandate.queryset[0].pk


def _mandate_in_words(mandate: Mandate) -> str:
    until = f"，到{full_day(mandate.ends_on)}" if mandate.ends_on else ""
    parts = (str(mandate), mandate.term, mandate.district, f"{full_day(mandate.starts_on)}起{until}")
    return "，".join(filter(None, parts))


class PortraitForm(forms.Form):
    photo = forms.FileField(
        label="照片",
        help_text="正面免冠的证件照最好。JPG、PNG、WebP 或 GIF 格式，不超过 20 MB。",
        widget=forms.FileInput(attrs={"accept": PHOTO_TYPES}),
        max_length=200,
        error_messages={
            "required": "请选择照片。",
            "invalid": "请选择照片。",
            "empty": "这个文件是空的，请重新选择。",
            "max_length": "文件名太长，请改短后再上传。",
        },
    )

    def clean_photo(self) -> PreparedFile:
        return accept_portrait(self.cleaned_data["photo"])


def accept_portrait(file: UploadedFile) -> PreparedFile:
    """Return the picture small enough for a page full of them. Raises ValidationError."""
    try:
        return accept_photo(file, long_side=PORTRAIT_SIDE)
    except UploadRefused as refusal:
        raise ValidationError(str(refusal)) from None


class PhoneAgreementForm(forms.Form):
    """That somebody agreed to this very number. The number is the one the page showed."""

    agrees = forms.BooleanField(
        label="本人已经同意", error_messages={"required": "本人同意了才能公开，请先征求本人意见。"}
    )
    phone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["agrees"].label = f"{person}本人已经同意在公示栏公开 {person.phone}"
        self.initial["phone"] = person.phone

    def clean_phone(self) -> str:
        if self.cleaned_data["phone"] != self.person.phone:
            # Shown anew with the number as it is now; what was ticked was meant for the other one.
            self.data = {"phone": self.person.phone}
            raise ValidationError("您打开这一页以后，联系电话改过。请看清现在的号码，再确认本人同意公开的是这一个。")
        return self.cleaned_data["phone"]


class PhotoZipForm(forms.Form):
    """Pictures named by person; ``pictures`` is what was read."""

    file = forms.FileField(
        label="ZIP 文件",
        help_text=f"一次最多 {MAX_PICTURES} 张照片，文件不超过 {MAX_ZIP // MEGABYTE} MB。",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        max_length=200,
        error_messages={
            "required": "请选择 ZIP 文件。",
            "invalid": "请选择 ZIP 文件。",
            "empty": "这个文件是空的，请重新选择。",
            "max_length": "文件名太长，请改短后再上传。",
        },
    )
    pictures: list[NamedPicture]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        try:
            self.pictures = read_photo_zip(file)
        except UploadRefused as refusal:
            raise ValidationError(str(refusal)) from None
        return file


# ---- change of term


class TermForm(forms.Form):
    """Which term ends, what the next is called, and when it begins. Sent by GET: the list of members is its answer."""

    term = forms.ChoiceField(
        label="到届的是",
        error_messages={
            "required": "请选到届的是哪一届。",
            "invalid_choice": "今天没有这一届在任的人，请重新选择。",
        },
    )
    new_term = CleanCharField(
        label="新一届的届次",
        max_length=20,
        help_text="例如 第十八届。",
        error_messages={"required": "请填新一届的届次，例如 第十八届。", "max_length": "届次最多 20 个字。"},
    )
    starts_on = forms.DateField(
        label="新一届开始的日期",
        help_text="上一届到这一天的前一天为止。",
        widget=day_input(),
        validators=[MinValueValidator(EARLIEST, "日期太早了，请核对年份。")],
        error_messages={"required": "请填新一届开始的日期。", **_DAY},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = {term.code: term for term in selectors.terms_in_force(today)}
        field: Any = self.fields["term"]
        field.choices = [
            ("", "请选择"),
            *((code, f"{term.label}（{term.count} 人）") for code, term in self.terms.items()),
        ]

    @property
    def ending(self) -> selectors.Term:
        return self.terms[self.cleaned_data["term"]]

    @property
    def last_day(self) -> date:
        return self.cleaned_data["starts_on"] - timedelta(days=1)

    def members(self) -> list[Mandate]:
        """Return whose mandates end; only when the form is valid."""
        return list(selectors.members_in_force(level=self.ending.level, on=self.last_day))


@dataclass(frozen=True)
class SeatRow:
    """One member as the page lists them, with the fields of that line; None where there are too many to edit."""

    mandate: Mandate
    continues: forms.BoundField
    district: forms.BoundField | None = None
    constituency_type: forms.BoundField | None = None
    group: forms.BoundField | None = None

    @property
    def errors(self) -> list[str]:
        fields = (self.continues, self.district, self.constituency_type, self.group)
        return [str(error) for field in fields if field is not None for error in field.errors]


class SeatsForm(forms.Form):
    """Who goes on in the new term, and where each of them sits then."""

    def __init__(self, *args: Any, members: Sequence[Mandate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.is_editable = len(members) <= MOST_EDITABLE_SEATS
        of_members = {mandate.group_id for mandate in members if mandate.group_id}
        groups = DeputyGroup.objects.filter(Q(is_active=True) | Q(pk__in=of_members)).order_by("position", "name", "pk")
        self.groups = {str(group.pk): group for group in groups}
        for mandate in members:
            self._add_line(mandate)

    def _add_line(self, mandate: Mandate) -> None:
        name = mandate.person.name
        self._add(mandate, "continues", forms.BooleanField(label=f"{name}连任", required=False))
        if not self.is_editable:
            return
        district = CleanCharField(
            label=f"{name}的选区",
            required=False,
            max_length=40,
            initial=mandate.district,
            error_messages={"max_length": f"{name}的选区最多 40 个字。"},
            widget=forms.TextInput(attrs={"class": "form-control"}),
        )
        kinds = forms.ChoiceField(
            label=f"{name}的代表类别",
            required=False,
            choices=[("", "未定"), *ConstituencyType.choices],
            initial=mandate.constituency_type,
            error_messages={"invalid_choice": f"列表里没有{name}的这个代表类别，请重新选择。"},
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        in_use = [(key, group.name) for key, group in self.groups.items() if group.is_active]
        current = self.groups.get(str(mandate.group_id))
        group = forms.ChoiceField(
            label=f"{name}的代表小组",
            required=False,
            choices=[("", "没有"), *in_use],
            initial=str(current.pk) if current and current.is_active else "",
            error_messages={"invalid_choice": f"列表里没有{name}的这个小组，请重新选择。"},
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        for field_name, field in (("district", district), ("constituency_type", kinds), ("group", group)):
            self._add(mandate, field_name, field)

    def _add(self, mandate: Mandate, name: str, field: forms.Field) -> None:
        self.fields[f"{mandate.pk}-{name}"] = field

    def rows(self) -> Iterator[SeatRow]:
        for mandate in self.members:
            names = ("continues", "district", "constituency_type", "group") if self.is_editable else ("continues",)
            yield SeatRow(mandate, **{name: self[f"{mandate.pk}-{name}"] for name in names})

    def seats(self) -> list[TermSeat]:
        """Return the members who go on; only when the form is valid."""
        return [self._seat(mandate) for mandate in self.members if self.cleaned_data[f"{mandate.pk}-continues"]]

    def _seat(self, mandate: Mandate) -> TermSeat:
        if not self.is_editable:
            group = mandate.group if mandate.group and mandate.group.is_active else None
            return TermSeat(mandate.person, mandate.district, mandate.constituency_type, group, mandate.community)
        district, kind, group_key = (
            self.cleaned_data[f"{mandate.pk}-{name}"] for name in ("district", "constituency_type", "group")
        )
        return TermSeat(mandate.person, district, kind, self.groups.get(group_key), mandate.community)

    def fingerprint(self, term: TermForm) -> str:
        """Tell apart two lists of who ends and who goes on. What was shown is compared with what would happen now."""
        values = [str(term.cleaned_data[name]) for name in ("term", "new_term", "starts_on")]
        ending = [(m.pk, m.person_id, m.term, str(m.ends_on)) for m in self.members]
        seats = [(s.person.pk, s.district, s.constituency_type, s.group and s.group.pk) for s in self.seats()]
        return hashlib.sha256(repr((values, ending, seats)).encode("utf-8", "backslashreplace")).hexdigest()
