"""What people on mandate fill in about an invitation: why they cannot come, and the code shown where it takes place."""

from __future__ import annotations

from typing import Any

from django import forms

from congress_portal.common.text import CleanCharField, normalise_digits
from deputies.models.activities import REASON_LENGTH

# Longer than any code, so that one with a word too many is answered in a sentence.
CODE_LENGTH = 100


class LeaveForm(forms.Form):
    reason = CleanCharField(
        label="请假原因",
        help_text="写明去不了的原因，例如 因公出差。街道人大工委会看到，别人看不到。",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "请填写请假原因。",
            "max_length": f"最多写 {REASON_LENGTH} 个字，现在是 %(show_value)s 个字。请删减后再提交。",
        },
    )


class SignInForm(forms.Form):
    code = CleanCharField(
        label="签到码",
        help_text="现场屏幕上的六位数字，每分钟更换一次。",
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "请输入现场屏幕上的签到码，或者用手机扫屏幕上的二维码。",
            "max_length": "签到码不对。请看现场屏幕，输入现在显示的六位数字。",
        },
    )

    def clean_code(self) -> Any:
        digits = normalise_digits(self.cleaned_data["code"])
        return digits if digits.isdigit() else self.cleaned_data["code"]
