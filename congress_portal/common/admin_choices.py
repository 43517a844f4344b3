"""Selects of the staff admin in words."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper


def in_words(field: forms.Field | None, *, nothing: str = "未定") -> forms.Field | None:
    """Write what an empty choice means where the stock admin draws dashes, and leave out the pictures beside it.

    The pictures (pencil, plus, eye) lead to another record without a word; the sidebar leads there with one.
    ``nothing`` is what no choice means in a field that may stay empty.
    """
    if field is None:
        return None
    if isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    words = "请选择" if field.required else nothing
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = words
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices  # flat here, and a list or an iterator of Django's own
        field.choices = [(value, label if value not in ("", None) else words) for value, label in choices]
    return field
