"""A clock that only the test moves, a mail server that fails as it is told, and the kinds that are reminded of there."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from notices.actions.claiming import Watch
from notices.kind import KINDS, Ambiguity
from setup import ports
from tests.notices.errands.kinds import ErrandLate, ErrandSoon
from tests.notices.errands.models import Errand

# What may happen to one mail. "lost text": the connection breaks before the server has it; "lost answer": after.
FAULTS = ("away", "451 rcpt", "550 rcpt", "reset", "452 data", "554 data", "lost text", "lost answer")


class Clock:
    """Stands still until it is told to go on; the application reads it as the database's clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def go(self, **span: float) -> None:
        self.now += timedelta(**span)


class ClockWatch(Watch):
    """A worker's watch on that clock: a frozen worker is one that asks it late."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.read = clock, clock.now

    def passed(self) -> float:
        return (self.clock.now - self.read).total_seconds()


class Fallible:
    """An SMTP server's mind: the next mail meets the next fault. It notes in its journal what it takes, then answers."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.begin()

    def begin(self) -> None:
        """Forget everything."""
        self.faults: deque[str] = deque()
        self.fault = ""
        self.copies: Counter[str] = Counter()
        self.taken: list[tuple[str, list[str]]] = []
        self.journal.write_text("")

    def note(self, message_id: str) -> None:
        queue = f"Q{self.journal.stat().st_size}"
        with self.journal.open("a") as file:
            file.write(f"{queue}: message-id={message_id}\n{queue}: from=<>, size=9, nrcpt=1 (queue active)\n")

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        self.fault = self.faults.popleft() if self.faults else ""
        if self.fault == "away":
            return "421 come back later"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        if self.fault == "reset":
            server.transport.abort()
        if self.fault.endswith("rcpt"):
            return self.fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.fault.endswith("data"):
            return self.fault
        if self.fault != "lost text":
            message_id = str(message_from_bytes(envelope.original_content or b"")["Message-ID"])
            self.note(message_id)
            self.copies[message_id] += 1
            self.taken.append((message_id, list(envelope.rcpt_tos)))
        if self.fault.startswith("lost"):
            server.transport.abort()
        return "250 OK"


class ErrandFormal(ErrandSoon):
    """Counts hours, breaks quiet hours, cannot be stopped, and goes out again when nobody knows."""

    key = "errand_formal"
    must_send = True
    ambiguity = Ambiguity.RESEND
    kept_because = "It has to reach you."

    def subjects(self, since: datetime, until: datetime) -> Any:
        return super().subjects(since, until).exclude(at=None)

    def anchor(self, subject: Errand) -> datetime | None:
        return None if subject.is_done else subject.at


@contextmanager
def fallible(folder: Path, clock: Clock, settings: Any, patch: pytest.MonkeyPatch) -> Iterator[Fallible]:
    """Such a server, with the application on it, on its journal and on this clock, while the block runs."""
    mind = Fallible(folder / "journal")
    controller = Controller(mind, hostname=ports.HOST, port=ports.any_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    patch.setattr("notices.tasks.database_now", lambda: clock.now)
    patch.setattr("notices.actions.sending.Watch", lambda _now: ClockWatch(clock))
    for kind in (ErrandFormal(), ErrandLate()):
        patch.setitem(KINDS, kind.key, kind)
    yield mind
    controller.stop()
