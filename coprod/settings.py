"""One settings file; every value that differs between places comes from the environment.

Each variable is described in .env.example, and a test keeps the two equal.
"""

import datetime as dt
import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str, hint: str) -> str:
    """Return the variable or stop with a sentence that says how to set it."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
SECRET_KEY = required(
    "SECRET_KEY", "dev.py makes one; in production use 50 random characters."
)
FIELD_KEYS = required(
    "FIELD_KEYS", "Fernet keys, newest first, separated by commas; dev.py makes one."
).split(",")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
ORGANISATION = env.str("ORGANISATION", default="Northshire County Council")
SERVICE_NAME = env.str("SERVICE_NAME", default="Your Voice")
HELP_PHONE = env.str("HELP_PHONE", default="01632 960 118")
HELP_TEXT = env.str("HELP_TEXT", default="07700 900 118")
HELP_EMAIL = env.str("HELP_EMAIL", default="hello@yourvoice.example")

INSTALLED_APPS = [
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "coprod.core",
    "groups.people",
    "groups.notices",
    "groups.governance",
    "groups.projects",
    "meetings",
    "payments",
    "coprod.reports",
    "coprod.home",
]

MIDDLEWARE = [
    "coprod.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "coprod.core.middleware.SmallPagesMiddleware",
    "coprod.core.middleware.PersonalPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coprod.core.middleware.KeptFormMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "groups.people.middleware.ActorMiddleware",
    "coprod.core.middleware.SecondFactorMiddleware",
    "coprod.core.middleware.FormKeyMiddleware",
]

ROOT_URLCONF = "coprod.urls"
WSGI_APPLICATION = "coprod.wsgi.application"
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
                "coprod.core.context_processors.service",
                "groups.notices.context_processors.sending",
            ],
            "builtins": [
                "coprod.core.templatetags.coprod",
                "coprod.core.templatetags.components",
            ],
        },
    }
]

# Django's own forms, allauth's and crispy layouts all come out as GOV.UK components.
FORM_RENDERER = "coprod.core.formpack.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["coprod"]
CRISPY_TEMPLATE_PACK = "coprod"
CRISPY_FAIL_SILENTLY = False

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "coprod.sqlite3",
            "OPTIONS": {
                # Without IMMEDIATE two writers that read first fail with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
            },
        }
    }
# PostgreSQL keeps the plans of small reads for as long as a connection lasts. Not behind a pooler that
# gives each transaction another connection.
PLAN_ONCE = env.bool("PLAN_ONCE", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
        if REDIS_URL
        # Sign-in limits must hold across processes, so the cache is shared even without Redis.
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "core_cache",
        }
    )
}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["coprod.core.backends.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "coprod.core.accounts.AccountAdapter"
_FORMS = "coprod.core.account_forms."
ACCOUNT_FORMS = {
    "login": _FORMS + "LoginForm",
    "request_login_code": _FORMS + "RequestLoginCodeForm",
    "confirm_login_code": _FORMS + "ConfirmLoginCodeForm",
    "reauthenticate": _FORMS + "ReauthenticateForm",
    "change_password": _FORMS + "ChangePasswordForm",
    "set_password": _FORMS + "SetPasswordForm",
    "reset_password": _FORMS + "ResetPasswordForm",
    "reset_password_from_key": _FORMS + "ResetPasswordKeyForm",
    "add_email": _FORMS + "AddEmailForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Fifteen minutes: many people read mail on another device, or with help.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Fresh sign-in is good for five minutes, trust.md S07.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "coprod.core.accounts.MfaAdapter"
MFA_FORMS = {
    "authenticate": _FORMS + "AuthenticateForm",
    "reauthenticate": _FORMS + "ReauthenticateCodeForm",
    "activate_totp": _FORMS + "ActivateTotpForm",
    "add_webauthn": _FORMS + "AddPasskeyForm",
    "edit_webauthn": _FORMS + "EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SERVICE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "coprod.core.assets.Assets"},
}
FILES_DIR = DATA_DIR / "files"
# Uploads above the field's own limit are refused with a sentence; this only bounds plain fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

SESSION_ENGINE = "coprod.core.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 366 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "coprod.core.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Mail: a mail server when one is named, otherwise files that the demonstration page shows.
EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_DIR = DATA_DIR / "mail"
if EMAIL_URL:
    _email = environ.Env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
    EMAIL_TIMEOUT = 30
else:
    EMAIL_BACKEND = "coprod.core.mail.FileBackend"
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"{SERVICE_NAME} <{HELP_EMAIL}>"
)
# The demonstration shows mail and the cast's sign-ins to anyone, so it is for an invented
# network on one machine: a mail server or a real database switches it off, whatever is asked.
DEMONSTRATION = env.bool("DEMONSTRATION", default=False) and not (
    EMAIL_URL or DATABASE_URL
)

# Who takes each kind of message from us. What is named nowhere is a task for the team instead.
# The demonstration writes e-mail and texts to files, which its mail page shows.
_SHOWN = "file" if DEMONSTRATION else ""
EMAIL_THROUGH = env.str("EMAIL_THROUGH", default="") or (
    "smtp" if EMAIL_URL else _SHOWN
)
TEXT_THROUGH = env.str("TEXT_THROUGH", default="") or _SHOWN
LETTERS_THROUGH = env.str("LETTERS_THROUGH", default="print")
NOTIFY_URL = env.str("NOTIFY_URL", default="https://api.notifications.service.gov.uk")
NOTIFY_KEY = env.str("NOTIFY_KEY", default="")
NOTIFY_EMAIL_TEMPLATE = env.str("NOTIFY_EMAIL_TEMPLATE", default="")
NOTIFY_TEXT_TEMPLATE = env.str("NOTIFY_TEXT_TEMPLATE", default="")
NOTIFY_RECEIPTS_TOKEN = env.str("NOTIFY_RECEIPTS_TOKEN", default="")

# When people hear from us (practice.md, defaults). Times are on the wall in London.
REMINDER_DAYS = sorted(
    env.list("REMINDER_DAYS", cast=int, default=[7, 2]), reverse=True
)
REMINDER_TIME = dt.time.fromisoformat(env.str("REMINDER_TIME", default="10:00"))
QUIET_FROM = dt.time.fromisoformat(env.str("QUIET_FROM", default="21:00"))
QUIET_UNTIL = dt.time.fromisoformat(env.str("QUIET_UNTIL", default="08:00"))
DIGEST_WEEKDAY = env.int("DIGEST_WEEKDAY", default=1)
DIGEST_TIME = dt.time.fromisoformat(env.str("DIGEST_TIME", default="09:00"))
# Several changes to a meeting within this time are told in one message.
CHANGES_TOGETHER = dt.timedelta(minutes=env.int("CHANGES_TOGETHER_MINUTES", default=30))
# Word to more people than this is shown before it goes, and can be undone for a while.
MANY_PEOPLE = env.int("MANY_PEOPLE", default=10)
TIME_TO_UNDO = dt.timedelta(minutes=env.int("TIME_TO_UNDO_MINUTES", default=10))
WORDS_KEPT = dt.timedelta(days=env.int("WORDS_KEPT_DAYS", default=90))

BROKER_DIR = DATA_DIR / "broker"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, int | str] = {"visibility_timeout": 600}
    CELERY_VISIBILITY_TIMEOUT = 600
    CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
else:
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT = "coprod.core.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Losing the bell must never fail or slow a request: the sweep finds what is owed.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "coprod.core.scheduling:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "notices.sweep", "schedule": 60.0},
    "documents": {"task": "core.sweep_documents", "schedule": 60.0},
    "housekeeping": {"task": "core.housekeeping", "schedule": 3600.0},
    "breaks": {"task": "notices.end_breaks", "schedule": 3600.0},
    # Asked often, done once a day: whoever comes first after six in the morning.
    "compare": {"task": "notices.compare", "schedule": 600.0},
    "remove_old_words": {"task": "notices.remove_old_words", "schedule": 3600.0},
    "actions_due": {"task": "meetings.plan_due", "schedule": 3600.0},
    "terms_ending": {"task": "governance.plan_terms", "schedule": 3600.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "coprod.core.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}

TESTING = "pytest" in sys.modules
