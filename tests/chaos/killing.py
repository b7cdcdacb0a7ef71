"""An SMTP server that kills whoever speaks to it, at a moment it was told; and what it has accepted so far."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from setup import ports


@dataclass
class Ledger:
    """What was accepted: one (Message-ID, recipient, subject) for each 250; and who was killed on which message."""

    accepted: list[tuple[str, str, str]] = field(default_factory=list)
    killed_after_250: list[str] = field(default_factory=list)
    kills: int = 0


@dataclass
class Order:
    """When a process is to die: with its n-th message, before or directly after the 250, or so much later."""

    message: int
    moment: str  # "before", "after", "later"
    seconds: float = 0.0


class Victim:
    """A process that sends mail to a server of its own, which kills it by `order` (None: lets it live)."""

    def __init__(self, start: Callable[[str], subprocess.Popen], ledger: Ledger, order: Order | None) -> None:
        self.ledger, self.order, self.seen = ledger, order, 0
        self.controller = Controller(self, hostname=ports.HOST, port=ports.any_free_port())
        self.controller.start()
        self.process = start(f"smtp://{ports.HOST}:{self.controller.port}")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.seen += 1
        message = message_from_bytes(envelope.original_content or b"")
        order = self.order if self.order and self.seen == self.order.message else None
        if order and order.moment == "before":
            return self.kill()
        self.ledger.accepted.append((message["Message-ID"], envelope.rcpt_tos[0], message["Subject"]))
        if order and order.moment == "after":
            # Stopped first: else a quick process may have committed before the signal arrives.
            os.kill(self.process.pid, signal.SIGSTOP)
            await server.push("250 OK")
            self.ledger.killed_after_250.append(message["Message-ID"])
            return self.kill()
        if order:
            asyncio.get_running_loop().call_later(order.seconds, self.kill)
        return "250 OK"

    def kill(self) -> str:
        """SIGKILL: nothing in the process can notice it."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.ledger.kills += 1
        return "421 You are dead"

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        if self.is_alive:
            self.process.kill()
        self.process.wait()
        self.controller.stop()
