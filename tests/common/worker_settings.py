"""The portal's settings for a worker that also knows the handlers of these tests."""

from congress_portal.settings import *

CELERY_INCLUDE = ["tests.common.handlers"]
