"""Job handlers for the tests: one that works, one that fails, one that says no, one that takes its time."""

import time
from pathlib import Path

from congress_portal.common.jobs import JobResult, RunningJob, job_handler
from congress_portal.common.refusal import Refusal

KEEP_WAITING = 60


@job_handler("tests.common.print_out")
def print_out(job: RunningJob) -> JobResult:
    job.progress(50, "正在排版")
    return JobResult(f"第 {job.params['page']} 页".encode(), "总结.pdf", "application/pdf")


@job_handler("tests.common.count_only")
def count_only(job: RunningJob) -> None:
    job.progress(10)


@job_handler("tests.common.break_down")
def break_down(job: RunningJob) -> None:
    raise ValueError("secret detail")


@job_handler("tests.common.say_no")
def say_no(job: RunningJob) -> None:
    raise Refusal("该年度还没有数据。请先录入后再生成。")


@job_handler("tests.common.hang_once")
def hang_once(job: RunningJob) -> None:
    """Wait on the first attempt, long enough to be killed; get through on the next."""
    begun = Path(job.params["begun"])
    if not begun.exists():
        begun.touch()
        time.sleep(KEEP_WAITING)
