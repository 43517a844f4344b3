"""What is written into a duty file: by the person on mandate, and by staff on somebody's behalf or in correction."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.common.file_fields import PHOTO_TYPES, FilesField
from congress_portal.common.text import CleanCharField
from congress_portal.common.uploads import accept_photo
from deputies.choices import DutyKind, DutyOutcome
from deputies.models import DutyPhoto, DutyRecord, Person
from deputies.models.duty import REASON_LENGTH, TEXT_LENGTH
from deputies.workflow import MAX_PHOTOS

_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


def new_key() -> str:
    """Return the random key (128 bits) that one blank form carries, so that a second click writes no second line."""
    return secrets.token_urlsafe(16)


def _too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"最多写 {limit} 个字，现在是 %(show_value)s 个字。请删减后再提交。"}


def seen_field() -> forms.IntegerField:
    """Return the hidden field that tells what a page had shown when it was sent."""
    return forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**18 - 1)


def see_anew(form: forms.Form, seen: int | None) -> None:
    """Let a form that comes back carry what its page shows now: pressing again, after reading it, is a decision."""
    form.data = form.data.copy()
    form.data["seen"] = "" if seen is None else str(seen)


class ConfirmForm(forms.Form):
    seen = seen_field()


class DutyFields(forms.Form):
    """What was done, when and where."""

    kind = forms.ChoiceField(
        label="类型",
        choices=[("", "请选择"), *DutyKind.choices],
        error_messages={"required": "请选择是哪一类履职。", "invalid_choice": "请在列表里选择类型。"},
    )
    on = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填履职的那一天。", "invalid": "日期写成 2026-11-24 这样。"},
    )
    title = CleanCharField(
        label="做了什么",
        help_text="一句话，例如 走访凤鸣路沿街商户，了解停车问题。",
        max_length=80,
        error_messages={"required": "请用一句话写明做了什么。", **_too_long(80)},
    )
    place = CleanCharField(
        label="地点",
        help_text="例如 凤鸣社区居委会。",
        required=False,
        max_length=80,
        error_messages=_too_long(80),
    )
    text = CleanCharField(
        label="详细情况",
        help_text="听到了什么、提了什么意见、后来怎样。请不要写群众的姓名、电话和住址。",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=_too_long(TEXT_LENGTH),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def line(self) -> dict[str, Any]:
        """Return what was filled in, as the verbs take it."""
        written = {name: self.cleaned_data[name] for name in ("on", "title", "place", "text")}
        return {"kind": DutyKind(self.cleaned_data["kind"]), **written}


class WithPhotos(forms.Form):
    """Photos that go with a line, and the key of the form."""

    photos = FilesField(
        check=accept_photo,
        types=PHOTO_TYPES,
        max_files=MAX_PHOTOS,
        label="照片",
        help_text=f"最多 {MAX_PHOTOS} 张，每张不超过 20 MB。照片里的拍摄位置信息会自动去掉。",
    )

    @property
    def lost_photo_names(self) -> list[str]:
        """The photos a browser cannot keep when the page comes back with a mistake: to be chosen again."""
        return self.fields["photos"].accepted_names if self.errors else []


class WithKey(forms.Form):
    form_key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and not _KEY.fullmatch(self.data.get("form_key", "")):
            self.renew_key()
        self.initial.setdefault("form_key", new_key())

    def renew_key(self) -> None:
        """Give the form a fresh key: it had none, or one that belongs to another line."""
        self.data = self.data.copy()
        self.data["form_key"] = new_key()


class DutyForm(WithKey, WithPhotos, DutyFields):
    """Log something one did oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())


class DutyChangeForm(WithPhotos, DutyFields):
    """Change a line of one's own that is not confirmed yet. ``seen`` is the last step the page showed."""

    seen = seen_field()
    drop_photos = forms.ModelMultipleChoiceField(
        label="删掉已有的照片",
        required=False,
        queryset=DutyPhoto.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "这张照片已经不在了，请刷新后再看。"},
    )

    def __init__(self, *args: Any, record: DutyRecord, **kwargs: Any) -> None:
        initial = initial_of(record) | (kwargs.pop("initial", None) or {})
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["drop_photos"].queryset = record.photos.order_by("created_at", "pk")


class DutyEntryForm(WithKey, WithPhotos, DutyFields):
    """Enter a line for somebody who does not do it online."""

    person = forms.ModelChoiceField(
        label="人员",
        queryset=Person.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择是谁的履职。", "invalid_choice": "名册里没有这个人，请重新选择。"},
    )
    outcome = forms.ChoiceField(label="结果", choices=DutyOutcome, initial=DutyOutcome.DONE)

    field_order = ("person", "kind", "on", "title", "place", "outcome", "text", "photos")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.order_by("sort_key", "pk")
        self.initial.setdefault("on", timezone.localdate())


class DutyCorrectionForm(DutyFields):
    """Put a new line in the place of a confirmed one."""

    outcome = forms.ChoiceField(label="结果", choices=DutyOutcome)
    reason = CleanCharField(
        label="为什么更正",
        help_text="本人会看到。原来的记录留在档案里，划线表示。",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明为什么更正，本人会看到这段话。", **_too_long(REASON_LENGTH)},
    )

    field_order = ("kind", "on", "title", "place", "outcome", "text", "reason")

    def __init__(self, *args: Any, record: DutyRecord, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(record), **kwargs)


class ReturnForm(forms.Form):
    seen = seen_field()
    reason = CleanCharField(
        label="退回原因",
        help_text="写明哪里不对、怎样修改，本人会看到。例如 日期应为 3月5日，请改好后再提交。",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明为什么退回、怎样修改，本人会看到这段话。", **_too_long(REASON_LENGTH)},
    )


class BookForm(forms.Form):
    """Whose files are bound in one book, and which year of them."""

    group = forms.ChoiceField(
        label="代表小组",
        required=False,
        error_messages={"invalid_choice": "列表里没有这个小组，请重新选择。"},
    )
    year = forms.ChoiceField(
        label="年份",
        required=False,
        error_messages={"invalid_choice": "列表里没有这一年，请重新选择。"},
    )

    def __init__(self, *args: Any, groups: list[tuple[int, str]], years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["group"]
        choices.choices = [("", "全部代表和议事员"), *((str(pk), name) for pk, name in groups)]
        choices = self.fields["year"]
        choices.choices = [("", "全部年份"), *((str(year), f"{year}年") for year in years)]


def initial_of(record: DutyRecord) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "on": record.happened_on,
        "title": record.title,
        "place": record.place,
        "text": record.text,
        "outcome": record.outcome,
    }
