"""The page of an oversight topic, inside the admin: its rounds with what was done, put forward and answered in them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from congress_portal.common.templatetags.portal import cn_date
from deputies.admin.oversight import CHIPS
from deputies.choices import TopicStatus
from deputies.models import OversightTopic
from deputies.selectors import oversight
from deputies.views.oversight import verb_links
from suggestions import selectors as suggestions


def topic_page(request: HttpRequest, topic: OversightTopic) -> HttpResponse:
    """Show one topic. The caller has made sure that the reader may see it."""
    today = timezone.localdate()
    page = oversight.topic_page(topic, today=today)
    user: Any = request.user
    sees_opinions = user.has_perm("suggestions.view_suggestion")
    opinions = suggestions.opinions_under(topic.pk, today=today) if sees_opinions else []
    for opinion in opinions:
        page.round_on(opinion.row.suggestion.received_on).opinions.append(opinion)
    is_open = topic.status == TopicStatus.OPEN
    context = admin.site.each_context(request) | {
        "title": topic.title,
        "opts": OversightTopic._meta,
        "original": topic,
        "topic": topic,
        "page": page,
        "chip": (CHIPS[TopicStatus(topic.status)], topic.get_status_display()),
        "facts": _facts(page),
        "opinion_count": len(opinions),
        "answered_count": sum(opinion.reply is not None for opinion in opinions),
        "verbs": verb_links(user, topic, page.last),
        "main_verb": "close" if is_open and page.in_hand is None else "round",
        "may_put_forward": is_open and user.has_perm("suggestions.add_suggestion"),
        "may_plan": is_open and user.has_perm("deputies.add_activity"),
        "timeline": [
            {
                "title": event.get_kind_display(),
                "when": event.happened_at,
                "lines": [line for line in (event.actor.display_name if event.actor else "", event.note) if line],
            }
            for event in page.events
        ],
    }
    return render(request, "admin/pages/topic.html", context)


def _facts(page: oversight.TopicPage) -> list[dict[str, Any]]:
    topic = page.topic
    facts: list[dict[str, Any]] = [
        {"label": "落实单位", "value": str(topic.department or "未定")},
        {"label": "牵头小组", "value": str(topic.group or "未定")},
    ]
    if topic.status == TopicStatus.CLOSED:
        facts.append({"label": "办结", "value": cn_date(topic.closed_on)})
    elif page.look:
        facts.append(_due("下次检查", page.look))
    elif page.in_hand:
        facts.append({"label": "下次检查", "value": "还没有定"})
    if topic.entrusted_by:
        facts.append({"label": "受谁委托", "value": topic.entrusted_by})
        if topic.reported_back_on:
            facts.append({"label": "已报告", "value": cn_date(topic.reported_back_on)})
        elif page.report:
            facts.append(_due("要求报告", page.report))
    return facts


def _due(label: str, due: oversight.LookDue) -> dict[str, Any]:
    return {"label": label, "value": cn_date(due.on), "note": due.distance, "is_bad": due.is_late}
