"""The queue's app: ``celery -A congress_portal.celery worker -B``.

Loaded by the app config too, so that what the web process sends goes to the broker of the settings.
"""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congress_portal.settings")

app = Celery("congress_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if settings.CELERY_BROKER_URL.startswith("filesystem:"):
    # kombu's file transport does not make its own folders, and sending would fail without them.
    for option, folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.items():
        if option.endswith(("_in", "_out", "_folder")):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
