"""The application's processes as children of the supervisor, and the environment they live in.

The same three commands stand in the Procfile and in docs/production.md.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setup import ROOT, postgres, state
from setup.ports import HOST
from setup.servers import Servers
from setup.supervisor import Child

PYTHON = sys.executable
NEEDED = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "ALLOWED_HOSTS")


def given() -> list[str]:
    """Which of the settings of a real installation the user has set."""
    return [name for name in NEEDED if os.environ.get(name)]


def embedded_environment(servers: Servers, *, mail_port: int, port: int) -> dict[str, str]:
    """The environment of the application on our own servers."""
    return {
        **base_environment(),
        "COALITION_EMBEDDED": "1",
        "COALITION_VAR": str(servers.data),
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "EMAIL_URL": f"smtp://{HOST}:{mail_port}",
        "SECRET_KEY": state.secret_key(servers.data),
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "BASE_URL": f"http://{HOST}:{port}",
    }


def base_environment() -> dict[str, str]:
    """The caller's environment, told which settings to use, without what would turn clients elsewhere."""
    return {**postgres.environment(), "DJANGO_SETTINGS_MODULE": "coalition.settings", "PYTHONUNBUFFERED": "1"}


def manage(*words: str) -> list[str]:
    return [PYTHON, str(ROOT / "manage.py"), *words]


def mail(folder: Path, port: int) -> Child:
    words = [PYTHON, "-m", "setup.mail", str(folder / "mail"), str(port)]
    return Child("mail", words, base_environment(), stops=40, patience=3)


def web(environ: dict[str, str], port: int) -> Child:
    words = ["--preload", "--workers=2", "--threads=4", "--graceful-timeout=5", "--no-control-socket"]
    words += [f"--bind={HOST}:{port}", "coalition.wsgi:application"]
    return Child("web", [PYTHON, "-m", "gunicorn", *words], environ, stops=10)


def beat(environ: dict[str, str], folder: Path) -> Child:
    words = ["-A", "coalition", "beat", "--loglevel=INFO", "-s", str(folder / "beat-schedule")]
    return Child("beat", [PYTHON, "-m", "celery", *words], environ, stops=20)


def worker(environ: dict[str, str]) -> Child:
    """Threads, not processes: less memory, and no need of a writable /dev/shm."""
    words = ["-A", "coalition", "worker", "--loglevel=INFO", "-P", "threads", "-c", "4"]
    words += ["--without-gossip", "--without-mingle"]
    return Child("worker", [PYTHON, "-m", "celery", *words], environ, stops=30, patience=35)
