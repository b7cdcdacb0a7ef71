"""Sending: claim a due row under a lease, ask once more whether it is still due, hand it over, write down the answer.

A worker may die anywhere. Before the claim commits nothing has happened; after it the row stands as "being sent"
until its lease is over, and `resolving.py` finds out what became of it.
"""

import logging
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_noop, override

from accounts.models import Address
from notices.actions.steps import STEPPED, move, too_late
from notices.choices import STOPPED, is_stopped
from notices.compose import compose
from notices.hours import quiet_span
from notices.kind import KINDS, Kind
from notices.mail import Handed, Relay
from notices.models import Delivery
from notices.occasions import in_open_hours

logger = logging.getLogger(__name__)
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60)]
MOST_ATTEMPTS = 50  # about two days, as mail servers do
LONGEST_RUN = 45.0  # seconds; with the slowest server's last mail still within the task's time limit
FENCE = 0.8  # of the lease: later than that no text may leave
ELAPSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps
OUR_FAULT = gettext_noop("an error on our side; the log says which")


class Unsendable(Exception):
    """A kind could not say whether its notice is still due; `args` holds the delivery's id."""


class Watch:
    """The database's clock, read once, and what has passed since by a clock that nobody can set."""

    def __init__(self, now: datetime) -> None:
        self.began = time.clock_gettime(ELAPSED)
        self.read = now

    def passed(self) -> float:
        """Seconds since it was made."""
        return time.clock_gettime(ELAPSED) - self.began

    def instant(self) -> datetime:
        """The present instant by the database's clock."""
        return self.read + timedelta(seconds=self.passed())


@dataclass(frozen=True)
class Report:
    """What the server answered about a claimed row, not yet written down."""

    claim: "Claim"
    handed: Handed
    words: str


@dataclass(frozen=True)
class Claim:
    """A row that is ours until the lease is over: `in_time` says whether its text may still leave."""

    delivery: Delivery
    subject: Any
    email: str
    watch: Watch
    taken: float

    def in_time(self) -> bool:
        """Whether the lease is far from over. A frozen worker must not send what others call unconfirmed."""
        return self.watch.passed() - self.taken < settings.NOTICES_LEASE_SECONDS * FENCE


def send_due(*, now: datetime, most: int = 500) -> int:
    """Send what is due, at most `most` rows; returns how many the server accepted.

    `now` is the database's clock, read just before: leases stand on it.
    """
    sent, watch, last = 0, Watch(now), None
    with Relay() as relay, proof_of_life() as owner:
        for _turn in range(most):
            found, claim = _report_and_claim(last, watch, owner)
            last = _hand_over(relay, claim) if claim else None
            sent += last is not None and last.handed is Handed.ACCEPTED
            if not found or (last and last.handed is Handed.UNREACHED) or watch.passed() > LONGEST_RUN:
                break
        if last:
            finish(last)
    return sent


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


def _report_and_claim(last: Report | None, watch: Watch, owner: int) -> tuple[bool, Claim | None]:
    """Write down the last answer and take the next row in one transaction: each mail waits for one commit only."""
    try:
        with transaction.atomic():
            if last:
                finish(last)
            return claim_next(watch, owner)
    except Exception as error:
        if last:  # whatever is wrong with the next row: what is known of the last one is kept
            finish(last)
        if not isinstance(error, Unsendable):
            raise
        logger.exception("delivery %s cannot be sent", error.args[0])
        put_back(error.args[0], now=watch.instant())
        return True, None


@transaction.atomic(savepoint=False)
def claim_next(watch: Watch, owner: int | None = None) -> tuple[bool, Claim | None]:
    """Take the next due row under a lease. (was there one?, the claim or None if it was not due after all)

    `owner`: the lock that proves its worker alive. Raises Unsendable when its kind fails.
    """
    taken, now = watch.passed(), watch.instant()
    row = (
        Delivery.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "content_type")
        .annotate(
            email=Subquery(Address.objects.filter(person=OuterRef("person"), is_primary=True).values("email")),
            is_stopped=is_stopped(),
        )
        .order_by("send_at", "id")
        .first()
    )
    if row is None:
        return False, None
    subject = locked_subject(row)
    try:
        is_due = _is_still_due(row, subject, now)
    except OperationalError:  # a deadlock, a lost connection: no fault of this row
        raise
    except Exception as error:
        raise Unsendable(row.pk) from error
    if not is_due:
        return True, None
    row.attempts += 1
    row.lease_token, row.lease_owner = uuid.uuid4(), owner
    row.lease_until = now + timedelta(seconds=settings.NOTICES_LEASE_SECONDS)
    move(row, Delivery.State.SENDING, now=now)
    return True, Claim(row, subject, row.email, watch, taken)


