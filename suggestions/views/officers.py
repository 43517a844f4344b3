"""The pages of the department that answers: its own cases, its replies and returns."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import ListView, TemplateView

from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.refusal import Refusal
from congress_portal.common.workdays import WorkCalendar
from suggestions import selectors, workflow
from suggestions.choices import Outcome, Status
from suggestions.forms import ReplyForm, ReturnForm
from suggestions.models import Suggestion
from suggestions.views.case_page import case_context


@method_decorator(never_cache, name="dispatch")
class OfficerMixin(LoginRequiredMixin):
    """Pages of a department: only for its officers."""

    request: HttpRequest
    raise_exception = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_perm("suggestions.view_own_department"):
            raise PermissionDenied("这是承办单位的页面，您的账户不属于承办单位。")
        return super().dispatch(request, *args, **kwargs)


class OfficerListView(OfficerMixin, ListView):
    """The department's own cases, what is due first on top."""

    template_name = "suggestions/officer/officer_list.html"
    paginate_by = 20

    def get_queryset(self):
        waiting = selectors.department_list(self.request.user.department_id)
        return waiting.awaiting_reply() if self._shows_open() else waiting.exclude(status=Status.ASSIGNED)

    def _shows_open(self) -> bool:
        return self.request.GET.get("show") != "answered"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, calendar = timezone.localdate(), work_calendar()
        context = super().get_context_data(**kwargs)
        rows = [
            {
                "suggestion": row.suggestion,
                "chip": row.chip,
                "due": row.due,
                "round_no": row.suggestion.round_no,
                "url": reverse("suggestions:officer_detail", args=(row.suggestion.pk,)),
            }
            for row in selectors.rows(context["object_list"], today=today, calendar=calendar)
        ]
        return context | {
            "department": self.request.user.department,
            "tiles": _department_tiles(self.request.user.department_id, today=today, calendar=calendar),
            "rows": rows,
            "shows_open": self._shows_open(),
        }


def _department_tiles(department_id: int, *, today: date, calendar: WorkCalendar) -> list[dict[str, Any]]:
    counts = selectors.department_tiles(department_id, today=today, calendar=calendar)
    soon = f"{selectors.SOON_WORKING_DAYS} 个工作日内到期"
    labels = {"overdue": "已逾期", "due_soon": soon, "doing": "办理中", "again": "重新办理"}
    return [{"label": label, "value": counts[key], "unit": "件"} for key, label in labels.items()]


class OfficerDetailView(OfficerMixin, TemplateView):
    """One case of the department, with the reply and the return while they are possible."""

    template_name = "suggestions/officer/officer_detail.html"

    def get_suggestion(self) -> Suggestion:
        return get_object_or_404(Suggestion.objects.visible_to(self.request.user).with_names(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        suggestion = self.get_suggestion()
        case = selectors.case_file(suggestion, today=timezone.localdate())
        is_waiting = case.suggestion.status == Status.ASSIGNED
        may_return = is_waiting and case.return_by is not None and case.today <= case.return_by
        # A form that came too late is shown again: what was typed is not lost with the refusal.
        forms = {
            "reply_form": kwargs.pop("reply_form", ReplyForm() if is_waiting else None),
            "return_form": kwargs.pop("return_form", ReturnForm() if may_return else None),
        }
        return (
            super().get_context_data(**kwargs)
            | case_context(case, for_staff=False)
            | forms
            | {
                "reply_url": reverse("suggestions:reply", args=(suggestion.pk,)),
                "return_url": reverse("suggestions:return", args=(suggestion.pk,)),
                "is_waiting": is_waiting,
            }
        )


class OfficerReplyView(OfficerDetailView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the case whoever reloads the address of a form that came back."""
        return redirect("suggestions:officer_detail", pk=self.get_suggestion().pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        suggestion = self.get_suggestion()
        form = ReplyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(reply_form=form))
        data = form.cleaned_data
        return self._do(
            "已答复，等居民评价。",
            workflow.record_reply,
            suggestion,
            form=form,
            form_name="reply_form",
            text=data["text"],
            outcome=Outcome(data["outcome"]),
            files=data["files"],
        )

    def _do(self, done: str, verb: Any, suggestion: Suggestion, *, form: Any, form_name: str, **arguments: Any):
        try:
            verb(suggestion, **arguments, by=self.request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
            status = 409 if isinstance(refusal, workflow.MoveNotAllowed) else 200
            return self.render_to_response(self.get_context_data(**{form_name: form}), status=status)
        messages.success(self.request, done)
        return redirect("suggestions:officer_list")


class OfficerReturnView(OfficerReplyView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if selectors.was_returned_by(request.user.department_id, pk):
            # A second click: by now the case is no longer this department's to see.
            messages.success(request, "这件已经退回街道人大工委。")
            return redirect("suggestions:officer_list")
        suggestion = self.get_suggestion()
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(return_form=form))
        return self._do(
            "已退回街道人大工委，由工委重新交办。",
            workflow.return_to_committee,
            suggestion,
            form=form,
            form_name="return_form",
            reason=form.cleaned_data["reason"],
        )
