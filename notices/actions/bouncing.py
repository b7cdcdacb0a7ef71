"""Bouncing: a mail came back. What is hopeless stops all mail to its address until staff take it up again.

One that comes back from a full mailbox or from a filter does not, but the third within a month does.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from history.actions import record
from notices.models import Bounce, Delivery, Suppression
from notices.reports import reported

MONTH = timedelta(days=30)
TOO_OFTEN = 3  # mails that came back within a month, whatever their servers say


class Read(Enum):
    """What a message turned out to be."""

    FOREIGN = "about no mail of ours"
    SOFT = "not yet delivered: noted"
    RETURNED = "came back, as may happen: noted"
    HARD = "undeliverable: no more mail to that address"
    KNOWN = "read before"


@transaction.atomic
def read_bounce(raw: bytes, *, now: datetime) -> Read:
    """Note what a mail server reported; reading the same again changes nothing."""
    report = reported(raw)
    rows = Delivery.objects.by_mail().select_for_update(of=("self",)).select_related("person")
    row = rows.filter(message_id=report.message_id).first() if report else None
    if report is None or row is None:
        return Read.FOREIGN
    values = {"said": report.said, "read_at": now}
    bounce, is_new = Bounce.objects.get_or_create(
        delivery=row, status=report.status, is_final=report.is_final, defaults=values
    )
    if not is_new:
        return Read.KNOWN
    if not report.is_final:
        return Read.SOFT
    # Only an address that the person has and the report names: they may have another one by now.
    emails = {address.email.lower() for address in row.person.addresses.all()} & report.addresses
    if not report.is_hopeless:
        emails = {email for email in emails if _comes_back_again(row.person, email, now)}
    _suppress(bounce, row.person, emails, now)
    return Read.HARD if emails or report.is_hopeless else Read.RETURNED


def _comes_back_again(person: Person, email: str, now: datetime) -> bool:
    """Whether the report just noted is the third within a month, and since staff said that the address works."""
    lifted = (
        Suppression.objects.filter(person=person, email=email, lifted_at__gt=now - MONTH).order_by("lifted_at").last()
    )
    since = lifted.lifted_at if lifted and lifted.lifted_at else now - MONTH
    reports = Bounce.objects.final().filter(delivery__person=person, read_at__gt=since)
    return reports.values("delivery").distinct().count() >= TOO_OFTEN


def _suppress(bounce: Bounce, person: Person, emails: Collection[str], now: datetime) -> None:
    for email in sorted(emails):
        standing = Suppression.objects.filter(person=person, email=email, lifted_at=None)
        if not standing.exists():
            Suppression.objects.create(person=person, email=email, bounce=bounce, since=now)
            verb = gettext_noop("A mail came back: nothing more is sent to that address (%(status)s)")
            record(verb, person, by=None, now=now, status=bounce.status)


@transaction.atomic
def lift_suppression(suppression: Suppression, *, by: User, reason: str, now: datetime) -> Suppression:
    """Mail goes to the address again. Raises Refused, or TransitionError without a reason or when it does already."""
    row = Suppression.objects.select_for_update(of=("self",)).select_related("person").get(pk=suppression.pk)
    require(by, "notices.lift_suppression", row)
    if row.lifted_at is not None:
        raise TransitionError(_("Mail goes to this address again already."))
    if not reason.strip():
        raise TransitionError(_("Say why mail can go there again."))
    row.lifted_at, row.lifted_by, row.lift_reason = now, by, reason.strip()
    row.save()
    record(gettext_noop("Mail goes again to an address from which it came back"), row.person, by=by, now=now)
    return row
