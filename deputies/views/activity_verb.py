"""What every page of a verb about an activity is made of: the form beside its tables, the rights, the refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView

from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import UploadRefused
from deputies import workflow
from deputies.choices import ActivityStatus
from deputies.models import Activity
from deputies.selectors import activities as selectors
from deputies.workflow.activity_steps import what_happened_since

PLANNED, ANNOUNCED, HELD = ActivityStatus.PLANNED, ActivityStatus.ANNOUNCED, ActivityStatus.HELD
MORE_ROWS = 10

# Where a refusal belongs to one field, its sentence stands there.
FIELD_OF = {
    workflow.ActivityTimesNotAllowed: "starts_at",
    workflow.ReportDayNotAllowed: "on",
    workflow.NarrativeNotAllowed: "narrative",
    workflow.PlanItemNotAllowed: "plan_item",
    workflow.ResidentsComing: "is_open",
    workflow.SeatsTaken: "seats",
    UploadRefused: "photos",
}


class StaffPage(FormView):
    """A form page inside the admin, with small tables (formsets) beside the form where it has some."""

    title = ""
    submit_label = ""
    template_name = "admin/deputies/activity_verb.html"
    typed: dict[str, Any] | None = None  # what the page comes back with when only more rows are asked for

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.typed is not None:
            del kwargs["data"], kwargs["files"]
        return kwargs

    def row_sets(self, data: Any = None) -> dict[str, forms.BaseFormSet]:
        """Return the small tables by name, bound when there is ``data``."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = kwargs.pop("rows", None) or self.row_sets()
        return (
            admin.site.each_context(self.request)
            | super().get_context_data(**kwargs)
            | {"title": self.title, "submit_label": self.submit_label, "opts": Activity._meta, "rows": rows}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.rows = self.row_sets(request.POST)
        if "more" in request.POST:
            return self.with_more_rows()
        form = self.get_form()
        # All of them, so that every mistake is shown at once.
        if all([form.is_valid(), *(rows.is_valid() for rows in self.rows.values())]):
            return self.form_valid(form)
        return self.form_invalid(form)

    def form_invalid(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, rows=self.rows), status=status)

    def with_more_rows(self) -> HttpResponse:
        """Show the page again with what was typed and more empty rows. Nothing is judged yet."""
        bound = self.get_form()
        self.typed = {name: bound[name].value() for name in bound.fields}
        form = self.get_form()
        form.initial |= self.typed
        rows = {}
        for name, row_set in self.rows.items():
            values = [{field: row[field].value() for field in row.fields} for row in row_set.forms]
            again = type(row_set)(prefix=row_set.prefix, initial=values)
            again.extra = MORE_ROWS if name == self.request.POST["more"] else 0
            rows[name] = again
        return self.render_to_response(self.get_context_data(form=form, rows=rows))


class VerbView(StaffPage):
    """One verb on one activity. Who may not know it gets 404, who may not do the verb 403, who is late 409."""

    name: ClassVar[str]
    label: ClassVar[str]
    right = "deputies.change_activity"
    from_statuses: ClassVar[frozenset[ActivityStatus]]
    submit: ClassVar[str] = ""

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        """Say whether the verb leads on from where the activity is. Reads ``asking_count`` of ``with_counts``."""
        return activity.status in cls.from_statuses

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        activities = selectors.with_counts(Activity.objects.visible_to(request.user))
        self.activity = get_object_or_404(activities.select_related("topic"), pk=kwargs["pk"])
        if not request.user.has_perm(self.right):
            raise PermissionDenied("您的角色不能办这一步。")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_possible(self.activity, self.now):
            messages.error(request, self.why_not())
            return redirect(self.activity)
        return super().get(request, *args, **kwargs)

    def why_not(self) -> str:
        return f"现在不能{self.label}：{what_happened_since(self.activity)}"

    def form_invalid(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        if status == 200 and self.activity.status not in self.from_statuses:
            form.add_error(None, what_happened_since(self.activity))
            status = 409
        return super().form_invalid(form, status=status)

    def get_form(self, form_class: Any = None) -> forms.BaseForm:
        """Let the form carry the last step its page showed, so that a stale tab cannot overrule a colleague."""
        form = super().get_form(form_class)
        form.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        form.initial["seen"] = selectors.last_step(self.activity)
        return form

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        seen = form.cleaned_data.pop("seen")
        if seen is not None and seen != form.initial["seen"] and self.activity.status in self.from_statuses:
            form.data = form.data.copy()
            form.data["seen"] = form.initial["seen"]  # pressing again, after reading this, is a decision
            happened = what_happened_since(self.activity)
            form.add_error(None, f"没有保存：您打开这一页以后，{happened}您填的还在，看清后可以再点一次。")
            return self.form_invalid(form, status=409)
        try:
            done = self.perform(form, {"by": self.request.user, "now": self.now})
        except workflow.MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form, status=409)
        except Refusal as refusal:
            field = FIELD_OF.get(type(refusal))
            form.add_error(field if field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(self.activity)

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        """Call the verb with what the form holds and say what was done; ``actor`` is who and when."""
        raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "activity": self.activity,
            "title": f"{self.label}：{self.activity.title}",
            "submit_label": self.submit or self.label,
            "verb": self.name,
            "verb_label": self.label,
        }
