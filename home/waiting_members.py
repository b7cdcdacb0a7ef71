"""What waits because members are asked: their official answers, and what becomes of what they said."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from decisions.models import Consultation, Consulted
from home.columns import Found
from home.waiting_items import Item, Source
from members.hats import hats


def _consultations(user: User, now: datetime) -> QuerySet[Any]:
    """For who may sign for a member that is asked and has not answered officially."""
    return Consulted.objects.waiting_for(user.person, now).order_by("consultation__closes_at", "pk")


def _consulted(row: Found) -> Item:
    return Item(
        what=_("Say what %(organisation)s thinks of “%(title)s”") % {"organisation": row.about, "title": row.named},
        why=_("Members are asked before the committee decides. If you have nothing to add, say that."),
        url=reverse("decisions:answer_officially", args=[row.key]),
        due=row.instant,
        zone=row.place,
    )


def _undisposed(user: User, now: datetime) -> QuerySet[Any]:
    """For staff: consultations that have closed and whose contributions wait for what becomes of them."""
    closed = Consultation.objects.closed(now).with_undisposed().order_by("closes_at", "pk")
    return closed if hats(user).is_staff else closed.none()


def _to_dispose(row: Found) -> Item:
    count = ngettext(
        "%(count)d comment on “%(title)s” without disposition",
        "%(count)d comments on “%(title)s” without disposition",
        row.number,
    )
    return Item(
        what=count % {"count": row.number, "title": row.named},
        why=_("Its sign-off opens when each has one."),
        url=reverse("decisions:dispositions", args=[row.key]),
        due=None,
        since=row.instant,
    )


CONSULTATIONS = (
    Source(
        _consultations,
        {
            "key": "pk",
            "named": "consultation__version__position__title",
            "about": "organisation__name",
            "instant": "consultation__closes_at",
            "place": "consultation__zone",
        },
        _consulted,
    ),
    Source(
        _undisposed,
        {"key": "pk", "named": "version__position__title", "number": "missing", "instant": "closes_at"},
        _to_dispose,
    ),
)
