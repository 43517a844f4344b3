"""A telephone number as residents type it."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError

from congress_portal.common.text import CleanCharField, normalise_digits

_MOBILE = re.compile(r"1[0-9]{10}")
_TAIL = re.compile(r"[0-9]{4}")


class PhoneField(CleanCharField):
    """A mobile number of the mainland: 11 digits, however they were typed."""

    def to_python(self, value: Any) -> str:
        return normalise_digits(super().to_python(value))

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value or _MOBILE.fullmatch(value):
            return
        if not (value.isascii() and value.isdigit()):
            raise ValidationError("手机号只有数字，请检查是不是多打了别的字。")
        if len(value) != 11:
            raise ValidationError(f"手机号应为 11 位，现在是 {len(value)} 位。")
        raise ValidationError("手机号以 1 开头，请再核对一遍。")


def clean_phone_tail(value: str) -> str:
    """Return the last four digits of a number as they were typed. Raises ValidationError."""
    tail = normalise_digits(value)
    if not _TAIL.fullmatch(tail):
        raise ValidationError("只填手机号的后四位数字。")
    return tail
