"""What the tests of notices begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from accounts.clock import database_now
from accounts.models import Person
from notices.actions.claiming import Claim, Watch, reserve
from notices.actions.planning import delivery_for
from notices.actions.statements import executed
from notices.kind import KINDS
from notices.models import Delivery
from setup import ports
from tests.factories import PersonFactory
from tests.notices.errands.models import Errand

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
# No quiet hours, no weekend: tests that send run at any hour of any day.
AWAKE: dict[str, Any] = {"quiet_from": time(0), "quiet_to": time(0), "keeps_weekend": False}


def errand(*people: Person, **fields: Any) -> Errand:
    made = Errand.objects.create(**{"title": "Count the seats", **fields})
    made.people.set(people)
    return made


def where_it_is_noon(now: datetime) -> str:
    """A zone whose clock shows twelve and some minutes, so that the day's 09:00 is over at whatever hour tests run."""
    ahead = 12 - now.astimezone(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"  # in these names the sign says how far UTC is ahead


def due(
    person: Person | None = None, *, title: str = "Count the seats", about: Errand | None = None, **fields: Any
) -> Delivery:
    """A reminder that has been due for a minute by the database's clock, and goes on making sense for a day."""
    now = database_now()
    person = person or PersonFactory(zone=where_it_is_noon(now), **AWAKE)
    subject = about or errand(person, title=title, at=now + timedelta(days=1))
    row = delivery_for(KINDS["errand_due"], subject, person, "P1D", now - timedelta(minutes=1), now + timedelta(days=1))
    row.planned_at = row.settled_at = now
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def claim_next(watch: Watch, owner: int | None = None) -> Claim | None:
    """Reserve the next due row and take it, as a worker does before its text leaves."""
    claims = reserve(watch, owner, 1)
    return claims[0] if claims and executed(claims[0].take()) else None


class Obstinate:
    """An SMTP server's mind: it takes everything unless told otherwise, and counts what it took."""

    def __init__(self) -> None:
        self.rcpt = self.data = "250 OK"
        self.reads_ahead = True
        self.drop = ""  # "before" or "after" the text
        self.taken: list[Envelope] = []
        self.tries = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *(["250-PIPELINING"] if self.reads_ahead else []), *responses[1:]]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        self.tries += 1
        if self.drop == "before":
            server.transport.abort()
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("2"):
            self.taken.append(envelope)
        if self.drop == "after":
            server.transport.abort()
        return self.data


@contextmanager
def obstinate(settings: Any) -> Iterator[Obstinate]:
    """Such a server, and the settings pointing at it, while the block runs."""
    mind = Obstinate()
    controller = Controller(mind, hostname=ports.HOST, port=ports.any_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield mind
    controller.stop()
