"""One case laid out for a template: the same parts for the resident, the officer, the raiser and the staff."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from congress_portal.common.templatetags.portal import cn_date, cn_day
from suggestions import selectors
from suggestions.models import Attachment


def case_context(case: selectors.CaseFile, *, for_staff: bool) -> dict[str, Any]:
    """Lay a case out for a template: the same parts for the resident, the officer and the staff."""
    suggestion = case.suggestion
    return {
        "suggestion": suggestion,
        "case": case,
        "chip": case.chip,
        "due": case.due,
        "facts": _facts(case),
        "explanation": case.explanation,
        "timeline": case.timeline(for_staff=for_staff),
        "replies": [
            {
                "department": view.department,
                "replied_at": view.reply.replied_at,
                "outcome_code": view.reply.outcome,
                "outcome_label": view.reply.get_outcome_display(),
                "text": view.reply.text,
                "round_no": view.round_no,
                "returned": view.reply.sent_back_at is not None,
                "files": [_file(attachment) for attachment in view.files],
            }
            for view in case.replies
        ],
        "photos": [_file(photo) for photo in case.photos],
        "next_step": case.awaited.title if case.awaited else "",
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.original_name,
        "url": reverse("suggestions:attachment", args=(attachment.pk,)),
        "size": attachment.size,
    }


def _facts(case: selectors.CaseFile) -> list[dict[str, str]]:
    suggestion = case.suggestion
    facts = []
    if case.due is not None:
        facts.append(
            {
                "label": f"{case.due.verb}期限",
                "value": cn_date(case.due.due_on),
                "note": f"{cn_day(case.due.answered_on)}已答复" if case.due.answered_on else case.due.distance,
                "provisional": case.due.provisional,
            }
        )
    if suggestion.department:
        note = f"第 {suggestion.round_no} 轮办理" if suggestion.round_no > 1 else ""
        facts.append({"label": "承办单位", "value": str(suggestion.department), "note": note})
    if case.evaluate_by is not None:
        facts.append({"label": "请居民评价", "value": f"{cn_day(case.evaluate_by)}前", "note": ""})
    elif suggestion.closed_on:
        facts.append({"label": "办结", "value": cn_date(suggestion.closed_on), "note": ""})
    elif suggestion.referred_to:
        facts.append({"label": "请到这里办", "value": suggestion.referred_to, "note": ""})
    return facts
