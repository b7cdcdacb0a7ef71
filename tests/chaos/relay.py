"""The mail server of a run: it fsyncs a journal before its 250, answers badly one time in three, and kills to order."""

import logging
import os
import random
import secrets
import signal
from collections import Counter, deque
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from setup import ports
from setup.mail import Keeper

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells of every word that is said
SHARE = 0.1  # of 4xx, of 5xx, of resets (half of them after the text), of lost replies


class Relay:
    """What was accepted, as (Message-ID, recipient, subject); what was refused; of what the sender heard nothing.

    The fate of a try depends on the seed, the message and how often it was tried: not on who comes first.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.keeper, self.seed = Keeper(folder), seed
        self.accepted: list[tuple[str, str, str]] = []
        self.refused: set[str] = set()
        self.answered: set[str] = set()  # accepted or refused: how far the run is
        self.unheard: set[str] = set()
        self.killed_after_250 = 0
        self.orders: deque[str] = deque()  # how the next senders are to die: "before", "after" the 250, or "later"
        self.tries: Counter[str] = Counter()
        self.handle_EHLO = self.keeper.handle_EHLO
        self.controller = Controller(self, hostname=ports.HOST, port=ports.any_free_port())
        self.controller.start()

    @property
    def journal(self) -> Path:
        return self.keeper.folder / "journal"

    def fate(self, what: str) -> float:
        self.tries[what] += 1
        return random.Random(f"{self.seed} {what} {self.tries[what]}").random()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        if self.fate(address) < SHARE / 2:
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.original_content or b"")
        message_id, order = message["Message-ID"], self.orders.popleft() if self.orders else ""
        if order == "before":
            return kill(session)
        fate = 1.0 if order else self.fate(message_id)
        if fate < SHARE:
            return "451 Not now"
        if fate < 2 * SHARE:
            self.refused.add(message_id)
            self.answered.add(message_id)
            return "550 Not this one"
        if fate < 2.5 * SHARE:
            return self.hang_up(server, message_id)
        self.keeper.note(envelope, queue=secrets.token_hex(6).upper())
        self.accepted.append((message_id, envelope.rcpt_tos[0], message["Subject"]))
        self.answered.add(message_id)
        if fate < 3.5 * SHARE:
            return self.hang_up(server, message_id)
        if order == "after":
            # Stopped first: else a quick process may have committed before the signal arrives.
            signalled(session, signal.SIGSTOP)
            await server.push("250 OK")
            self.killed_after_250 += 1
            return kill(session)
        if order == "later":
            seconds = random.Random(f"{self.seed} {message_id}").uniform(0.0, 0.01)
            server.loop.call_later(seconds, kill, session)
        return "250 OK"

    def hang_up(self, server: SMTP, message_id: str) -> str:
        self.unheard.add(message_id)
        server.transport.abort()
        return "250 OK"  # which nobody hears


def kill(session: Session) -> str:
    """SIGKILL to whoever speaks: nothing in the process can notice it."""
    signalled(session, signal.SIGKILL)
    return "421 You are dead"


def signalled(session: Session, number: int) -> None:
    """The processes of a run say EHLO with their own number."""
    with suppress(ProcessLookupError):
        os.kill(int(str(session.host_name).removeprefix("process-")), number)
