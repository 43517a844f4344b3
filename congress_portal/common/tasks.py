"""What beat starts for this app."""

from celery import shared_task
from django.utils import timezone

from congress_portal.common.jobs import take_up_stale


@shared_task(name="congress_portal.common.tasks.take_up_stale_jobs", ignore_result=True)
def take_up_stale_jobs() -> None:
    """Take up the jobs whose doorbell was not heard or whose worker died."""
    take_up_stale(now=timezone.now())
