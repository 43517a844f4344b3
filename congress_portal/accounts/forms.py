"""Signing in and changing one's password, in the portal's own words."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import forms as auth_forms


class SignInForm(auth_forms.AuthenticationForm):
    """One sentence for a wrong name, a wrong password and a disabled account: none of them is given away."""

    error_messages: ClassVar[dict[str, Any]] = {
        "invalid_login": "用户名或密码不对。请核对后再试；忘了密码，请联系系统管理员重设。",
        "inactive": "用户名或密码不对。请核对后再试；忘了密码，请联系系统管理员重设。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = "请填用户名。"
        self.fields["password"].error_messages["required"] = "请填密码。"


class PasswordChangeForm(auth_forms.PasswordChangeForm):
    error_messages: ClassVar[dict[str, Any]] = {
        **auth_forms.PasswordChangeForm.error_messages,
        "password_incorrect": "现在的密码不对，请重新输入。",
        "password_mismatch": "两次输入的新密码不一样，请重新输入。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"old_password": "现在的密码", "new_password1": "新密码", "new_password2": "再输一遍新密码"}
        for name, label in labels.items():
            field: forms.Field = self.fields[name]
            field.label = label
            field.error_messages["required"] = f"请填{label}。"
