"""Several opinions under one oversight topic, on one page inside the admin: all of them or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView

from congress_portal.common.refusal import Refusal
from deputies.choices import TopicStatus
from deputies.models import OversightTopic
from deputies.workflow import TopicClosed, what_happened_since_topic
from suggestions import workflow
from suggestions.models import Suggestion
from suggestions.put_forward_forms import OpinionFormSet, PutForwardForm


class PutForwardView(FormView):
    """Up to ten opinions, each a suggestion of its own, channel 监督议题."""

    form_class = PutForwardForm
    template_name = "admin/suggestions/put_forward.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (
            request.user.has_perm("suggestions.add_suggestion")
            and request.user.has_perm("deputies.view_oversighttopic")
        ):
            raise PermissionDenied("您的角色不能登记意见建议。")
        self.topic = get_object_or_404(OversightTopic, pk=kwargs["topic_pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.topic.status != TopicStatus.OPEN:
            messages.error(request, f"不能再提意见建议：{what_happened_since_topic(self.topic)}")
            return redirect(self.topic)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"topic": self.topic}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, rows = self.get_form(), OpinionFormSet(request.POST, prefix="rows")
        if not all([form.is_valid(), rows.is_valid()]):
            return self.again(form, rows)
        try:
            received = workflow.put_forward(
                rows.submissions(activity=form.cleaned_data["activity"], raised_by=form.cleaned_data["raised_by"]),
                topic=self.topic,
                received_on=form.cleaned_data["received_on"],
                by=request.user,
                now=timezone.now(),
            )
        except workflow.RowRefused as refusal:
            row = rows.filled()[refusal.row]
            row.add_error("matter", str(refusal))
            row.renew_key()
            return self.again(form, rows)
        except TopicClosed as refusal:
            form.add_error(None, str(refusal))
            return self.again(form, rows, status=409)
        except Refusal as refusal:
            is_day = isinstance(refusal, workflow.ReceivedDateNotAllowed)
            form.add_error("received_on" if is_day else None, str(refusal))
            return self.again(form, rows)
        numbers = "、".join(one.suggestion.number for one in received)
        messages.success(request, f"已提出 {len(received)} 条意见建议，编号 {numbers}，接着受理、交办。")
        return redirect(self.topic)

    def again(self, form: forms.Form, rows: Any, *, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, rows=rows), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return (
            {"rows": OpinionFormSet(prefix="rows")}
            | frame
            | {
                "title": f"提出意见建议：{self.topic.title}",
                "topic": self.topic,
                "opts": Suggestion._meta,
            }
        )
