"""Which texts wait, and for whom? Consultations for members and dispositions, drafts for answers and translations."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.counting import count_of
from accounts.models import User
from decisions.languages import language_name
from decisions.margin import unsettled_of
from decisions.models import Consultation, Consulted, Contribution, Position, Text, Version
from members.hats import hats
from members.models import Organisation

MOST = 50  # of each sort
NAMES = 8  # members named of those that have not answered
BEFORE_SIGN_OFF = [Position.Status.DRAFT, Position.Status.UNDECIDED, Position.Status.REJECTED]


def consultations(user: User, now: datetime) -> list[Any]:
    """Running ones, and closed ones with contributions that keep sign-off from opening: `missing`, how many of them.

    Of each `members` that are asked, `answered`, and `silent`: the names of some that have not, as `user` may know.
    """
    asked = Consulted.objects.filter(consultation=OuterRef("pk"))
    known = asked.silent().filter(organisation__in=Organisation.objects.visible_to(user))
    undisposed = Contribution.objects.filter(consultation=OuterRef("pk")).undisposed()
    rows = Consultation.objects.visible_to(user).annotate(
        members=count_of(asked, by="consultation"),
        answered=count_of(asked.exclude(answered_at=None), by="consultation"),
        silent=ArraySubquery(known.order_by("organisation__key").values("organisation__name")[:NAMES]),
        missing=count_of(undisposed, by="consultation"),
    )
    waiting = Q(opens_at__lte=now, closes_at__gt=now) | Q(
        closes_at__lte=now, missing__gt=0, version__position__status__in=BEFORE_SIGN_OFF
    )
    found = list(
        _ours(rows, user, "version__position__committee")
        .filter(waiting)
        .select_related("version__position", "own_region")
        .order_by("closes_at", "id")[:MOST]
    )
    for one in found:
        one.is_running = one.is_open(now)
        one.unnamed = one.members - one.answered - len(one.silent)
    return found


def drafts(user: User) -> list[Any]:
    """Drafts and texts that are asked about: `unsettled` comments wait for an answer, translations are `outdated`."""
    newer = Version.objects.filter(position=OuterRef("version__position"), number__gt=OuterRef("version__number"))
    made_from = Text.objects.filter(version=OuterRef("version"), is_authoritative=True, sha256=OuterRef("made_from"))
    outdated = Text.objects.filter(
        ~Exists(newer), ~Exists(made_from), version__position=OuterRef("pk"), is_authoritative=False
    )
    rows = (
        Position.objects.visible_to(user)
        .filter(status__in=[Position.Status.DRAFT, Position.Status.OPEN])
        .annotate(
            unsettled=unsettled_of(user), languages=ArraySubquery(outdated.order_by("language").values("language"))
        )
        .filter(Q(unsettled__gt=0) | Q(Exists(outdated)))
    )
    found = list(_ours(rows, user, "committee").select_related("author").order_by("changed_at", "id")[:MOST])
    for one in found:
        one.outdated = [language_name(code) for code in one.languages]
    return found


def _ours(rows: QuerySet[Any], user: User, committee: str) -> QuerySet[Any]:
    """All for staff, for a chair what is their committee's."""
    worn = hats(user)
    return rows if worn.is_staff else rows.filter(**{f"{committee}__in": worn.chairs})
