"""What beat starts for suggestions."""

import logging

from celery import shared_task
from django.utils import timezone

from suggestions import workflow

logger = logging.getLogger(__name__)


@shared_task(name="suggestions.tasks.erase_expired_personal_data", ignore_result=True)
def erase_expired_personal_data() -> None:
    """Keep the promise of the privacy page, once a day."""
    logger.info("Personal data of %d ended cases erased.", workflow.erase_expired_contacts(now=timezone.now()))


@shared_task(name="suggestions.tasks.send_due_reminders", ignore_result=True)
def send_due_reminders() -> None:
    """Remind of what is due (催办). Running it twice at once, or for nothing, does no harm."""
    done = workflow.send_due_reminders(now=timezone.now())
    if done.told or done.failed:
        logger.info("Reminded of %d due suggestions, %d failed.", len(done.told), len(done.failed))


@shared_task(name="suggestions.tasks.recompute_due_dates", ignore_result=True)
def recompute_due_dates() -> None:
    """Follow the working calendar: rung when it changes, and hourly in case that ring was lost."""
    moved = workflow.recompute_due_dates(now=timezone.now())
    if moved:
        logger.info("Due days of %d open suggestions moved with the calendar.", moved)
