"""What beat starts to keep the promise of the privacy page to residents who signed up."""

import logging

from celery import shared_task
from django.utils import timezone

from deputies import workflow

logger = logging.getLogger(__name__)


@shared_task(name="deputies.tasks.erase_expired_sign_ups", ignore_result=True)
def erase_expired_sign_ups() -> None:
    """Erase names and numbers some weeks after an activity, once a day."""
    logger.info("Names and numbers of %d sign-ups erased.", workflow.erase_expired_sign_ups(timezone.now()))
