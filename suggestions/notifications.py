"""Who is told what, as outbox rows in the verb's own transaction. Residents have no account: they look up.

A message names a case by number, channel and community. A title may still be the resident's own first sentence, and
messages are seen by who may not see cases: in e-mail headers, in the outbox.
"""

from django.urls import reverse

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.models import User
from congress_portal.common.dates import month_day
from congress_portal.notifications.outbox import notify
from suggestions.models import Suggestion


def tell_committee_received(suggestion: Suggestion) -> None:
    _tell_committee(
        suggestion,
        subject=f"收到一件意见建议：{_name(suggestion)}",
        body=f"请在{month_day(suggestion.accept_due_on)}前受理。",
    )


def tell_committee_returned(suggestion: Suggestion, *, department_name: str, reason: str) -> None:
    _tell_committee(
        suggestion,
        subject=f"{department_name}退办：{_name(suggestion)}",
        body=f"请重新交办。\n退办原因：{reason}",
    )


def tell_committee_replied(suggestion: Suggestion) -> None:
    _tell_committee(
        suggestion,
        subject=f"{suggestion.department}已答复：{_name(suggestion)}",
        body="等居民评价。",
    )


def tell_department_assigned(suggestion: Suggestion) -> None:
    round_text = f"第 {suggestion.round_no} 轮办理，" if suggestion.round_no > 1 else ""
    _tell_department(
        suggestion,
        subject=f"交办：{_name(suggestion)}",
        body=f"{round_text}请在{month_day(suggestion.reply_due_on)}前答复。",
    )


def tell_department_sent_back(suggestion: Suggestion, *, reason: str) -> None:
    _tell_department(
        suggestion,
        subject=f"答复退回，请补充后再答复：{_name(suggestion)}",
        body=f"请在{month_day(suggestion.reply_due_on)}前重新答复。\n退回原因：{reason}",
    )


def tell_department_reopened(suggestion: Suggestion) -> None:
    """Also told to the committee: a dissatisfied resident is its business first."""
    subject = f"居民不满意，重新办理：{_name(suggestion)}"
    body = f"第 {suggestion.round_no} 轮，请在{month_day(suggestion.reply_due_on)}前答复。居民的意见见办理经过。"
    _tell_department(suggestion, subject=subject, body=body)
    _tell_committee(suggestion, subject=subject, body=body)


def _tell_committee(suggestion: Suggestion, *, subject: str, body: str) -> None:
    people = User.objects.filter(role__in=COMMITTEE_ROLES, is_active=True)
    notify(to=people, subject=subject, body=body, url=suggestion.get_absolute_url())


def _tell_department(suggestion: Suggestion, *, subject: str, body: str) -> None:
    people = User.objects.filter(role=Role.OFFICER, department=suggestion.department_id, is_active=True)
    notify(
        to=people,
        subject=subject,
        body=body,
        url=reverse("suggestions:officer_detail", args=(suggestion.pk,)),
    )


def _name(suggestion: Suggestion) -> str:
    where = f"，{suggestion.community}" if suggestion.community else ""
    return f"{suggestion.number}，{suggestion.get_channel_display()}{where}"