def locked_subject(row: Delivery) -> Any:
    """The subject as it is now, held until the claim commits; None when it is gone.

    After the row, never before it: an action that holds the subject skips our row, so neither waits for a mail.
    """
    model = row.content_type.model_class()
    if model is None:
        return None
    table = connection.ops.quote_name(model._meta.db_table)
    found = model._base_manager.raw(f"SELECT * FROM {table} WHERE id = %s FOR SHARE", [row.object_id])  # noqa: S608 - our table
    return next(iter(found), None)


def _is_still_due(row: Any, subject: Any, now: datetime) -> bool:
    """Ask the rows once more; False for what is cancelled, expired, failed or put off here."""
    kind = KINDS.get(row.kind)
    if kind is None or subject is None:
        move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("what it was about is gone"))
    elif row.not_after is not None and now >= row.not_after:
        move(row, Delivery.State.EXPIRED, now=now, reason=too_late(row))
    elif reason := _why_not(kind, row, subject, now):
        move(row, Delivery.State.CANCELLED, now=now, reason=reason)
    elif not kind.must_send and _is_quiet(row, now):
        _put_off(row, kind, now)
    elif row.email is None:
        move(row, Delivery.State.FAILED, now=now, reason=gettext_noop("no e-mail address"))
    else:
        return True
    return False


def _why_not(kind: Kind, row: Delivery, subject: Any, now: datetime) -> str:
    if row.is_stopped and not kind.kept_because:  # type: ignore[attr-defined] # read along with the row
        return STOPPED
    return no_longer_due(kind, row, subject, now)


def no_longer_due(kind: Kind, row: Delivery, subject: Any, now: datetime) -> str:
    """Why this notice, on whatever channel, tells its reader nothing any more; empty while it does."""
    if getattr(subject, "epoch", 0) != row.epoch:
        return gettext_noop("the date moved")
    if kind.slots and kind.anchor(subject) is None:
        return gettext_noop("nothing is awaited any more")
    return kind.why_not(subject, row.person, now)


def _is_quiet(row: Delivery, now: datetime) -> bool:
    return quiet_span(now, row.person.zone, row.person.quiet_from, row.person.quiet_to) is not None


def _put_off(row: Delivery, kind: Kind, now: datetime) -> None:
    later = in_open_hours(kind, row.person, now, None)
    if row.not_after is not None and later >= row.not_after:
        reason = gettext_noop("no hour outside the person's quiet hours was left")
        move(row, Delivery.State.EXPIRED, now=now, reason=reason)
    else:
        row.send_at = later
        row.save(update_fields=["send_at"])


def _hand_over(relay: Relay, claim: Claim) -> Report:
    row = claim.delivery
    try:
        with override(row.person.language):
            mail = compose(row, claim.subject, claim.email, claim.watch.instant())
        message = mail.message()
    except Exception:
        logger.exception("delivery %s could not be written", row.pk)
        return Report(claim, Handed.LATER, OUR_FAULT)
    return Report(claim, *relay.hand_over(message, mail.from_email, claim.email, in_time=claim.in_time))


def finish(report: Report) -> bool:
    """Write down what is known; False when the row is no longer ours to write. A late report is still believed."""
    row, now = copy(report.claim.delivery), report.claim.watch.instant()  # a report may have to be written twice
    ours = Delivery.objects.filter(pk=row.pk, lease_token=row.lease_token)
    if report.handed is Handed.UNKNOWN:
        ours = ours.filter(state=Delivery.State.SENDING)
        row.step_to(Delivery.State.UNCONFIRMED, now=now, reason=report.words)
    elif report.handed is Handed.ACCEPTED:
        row.step_to(Delivery.State.SENT, now=now, reason=report.words)
    elif report.handed is Handed.REFUSED or row.attempts >= MOST_ATTEMPTS:
        row.step_to(Delivery.State.FAILED, now=now, reason=report.words)
    else:
        row.send_at = now + _pause(row)
        row.step_to(Delivery.State.DEFERRED, now=now, reason=report.words)
    # One statement instead of a lock, a look and a write: the condition says whether it is still ours.
    open_states = [Delivery.State.SENDING, Delivery.State.UNCONFIRMED]
    return bool(ours.filter(state__in=open_states).update(**{name: getattr(row, name) for name in STEPPED}))


@transaction.atomic
def put_back(delivery: uuid.UUID, *, now: datetime) -> None:
    """A row whose kind fails must not stand before all others for ever; a mended kind finds it again."""
    row = Delivery.objects.waiting().select_for_update(skip_locked=True).filter(pk=delivery).first()
    if row is not None:
        row.attempts += 1
        row.send_at = now + _pause(row)
        is_hopeless = row.attempts >= MOST_ATTEMPTS
        move(row, Delivery.State.FAILED if is_hopeless else Delivery.State.DEFERRED, now=now, reason=OUR_FAULT)


def _pause(row: Delivery) -> timedelta:
    return BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
