"""Which mails reached their reader? Asked by whoever lets silence count: silence of people who never heard is no consent."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from accounts.models import primary_email
from notices.models import Bounce, Delivery, Suppression
from notices.models.deliveries import DeliveryQuerySet


def that_reached(mails: DeliveryQuerySet, by: datetime | OuterRef) -> DeliveryQuerySet:
    """Those of `mails` that the mail server took before `by`, by themselves or within a daily mail, and that had not
    come back by then for good; nor had another from that address, unless staff took it up again.

    What is only delayed is on its way. What only stands in an inbox reaches nobody who does not look. Whoever changes
    their address later changes nothing. `by`: an instant, or an OuterRef as `mails` would be filtered by it.
    """
    of_theirs = OuterRef(by) if isinstance(by, OuterRef) else by  # seen from one query further in
    own = Q(delivery=OuterRef("pk")) | Q(delivery=OuterRef("digest"))
    came_back = Bounce.objects.final().filter(own, read_at__lt=of_theirs)
    stood = Q(lifted_at=None) | Q(lifted_at__gte=of_theirs)
    stopped = Suppression.objects.filter(stood, email=OuterRef("went_to"), since__lt=of_theirs)
    taken = mails.exclude(channel=Delivery.Channel.INBOX).filter(state=Delivery.State.SENT, settled_at__lt=by)
    return taken.annotate(went_to=_address()).filter(~Exists(came_back), ~Exists(stopped))


def _address() -> Lower:
    """Where a mail went, in lower case. Today's address where only the mail server's journal knows that it left."""
    noted = [NullIf(column, Value("")) for column in ("digest__sent_to", "sent_to")]
    return Lower(Coalesce(*noted, primary_email()))
