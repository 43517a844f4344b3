"""The worker's part of the annual plan: the printed table by month."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone

from congress_portal.accounts.models import Committee
from congress_portal.common.jobs import JobResult, RunningJob, job_handler
from congress_portal.common.pdf import render_pdf
from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import PDF
from deputies.models import WorkPlan
from deputies.selectors import plan as selectors

RENDER_PLAN = "deputies.tasks.plan.render_plan"


@job_handler(RENDER_PLAN)
def render_plan(job: RunningJob) -> JobResult:
    plan = WorkPlan.objects.filter(pk=job.params["year"]).first()
    if plan is None:
        raise Refusal("没有这一年的计划。请回到年度工作计划的列表再看。")
    job.progress(20, "正在整理事项")
    context = {
        "plan": plan,
        "page": selectors.plan_page(plan),
        "committee": Committee.objects.first(),
        "today": timezone.localdate(),
    }
    html = render_to_string("pdf/work_plan.html", context)
    job.progress(40, "正在排版")
    return JobResult(render_pdf(html), f"{plan.year}年度代表工作计划.pdf", PDF)
