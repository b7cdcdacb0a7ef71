"""Settling: what staff say of a notice of which nobody knows whether it arrived, or which failed."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from notices.actions.steps import move
from notices.models import Delivery


class Outcome(models.TextChoices):
    """What staff decide."""

    ARRIVED = "arrived", _("It arrived")
    AGAIN = "again", _("Send again")
    LEFT = "left", _("Leave it")


@transaction.atomic
def settle_delivery(delivery: Delivery, *, by: User, outcome: str, now: datetime) -> Delivery:
    """Staff say of an unconfirmed or failed notice that it arrived, goes out again, or is left alone.

    Raises Refused, or TransitionError when it is neither, or when it is too late to send it.
    """
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    require(by, "notices.settle_delivery", row)
    if row.state not in {Delivery.State.UNCONFIRMED, Delivery.State.FAILED}:
        # Some of its steps would be possible, but they are for the plan and the worker to take.
        raise TransitionError(
            _("This notice is “%(state)s”; there is nothing to decide about it.") % {"state": row.get_state_display()}
        )
    if outcome == Outcome.ARRIVED:
        move(row, Delivery.State.SENT, now=now, reason=gettext_noop("confirmed by staff"), by=by)
    elif outcome == Outcome.LEFT:
        # Expired, not cancelled: planning must never bring back what may have arrived.
        move(row, Delivery.State.EXPIRED, now=now, reason=gettext_noop("left alone by staff"), by=by)
    else:
        _send_again(row, by, now)
    return row


def _send_again(row: Delivery, by: User, now: datetime) -> None:
    if row.not_after is not None and row.not_after <= now:
        raise TransitionError(_("It is too late to send this again: it would come after what it announces."))
    row.send_at, row.attempts = now, 0
    move(row, Delivery.State.PLANNED, now=now, reason=gettext_noop("sent again by staff"), by=by)
