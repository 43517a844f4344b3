"""What the staff's lists need on top of the stock admin's: cells that know their column."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def labelled(cells: Iterable[str], headers: Iterable[Mapping[str, Any]]) -> list[SafeString]:
    """Give each cell of a row the name of its column, which a phone prints beside the value.

    The stock admin renders whole cells; only their opening tags, written by Django itself, are touched.
    """
    named = []
    for cell, header in zip(cells, headers, strict=False):
        label = format_html('<td data-l="{}"', header["text"])
        named.append(mark_safe(cell.replace("<td", label, 1).replace("<th", '<th scope="row"', 1)))  # noqa: S308
    return named
