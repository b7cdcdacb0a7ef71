"""The processes of a run: workers, schedulers and the naive loop, forked from one that has imported everything.

So a start takes a tenth of a second, and a thousand kills a few minutes. Needs the environment of its settings.
"""

import importlib
import logging
import multiprocessing
import os
import smtplib
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import django

django.setup()

import psycopg2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.mail.utils import DNS_NAME  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from coalition.celery import app  # noqa: E402
from notices import tasks  # noqa: E402, F401 # imported once for all who are forked
from notices.actions import claiming  # noqa: E402

THREADS = 2  # mails at once in one worker
# What a worker imports only when it needs it would be imported once in each process.
LATER = (
    "celery.app.amqp",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.thread",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.strategy",
    "celery.backends.base",
    "kombu.transport.redis",
)
for module in LATER:
    importlib.import_module(module)
get_resolver().url_patterns  # noqa: B018 # imports every view
get_template("errands/emails/due.txt")

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.chaos.processes"])


def start(act, *parts: object) -> multiprocessing.process.BaseProcess:
    """Run `act` in a process of its own, which dies with us."""
    process = FORKS.Process(target=act, args=parts, daemon=True)
    process.start()
    return process


def work(log: Path, port: int, journal: str) -> None:
    """A Celery worker as in the Procfile, with two threads; `journal` "" for an installation that has none."""
    write_to(log)
    settings.EMAIL_PORT, settings.RELAY_JOURNAL = port, journal
    DNS_NAME._fqdn = own_name()
    claiming.BACKOFF[:] = [timedelta(seconds=1)]
    quiet = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    app.Worker(pool="threads", concurrency=THREADS, loglevel="WARNING", **quiet).start()


def beat(log: Path, schedule: Path) -> None:
    write_to(log)
    app.Beat(schedule=str(schedule), loglevel="WARNING").run()


def loop_naively(log: Path, port: int, dsn: str) -> None:
    """What everybody writes first: select what is not marked, send it, mark it."""
    write_to(log)
    settings.EMAIL_PORT = port
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    while True:
        cursor.execute("SELECT id FROM naive_mail WHERE NOT sent ORDER BY id LIMIT 1")
        row = cursor.fetchone()
        if row is None:
            time.sleep(1)
        elif send_naively(row[0]):
            cursor.execute("UPDATE naive_mail SET sent = true WHERE id = %s", row)


def send_naively(number: int) -> bool:
    """Whether it need not be tried again."""
    mail = EmailMessage()
    mail["Message-ID"], mail["Subject"] = f"<{number}@naive.example>", "A reminder"
    mail["From"], mail["To"] = "us@naive.example", f"person{number}@naive.example"
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=own_name(), timeout=5) as smtp:
            smtp.send_message(mail)
    except smtplib.SMTPResponseException as error:
        return error.smtp_code // 100 == 5
    except (OSError, smtplib.SMTPException):
        return False
    return True


def own_name() -> str:
    return f"process-{os.getpid()}"


def write_to(log: Path) -> None:
    logging.captureWarnings(capture=True)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
