"""What beat starts for suggestions."""

import logging

from celery import shared_task
from django.utils import timezone

from suggestions.workflow import erase_expired_contacts

logger = logging.getLogger(__name__)


@shared_task(name="suggestions.tasks.erase_expired_personal_data", ignore_result=True)
def erase_expired_personal_data() -> None:
    """Keep the promise of the privacy page, once a day."""
    logger.info("Personal data of %d ended cases erased.", erase_expired_contacts(now=timezone.now()))
