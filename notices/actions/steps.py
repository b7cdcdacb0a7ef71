"""One step of a delivery, written down: what planning, sending and settling share."""

from datetime import datetime

from django.utils.translation import gettext_noop

from accounts.models import User
from notices.kind import KINDS, MOVED
from notices.models import Delivery

AT_ONCE_BY_STAFF = gettext_noop("sent at once by staff")
STEPPED = [
    "state",
    "reason",
    "settled_at",
    "settled_by",
    "send_at",
    "attempts",
    "lease_until",
    "lease_token",
    "lease_owner",
]


def move(row: Delivery, state: Delivery.State, *, now: datetime, reason: str = "", by: User | None = None) -> None:
    """Step and save; the database notes it in the delivery's events. Raises TransitionError."""
    row.step_to(state, now=now, reason=reason, by=by)
    row.save(update_fields=STEPPED)


def too_late(row: Delivery) -> str:
    """Why a notice makes no sense any more: the next one came, or the event itself."""
    slots = KINDS[row.kind].slots if row.kind in KINDS else ()
    if slots and row.slot not in {MOVED, min(slots, key=lambda slot: slot.before).key}:
        return gettext_noop("a later reminder took its place")
    return gettext_noop("too late to make sense")


def insert(rows: list[Delivery], now: datetime) -> None:
    """Write down those of these rows that do not stand yet."""
    for row in rows:
        row.planned_at = row.settled_at = now
    # Always in the same order: two who insert the same rows wait for each other, but never in a circle.
    Delivery.objects.bulk_create(sorted(rows, key=lambda row: row.pk), ignore_conflicts=True)
