"""What the doorbell and beat call."""

import logging

from celery import shared_task
from django.utils import timezone

from congress_portal.notifications.delivery import deliver_due
from congress_portal.notifications.outbox import DELIVER_TASK

logger = logging.getLogger(__name__)


@shared_task(name=DELIVER_TASK)
def deliver_messages() -> None:
    """Send what is due. Running it twice at once, or for nothing, does no harm."""
    outcome = deliver_due(clock=timezone.now)
    if outcome:
        logger.info("Outbox: %s.", ", ".join(f"{count} {state.value}" for state, count in sorted(outcome.items())))
