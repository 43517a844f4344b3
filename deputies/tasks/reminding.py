"""What beat starts to remind people."""

import logging

from celery import shared_task
from django.utils import timezone

from deputies import workflow

logger = logging.getLogger(__name__)


@shared_task(name="deputies.tasks.send_due_reminders", ignore_result=True)
def send_due_reminders() -> None:
    """Remind deputies, councillors and the committee of what is due. Running it twice at once does no harm."""
    done = workflow.send_due_reminders(now=timezone.now())
    if done.told or done.failed:
        logger.info("Reminded of %d due matters of deputies, %d failed.", len(done.told), len(done.failed))
