"""The settings under test: only what makes tests fast, quiet, and apart from what this machine keeps.

Each pytest worker has a folder and a queue of its own. A process that a test starts with these settings
finds the same ones, since both are told through the environment.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from unittest import mock

if "PORTAL_TEST_DIR" not in os.environ:
    os.environ["PORTAL_TEST_DIR"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_TEST_DIR"], ignore_errors=True)
_own = Path(os.environ["PORTAL_TEST_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
_own.mkdir(exist_ok=True)

with mock.patch.dict(
    os.environ,
    {
        "VAR_DIR": str(_own),  # without an env file in it: no test depends on var/env
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 3,
        "DEBUG": "False",
        "HTTPS": "False",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    },
):
    from congress_portal.settings import *
    from congress_portal.settings import BASE_DIR, CACHES, DATABASES, VAR_DIR

# The fonts are the only thing taken from the machine's folder: they cannot be made here.
FONT_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute() / "fonts"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
for _folder in (MEDIA_ROOT, STATIC_ROOT):
    _folder.mkdir(exist_ok=True)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: there threads share one connection, and its locks are not those of the real one.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}

# One Redis serves all workers of a run.
_name = f"{Path(os.environ['PORTAL_TEST_DIR']).name}-{_own.name}"
CACHES["default"]["KEY_PREFIX"] = _name
CELERY_TASK_DEFAULT_QUEUE = _name
