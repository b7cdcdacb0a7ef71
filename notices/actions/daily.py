"""Daily mails come into being when something waits for them; running it again makes no second one."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Person
from accounts.zones import date_in
from notices.actions.planning import delivery_for
from notices.actions.steps import insert
from notices.daily import DAILY
from notices.kind import KINDS
from notices.models import Delivery
from notices.occasions import daily_mail_after

State = Delivery.State
MOST = 5000  # parts in one go


@transaction.atomic
def arrange(*, now: datetime) -> None:
    """Every part that waits has a daily mail ahead of it: that of its day, or when that is over the next one.

    What would make no sense any more by then goes by itself.
    """
    alone = _alone()
    planned = {part.pk: _daily_mail(part.person, part.send_at) for part in alone}
    over = set(Delivery.objects.filter(pk__in={row.pk for row in planned.values()}).values_list("pk", flat=True))
    late = [part for part in alone if planned[part.pk].pk in over]
    planned |= {part.pk: _daily_mail(part.person, daily_mail_after(part.person, now)) for part in late}
    hasty = [part.pk for part in late if part.not_after is not None and part.not_after <= planned[part.pk].send_at]
    insert(list({row.pk: row for pk, row in planned.items() if pk not in hasty}.values()), now)
    if hasty:
        Delivery.objects.parts_waiting().filter(pk__in=hasty).update(channel=Delivery.Channel.MAIL, digest=None)


def _alone() -> list[Delivery]:
    ahead = [State.PLANNED, State.DEFERRED, State.SENDING]
    its_own = Delivery.objects.filter(kind=DAILY, person=OuterRef("person"), state__in=ahead)
    alone = Delivery.objects.parts_waiting().filter(~Exists(its_own.filter(send_at__gte=OuterRef("send_at"))))
    return list(alone.select_related("person").order_by("send_at", "id")[:MOST])


def _daily_mail(person: Person, send_at: datetime) -> Delivery:
    day = date_in(send_at, person.zone)
    return delivery_for(KINDS[DAILY], person, person, day.isoformat(), send_at, None)
