"""Long work: ask for it, do it once, and take it up again when a worker died.

A request writes a `Job` row and rings; a worker claims the row with a lease and works on it. Every write
of a worker names its attempt, so one that lost its lease (paused, presumed dead) cannot overwrite the one
that came after.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from congress_portal.common import doorbell
from congress_portal.common.models import Job, JobState, save_private_file
from congress_portal.common.refusal import Refusal

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a handler reports progress more often than this
RING_AGAIN_AFTER = timedelta(minutes=1)
MAX_ATTEMPTS = 3

FAILED_UNEXPECTEDLY = "办理中出现意外，没有完成。请稍后重试；仍不行时请联系管理员查看日志。"
WORKER_LOST = f"办理这项任务的进程连续 {MAX_ATTEMPTS} 次中断，已停止。请联系管理员查看日志后重新申请。"


class LeaseLost(Exception):
    """Another worker has taken this job over; stop without a trace."""


@dataclass(frozen=True)
class JobResult:
    """The file a handler hands back; ``content_type`` is one of uploads.EXTENSIONS."""

    content: bytes
    name: str
    content_type: str


class RunningJob:
    """What a handler sees of its job. Do not keep it past the handler's return."""

    def __init__(self, job: Job):
        self.job = job
        self.params = job.params
        self.requested_by = job.requested_by

    def progress(self, percent: int, text: str = "") -> None:
        """Show how far the work is and extend the lease. Raises LeaseLost.

        Call it outside a transaction, or nobody sees it before the end.
        """
        self.write(progress=percent, progress_text=text, lease_until=timezone.now() + LEASE)

    def write(self, **values) -> None:
        mine = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts)
        if not mine.update(**values):
            raise LeaseLost(f"job {self.job.pk}, attempt {self.job.attempts}")


def enqueue(*, kind: str, title: str, params: dict, by) -> Job:
    """Write the job's row and wake a worker after commit; ``params`` must be JSON (TypeError otherwise).

    ``kind`` is the dotted name given to `job_handler`. A broker that is down delays the work, not the
    request.
    """
    job = Job.objects.create(
        kind=kind,
        title=title,
        params=params,
        requested_by=by,
        lease_until=timezone.now() + RING_AGAIN_AFTER,
    )
    transaction.on_commit(functools.partial(doorbell.ring, kind, job.pk), robust=True)
    return job


def job_handler(name: str):
    """Make a Celery task called ``name`` of a function that does one job: ``function(job: RunningJob)``.

    The function returns a JobResult or None. A Refusal it raises is shown to the person who asked, anything
    else is logged and shown as a general sentence; neither is tried again. Only a worker that dies is
    followed by another attempt, so the function must bear being run twice.
    """

    def make_task(function: Callable[[RunningJob], JobResult | None]):
        @shared_task(name=name, acks_late=True, ignore_result=True)
        @functools.wraps(function)
        def task(job_id: int) -> None:
            _run(job_id, name, function)

        return task

    return make_task


def take_up_stale(*, now: datetime) -> None:
    """Ring again for jobs nobody is at, and give up those whose workers died three times."""
    stale = Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING], lease_until__lt=now)
    stale.filter(state=JobState.RUNNING, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED, error=WORKER_LOST, finished_at=now
    )
    for pk, kind in stale.values_list("pk", "kind"):
        # The next minute belongs to this doorbell: a long queue is not filled up with copies of it.
        if stale.filter(pk=pk).update(state=JobState.QUEUED, lease_until=now + RING_AGAIN_AFTER):
            doorbell.ring(kind, pk)


def _run(job_id, name, function):
    job = _claim(job_id, name)
    if job is None:
        return
    running = RunningJob(job)
    try:
        result = function(running)
        _finish(running, result)
    except LeaseLost as lost:
        logger.warning("Stopped, another worker is at it: %s", lost)
    except Exception as error:
        logger.exception("Job %s (%s) failed", job.pk, name)
        sentence = str(error) if isinstance(error, Refusal) else FAILED_UNEXPECTEDLY
        try:
            running.write(state=JobState.FAILED, error=sentence[:500], finished_at=timezone.now())
        except LeaseLost as lost:
            logger.warning("Failed after another worker took over: %s", lost)


def _claim(job_id, name):
    """Return the job if it is now ours, None if another worker has it or it is finished.

    One conditional UPDATE decides, so that it needs no row locks and holds on either database.
    """
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now, attempts__lt=MAX_ATTEMPTS)
    with transaction.atomic():
        if not Job.objects.filter(free, pk=job_id, kind=name).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            started_at=now,
            lease_until=now + LEASE,
            progress=0,
            progress_text="",
        ):
            return None
        return Job.objects.select_related("requested_by").get(pk=job_id)


def _finish(running, result):
    values = {"state": JobState.DONE, "progress": 100, "finished_at": timezone.now()}
    with transaction.atomic():  # rolled back by LeaseLost, and the file goes with it
        if result is not None:
            job = running.job
            extension = result.name[result.name.rfind(".") :]
            save_private_file(job.result_file, f"result{extension}", result.content, shown_as=result.name)
            values |= {
                "result_file": job.result_file.name,
                "result_name": result.name,
                "result_type": result.content_type,
            }
        running.write(**values)
