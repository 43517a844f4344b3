"""Records of a lower floor in the staff admin, with what the floors above keep of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from congress_portal.views import topic as topic_views
from deputies.admin.oversight import OversightTopicAdmin
from deputies.models import OversightTopic
from suggestions import selectors


@admin.register(OversightTopic)
class TopicAdmin(OversightTopicAdmin):
    """A topic with the opinions put forward under it, and what was answered."""

    list_display = ("what", "state", "department_or_none", "opinions", "look", "report")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return selectors.with_opinion_counts(super().get_queryset(request))

    @admin.display(description="意见建议")
    def opinions(self, topic: Any) -> SafeString | str:
        if not topic.opinion_count:
            return "还没有提出"
        return format_html(
            '<a class="act" href="{}?topic={}">提出 {} 条</a><span class="sub">答复 {} 条</span>',
            reverse("admin:suggestions_suggestion_changelist"),
            topic.pk,
            topic.opinion_count,
            topic.answered_count,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied("您的角色看不到监督议题。")
        topic = self.get_object(request, object_id)
        if topic is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return topic_views.topic_page(request, topic)
