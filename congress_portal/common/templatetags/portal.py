"""How the portal's pages write icons, statuses, dates and sizes.

The chip is the only place that knows which icon and colour a status has; pages pass the code and the word.
"""

from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

from congress_portal.common.dates import full_day, month_day

register = template.Library()

# Each code is the name of an icon and of a colour, the class .chip-<code> of theme.css. The icons differ in shape,
# so that a grey print-out loses nothing.
CHIP_CODES = frozenset({"new", "toassign", "doing", "overdue", "rate", "again", "done", "moved", "clock"})

WEEKDAYS = "一二三四五六日"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one icon of the sprite. It is decoration, so it always stands beside a word."""
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#i-{}"></use></svg>', static("portal/icons.svg"), name
    )


@register.simple_tag
def chip(code: str, label: str) -> SafeString:
    """Draw a status as icon and word. An unknown code is a programming error and raises KeyError."""
    if code not in CHIP_CODES:
        raise KeyError(code)
    return format_html('<span class="chip chip-{}">{}{}</span>', code, icon(code), label)


@register.filter
def cn_day(value: date | datetime | str | None) -> str:
    """Write a day as 11月24日, with the year in front when it is not the current one."""
    if not isinstance(value, date):
        return value or ""  # already words, such as “12月4日前”
    day = _local_day(value)
    return month_day(day) if day.year == timezone.localdate().year else full_day(day)


@register.filter
def cn_date(value: date | datetime | str | None) -> str:
    """Write a day with its weekday, as 11月24日（周二）: the form of every deadline."""
    if not isinstance(value, date):
        return value or ""
    return f"{cn_day(value)}（周{WEEKDAYS[_local_day(value).weekday()]}）"


@register.filter
def cn_datetime(value: date | datetime | str | None) -> str:
    """Write a moment in the portal's time zone, as 11月20日 15:10. A day without a time stays a day."""
    if not isinstance(value, datetime):
        return cn_day(value)
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{cn_day(value)} {moment.hour}:{moment.minute:02}"


@register.simple_tag
def hours(starts_at: datetime, ends_at: datetime) -> str:
    """Write from when to when, the day standing beside it, as 上午 9:00—11:30; over several days with the last one."""
    starts_at, ends_at = timezone.localtime(starts_at), timezone.localtime(ends_at)
    begin = f"{'上午' if starts_at.hour < 12 else '下午' if starts_at.hour < 18 else '晚上'} {_clock(starts_at)}"
    if starts_at == ends_at:
        return begin
    if starts_at.date() == ends_at.date():
        return f"{begin}—{_clock(ends_at)}"
    return f"{begin}至{cn_date(ends_at)} {_clock(ends_at)}"


@register.simple_tag
def time_span(starts_at: datetime, ends_at: datetime) -> str:
    """Write from when to when with the day, as 11月26日（周四）上午 9:00—11:30."""
    return f"{cn_date(starts_at)}{hours(starts_at, ends_at)}"


@register.filter
def weekday(value: date | datetime) -> str:
    """Write the weekday alone, as 周四."""
    return f"周{WEEKDAYS[_local_day(value).weekday()]}"


@register.filter
def filesize_cn(size: int | None) -> str:
    """Write a size in bytes the way people say it: 812 字节, 310 KB, 2.4 MB."""
    if size is None:
        return ""
    if size < 1024:
        return f"{size} 字节"
    if round(size / 1024) < 1024:
        return f"{round(size / 1024)} KB"
    return f"{size / 1024**2:.1f} MB"


@register.filter
def paragraphs(text: str | None) -> SafeString:
    """Turn plain text into escaped paragraphs; single line breaks are kept. Never trusts the text as HTML."""
    return mark_safe(linebreaks(text or "", autoescape=True))  # noqa: S308 -- linebreaks escapes the text itself


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def _local_day(value: date | datetime) -> date:
    """Give the calendar day of the committee's clock, which is not the day in UTC between 0:00 and 8:00."""
    if not isinstance(value, datetime):
        return value
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
