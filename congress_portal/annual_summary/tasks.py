"""The worker's part: the PDF is never made in the web process."""

from django.utils import timezone

from congress_portal.annual_summary.document import compose
from congress_portal.annual_summary.render import file_name, to_pdf
from congress_portal.common.jobs import JobResult, RunningJob, job_handler

RENDER_PDF = "congress_portal.annual_summary.tasks.render_summary_pdf"


@job_handler(RENDER_PDF)
def render_summary_pdf(job: RunningJob) -> JobResult:
    job.progress(10, "正在汇总数字")
    document = compose(year=job.params["year"], today=timezone.localdate())
    job.progress(40, "正在排版")
    content = to_pdf(document)
    return JobResult(content, file_name(document), "application/pdf")
