"""The portal's settings for a worker that also knows the handlers of these tests."""

from congress_portal.settings import *  # noqa: F403 -- all settings, then what differs

CELERY_INCLUDE = ["tests.common.handlers"]
