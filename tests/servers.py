"""Throw-away PostgreSQL, Valkey and SMTP servers for the tests, before anything reads the settings.

Loaded by `-p tests.servers`. TEST_DATABASE_URL and TEST_REDIS_URL name servers to use instead.
Each xdist worker has its own database, its own number in Valkey, its own SMTP server and state folder.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from setup import Stop, ports, postgres
from setup.servers import Servers
from setup.supervisor import Supervisor


class Inbox:
    """What the SMTP server of this test process has been sent."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages in order of arrival, parsed."""
        return [parsed(envelope) for envelope in self.envelopes]

    def to(self, address: str) -> list[EmailMessage]:
        """The messages delivered to one address."""
        return [parsed(envelope) for envelope in self.envelopes if address in envelope.rcpt_tos]

    def clear(self) -> None:
        self.envelopes.clear()


def parsed(envelope: Envelope) -> EmailMessage:
    return message_from_bytes(envelope.original_content or b"", EmailMessage, policy=policy.default)


INBOX = Inbox()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """A wrapper runs before pytest-django, which reads the settings in the same hook."""
    folder = Path(tempfile.mkdtemp(prefix="coalition-test-"))
    early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        try:
            start_servers(early_config, folder)
        except Stop as stop:  # told as pytest tells a wrong option: the sentence alone
            raise pytest.UsageError(str(stop)) from None
    else:
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace(
            "virtual_host=0", f"virtual_host={int(worker[2:]) + 1}"
        )
    start_smtp(early_config)
    os.environ["COALITION_VAR"] = str(folder)
    return (yield)


def start_servers(config: pytest.Config, folder: Path) -> None:
    """Start what the environment does not name, and point the settings at it."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    supervisor, servers = Supervisor(folder / "log", console=False), Servers(folder, throw_away=True)
    config.add_cleanup(servers.remove_sockets)
    config.add_cleanup(supervisor.stop)
    if "TEST_DATABASE_URL" not in os.environ:
        servers.start_postgres(supervisor)
    if "TEST_REDIS_URL" not in os.environ:
        servers.start_valkey(supervisor)
    os.environ.update(
        DATABASE_URL=os.environ.get("TEST_DATABASE_URL", servers.database_url),
        REDIS_URL=os.environ.get("TEST_REDIS_URL", servers.redis_url),
        SECRET_KEY="a-secret-that-only-the-tests-know-and-nobody-else-ever",
        ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
        BASE_URL="http://testserver",
        COALITION_EMBEDDED="1",
    )


def start_smtp(config: pytest.Config) -> None:
    """A real SMTP server in a thread of this process, so that tests can look into its inbox."""
    controller = Controller(INBOX, hostname=ports.HOST, port=ports.any_free_port(), enable_SMTPUTF8=True)
    controller.start()
    config.add_cleanup(controller.stop)
    os.environ["EMAIL_URL"] = f"smtp://{controller.hostname}:{controller.port}"


@pytest.fixture
def smtp(settings: object) -> Iterator[Inbox]:
    """The inbox of the real SMTP server, emptied; mail goes over the wire instead of into Django's outbox."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    INBOX.clear()
    yield INBOX
    INBOX.clear()


@pytest.fixture
def process_environ(db: None) -> dict[str, str]:
    """The environment for a real process (a Celery worker, gunicorn) that works on this test's database.

    The test must commit what the process shall see: use with `@pytest.mark.django_db(transaction=True)`.
    """
    return environment_on_this_database()


def environment_on_this_database() -> dict[str, str]:
    """The same, for fixtures that outlive one test; the test database must be there."""
    to = connection.settings_dict
    login = f"{quote(to['USER'])}:{quote(to['PASSWORD'])}" if to["PASSWORD"] else quote(to["USER"])
    place = f"{to['HOST']}:{to['PORT']}" if to["PORT"] else to["HOST"]
    query = f"?host={to['OPTIONS']['host']}" if "host" in to.get("OPTIONS", {}) else ""
    url = f"postgres://{login}@{place}/{to['NAME']}{query}"
    return {**postgres.environment(), "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
