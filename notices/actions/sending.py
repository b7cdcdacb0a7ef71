"""Sending: hand over what was reserved, one mail after the other, and write down the answers.

A worker may die anywhere. Before a row is taken nothing has happened; after it the row stands as "being sent" until
its lease is over, and `resolving.py` finds out what became of it.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.db import DatabaseError, connection
from django.utils.translation import override

from notices.actions.claiming import (
    AT_ONCE,
    MOST_ATTEMPTS,
    Claim,
    Unsendable,
    Watch,
    at_this_pace,
    pause,
    put_back,
    release,
    reserve,
)
from notices.actions.statements import executed, finishing
from notices.compose import compose
from notices.mail import Handed, Relay
from notices.models import Delivery
from notices.wire import as_sent

logger = logging.getLogger(__name__)
LONGEST_RUN = 45.0  # seconds; with the slowest server's last mail still within the task's time limit


@dataclass(frozen=True)
class Report:
    """What the server answered about a taken row, not yet written down."""

    claim: Claim
    handed: Handed
    words: str

    @cached_property
    def statement(self) -> tuple[str, list[Any]]:
        """What writes it down; made once, since it may have to be written twice."""
        row, now = self.claim.delivery, self.claim.watch.instant()
        before = [Delivery.State.SENDING, Delivery.State.UNCONFIRMED]
        if self.handed is Handed.UNKNOWN:
            before = [Delivery.State.SENDING]
            row.step_to(Delivery.State.UNCONFIRMED, now=now, reason=self.words)
        elif self.handed is Handed.ACCEPTED:
            row.step_to(Delivery.State.SENT, now=now, reason=self.words)
        elif self.handed is Handed.REFUSED or row.attempts >= MOST_ATTEMPTS:
            row.step_to(Delivery.State.FAILED, now=now, reason=self.words)
        else:
            row.send_at = now + pause(row)
            row.step_to(Delivery.State.DEFERRED, now=now, reason=self.words)
        return finishing(row, before)


@dataclass(frozen=True)
class Ready:
    """A reserved row with its message, which may leave once the row is taken."""

    claim: Claim
    sender: str
    text: bytes


class Run:
    """One run of a worker: one connection to the mail server, and the last answer, which is not yet written down.

    While the server thinks about one mail the next is written: `ready`. `spoilt`: rows that could not be written.
    """

    def __init__(self, relay: Relay, owner: int, watch: Watch) -> None:
        self.relay, self.owner, self.watch = relay, owner, watch
        self.last: Report | None = None
        self.ready: Ready | None = None
        self.spoilt: list[Claim] = []
        self.missed: list[Claim] = []  # somebody held the row when we wanted to take it
        self.sent = self.tried = 0
        self.at_once = AT_ONCE
        self.is_careful = False  # the next row alone: of several one cannot be judged, or all were busy
        self.is_cut_off = False  # the server is away: no other mail would fare better now

    @property
    def is_over(self) -> bool:
        return self.is_cut_off or self.watch.passed() > LONGEST_RUN

    def reserve(self, most: int) -> list[Claim] | None:
        """As `claiming.reserve`; a row whose kind fails is put back, and so is what could not be written."""
        self.report()
        while self.spoilt:
            put_back(self.spoilt.pop().delivery.pk, now=self.watch.instant())
        release(self.missed)
        self.missed = []
        try:
            claims = reserve(self.watch, self.owner, 1 if self.is_careful else min(most, self.at_once))
        except Unsendable as error:
            self.is_careful = len(error.args) > 1
            self.tried += 1
            if not self.is_careful:
                logger.exception("delivery %s cannot be sent", error.args[0])
                put_back(error.args[0], now=self.watch.instant())
            return []
        self.is_careful = claims == [] and not self.is_careful
        self.tried += len(claims or [None])
        return claims

    def send_all(self, claims: list[Claim]) -> None:
        """One after the other; those that wait too long are left to be asked again."""
        began, count = self.watch.passed(), len(claims)
        self.write_next(claims)
        while self.ready and self.ready.claim.is_fresh and not self.is_over:
            self.send(self.ready, claims)
            if self.ready is None:
                self.write_next(claims)
        left = [*([self.ready.claim] if self.ready else []), *claims]
        self.ready = None
        release(left)
        self.at_once = at_this_pace(count - len(left), self.watch.passed() - began)

    def write_next(self, claims: list[Claim]) -> None:
        """Have the next message ready. Never raises: an answer may be on its way."""
        while self.ready is None and claims and claims[0].is_fresh:
            claim = claims.pop(0)
            try:
                with override(claim.delivery.person.language):
                    mail = compose(claim.delivery, claim.subject, claim.email, self.watch.instant())
                self.ready = Ready(claim, mail.from_email, as_sent(mail))
            except Exception:
                logger.exception("delivery %s could not be written", claim.delivery.pk)
                self.spoilt.append(claim)

    def send(self, ready: Ready, claims: list[Claim]) -> None:
        """Hand over what is ready; meanwhile the next of `claims` is written."""
        claim, self.ready = ready.claim, None
        if not self.take(claim):
            self.missed.append(claim)
            return
        handed, words = self.relay.hand_over(
            ready.text,
            ready.sender,
            claim.email,
            in_time=claim.in_time,
            meanwhile=partial(self.write_next, claims),
        )
        self.last = Report(claim, handed, words)
        self.sent += handed is Handed.ACCEPTED
        self.is_cut_off = handed is Handed.UNREACHED

    def take(self, claim: Claim) -> bool:
        """Write down the last answer and take this row at once: each mail waits for one commit only."""
        before = [self.last.statement] if self.last else []
        taken = executed(*before, claim.take())
        self.last = None
        return taken

    def report(self) -> None:
        """Write down the last answer: before anything that takes its time."""
        if self.last:
            finish(self.last)
            self.last = None


def send_due(*, now: datetime, most: int = 500) -> int:
    """Send what is due, at most `most` rows; returns how many the server accepted.

    `now` is the database's clock, read just before: leases stand on it.
    """
    with Relay() as relay, proof_of_life() as owner:
        run = Run(relay, owner, Watch(now))
        while run.tried < most and not run.is_over:
            claims = run.reserve(most - run.tried)
            if claims is None:
                break
            run.send_all(claims)
        run.report()
    return run.sent


@contextmanager
def proof_of_life() -> Iterator[int]:
    """Hold a lock of our own on this connection: while it is held nobody takes what we claimed for abandoned.

    A frozen worker holds it still, a killed one no more. Needs a connection of its own session (no transaction pool).
    """
    key = secrets.randbits(63)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield key
    finally:
        # A broken connection has given the lock back already.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def finish(report: Report) -> bool:
    """Write down what is known; False when the row is no longer ours to write. A late report is still believed."""
    return executed(report.statement)
