"""Long work: asked for once, done once, taken up again when a worker died."""

from datetime import timedelta
from pathlib import Path
from queue import Empty

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.common import jobs
from congress_portal.common.jobs import (
    FAILED_UNEXPECTEDLY,
    WORKER_LOST,
    JobResult,
    LeaseLost,
    enqueue,
    job_handler,
    take_up_stale,
)
from congress_portal.common.models import Job, JobState
from congress_portal.common.tasks import take_up_stale_jobs
from tests.common import handlers
from tests.worker import Portal, wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def empty_queue():
    rings()


def rings() -> list[tuple[str, list]]:
    """Take everything off the real queue and say who was called."""
    found = []
    with current_app.connection() as connection:
        queue = connection.SimpleQueue(current_app.conf.task_default_queue)
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                break
            message.ack()
            found.append((message.headers["task"], message.payload[0]))
        queue.close()
    return found


def make_job(kind="tests.common.print_out", params=None) -> Job:
    return enqueue(kind=kind, title="年度总结", params=params or {"page": 1}, by=None)


def stored_files(settings) -> list[str]:
    return [path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_enqueue_writes_the_row_and_rings_after_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = make_job()
        assert rings() == []

    assert (job.state, job.progress, job.attempts) == (JobState.QUEUED, 0, 0)
    assert rings() == [("tests.common.print_out", [job.pk])]


def test_enqueue_rings_for_nothing_that_was_rolled_back(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        make_job()
        transaction.set_rollback(True)

    assert rings() == []
    assert not Job.objects.exists()


def test_enqueue_takes_only_json():
    with pytest.raises(TypeError):
        make_job(params={"on": timezone.localdate()})


def test_handler_runs_and_its_result_is_kept():
    job = make_job(params={"page": 3})

    handlers.print_out(job.pk)

    job.refresh_from_db()
    assert (job.state, job.progress, job.progress_text, job.attempts) == (JobState.DONE, 100, "正在排版", 1)
    assert (job.result_name, job.result_type) == ("总结.pdf", "application/pdf")
    with job.result_file.open() as result:
        assert result.read().decode() == "第 3 页"
    assert job.is_finished
    assert job.created_at <= job.started_at <= job.finished_at


def test_handler_without_a_result_is_done_too():
    job = make_job("tests.common.count_only")

    handlers.count_only(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result_file.name) == (JobState.DONE, "")


def test_progress_is_shown_and_extends_the_lease():
    seen = []

    @job_handler("tests.common.look_at_progress")
    def look(job):
        Job.objects.update(lease_until=timezone.now())
        job.progress(40, "第 4 章")
        seen.append(Job.objects.values_list("state", "progress", "progress_text", "lease_until").get())

    look(make_job("tests.common.look_at_progress").pk)

    assert seen[0][:3] == (JobState.RUNNING, 40, "第 4 章")
    assert seen[0][3] > timezone.now() + timedelta(minutes=4)


def test_job_is_done_once_however_often_it_is_rung_for():
    runs = []

    @job_handler("tests.common.rung_twice")
    def rung_twice(job):
        runs.append(job.job.attempts)
        rung_twice(job.job.pk)  # a second worker hears the same doorbell meanwhile

    job = make_job("tests.common.rung_twice")
    rung_twice(job.pk)
    rung_twice(job.pk)

    assert runs == [1]


def test_doorbell_of_another_task_or_of_no_job_does_nothing():
    job = make_job("tests.common.print_out")

    handlers.count_only(job.pk)
    handlers.print_out(job.pk + 1)

    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_unexpected_failure_is_logged_and_told_without_details(caplog):
    job = make_job("tests.common.break_down")

    handlers.break_down(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, FAILED_UNEXPECTEDLY)
    assert "secret detail" in caplog.text
    assert job.is_finished


def test_refusal_is_told_as_it_is():
    job = make_job("tests.common.say_no")

    handlers.say_no(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "该年度还没有数据。请先录入后再生成。")


def test_result_that_cannot_be_stored_fails_the_job(settings, tmp_path):
    (tmp_path / "full").touch()
    settings.MEDIA_ROOT = tmp_path / "full"  # a file: nothing can be written below it
    job = make_job()

    handlers.print_out(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result_file.name) == (JobState.FAILED, "")
    assert job.error.startswith("“总结.pdf”没有保存下来")


def test_worker_that_lost_its_lease_changes_nothing(settings):
    @job_handler("tests.common.overtaken")
    def overtaken(job):
        if job.job.attempts == 1:
            later = timezone.now() + timedelta(hours=1)
            take_up_stale(now=later)
            overtaken(job.job.pk)
            return JobResult(b"late", "late.pdf", "application/pdf")
        return JobResult(b"in time", "in-time.pdf", "application/pdf")

    job = make_job("tests.common.overtaken")
    overtaken(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.result_name) == (JobState.DONE, 2, "in-time.pdf")
    assert stored_files(settings) == [Path(job.result_file.name).name]


def test_failure_of_a_worker_that_lost_its_lease_changes_nothing():
    @job_handler("tests.common.overtaken_and_failing")
    def overtaken(job):
        if job.job.attempts == 1:
            take_up_stale(now=timezone.now() + timedelta(hours=1))
            with pytest.raises(LeaseLost):
                job.progress(50)
            raise ValueError

    job = make_job("tests.common.overtaken_and_failing")
    overtaken(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.QUEUED, "")


def test_sweep_leaves_alone_what_somebody_is_at():
    make_job()
    Job.objects.create(kind="x", title="x", state=JobState.RUNNING, lease_until=timezone.now() + timedelta(minutes=1))

    take_up_stale_jobs()

    assert rings() == []


def test_sweep_rings_again_for_a_doorbell_nobody_heard_once_a_minute():
    job = make_job()
    now = timezone.now() + timedelta(seconds=61)

    take_up_stale(now=now)
    take_up_stale(now=now + timedelta(seconds=30))
    assert rings() == [(job.kind, [job.pk])]

    take_up_stale(now=now + timedelta(seconds=61))
    assert rings() == [(job.kind, [job.pk])]


def test_job_whose_worker_died_is_taken_up_again_and_given_up_after_three_attempts():
    job = make_job()
    now = timezone.now()
    for attempt in (1, 2, 3):
        assert jobs._claim(job.pk, job.kind).attempts == attempt  # and the worker is gone
        now += timedelta(hours=1)
        Job.objects.update(lease_until=now)
        now += timedelta(seconds=1)
        take_up_stale(now=now)

    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (JobState.FAILED, WORKER_LOST, 3)
    assert len(rings()) == 2


@pytest.mark.parametrize(
    "values",
    [{"progress": 101}, {"state": JobState.RUNNING, "lease_until": None}, {"state": JobState.DONE}],
)
def test_database_refuses_jobs_that_make_no_sense(values):
    job = make_job()

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**values)


# ---- with real processes ----

ASK = """
from django.db import transaction
from congress_portal.common.jobs import enqueue
with transaction.atomic():
    enqueue(kind={kind!r}, title="年度总结", params={params!r}, by=None)
"""
JOBS = "from congress_portal.common.models import Job"
STATES = "list(Job.objects.order_by('pk').values_list('state', 'attempts'))"


@pytest.fixture
def portal(tmp_path):
    portal = Portal(tmp_path, DJANGO_SETTINGS_MODULE="tests.common.worker_settings", REDIS_URL="")
    portal.manage("migrate", "--verbosity", "0")
    return portal


def test_real_worker_does_the_job_on_the_embedded_queue(portal):
    with portal.worker():
        portal.shell(ASK.format(kind="tests.common.print_out", params={"page": 7}))
        wait_until(lambda: portal.answer(STATES, JOBS) == [["done", 1]], what="the finished job")

    assert portal.answer("Job.objects.get().result_file.read().decode()", JOBS) == "第 7 页"


def test_job_of_a_killed_worker_is_finished_by_the_next_one(portal, tmp_path):
    begun = tmp_path / "begun"
    with portal.worker() as worker:
        portal.shell(ASK.format(kind="tests.common.hang_once", params={"begun": str(begun)}))
        wait_until(begun.exists, what="the first attempt")
        worker.kill()
    assert portal.answer(STATES, JOBS) == [["running", 1]]

    with portal.worker():
        portal.shell(
            "from datetime import timedelta\nfrom django.utils import timezone\n"
            f"{JOBS}\nJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))\n"
            "from congress_portal.common.tasks import take_up_stale_jobs\ntake_up_stale_jobs.delay()"
        )
        wait_until(lambda: portal.answer(STATES, JOBS) == [["done", 2]], what="the second attempt")


def test_broker_that_is_down_fails_no_request_and_is_tried_once(portal):
    two = ASK.format(kind="tests.common.print_out", params={"page": 1}) * 2

    asked = portal.shell(two, REDIS_URL="redis://127.0.0.1:1/0")

    assert portal.answer(STATES, JOBS) == [["queued", 0], ["queued", 0]]
    assert asked.stderr.count("The queue does not answer") == 1
    assert "Traceback" not in asked.stderr
