"""What the staff's lists need on top of the stock admin's: cells that know their column, and a pager in words."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Page
from django.db.models.options import Options
from django.utils.html import escape
from django.utils.safestring import SafeData, SafeString, mark_safe

register = template.Library()

_BOOLEAN_ICON = re.compile(r'<img src="[^"]*/icon-(yes|no|unknown)[^"]*\.svg" alt="(?:True|False|None)">')
_BOOLEAN_WORDS = {"yes": "是", "no": "否", "unknown": "—"}


@register.filter
def booleans_in_words(html: str) -> SafeString:
    """Write 是 and 否 where the stock admin draws an icon whose only words are True and False."""
    return mark_safe(_BOOLEAN_ICON.sub(lambda icon: _BOOLEAN_WORDS[icon[1]], html))  # noqa: S308 -- as rendered by the admin


@register.simple_tag
def counted_in(opts: Options) -> str:
    """Return the measure word for the records of a model."""
    return _MEASURE_WORDS.get(opts.label_lower, "个")


_MEASURE_WORDS = {
    "suggestions.suggestion": "件",
    "suggestions.replyterm": "条",
    "suggestions.reminder": "条",
    "notifications.message": "条",
    "accounts.user": "人",
    "common.calendaryear": "年",
    "deputies.person": "人",
    "deputies.dutyrecord": "条",
}


@register.filter
def labelled(cells: Iterable[str], headers: Iterable[Mapping[str, Any]]) -> list[SafeString]:
    """Give each cell of a row the name of its column, which a phone prints beside the value.

    The stock admin hands over whole cells. Only their opening tags are touched, which Django itself wrote; a heading
    that is markup (the box that selects all) names nothing.
    """
    named = []
    for cell, header in zip(cells, headers, strict=False):
        if isinstance(header["text"], SafeData):
            named.append(mark_safe(cell))  # noqa: S308 -- as rendered and escaped by the admin
            continue
        opening = f'<td data-l="{escape(header["text"])}"'
        cell = cell.replace("<td", opening, 1) if cell.startswith("<td") else cell.replace("<th", '<th scope="row"', 1)
        named.append(booleans_in_words(cell))
    return named


@register.simple_tag
def page_of(cl: ChangeList) -> Page:
    """Return the page a list shows, for its “第 1—25 件”; the rows are not read again."""
    return cl.paginator.get_page(cl.page_num)


@register.simple_tag
def page_query(cl: ChangeList, number: int) -> str:
    """Return the query string of another page of the list, with search and filters kept."""
    return cl.get_query_string({PAGE_VAR: number})
