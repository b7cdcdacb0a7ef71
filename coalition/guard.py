"""Refuses settings that are missing or unsafe, each with one clear sentence."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

NEEDED = {
    "DATABASE_URL": "postgres://user:password@host/name",
    "REDIS_URL": "redis://host:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "SECRET_KEY": "at least 50 random characters",
    "ALLOWED_HOSTS": "app.example.org",
}


def refuse_unsafe(env: Mapping[str, str], *, embedded: bool) -> None:
    """Raise ImproperlyConfigured with a sentence that says which setting to change, and to what.

    `env` is the environment; `embedded` is true only for the set-up that `make run` and `make test` make.
    """
    for name, example in NEEDED.items():
        if not env.get(name):
            raise ImproperlyConfigured(f"{name} is not set. Set it to something like “{example}”, or use `make run`.")
    if not env["DATABASE_URL"].startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: its address starts with postgres://.")
    if not embedded:
        _refuse_weak(env)


def _refuse_weak(env: Mapping[str, str]) -> None:
    """What only a machine of one's own may have."""
    if len(env["SECRET_KEY"]) < 50 or len(set(env["SECRET_KEY"])) < 5:
        raise ImproperlyConfigured("SECRET_KEY is too weak. Set it to at least 50 random characters.")
    if "*" in env["ALLOWED_HOSTS"]:
        raise ImproperlyConfigured("ALLOWED_HOSTS must not contain “*”. Name the hosts that serve this coalition.")
    if 0 < len(env.get("METRICS_TOKEN", "")) < 20:
        raise ImproperlyConfigured(
            "METRICS_TOKEN is too short. Set it to at least 20 random characters, or leave it out."
        )
    if env.get("BASE_URL", "https://").startswith("http://"):
        raise ImproperlyConfigured("BASE_URL must start with https://: links in mails lead people to sign in.")
