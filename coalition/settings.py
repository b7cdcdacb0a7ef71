"""One file of settings, all from the environment; `coalition.guard` refuses what is unsafe.

The embedded set-up (COALITION_EMBEDDED=1, made by `make run` and `make test`) differs in three things only:
plain http on this machine, the page that shows the sent mail, and the pseudo-locale.
"""

from pathlib import Path

import environ
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from coalition.guard import refuse_unsafe

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED = env.bool("COALITION_EMBEDDED", default=False)
refuse_unsafe(env.ENVIRON, embedded=EMBEDDED)
VAR = Path(env.str("COALITION_VAR", default=str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
BASE_URL = env.str("BASE_URL", default=f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
COALITION_NAME = env.str("COALITION_NAME", default="Open Fields Coalition")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    # Ours, bottom-up: each imports only from those above it in this list.
    "accounts",
    "history",
    "notices",
    "members",
    "campaigns",
    "meetings",
    "decisions",
    "home",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.http.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "coalition.urls"
WSGI_APPLICATION = "coalition.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context.frame",
            ],
        },
    }
]

DATABASES = {"default": {**env.db_url("DATABASE_URL"), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
# The cache (rate limits only) lives in PostgreSQL: Redis may vanish and every page still answers.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.allauth.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
USERSESSIONS_TRACK_ACTIVITY = False
# How many proxies of ours stand before the application: rate limits count by the visitor's address, not by theirs.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]  # a language joins this list together with its catalogue in locale/
if EMBEDDED:
    LANG_INFO["qps"] = {"bidi": True, "code": "qps", "name": "Pseudo", "name_local": "Pseudo"}
    LANGUAGES.append(("qps", _("Pseudo")))
LANGUAGES_BIDI = ["ar", "he", "fa", "ur", "qps"]
LOCALE_PATHS = [BASE_DIR / "locale", VAR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    ("", BASE_DIR / "static" / "build"),
    *((name, BASE_DIR / "static" / name) for name in ("images", "js")),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

vars().update(env.email_url("EMAIL_URL"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 30  # seconds; shorter than a delivery's lease
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{COALITION_NAME} <noreply@{ALLOWED_HOSTS[0]}>")
MAIL_DIR = VAR / "mail" if EMBEDDED else None  # where the embedded SMTP server keeps what it gets
# The mail server's log, where it lies on this machine: then we know what it took. Without it staff decide.
RELAY_JOURNAL = env.str("RELAY_JOURNAL", default=str(VAR / "mail" / "journal") if EMBEDDED else "")
HISTORY_ANCHOR_FILE = env.str("HISTORY_ANCHOR_FILE", default=str(VAR / "history-anchors") if EMBEDDED else "")
RELAY_JOURNAL_GRACE_SECONDS = env.int("RELAY_JOURNAL_GRACE_SECONDS", default=90)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # what Prometheus shows to read /metrics; without, it is not there
NOTICES_LEASE_SECONDS = env.int("NOTICES_LEASE_SECONDS", default=300)
# A worker that stands still within a transaction holds up everybody for so long, then the database lets go of it.
NOTICES_FROZEN_SECONDS = env.int("NOTICES_FROZEN_SECONDS", default=30)

CELERY_BROKER_URL = env.str("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # every task may run twice; losing every message is harmless
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "coalition.beat:BeatingScheduler"
CELERY_BEAT_SCHEDULE = {
    "plan what is due soon": {"task": "notices.tasks.plan", "schedule": 30.0, "options": {"expires": 30}},
    "send what is due": {"task": "notices.tasks.send_due", "schedule": 5.0, "options": {"expires": 5}},
    "announce closed rounds": {"task": "decisions.tasks.announce", "schedule": 5.0, "options": {"expires": 5}},
    "tend consultations": {"task": "decisions.tasks.tend", "schedule": 30.0, "options": {"expires": 30}},
    "anchor the history": {"task": "history.tasks.anchor", "schedule": 600.0, "options": {"expires": 600}},
}

SECURE_SSL_REDIRECT = not EMBEDDED
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|metrics)$"]
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not EMBEDDED
SECURE_HSTS_PRELOAD = not EMBEDDED
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not EMBEDDED
SESSION_COOKIE_AGE = 14 * 86400
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
