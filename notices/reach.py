"""Whom did a notice reach? Asked by whoever lets silence count: silence of people who never heard is no consent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from accounts.models import Address, Person
from notices.models import Bounce, Delivery, Suppression


class Mailbox(Enum):
    """What is known of the address a person's mail goes to."""

    USABLE = "usable"
    NONE = "none"
    SUPPRESSED = "suppressed"  # mail came back from it, so none goes there


@dataclass(frozen=True)
class Reach:
    """What is known, as of an instant, of one person and the mails of one kind about one subject.

    `accepted_at`: since when the mail server has the first of them that has not come back; None if there is none.
    `returned_at`: when the last report came that one of them had come back for good.
    """

    accepted_at: datetime | None
    returned_at: datetime | None
    mailbox: Mailbox

    @property
    def is_reached(self) -> bool:
        """A mail was taken and did not come back, and nothing else has come back from that address for good."""
        return self.accepted_at is not None and self.mailbox is not Mailbox.SUPPRESSED


def reached(kind: str, subject: models.Model, people: Iterable[Person], by: datetime) -> dict[UUID, Reach]:
    """{person id: what happened before `by`} for each of `people`, in one statement.

    A mail counts from the instant the mail server took it, by itself or within a daily mail; a discreet one says where
    to read it and counts too. What only stands in an inbox does not: nobody knows whether it was seen. That somebody
    has no address is told as of today.
    """
    rows = Person.objects.filter(pk__in=[person.pk for person in people]).annotate(
        accepted_at=Subquery(_taken(kind, subject, by).order_by("settled_at").values("settled_at")[:1]),
        returned_at=Subquery(_returned(kind, subject, by).order_by("-read_at").values("read_at")[:1]),
        has_address=Exists(_primary()),
        is_suppressed=Exists(_primary().filter(Exists(_suppressions(by)))),
    )
    facts = rows.order_by().values_list("pk", "accepted_at", "returned_at", "has_address", "is_suppressed")
    return {
        pk: Reach(accepted_at, returned_at, _mailbox(has_address=has_address, is_suppressed=is_suppressed))
        for pk, accepted_at, returned_at, has_address, is_suppressed in facts
    }


def _mailbox(*, has_address: bool, is_suppressed: bool) -> Mailbox:
    if is_suppressed:
        return Mailbox.SUPPRESSED
    return Mailbox.USABLE if has_address else Mailbox.NONE


def _about(kind: str, subject: models.Model) -> dict[str, Any]:
    content_type = ContentType.objects.get_for_model(subject)
    return {"kind": kind, "content_type": content_type, "object_id": subject.pk}


def _taken(kind: str, subject: models.Model, by: datetime) -> models.QuerySet[Delivery]:
    came_back = _final(by).filter(Q(delivery=OuterRef("pk")) | Q(delivery=OuterRef("digest")))
    taken = Delivery.objects.filter(**_about(kind, subject), person=OuterRef("pk"), state=Delivery.State.SENT)
    return taken.exclude(channel=Delivery.Channel.INBOX).filter(~Exists(came_back), settled_at__lt=by)


def _returned(kind: str, subject: models.Model, by: datetime) -> models.QuerySet[Bounce]:
    """Reports about a mail of its own, and about the daily mails that took one along."""
    own = Delivery.objects.filter(**_about(kind, subject), person=OuterRef(OuterRef("pk")))
    of_these = own.filter(Q(pk=OuterRef("delivery")) | Q(digest=OuterRef("delivery")))
    return _final(by).filter(Exists(of_these), delivery__person=OuterRef("pk"))


def _final(by: datetime) -> models.QuerySet[Bounce]:
    return Bounce.objects.final().filter(read_at__lt=by)


def _primary() -> models.QuerySet[Address]:
    return Address.objects.filter(person=OuterRef("pk"), is_primary=True)


def _suppressions(by: datetime) -> models.QuerySet[Suppression]:
    """For an address, in its own statement: what stopped mail to it at that instant."""
    stood = Q(lifted_at=None) | Q(lifted_at__gte=by)
    return Suppression.objects.filter(stood, since__lt=by, email=Lower(OuterRef("email")))
