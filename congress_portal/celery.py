"""The queue's app: ``celery -A congress_portal.celery worker -B``.

Loaded by the app config too, so that what the web process sends goes to the broker of the settings.
"""

import logging
import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready
from django.conf import settings
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congress_portal.settings")

# What beat sends by the hour, and is sent once more when a machine comes back.
CATCHING_UP = ("send-due-reminders", "send-due-reminders-of-deputies")

app = Celery("congress_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if settings.CELERY_BROKER_URL.startswith("filesystem:"):
    # kombu's file transport does not make its own folders, and sending would fail without them.
    for option, folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.items():
        if option.endswith(("_in", "_out", "_folder")):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)


@worker_ready.connect  # once more: what beat sends while the file-backed queue is being set up may be lost
@beat_init.connect  # sent by the embedded beat too, before its own beat_embedded_init
def remind_at_once(**kwargs: Any) -> None:
    """Catch up on what became due while this machine was off, instead of waiting for the next hour in the schedule.

    Without an expiry: the worker may start long after beat, and reminding twice tells nobody twice.
    """
    try:
        for entry in CATCHING_UP:
            app.send_task(settings.CELERY_BEAT_SCHEDULE[entry]["task"], retry=False)
    except (KombuError, OSError) as error:
        logger.warning("The queue does not answer (%s); reminders wait for the schedule.", type(error).__name__)
