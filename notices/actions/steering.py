"""Steering: staff hold a mail that is planned, let it go, send it now, or cancel it with a reason.

A mail that a worker has taken is not recalled: from then on only the mail server knows.
"""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from notices.actions.steps import AT_ONCE_BY_STAFF, move
from notices.kind import KINDS
from notices.models import Delivery
from notices.occasions import in_open_hours

State = Delivery.State
WAITING = {State.PLANNED, State.DEFERRED}


class Steer(models.TextChoices):
    """What staff do with a mail that has not left."""

    HOLD = "hold", _("Hold it")
    LET_GO = "let_go", _("Let it go out")
    NOW = "now", _("Send now")
    CANCEL = "cancel", _("Cancel it")


@transaction.atomic
def hold_delivery(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """It stays until staff let it go or nobody awaits it any more. Raises Refused, TransitionError."""
    row = _locked(delivery, by, WAITING)
    move(row, State.HELD, now=now, by=by)
    return row


@transaction.atomic
def let_delivery_go(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """A held mail goes out at its hour, or at the next open one if that is over. Raises Refused, TransitionError."""
    row = _locked(delivery, by, {State.HELD})
    _refuse_too_late(row, now)
    if row.send_at < now:
        row.send_at = _next_open(row, now)
    move(row, State.PLANNED, now=now, reason=gettext_noop("let go by staff"), by=by)
    return row


@transaction.atomic
def send_delivery_now(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """It goes out before its hour; still not in its reader's quiet hours. Raises Refused, TransitionError."""
    row = _locked(delivery, by, {*WAITING, State.HELD})
    _refuse_too_late(row, now)
    row.send_at, row.attempts = _next_open(row, now), 0
    move(row, State.PLANNED, now=now, reason=AT_ONCE_BY_STAFF, by=by)
    return row


@transaction.atomic
def cancel_delivery(delivery: Delivery, *, by: User, reason: str, now: datetime) -> Delivery:
    """It never goes out, and planning does not bring it back. Raises Refused, TransitionError."""
    row = _locked(delivery, by, {*WAITING, State.HELD})
    if not reason.strip():
        raise TransitionError(_("Say why it is cancelled: whoever looks for it reads that."))
    move(row, State.CANCELLED, now=now, reason=reason.strip(), by=by)
    return row


def _locked(delivery: Delivery, by: User, states: set[State]) -> Delivery:
    row = Delivery.objects.select_for_update(of=("self",)).select_related("person").get(pk=delivery.pk)
    require(by, "notices.steer_delivery", row)
    if row.state not in states:
        raise TransitionError(
            _("This notice is “%(state)s” by now; nothing was changed.") % {"state": row.get_state_display()}
        )
    return row


def _refuse_too_late(row: Delivery, now: datetime) -> None:
    if row.not_after is not None and row.not_after <= now:
        raise TransitionError(_("It is too late to send this: it would come after what it announces. Cancel it."))


def _next_open(row: Delivery, now: datetime) -> datetime:
    """Never behind us: what is due before a past hour would have left already."""
    return max(now, in_open_hours(KINDS[row.kind], row.person, now, row.not_after)) if row.kind in KINDS else now


def steer_delivery(delivery: Delivery, *, by: User, do: str, reason: str, now: datetime) -> Delivery:
    """What staff pressed, a value of Steer; `reason` is for cancelling. Raises Refused, TransitionError."""
    if do == Steer.CANCEL:
        return cancel_delivery(delivery, by=by, reason=reason, now=now)
    acts = {Steer.HOLD: hold_delivery, Steer.LET_GO: let_delivery_go, Steer.NOW: send_delivery_now}
    return acts[Steer(do)](delivery, by=by, now=now)
