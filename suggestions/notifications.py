"""Who is told what, as outbox rows in the verb's own transaction. Residents have no account: they look up."""

from django.urls import reverse

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.models import User
from congress_portal.notifications.outbox import notify
from suggestions.models import Suggestion


def tell_committee_received(suggestion: Suggestion) -> None:
    _tell_committee(
        suggestion,
        subject=f"收到一件意见建议：{suggestion.title}",
        body=f"{suggestion.number}，{suggestion.get_channel_display()}，请在{_day(suggestion.accept_due_on)}前受理。",
    )


def tell_committee_returned(suggestion: Suggestion, *, department_name: str, reason: str) -> None:
    _tell_committee(
        suggestion,
        subject=f"{department_name}退办：{suggestion.title}",
        body=f"{suggestion.number}，请重新交办。\n退办原因：{reason}",
    )


def tell_committee_replied(suggestion: Suggestion) -> None:
    _tell_committee(
        suggestion,
        subject=f"{suggestion.department}已答复：{suggestion.title}",
        body=f"{suggestion.number}，等居民评价。",
    )


def tell_department_assigned(suggestion: Suggestion) -> None:
    round_text = f"，第 {suggestion.round_no} 轮办理" if suggestion.round_no > 1 else ""
    _tell_department(
        suggestion,
        subject=f"交办：{suggestion.title}",
        body=f"{suggestion.number}{round_text}，请在{_day(suggestion.reply_due_on)}前答复。",
    )


def tell_department_sent_back(suggestion: Suggestion, *, reason: str) -> None:
    _tell_department(
        suggestion,
        subject=f"答复退回，请补充后再答复：{suggestion.title}",
        body=f"{suggestion.number}，请在{_day(suggestion.reply_due_on)}前重新答复。\n退回原因：{reason}",
    )


def tell_department_reopened(suggestion: Suggestion, *, reason: str) -> None:
    """Also told to the committee: a dissatisfied resident is its business first."""
    subject = f"居民不满意，重新办理：{suggestion.title}"
    due = f"第 {suggestion.round_no} 轮，请在{_day(suggestion.reply_due_on)}前答复。"
    body = f"{suggestion.number}，{due}\n居民的意见：{reason}"
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


def _day(day) -> str:
    return f"{day.month}月{day.day}日"
