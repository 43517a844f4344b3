"""The summary in the staff admin: on the screen, every number linked to its records; as PDF, through a job."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import TemplateView, View

from congress_portal.annual_summary.document import SummaryNotPossible, compose
from congress_portal.annual_summary.selectors import years_with_records
from congress_portal.annual_summary.tasks import RENDER_PDF
from congress_portal.common import jobs
from congress_portal.common.models import Job, JobState
from congress_portal.common.pdf import missing_for_pdf
from congress_portal.common.uploads import private_response


class SummaryPage(TemplateView):
    """A page about the summary, inside the admin."""

    right = "annual_summary.view_summary"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.right):
            raise PermissionDenied("年度工作总结由街道人大工委编写，您的角色看不到。")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return admin.site.each_context(self.request) | super().get_context_data(**kwargs)


class SummaryIndexView(SummaryPage):
    """The years that can be summed up."""

    template_name = "admin/annual_summary/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "title": "年度工作总结",
            "years": years_with_records(today=timezone.localdate()),
        }


class SummaryView(SummaryPage):
    """One year's summary on the screen."""

    template_name = "admin/annual_summary/summary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = self.kwargs["year"]
        try:
            document = compose(year=year, today=timezone.localdate())
        except SummaryNotPossible as refusal:
            raise Http404(str(refusal)) from refusal
        return super().get_context_data(**kwargs) | {
            "title": f"{year}年度工作总结",
            "document": document,
            "missing_for_pdf": missing_for_pdf(),
        }


class SummaryPdfView(View):
    """Ask for the PDF: write a job and show its progress."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        if not request.user.has_perm("annual_summary.print_summary"):
            raise PermissionDenied("您的角色不能生成年度工作总结。")
        if year not in years_with_records(today=timezone.localdate()):
            raise Http404("没有这一年的总结。")
        if missing := missing_for_pdf():
            messages.error(request, "还不能生成 PDF：" + "".join(missing))
            return redirect("admin:annual_summary_year", year=year)
        job = jobs.enqueue(kind=RENDER_PDF, title=f"{year}年度工作总结 PDF", params={"year": year}, by=request.user)
        return redirect("admin:job", pk=job.pk)


class JobView(View):
    """How far a piece of long work is; as JSON for the script that keeps the page up to date."""

    template_name = "admin/annual_summary/job.html"

    def frame(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the frame around the page needs."""
        return admin.site.each_context(request)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = own_job(request, pk)
        state = {
            "state": job.state,
            "finished": job.is_finished,
            "progress": job.progress,
            "text": job.progress_text or job.get_state_display(),
        }
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(state)
        context = self.frame(request) | {"title": job.title, "job": job, "state": state}
        return TemplateView.as_view(template_name=self.template_name, extra_context=context)(request)


class JobFileView(View):
    """The file a job made, for the person who asked for it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        job = own_job(request, pk)
        if job.state != JobState.DONE or not job.result_file:
            raise Http404("文件还没有生成。")
        return private_response(job.result_file, name=job.result_name, content_type=job.result_type)


def own_job(request: HttpRequest, pk: int) -> Job:
    """Return a job of the person who asks; for others it does not exist."""
    return get_object_or_404(Job, pk=pk, requested_by=request.user.pk)
