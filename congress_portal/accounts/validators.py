"""Passwords that everybody around here would try first."""

from typing import Any

from django.core.exceptions import ValidationError

# Django's own list knows English habits only: it lets these through.
_STEMS = (
    "renda",
    "rddb",
    "jiedao",
    "rendagongwei",
    "admin",
    "password",
    "woaini",
    "qwerty",
    "abc",
    "congress",
    "portal",
)


class LocalWeakPasswordValidator:
    """Refuse a well-known word followed by the digits and marks people usually add (renda2024, Admin@123)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when only digits and marks remain once a local stem is taken away."""
        core = "".join(character for character in password.lower() if character.isalpha())
        if core in _STEMS:
            raise ValidationError(
                "这个密码太容易被猜到。请不要用“renda”“admin”这类词加数字，换成几个不相干的词。",
                code="password_locally_common",
            )

    def get_help_text(self) -> str:
        return "不要用“renda”“admin”这类常见词加数字。"
