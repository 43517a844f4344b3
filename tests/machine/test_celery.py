import threading
from pathlib import Path

from celery import current_app
from django.conf import settings


def test_every_thread_sends_to_the_broker_of_the_settings():
    """A page is answered in a thread of its own; the wrong app there would lose each doorbell quietly."""
    seen = []

    thread = threading.Thread(target=lambda: seen.append((current_app.main, current_app.conf.broker_url)))
    thread.start()
    thread.join()

    assert seen == [("congress_portal", settings.CELERY_BROKER_URL)]


def test_scheduled_tasks_exist():
    current_app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled
    assert scheduled <= set(current_app.tasks)


def test_embedded_queue_is_private_to_its_owner():
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if "data_folder_in" not in options:
        assert settings.CELERY_BROKER_URL.startswith("redis")
        return

    folders = [Path(options[name]) for name in ("data_folder_in", "data_folder_out", "control_folder")]

    assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"] * 3
