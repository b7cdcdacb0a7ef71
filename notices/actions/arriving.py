"""Arriving: what is due stands in its reader's inbox. The same questions as before a mail, and no server between."""

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext_noop

from notices.actions.claiming import Unsendable, locked_subjects, no_longer_due, put_back
from notices.actions.steps import move, too_late
from notices.kind import KINDS
from notices.models import Delivery

logger = logging.getLogger(__name__)


def arrive_due(*, now: datetime, most: int = 500) -> int:
    """Put at most `most` due rows into their inboxes; returns how many were looked at."""
    for seen in range(most):
        try:
            found = _arrive_next(now)
        except Unsendable as error:
            logger.exception("inbox row %s could not be judged", error.args[0])
            put_back(error.args[0], now=now)
            continue
        if not found:
            return seen
    return most


@transaction.atomic
def _arrive_next(now: datetime) -> bool:
    """Row and subject are locked in the order of a mail's claim; what another worker holds is left to it."""
    rows = Delivery.objects.arriving(now).select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("person", "content_type").order_by("send_at", "id").first()
    if row is None:
        return False
    try:
        state, reason = _judged(row, now)
    except OperationalError:  # a deadlock, a lost connection: no fault of this row
        raise
    except Exception as error:
        raise Unsendable(row.pk) from error
    move(row, state, now=now, reason=reason)
    return True


def _judged(row: Delivery, now: datetime) -> tuple[Delivery.State, str]:
    (subject,) = locked_subjects([row], waits=True).values()
    kind = KINDS.get(row.kind)
    if kind is None or subject is None:
        return Delivery.State.CANCELLED, gettext_noop("what it was about is gone")
    if row.not_after is not None and now >= row.not_after:
        return Delivery.State.EXPIRED, too_late(row)
    if reason := no_longer_due(kind, row, subject, now):
        return Delivery.State.CANCELLED, reason
    return Delivery.State.SENT, ""
