"""All settings in one file, read from the environment; what is not given is the safe choice.

``make run`` writes ``var/env`` for the embedded form (SQLite, file-backed queue); a deployment sets the same
names in its own environment (see docs/deploy.md). Odd values are refused at start, not guessed.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()

# What the machine keeps: database, media, queue, fonts, secret of the embedded form. Never in git.
VAR_DIR = env.path("VAR_DIR", default=str(BASE_DIR / "var"))
VAR_DIR = Path(str(VAR_DIR))
if (VAR_DIR / "env").is_file():
    env.read_env(str(VAR_DIR / "env"))


def flag(name: str, *, default: bool) -> bool:
    """Read a yes or no; django-environ would take every word it does not know, a typing error too, for a no."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    word = env.str(name, default="").strip().lower() or str(default).lower()
    if word not in words:
        raise ImproperlyConfigured(f"{name} is {word!r}; write True or False.")
    return words[word]


# ---- security -------------------------------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing. `make run` writes one into var/env; a deployment sets its own.")

# Retired secrets, newest first: sessions and the tracking codes made with them stay valid.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# HTTPS is the default. The embedded form on 127.0.0.1 turns it off in var/env, and says so when it starts.
HTTPS = flag("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# Only a deployment behind a proxy of its own trusts what that proxy says about the client.
BEHIND_PROXY = flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
USE_X_ACCEL_REDIRECT = flag("USE_X_ACCEL_REDIRECT", default=False)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "congress_portal.views.errors.csrf_failure"

# No inline script or style anywhere, nothing from another host. Pictures may come from memory (QR codes).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# ---- applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "congress_portal.apps.PortalAdminConfig",  # django.contrib.admin with our own AdminSite
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",  # django-bootstrap-static: Bootstrap's own files, so that nothing is fetched
    "csp",
    # Our floors, lowest first; imports go down only.
    "congress_portal.common",
    "congress_portal.accounts",
    "congress_portal.notifications",
    "deputies",
    "suggestions",
    "congress_portal.annual_summary",
    "congress_portal.apps.PortalConfig",
    "import_export",  # after ours, whose commands import and export take the place of its own
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "congress_portal.common.middleware.RefuseBrokenRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "congress_portal.urls"
WSGI_APPLICATION = "congress_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "congress_portal.views.context.portal",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# ---- data -----------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE and a long timeout: without them a burst of writers gives "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling the annual figures' query takes longer than running it: 0.4 s against 0.2 s at 100,000 cases.
    DATABASES["default"]["OPTIONS"] = {"options": "-c jit=off"}
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    # One web process in the embedded form, so its memory is shared enough; replicas share Redis.
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# ---- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "workplace"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "congress_portal.accounts.validators.LocalWeakPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# ---- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
USE_I18N = True
# Named, because among the applications' own translations the admin's would win over ours.
LOCALE_PATHS = [BASE_DIR / "congress_portal" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# ---- files ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Private: nothing under it is ever served by address, only by views that ask for permission.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "private/"
STORAGES = {
    # Not FILE_UPLOAD_PERMISSIONS: that would close the static files too, which others than their owner serve.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o640},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Instead of MEDIA_ROOT a bucket, for web processes that share no disk.
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", default="")
if MEDIA_S3_BUCKET:
    if USE_X_ACCEL_REDIRECT:
        raise ImproperlyConfigured("USE_X_ACCEL_REDIRECT needs the files on a disk; write False with MEDIA_S3_BUCKET.")
    STORAGES["default"] = {
        "BACKEND": "congress_portal.common.s3.PrivateS3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": env.str("MEDIA_S3_ENDPOINT", default="") or None,
            "region_name": env.str("MEDIA_S3_REGION", default="") or None,
            "access_key": env.str("MEDIA_S3_ACCESS_KEY"),
            "secret_key": env.str("MEDIA_S3_SECRET_KEY"),
            "addressing_style": env.str("MEDIA_S3_ADDRESSING", default="auto", choices=("auto", "path", "virtual")),
            # To be left empty for a bucket that takes no ACLs and is closed to the public as a whole.
            "default_acl": env.str("MEDIA_S3_ACL", default="private") or None,
        },
    }
# Source maps are for people who open the developer tools: served, but not worth seconds of compressing at set-up.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# The forms' own limits are far lower, say what is too much and keep what was typed. Past these here nothing is read
# any more, and only the 400 page is left: they are for what no form of ours sends.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# Fandol, AR PL UMing and BabelStone Han, fetched by `make setup`; no font is in git.
FONT_DIR = Path(env.str("FONT_DIR", default=str(VAR_DIR / "fonts")))
REQUIRE_PDF = flag("REQUIRE_PDF", default=False)

# ---- import and export ----------------------------------------------------------------------------

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
# Between preview and confirmation; in the cache personal data goes away by itself.
IMPORT_EXPORT_TMP_STORAGE_CLASS = "congress_portal.common.import_export_admin.WaitingFile"

# ---- messages and the queue -----------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="portal@localhost")
EMAIL_TIMEOUT = 10

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 2, "socket_timeout": 5, "visibility_timeout": 3600}
    if REDIS_URL
    else {
        # In and out are one folder: what is sent is what is read.
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False  # the row is the truth, the queue a doorbell: a request never waits for it
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver-messages": {"task": "congress_portal.notifications.tasks.deliver_messages", "schedule": 60.0},
    "erase-expired-personal-data": {
        "task": "suggestions.tasks.erase_expired_personal_data",
        "schedule": crontab(hour=3, minute=15),
    },
    "erase-expired-sign-ups": {
        "task": "deputies.tasks.erase_expired_sign_ups",
        "schedule": crontab(hour=3, minute=20),
    },
    # Rung when the calendar changes (TASKS_AFTER_CALENDAR_CHANGE); hourly in case that ring was lost.
    "recompute-due-dates": {"task": "suggestions.tasks.recompute_due_dates", "schedule": crontab(minute=40)},
    # Hourly, so that a machine that was off at eight reminds when it is back; see also celery.py.
    "send-due-reminders": {
        "task": "suggestions.tasks.send_due_reminders",
        "schedule": crontab(minute=5, hour="8-18"),
    },
    "send-due-reminders-of-deputies": {
        "task": "deputies.tasks.send_due_reminders",
        "schedule": crontab(minute=10, hour="8-18"),
    },
    "take-up-stale-jobs": {"task": "congress_portal.common.tasks.take_up_stale_jobs", "schedule": 60.0},
}

# Rung when the working calendar was changed: what counts working days counts them again. Names, because the calendar
# lies below the apps that use it.
TASKS_AFTER_CALENDAR_CHANGE = ["suggestions.tasks.recompute_due_dates"]

# ---- logs -----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers would write everything twice.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # A 403 or 404 is an answer, not an event: with its traceback it would bury what is.
        "django.request": {"level": "ERROR"},
        # Scanners ask for any host; each would cost a traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
