"""The staff's verbs about oversight topics, as pages inside the admin. The page of a topic itself shows what other apps
keep, so it stands above them (``congress_portal.views.topic``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import FormView

from congress_portal.common.refusal import Refusal
from congress_portal.common.templatetags.portal import cn_date
from deputies import workflow
from deputies.choices import TopicStatus
from deputies.forms.oversight import (
    BeginRoundForm,
    CloseTopicForm,
    EndRoundForm,
    NoteForm,
    OpenTopicForm,
    ReportForm,
    TopicForm,
)
from deputies.models import OversightRound, OversightTopic

# Where a refusal belongs to one field, its sentence stands there, if the form has that field.
_FIELDS_OF: dict[type[Refusal], tuple[str, ...]] = {
    workflow.YearNotAllowed: ("year",),
    workflow.TopicTaken: ("title",),
    workflow.NotEntrusted: ("entrusted_by",),
    workflow.RoundDayNotAllowed: ("ended_on", "closed_on", "started_on"),
    workflow.NextRoundDayNotAllowed: ("next_round_on", "started_on"),
    workflow.LookDayNotAllowed: ("look_again_on",),
    workflow.ReportDayNotAllowed: ("on",),
}


class StaffPage(FormView):
    """A form page inside the admin about a topic."""

    title = ""
    submit_label = ""
    template_name = "admin/deputies/oversighttopic_verb.html"
    topic: OversightTopic | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return frame | {
            "title": self.title,
            "submit_label": self.submit_label,
            "topic": self.topic,
            "opts": OversightTopic._meta,
        }

    def form_invalid(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def refused(self, form: forms.Form, refusal: Refusal) -> HttpResponse:
        if isinstance(refusal, workflow.MoveNotAllowed):
            form.add_error(None, str(refusal))
            return self.form_invalid(form, status=409)
        field = next((name for name in _FIELDS_OF.get(type(refusal), ()) if name in form.fields), None)
        form.add_error(field, str(refusal))
        return self.form_invalid(form)


class TopicAddView(StaffPage):
    form_class = OpenTopicForm
    title = "确定监督议题"
    submit_label = "确定"

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"year": today.year, "started_on": today}

    def form_valid(self, form: OpenTopicForm) -> HttpResponse:
        try:
            topic = workflow.open_topic(**form.cleaned_data, by=self.request.user, now=timezone.now())
        except Refusal as refusal:
            return self.refused(form, refusal)
        told = f"，{topic.department}会收到消息" if topic.department else ""
        messages.success(self.request, f"已确定议题，第 1 轮监督开始{told}。")
        return redirect(topic)


class TopicVerbView(StaffPage):
    """One verb on one topic. Who may not do it gets 403, what does not exist 404, who is late 409."""

    name: ClassVar[str]
    label: ClassVar[str]
    submit: ClassVar[str] = ""

    @staticmethod
    def is_possible(topic: OversightTopic, last: OversightRound) -> bool:
        """Say whether the verb leads on from where the topic is; ``last`` is its last round."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("deputies.change_oversighttopic"):
            raise PermissionDenied("您的角色不能办这一步。")
        self.topic = get_object_or_404(OversightTopic.objects.select_related("department", "group"), pk=kwargs["pk"])
        self.last = self.topic.rounds.order_by("-number")[0]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_possible(self.topic, self.last):
            messages.error(request, f"现在不能{self.label}：{workflow.what_happened_since_topic(self.topic)}")
            return redirect(self.topic)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            done = self.perform(form.cleaned_data, {"by": self.request.user, "now": timezone.now()})
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, done)
        return redirect(self.topic)

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        """Call the verb with what the form holds and say what was done; ``actor`` is who and when."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "title": f"{self.label}：{self.topic.title}",
            "submit_label": self.submit or self.label,
            "label": self.label,
            "last": self.last,
            "verb": self.name,
        }


class RoundVerbView(TopicVerbView):
    """A verb on the round in hand. The form carries which round its page showed."""

    @staticmethod
    def is_possible(topic: OversightTopic, last: OversightRound) -> bool:
        return topic.status == TopicStatus.OPEN and last.ended_on is None

    def get_form(self, form_class: Any = None) -> forms.Form:
        form = super().get_form(form_class)
        form.fields["round_no"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        form.initial["round_no"] = self.last.number
        return form


class EndRoundView(RoundVerbView):
    name, label, submit = "round", "记录落实情况", "保存"
    form_class = EndRoundForm

    def get_initial(self) -> dict[str, Any]:
        return {"findings": self.last.findings, "ended_on": timezone.localdate()}

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        ended = workflow.end_round(self.topic, **data, **actor)
        if data["next_round_on"]:
            return f"{ended}已结束，下一轮{cn_date(data['next_round_on'])}开始。"
        return f"{ended}已结束。落实到位的请办结，还要看的请开始下一轮。"


class NoteView(RoundVerbView):
    name, label, submit = "note", "记录检查情况", "保存"
    form_class = NoteForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.last, name) for name in ("findings", "started_on", "look_again_on")}

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        round_ = workflow.note_round(self.topic, **data, **actor)
        return f"已保存，{cn_date(round_.look_again_on)}检查。" if round_.look_again_on else "已保存。"


class BeginRoundView(TopicVerbView):
    name, label = "begin", "开始下一轮"
    form_class = BeginRoundForm

    @staticmethod
    def is_possible(topic: OversightTopic, last: OversightRound) -> bool:
        return topic.status == TopicStatus.OPEN and last.ended_on is not None

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        return f"{workflow.begin_round(self.topic, **data, **actor)}已开始。"


class ReportView(TopicVerbView):
    name, label = "report", "报告结果"
    form_class = ReportForm

    @staticmethod
    def is_possible(topic: OversightTopic, last: OversightRound) -> bool:
        return bool(topic.entrusted_by) and topic.reported_back_on is None

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        topic = workflow.report_topic_back(self.topic, **data, **actor)
        return f"已记下：{cn_date(topic.reported_back_on)}向{topic.entrusted_by}报告。"


class CloseTopicView(TopicVerbView):
    name, label = "close", "办结"
    form_class = CloseTopicForm

    @staticmethod
    def is_possible(topic: OversightTopic, last: OversightRound) -> bool:
        return topic.status == TopicStatus.OPEN

    def get_initial(self) -> dict[str, Any]:
        return {"closed_on": timezone.localdate()}

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        workflow.close_topic(self.topic, **data, **actor)
        return "议题已办结。"


class EditView(TopicVerbView):
    name, label, submit = "edit", "修改", "保存"
    form_class = TopicForm

    @staticmethod
    def is_possible(topic: OversightTopic, last: OversightRound) -> bool:
        return topic.status == TopicStatus.OPEN

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"topic": self.topic}

    def get_initial(self) -> dict[str, Any]:
        names = ("title", "aim", "department", "group", "entrusted_by", "entrusted_due_on")
        return {name: getattr(self.topic, name) for name in names}

    def perform(self, data: dict[str, Any], actor: dict[str, Any]) -> str:
        workflow.change_topic(self.topic, changes=data, **actor)
        return "已保存。"


VERBS: tuple[type[TopicVerbView], ...] = (
    EndRoundView,
    NoteView,
    BeginRoundView,
    ReportView,
    CloseTopicView,
    EditView,
)


@dataclass(frozen=True)
class VerbLink:
    """A verb that can be done now, as a button."""

    name: str
    label: str
    url: str


def verb_links(user: Any, topic: OversightTopic, last: OversightRound) -> list[VerbLink]:
    """Return the buttons on a topic's page: what can be done now and the person may do."""
    if not user.has_perm("deputies.change_oversighttopic"):
        return []
    return [
        VerbLink(verb.name, verb.label, reverse(f"admin:deputies_oversighttopic_{verb.name}", args=(topic.pk,)))
        for verb in VERBS
        if verb.is_possible(topic, last)
    ]


def verb_urls() -> list[Any]:
    """Return the addresses of the verbs, for the admin of topics to put before its own."""
    return [
        path(
            f"<int:pk>/{verb.name}/",
            admin.site.admin_view(verb.as_view()),
            name=f"deputies_oversighttopic_{verb.name}",
        )
        for verb in VERBS
    ]
