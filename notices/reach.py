"""Which mails reached their reader? Asked by whoever lets silence count: silence of people who never heard is no consent."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from accounts.models import Address
from notices.models import Bounce, Delivery, Suppression
from notices.models.deliveries import DeliveryQuerySet


def that_reached(mails: DeliveryQuerySet, by: datetime | OuterRef) -> DeliveryQuerySet:
    """Those of `mails` that the mail server took before `by`, by themselves or within a daily mail, and that had not
    come back by then for good; nor had another from that address, unless staff took it up again.

    What is only delayed is on its way. What only stands in an inbox reaches nobody who does not look. A person's address
    is the one of today. `by`: an instant, or an OuterRef as `mails` would be filtered by it.
    """
    of_theirs = OuterRef(by) if isinstance(by, OuterRef) else by  # seen from one query further in
    own = Q(delivery=OuterRef("pk")) | Q(delivery=OuterRef("digest"))
    came_back = Bounce.objects.final().filter(own, read_at__lt=of_theirs)
    theirs = Address.objects.filter(person=OuterRef(OuterRef("person")), is_primary=True)
    stood = Q(lifted_at=None) | Q(lifted_at__gte=of_theirs)
    stopped = Suppression.objects.filter(
        stood, Exists(theirs.annotate(lower=Lower("email")).filter(lower=OuterRef("email"))), since__lt=of_theirs
    )
    taken = mails.exclude(channel=Delivery.Channel.INBOX).filter(state=Delivery.State.SENT, settled_at__lt=by)
    return taken.filter(~Exists(came_back), ~Exists(stopped))
