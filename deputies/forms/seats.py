"""What residents fill in for an open activity: to sign up, and to give their seats up again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from congress_portal.common import codes
from congress_portal.common.phone_field import PhoneField, clean_phone_tail
from congress_portal.common.text import CleanCharField
from deputies.deadlines import MOST_HEADS


class SeatForm(forms.Form):
    """The public form. Its key makes ten clicks one sign-up."""

    submission_key = forms.CharField(widget=forms.HiddenInput, required=False)
    head_count = forms.TypedChoiceField(
        label="几个人来",
        coerce=int,
        choices=[(count, f"{count} 人") for count in range(1, MOST_HEADS + 1)],
        help_text="连您自己在内。",
        error_messages={
            "required": "请选择几个人来。",
            "invalid_choice": f"请选择 1 至 {MOST_HEADS} 人。人多的，请打电话给街道人大工委。",
        },
    )
    name = CleanCharField(
        label="怎么称呼您",
        help_text="例如 王女士。",
        required=False,
        max_length=40,
        error_messages={"max_length": "最多写 40 个字，现在是 %(show_value)s 个字。请删减后再报名。"},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label="手机号",
        # Longer than a number, so that one typed with spaces or hyphens is understood before it is measured.
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": "请填手机号。活动有变化时，工委用它联系您。",
            "max_length": "手机号应为 11 位，请再核对一遍。",
        },
    )
    of_age = forms.BooleanField(
        label="我已满 14 周岁；未满的，由监护人代填",
        error_messages={"required": "请确认您已满 14 周岁；未满 14 周岁的，请监护人代填后勾选。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key_was_lost = self.is_bound and not codes.is_form_key(self.data.get("submission_key", ""))
        if self.key_was_lost:
            self.renew_key()
        self.initial.setdefault("submission_key", codes.new_form_key())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.key_was_lost:
            raise ValidationError("这一页打开得太久或不完整，没有报名成功。您填的都还在，请再点一次报名。")
        return cleaned

    def renew_key(self) -> None:
        """Give a form whose key is lost or was used before a fresh one."""
        self.data = self.data.copy()
        self.data["submission_key"] = codes.new_form_key()

    def seat(self) -> dict[str, Any]:
        """Return what was filled in, as ``take_seat`` takes it."""
        named = {name: self.cleaned_data[name] for name in ("name", "phone", "head_count")}
        return named | {"key": self.cleaned_data["submission_key"]}


class GiveUpForm(forms.Form):
    """The code of a sign-up and the last four digits of the phone number."""

    code = CleanCharField(
        label="取消码",
        help_text="10 位，报名成功的页面上有，例如 7K2M9-4QWXH。大小写、有没有短横都行。",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请填取消码。", "max_length": "取消码是 10 位，请再核对一遍。"},
    )
    phone_tail = CleanCharField(
        label="手机号后四位",
        help_text="报名时留的手机号。",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填手机号的后四位。", "max_length": "只填后四位数字。"},
    )

    def clean_code(self) -> str:
        return codes.normalise(self.cleaned_data["code"])

    def clean_phone_tail(self) -> str:
        return clean_phone_tail(self.cleaned_data["phone_tail"])
