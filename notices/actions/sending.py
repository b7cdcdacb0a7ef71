"""Sending: claim a due row under a lease, ask once more whether it is still due, hand it over, write down the answer.

A worker may die anywhere. Before the claim commits nothing has happened; after it the row stands as "being sent"
until its lease is over and then as "unconfirmed": it may have arrived, so it is never sent again by itself.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop, override

from accounts.clock import database_now
from accounts.models import User
from accounts.rules import require
from notices.actions.planning import in_open_hours, move
from notices.compose import compose
from notices.hours import is_quiet
from notices.kind import KINDS
from notices.mail import Handed, Relay
from notices.models import Delivery

BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60)]
MOST_ATTEMPTS = 12


@dataclass(frozen=True)
class Claim:
    delivery: Delivery
    subject: Any
    email: str
    token: uuid.UUID
    started: float


def send_due(*, most: int = 500) -> int:
    """Send what is due by the database's clock, at most `most`; returns how many the server accepted."""
    sent = 0
    with Relay() as relay:
        for _turn in range(most):
            now = database_now()
            found, claim = claim_next(now)
            if claim is not None:
                sent += _send(relay, claim, now)
            elif not found:
                break
    return sent


@transaction.atomic
def claim_next(now: datetime) -> tuple[bool, Claim | None]:
    """Take the next due row under a lease. (was there one?, the claim or None if it was not due after all)"""
    row = (
        Delivery.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "content_type")
        .order_by("send_at", "id")
        .first()
    )
    if row is None:
        return False, None
    _lock_subject(row)
    subject = row.subject
    if not _still_due(row, subject, now):
        return True, None
    row.attempts += 1
    row.lease_token = uuid.uuid4()
    row.lease_until = now + timedelta(seconds=settings.NOTICES_LEASE_SECONDS)
    move(row, Delivery.State.SENDING, now=now)
    return True, Claim(row, subject, row.person.email, row.lease_token, time.monotonic())


def _lock_subject(row: Delivery) -> None:
    """After the row, never before it: an action that holds the subject skips our row, so neither waits for a mail."""
    model = row.content_type.model_class()
    if model is not None:
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR SHARE", [row.object_id])  # noqa: S608 - our table


def _still_due(row: Delivery, subject: Any, now: datetime) -> bool:
    """Ask the rows once more; what is not due any more is cancelled, expired or put off here."""
    kind, person = KINDS.get(row.kind), row.person
    if kind is None or subject is None:
        move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("what it was about is gone"))
    elif row.not_after is not None and now >= row.not_after:
        move(row, Delivery.State.EXPIRED, now=now, reason=gettext_noop("too late to make sense"))
    elif getattr(subject, "epoch", 0) != row.epoch:
        move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("the date moved"))
    elif reason := kind.why_not(subject, person, now):
        move(row, Delivery.State.CANCELLED, now=now, reason=reason)
    elif not person.email:
        move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("no e-mail address"))
    elif not kind.must_send and is_quiet(now, person.zone, person.quiet_from, person.quiet_to):
        _put_off(row, now)
    else:
        return True
    return False


def _put_off(row: Delivery, now: datetime) -> None:
    later = in_open_hours(KINDS[row.kind], row.person, now, None)
    if row.not_after is not None and later >= row.not_after:
        move(
            row,
            Delivery.State.EXPIRED,
            now=now,
            reason=gettext_noop("no hour outside the person's quiet hours was left"),
        )
        return
    row.send_at = later
    row.save(update_fields=["send_at"])


def _send(relay: Relay, claim: Claim, now: datetime) -> bool:
    row = claim.delivery
    with override(row.person.language):
        message = compose(row, claim.subject, claim.email, now)
    # Fence: a worker that was frozen must not hand over what others may already call unconfirmed.
    if time.monotonic() - claim.started > settings.NOTICES_LEASE_SECONDS * 0.8:
        relay.drop()
        return finish(claim, Handed.LATER, "too slow: the lease was nearly over")
    handed, words = relay.hand_over(message.message(), message.from_email, claim.email)
    return finish(claim, handed, words)


@transaction.atomic
def finish(claim: Claim, handed: Handed, words: str) -> bool:
    """Write down what is known. An unknown outcome is left to `settle_overdue`."""
    row = Delivery.objects.select_for_update().get(pk=claim.delivery.pk)
    if row.lease_token != claim.token or row.state not in {Delivery.State.SENDING, Delivery.State.UNCONFIRMED}:
        return False
    now = database_now()
    if handed is Handed.ACCEPTED:
        move(row, Delivery.State.SENT, now=now, reason=words)
    elif handed is Handed.UNKNOWN:
        if row.state == Delivery.State.SENDING:
            move(row, Delivery.State.UNCONFIRMED, now=now, reason=words)
    elif handed is Handed.REFUSED or row.attempts >= MOST_ATTEMPTS:
        move(row, Delivery.State.FAILED, now=now, reason=words)
    else:
        row.send_at = now + BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
        move(row, Delivery.State.DEFERRED, now=now, reason=words)
    return handed is Handed.ACCEPTED


@transaction.atomic
def settle_overdue(*, now: datetime) -> int:
    """Rows whose worker died or froze: they may have arrived, so staff decide. Returns how many."""
    rows = list(Delivery.objects.overdue_lease(now).select_for_update(skip_locked=True))
    for row in rows:
        move(
            row,
            Delivery.State.UNCONFIRMED,
            now=now,
            reason=gettext_noop("the worker stopped before it heard the answer"),
        )
    return len(rows)


@transaction.atomic
def settle_delivery(delivery: Delivery, *, by: User, arrived: bool, now: datetime) -> Delivery:
    """Staff say of an unconfirmed or failed notice that it arrived, or that it shall go out again.

    Raises Refused, or TransitionError when it is neither unconfirmed nor failed.
    """
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    require(by, "notices.settle_delivery", row)
    if arrived:
        move(row, Delivery.State.SENT, now=now, reason=gettext_noop("confirmed by staff"), by=by)
    else:
        row.send_at, row.attempts = now, 0
        move(row, Delivery.State.PLANNED, now=now, reason=gettext_noop("sent again by staff"), by=by)
    return row
