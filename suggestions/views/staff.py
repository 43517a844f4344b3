"""The staff's verbs, as pages inside the admin. Each asks what it needs, calls one function of ``workflow``, and says
what happened since when it came too late.
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
from django.utils.functional import cached_property
from django.views.generic import FormView

from congress_portal.common.refusal import Refusal
from congress_portal.common.templatetags.portal import cn_date
from congress_portal.common.uploads import UploadRefused
from deputies.workflow import TopicClosed
from suggestions import permissions, selectors, workflow
from suggestions.choices import Channel, Kind, Status
from suggestions.due_days import Explanation
from suggestions.forms import (
    AcceptForm,
    AssignForm,
    CloseForm,
    ContactForm,
    DeclineForm,
    EvaluationForm,
    SendBackForm,
    SuggestionEntryForm,
    contact_of,
)
from suggestions.models import Suggestion
from suggestions.views.open_case import remember_submission

# Where a refusal belongs to one field, its sentence stands there.
_FIELD_OF = {
    UploadRefused: "photos",
    workflow.ReceivedDateNotAllowed: "received_on",
    workflow.DueDateNotAllowed: "due_on",
    TopicClosed: "topic",
}


class StaffPage(FormView):
    """A form page inside the admin."""

    title = ""
    submit_label = ""
    template_name = "admin/suggestions/verb.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (
            admin.site.each_context(self.request)
            | super().get_context_data(**kwargs)
            | {"title": self.title, "submit_label": self.submit_label, "opts": Suggestion._meta}
        )


class SuggestionEntryView(StaffPage):
    """Enter a suggestion on somebody's behalf; afterwards the same page with code and slip as after the web form."""

    form_class = SuggestionEntryForm
    title = "登记一件意见建议"
    submit_label = "登记"
    template_name = "admin/suggestions/entry.html"

    def get_initial(self) -> dict[str, Any]:
        """Take over what the page of a topic or of an activity hands along."""
        given = {name: value for name in ("topic", "activity", "channel") if (value := self.request.GET.get(name))}
        if given and "channel" not in given:
            given["channel"] = Channel.OVERSIGHT if "topic" in given else Channel.ACTIVITY
        return given

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"lost_photo_names": context["form"].lost_photo_names}

    def form_valid(self, form: SuggestionEntryForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            workflow.enter_suggestion(
                form.submission(
                    channel=Channel(data["channel"]),
                    kind=Kind(data["kind"]),
                    title=data["title"],
                    raised_by=data["raised_by"],
                    topic=data["topic"],
                    activity=data["activity"],
                ),
                key=data["submission_key"],
                photos=data["photos"],
                received_on=data["received_on"],
                by=self.request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            if isinstance(refusal, workflow.FormAlreadyUsed):
                form.renew_key()
            form.add_error(_FIELD_OF.get(type(refusal)), str(refusal))
            return self.form_invalid(form)
        remember_submission(self.request, data["submission_key"])
        return redirect("suggestions:received")


class VerbView(StaffPage):
    """One verb on one case. Who may not know the case gets 404, who may not do the verb 403, who is late 409."""

    name: ClassVar[str]
    label: ClassVar[str]
    from_statuses: ClassVar[frozenset[Status]]
    is_main = False

    @staticmethod
    def may(user: Any, suggestion: Suggestion) -> bool:
        raise PermissionDenied

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.suggestion = get_object_or_404(
            Suggestion.objects.visible_to(request.user).select_related("department"), pk=kwargs["pk"]
        )
        if not self.may(request.user, self.suggestion):
            raise PermissionDenied("您的角色不能办这一步。")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.suggestion.status not in self.from_statuses:
            messages.error(request, workflow.what_happened_since(self.suggestion))
            return redirect(self.suggestion)
        return super().get(request, *args, **kwargs)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        if self.suggestion.status in self.from_statuses:
            return super().form_invalid(form)
        form.add_error(None, workflow.what_happened_since(self.suggestion))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def get_form(self, form_class: Any = None) -> forms.Form:
        """Let the form carry the last step its page showed, so that a stale tab cannot overrule a colleague."""
        form = super().get_form(form_class)
        form.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        form.initial["seen"] = selectors.last_step(self.suggestion)
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        seen = form.cleaned_data.pop("seen")
        if seen is not None and seen != form.initial["seen"] and self.suggestion.status in self.from_statuses:
            form.data = form.data.dict() | {
                "seen": form.initial["seen"]
            }  # pressing again, after reading this, is a decision
            happened = workflow.what_happened_since(self.suggestion)
            form.add_error(None, f"没有保存：您打开这一页以后，{happened}您填的还在，看清后可以再点一次。")
            return self.render_to_response(self.get_context_data(form=form), status=409)
        try:
            suggestion = self.perform(form, {"by": self.request.user, "now": timezone.now()})
        except workflow.MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=409)
        except Refusal as refusal:
            form.add_error(_FIELD_OF.get(type(refusal)), str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done(suggestion))
        return redirect(suggestion)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        """Call the verb with what the form holds; ``actor`` is who and when."""
        raise PermissionDenied

    def done(self, suggestion: Suggestion) -> str:
        return f"已{self.label}。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "suggestion": self.suggestion,
            "title": f"{self.label}：{self.suggestion.title}",
            "submit_label": self.label,
        }


