"""The staff's pages of reports to the voters (述职): put on record, corrected, and who still owes one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from congress_portal.accounts.models import Committee
from congress_portal.common.refusal import Refusal
from deputies import workflow
from deputies.forms.reports import ReportCorrectionForm, ReportForm
from deputies.models import PerformanceReport
from deputies.selectors import reports as selectors

# Where a refusal belongs to one field, its sentence stands there.
_FIELD_OF = {
    workflow.NoReportOwed: "mandate",
    workflow.DutyDayNotAllowed: "held_on",
    workflow.ReportExists: "held_on",
    workflow.FewVotersReasonMissing: "few_voters_reason",
    workflow.ReasonMissing: "reason",
}


class ReportPage(FormView):
    """A form about a report, inside the admin."""

    title = ""
    submit_label = ""
    right = ""
    template_name = "admin/deputies/performancereport/verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.right):
            raise PermissionDenied("您的角色不能登记、更正述职。")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        committee = Committee.objects.first()
        return (
            admin.site.each_context(self.request)
            | super().get_context_data(**kwargs)
            | {
                "title": self.title,
                "submit_label": self.submit_label,
                "opts": PerformanceReport._meta,
                "min_voters": committee.report_min_voters if committee else None,
            }
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            report = self.perform(form)
        except Refusal as refusal:
            field = refusal.field if isinstance(refusal, workflow.VotesNotAllowed) else _FIELD_OF.get(type(refusal))
            form.add_error(field, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done(report))
        return redirect("admin:deputies_performancereport_change", report.pk)

    def perform(self, form: forms.Form) -> PerformanceReport:
        """Call the verb with what the form holds."""
        raise PermissionDenied

    def done(self, report: PerformanceReport) -> str:
        raise PermissionDenied


class ReportAddView(ReportPage):
    form_class = ReportForm
    title = "登记述职"
    submit_label = "登记"
    right = "deputies.add_performancereport"

    def get_initial(self) -> dict[str, Any]:
        """Fill in whom a link came from; what is no number is left out."""
        asked = {name: self.request.GET.get(name, "") for name in ("mandate", "activity")}
        return {name: int(value) for name, value in asked.items() if value.isascii() and value.isdecimal()}

    def perform(self, form: forms.Form) -> PerformanceReport:
        return workflow.record_report(**form.cleaned_data, by=self.request.user, now=timezone.now())

    def done(self, report: PerformanceReport) -> str:
        return f"已登记{report.mandate.person}的述职，履职档案里记了一条。"


class ReportCorrectView(ReportPage):
    form_class = ReportCorrectionForm
    submit_label = "更正"
    right = "deputies.change_performancereport"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.report = get_object_or_404(PerformanceReport.objects.select_related("mandate__person"), pk=kwargs["pk"])
        self.title = f"更正述职：{self.report.mandate.person}"
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"report": self.report}
        del kwargs["initial"]
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"report": self.report}

    def perform(self, form: ReportCorrectionForm) -> PerformanceReport:  # type: ignore[override]
        return workflow.correct_report(
            self.report,
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            now=timezone.now(),
        )

    def done(self, report: PerformanceReport) -> str:
        return "已更正，原来的内容在修改记录里。"


class ReportsOwedView(TemplateView):
    """The deputies whose voters have not heard them in this mandate, the nearest due day first."""

    template_name = "admin/deputies/performancereport/owed.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("deputies.view_performancereport"):
            raise PermissionDenied("您的角色看不到述职记录。")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = [
            {
                "mandate": owed.mandate,
                "due_on": owed.due_on,
                "distance": workflow.distance_to(owed.due_on, today=today),
                "is_late": owed.is_late(today),
            }
            for owed in selectors.owed_reports(today)
        ]
        return (
            admin.site.each_context(self.request)
            | super().get_context_data(**kwargs)
            | {
                "title": "还没述职的代表",
                "opts": PerformanceReport._meta,
                "rows": rows,
                "late_count": sum(row["is_late"] for row in rows),
                "within_years": rows[0]["mandate"].within_years if rows else None,
                "may_record": self.request.user.has_perm("deputies.add_performancereport"),
            }
        )


def report_urls() -> list[Any]:
    """Return the addresses for the admin of reports to put before its own."""
    pages = {
        "owed/": (ReportsOwedView, "owed"),
        "<int:pk>/correct/": (ReportCorrectView, "correct"),
    }
    return [
        path(route, admin.site.admin_view(page.as_view()), name=f"deputies_performancereport_{name}")
        for route, (page, name) in pages.items()
    ]
