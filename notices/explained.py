"""Why did somebody get this? What is known of one notice, in sentences for staff."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from accounts.models import primary_email
from accounts.zones import city, day, in_words
from notices.actions.claiming import OUR_FAULT, no_longer_due
from notices.choices import is_stopped
from notices.kind import KINDS, Kind
from notices.models import Bounce, Delivery, DeliveryEvent

State = Delivery.State


@dataclass(frozen=True)
class Why:
    """Each a sentence or empty."""

    because: str
    deadline: str
    hour: str
    still: str
    mail: str
    answer: str
    inbox: str


def with_circumstances(rows: QuerySet[Delivery]) -> QuerySet[Any]:
    """Each with its person, their address (`email`), whether they have stopped its kind (`is_stopped`), what the mail
    server said last (`answer`), what came back (`bounce`), and the same notice in the inbox (`inbox_state`, `inbox_at`; None without one).
    """
    heard = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), from_state=State.SENDING).order_by("-id")
    came_back = Bounce.objects.filter(delivery=OuterRef("pk")).order_by("-status", "id")
    beside = Delivery.objects.filter(channel=Delivery.Channel.INBOX).filter(
        **{name: OuterRef(name) for name in ("content_type", "object_id", "kind", "slot", "epoch", "person")}
    )
    return rows.select_related("person").annotate(
        email=primary_email(),
        is_stopped=is_stopped(),
        answer=Subquery(heard.values("detail")[:1]),
        bounce=Subquery(
            came_back.annotate(words=Concat("status", Value(" "), "said", output_field=TextField())).values("words")[:1]
        ),
        inbox_state=Subquery(beside.values("state")[:1]),
        inbox_at=Subquery(beside.values("settled_at")[:1]),
    )


def explained(row: Any, subject: Any, now: datetime) -> Why:
    """`row`: as `with_circumstances` gives it. `subject`: what it is about, None when it is gone or the
    reader of this page may not see it."""
    kind = KINDS.get(row.kind)
    return Why(
        because=str(kind.because) if kind else "",
        deadline=_deadline(row) if subject is not None else "",
        hour=_hour(row, kind),
        still=_still(row, kind, subject, now),
        mail=_mail(row, kind),
        answer=row.answer or "",
        inbox=str(State(row.inbox_state).label) if row.inbox_state else "",
    )


def _deadline(row: Delivery) -> str:
    """What its slot counts from, as its reader was told."""
    if "T" in row.deadline:
        return in_words(datetime.fromisoformat(row.deadline), row.person.zone, utc=True)
    return day(date.fromisoformat(row.deadline)) if row.deadline else ""


def _hour(row: Delivery, kind: Kind | None) -> str:
    """Reckoned where its reader is, and why not earlier or later."""
    hour = {"hour": in_words(row.send_at, row.person.zone), "city": city(row.person.zone)}
    if kind is not None and kind.must_send:
        return _("%(hour)s for its reader. Of its kind, mails go out at night and at weekends too.") % hour
    if row.person.quiet_from == row.person.quiet_to:
        return _("%(hour)s for its reader, who has no quiet hours.") % hour
    quiet = {"from": f"{row.person.quiet_from:%H:%M}", "to": f"{row.person.quiet_to:%H:%M}"}
    return _("%(hour)s for its reader, who gets no mail from %(from)s to %(to)s in %(city)s.") % {**hour, **quiet}


def _still(row: Delivery, kind: Kind | None, subject: Any, now: datetime) -> str:
    """Whether it would go out if its hour were now; nothing of what has gone, or of a kind that could not say."""
    unsent = {State.PLANNED, State.DEFERRED, State.HELD}
    if kind is None or subject is None or row.state not in unsent or row.reason == OUR_FAULT:
        return ""
    reason = no_longer_due(kind, row, subject, now)
    if reason and row.state == State.HELD:
        return _("Not any more: %(reason)s. It ends by itself.") % {"reason": _(reason)}
    if reason:
        return _("Not any more: %(reason)s. Its row ends when its hour comes.") % {"reason": _(reason)}
    if row.state == State.HELD:
        return _("No: it is held, and goes out only when it is let go.")
    return _("Yes. That is asked once more before it leaves.")


def _mail(row: Any, kind: Kind | None) -> str:
    if kind is not None and kind.kept_because:
        return str(kind.kept_because)
    return _("Has stopped the mails of this kind.") if row.is_stopped else _("Takes the mails of this kind.")
