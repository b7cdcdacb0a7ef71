"""What waits for a person of decisions: an answer, or that they press *seen*; a correction, an outcome to confirm, a
disagreement, a review. Nothing of it once it is done."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from decisions.models import Correction, Decision, Disagreement, Elector, Round
from decisions.models.counting import end_of_running
from decisions.outcome import Procedure
from home.columns import Found
from home.waiting_items import LAST_SECOND, SOON, Item, Source
from members.hats import hats
from notices.hours import at_local


def _answers(user: User, now: datetime, *, under_silence: bool) -> QuerySet[Any]:
    """Under silence a seat may answer or press *seen*; else only an answer counts as one."""
    awaited = Elector.objects.unanswered_by(user.person, now)
    silence = Q(round__procedure=Procedure.SILENCE)
    asked = awaited.filter(silence if under_silence else ~silence).annotate(end=end_of_running(now, "round__"))
    return asked.order_by("end", "pk")


def _answer(row: Found) -> Item:
    return _asked(row, _("Answer “%(title)s”"))


def _answer_or_seen(row: Found) -> Item:
    return _asked(row, _("Answer “%(title)s”, or press “seen”"))


def _asked(row: Found, what: str) -> Item:
    return Item(
        what=what % {"title": row.named},
        why=_("For %(organisation)s. Version %(number)s is open for approval.")
        % {"organisation": row.about, "number": row.number},
        url=reverse("decisions:position", args=[row.key]) + "#answer",
        due=row.instant,
        zone=row.place,
    )


def _corrections(user: User, now: datetime) -> QuerySet[Any]:
    """Of open rounds of one's committees, that wait for another voice than one's seat; staff never approve."""
    worn = hats(user)
    committees = frozenset[UUID]() if worn.is_staff else worn.seated_in | worn.chairs
    waiting = Correction.objects.awaiting(user.person).filter(
        round__in=Round.objects.running(now), round__committee__in=committees
    )
    return waiting.annotate(end=end_of_running(now, "round__")).order_by("end", "pk")


def _correction(row: Found) -> Item:
    return Item(
        what=_("Approve a correction of “%(title)s”") % {"title": row.named},
        why=_("%(name)s proposes to correct a slip of writing; two others say that the meaning stays.")
        % {"name": row.about},
        url=reverse("decisions:position", args=[row.key]),
        due=row.instant,
        zone=row.place,
    )


def _outcomes(user: User, now: datetime) -> QuerySet[Any]:
    return Round.objects.to_confirm().filter(committee__in=hats(user).chairs).order_by("closes_at", "pk")


def _outcome(row: Found) -> Item:
    return Item(
        what=_("Confirm the outcome of “%(title)s”") % {"title": row.named},
        why=_("It stands since the round closed; as the chair you confirm that it was counted rightly."),
        url=reverse("decisions:position", args=[row.key]),
        due=None,
        since=row.instant,
    )


def _disagreements(user: User, now: datetime) -> QuerySet[Any]:
    """One's own whose next date has come, or comes within three days."""
    own = Disagreement.objects.visible_to(user).owned_by(user.person).due_by((now + SOON).date())
    return own.order_by("next_on", "pk")


def _disagreement(row: Found) -> Item:
    return Item(
        what=_("Settle the disagreement on “%(title)s”") % {"title": row.named},
        why=_("%(organisation)s objects. Say how it ended, or set the next date.") % {"organisation": row.about},
        url=reverse("decisions:disagreement", args=[row.key]),
        due=at_local(row.day, LAST_SECOND, row.place),
        zone=row.place,
        day=row.day,
    )


def _reviews(user: User, now: datetime) -> QuerySet[Any]:
    """For whoever opened its round and for the chairs, from its day on."""
    asked = Q(round__opened_by=user.person) | Q(position__committee__in=hats(user).chairs)
    due = Decision.objects.visible_to(user).filter(asked).review_due_by(now.date())
    return due.order_by("review_on", "pk")


def _review(row: Found) -> Item:
    label = f"{row.about}-{row.number:03}"
    return Item(
        what=_("Review %(number)s “%(title)s”") % {"number": label, "title": row.named},
        why=_("Its day has come: set another, or say what supersedes it."),
        url=reverse("decisions:decision", args=[label]),
        due=at_local(row.day, LAST_SECOND, "UTC"),
        day=row.day,
    )


ANSWERS = {
    "key": "round__version__position",
    "named": "round__version__position__title",
    "about": "organisation__name",
    "number": "round__version__number",
    "instant": "end",
    "place": "round__zone",
}
OF_DECISIONS = (
    Source(partial(_answers, under_silence=False), ANSWERS, _answer),
    Source(partial(_answers, under_silence=True), ANSWERS, _answer_or_seen),
    Source(
        _corrections,
        {
            "key": "round__version__position",
            "named": "round__version__position__title",
            "about": "proposed_by__display_name",
            "instant": "end",
            "place": "round__zone",
        },
        _correction,
    ),
    Source(
        _outcomes,
        {"key": "version__position", "named": "version__position__title", "instant": "closes_at"},
        _outcome,
    ),
    Source(
        _disagreements,
        {
            "key": "pk",
            "named": "elector__round__version__position__title",
            "about": "elector__organisation__name",
            "day": "next_on",
            "place": "zone",
        },
        _disagreement,
    ),
    Source(
        _reviews,
        {"key": "pk", "named": "title", "about": "year", "number": "number", "day": "review_on"},
        _review,
    ),
)