class DueOnVerbView(VerbView):
    """A verb that gives the department a day to answer by: the page says which is the last and how it is counted."""

    begun: ClassVar[str]

    @cached_property
    def explanation(self) -> Explanation:
        return selectors.last_day_from(timezone.localdate(), self.suggestion, begun=self.begun)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"explanation": self.explanation}


class AcceptView(VerbView):
    name, label, is_main = "accept", "受理", True
    from_statuses = frozenset({Status.SUBMITTED})
    form_class = AcceptForm
    may = staticmethod(permissions.can_accept)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.accept_suggestion(self.suggestion, **actor)

    def done(self, suggestion: Suggestion) -> str:
        return "已受理，接着交办给承办单位。"


class DeclineView(VerbView):
    name, label = "decline", "不受理"
    from_statuses = frozenset({Status.SUBMITTED, Status.ACCEPTED})
    form_class = DeclineForm
    may = staticmethod(permissions.can_accept)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.decline_suggestion(self.suggestion, **form.cleaned_data, **actor)

    def done(self, suggestion: Suggestion) -> str:
        return "已记为不受理，居民查进度时会看到原因。"


class AssignView(DueOnVerbView):
    name, label, is_main = "assign", "交办", True
    begun = "交办"
    from_statuses = frozenset({Status.ACCEPTED})
    form_class = AssignForm
    may = staticmethod(permissions.can_assign)

    def get_initial(self) -> dict[str, Any]:
        return {"due_on": self.explanation.due_on}

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.assign_to_department(self.suggestion, **form.cleaned_data, **actor)

    def done(self, suggestion: Suggestion) -> str:
        return f"已交办{suggestion.department}，答复期限 {cn_date(suggestion.reply_due_on)}。"


class SendBackView(DueOnVerbView):
    name, label = "send_back", "退回答复"
    begun = "退回"
    from_statuses = frozenset({Status.REPLIED})
    form_class = SendBackForm
    may = staticmethod(permissions.can_send_back)

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        # The round in hand may have more days (rehandle_months) than the committee may give anew.
        return {"due_on": min(max(self.suggestion.reply_due_on or today, today), self.explanation.due_on)}

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.send_back_reply(self.suggestion, **form.cleaned_data, **actor)

    def done(self, suggestion: Suggestion) -> str:
        return f"答复已退回{suggestion.department}，{cn_date(suggestion.reply_due_on)}前重新答复。"


class RecordEvaluationView(VerbView):
    name, label, is_main = "evaluate", "记录评价", True
    from_statuses = frozenset({Status.REPLIED})
    form_class = EvaluationForm
    may = staticmethod(permissions.can_record_evaluation)

    def get_initial(self) -> dict[str, Any]:
        return {"reply": selectors.reply_to_evaluate(self.suggestion)}

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.evaluate_reply(self.suggestion, **form.evaluation(), **actor)

    def done(self, suggestion: Suggestion) -> str:
        if suggestion.status == Status.CLOSED:
            return "已记录评价，这件已办结。"
        return f"已记录评价，{suggestion.department}重新办理，{cn_date(suggestion.reply_due_on)}前再次答复。"


class CorrectContactView(VerbView):
    name, label = "contact", "更正联系方式"
    from_statuses = frozenset(Status)
    form_class = ContactForm
    may = staticmethod(permissions.can_correct_contact)

    def get_initial(self) -> dict[str, Any]:
        case = self.suggestion
        return {"name": case.contact_name, "phone": case.contact_phone, "age_band": case.age_band}

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.correct_contact(self.suggestion, contact=contact_of(form), **actor)


class CloseView(VerbView):
    name, label = "close", "办结"
    from_statuses = frozenset({Status.REPLIED})
    form_class = CloseForm
    may = staticmethod(permissions.can_close)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> Suggestion:
        return workflow.close_without_evaluation(self.suggestion, **form.cleaned_data, **actor)


VERBS: tuple[type[VerbView], ...] = (
    AcceptView,
    AssignView,
    RecordEvaluationView,
    SendBackView,
    CloseView,
    DeclineView,
    CorrectContactView,
)


@dataclass(frozen=True)
class VerbLink:
    """A verb that can be done now, as a button."""

    name: str
    label: str
    url: str
    is_main: bool


def main_verb(user: Any, suggestion: Suggestion) -> VerbLink | None:
    """Return the one next step of a case, if the person may take it."""
    return next((link for link in _links(user, suggestion) if link.is_main), None)


def verb_links(user: Any, case: selectors.CaseFile) -> list[VerbLink]:
    """Return the buttons on a case's page: what can be done now and the person may do, the main one first."""
    links = _links(user, case.suggestion)
    if case.evaluate_by is not None and case.today <= case.evaluate_by:
        links = [link for link in links if link.name != CloseView.name]  # the resident may still evaluate
    return links


def _links(user: Any, suggestion: Suggestion) -> list[VerbLink]:
    return [
        VerbLink(
            verb.name,
            verb.label,
            reverse(f"admin:suggestions_suggestion_{verb.name}", args=(suggestion.pk,)),
            verb.is_main,
        )
        for verb in VERBS
        if suggestion.status in verb.from_statuses and verb.may(user, suggestion)
    ]


def verb_urls() -> list[Any]:
    """Return the addresses of the verbs, for the admin of suggestions to put before its own."""
    return [
        path(
            f"<int:pk>/{verb.name}/",
            admin.site.admin_view(verb.as_view()),
            name=f"suggestions_suggestion_{verb.name}",
        )
        for verb in VERBS
    ]
