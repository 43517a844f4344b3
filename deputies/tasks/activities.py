"""What is printed of an activity: the list to sign on paper, and the minutes. Never made in the web process."""

from __future__ import annotations

from django.template.loader import render_to_string

from congress_portal.accounts.models import Committee
from congress_portal.common.jobs import JobResult, RunningJob, job_handler
from congress_portal.common.pdf import render_pdf
from congress_portal.common.refusal import Refusal
from deputies.models import Activity
from deputies.selectors import activities as selectors

RENDER_ATTENDANCE_LIST = "deputies.tasks.activities.render_attendance_list"
RENDER_MINUTES = "deputies.tasks.activities.render_minutes"


@job_handler(RENDER_ATTENDANCE_LIST)
def render_attendance_list(job: RunningJob) -> JobResult:
    return _render(job, "pdf/attendance_list.html", called="签到表")


@job_handler(RENDER_MINUTES)
def render_minutes(job: RunningJob) -> JobResult:
    return _render(job, "pdf/activity_minutes.html", called="纪要")


def _render(job: RunningJob, template: str, *, called: str) -> JobResult:
    activity = Activity.objects.filter(pk=job.params["activity"]).first()
    if activity is None:
        raise Refusal("没有这次活动，可能登记有变。请回到活动列表再看。")
    job.progress(20, "正在整理名单")
    html = render_to_string(template, selectors.printed(activity) | {"committee": Committee.objects.first()})
    job.progress(40, "正在排版")
    return JobResult(render_pdf(html), f"{activity.title}{called}.pdf", "application/pdf")
