"""What do we send about disagreements? Whose one is, that its next date has come, and to the chairs what is overdue."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import city, date_in, day
from decisions.actions.disagreements import YOURS
from decisions.models import Disagreement
from members.hats import account_of
from members.models import CommitteeOffice
from notices.kind import Kind, days_after, days_before


class AboutDisagreement(Kind):
    """The owner while it is open, as far as they may still read it: it holds an objection."""

    model = Disagreement
    reads = (
        "owner",
        "objection",
        "elector__organisation",
        "elector__round__version__position",
        "elector__round__committee",
    )
    because = gettext_lazy("You get this because this disagreement is in your care.")

    def audience(self, subject: Any) -> list[Person]:
        return _who_may_read(subject, [subject.owner]) if subject.is_open else []

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        seen = Disagreement.objects.visible_to(user).filter(pk__in=ids)
        return dict(seen.values_list("pk", "elector__round__version__position__title"))

    def parts_of(self, pk: UUID) -> QuerySet[Disagreement]:
        return Disagreement.objects.filter(elector__round__version__position=pk)

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        due = _("%(days)s, in %(city)s") % {"days": day(subject.next_on), "city": city(subject.zone)}
        return {
            "entry": subject,
            "position": subject.elector.round.version.position,
            "organisation": subject.elector.organisation,
            "when": due,
            "is_overdue": subject.next_on < date_in(now, person.zone),
        }

    def path(self, subject: Any) -> str:
        return reverse("decisions:disagreement", args=[subject.pk])


class DisagreementYours(AboutDisagreement):
    """At once, to whoever has it in their care from now on."""

    key = YOURS
    label = gettext_lazy("A disagreement is in your care")
    template = "decisions/emails/disagreement_yours.txt"


class DisagreementDue(AboutDisagreement):
    """On its next date and the day after, to the owner, while it is open."""

    key = "decisions.disagreement_due"
    label = gettext_lazy("The next date of a disagreement")
    template = "decisions/emails/disagreement_due.txt"
    slots = (*days_before(0), *days_after(1))
    told_at_once = True
    tells_moves = False  # the owner is told of the day when it comes, wherever it lies by then

    def subjects(self, since: datetime, until: datetime) -> Iterable[Disagreement]:
        # A day begins and ends earlier or later than in UTC somewhere: a day on each side.
        first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
        rows = Disagreement.objects.open().filter(next_on__range=(first, last))
        return rows.select_related("owner", "elector__round")

    def anchor(self, subject: Any) -> date | None:
        return subject.next_on if subject.is_open else None

    def since(self, subject: Any) -> datetime:
        return max(subject.scheduled_at, subject.handed_at)


class DisagreementOverdue(DisagreementDue):
    """Three days after its next date: to the chairs of the committee. After that it is between people."""

    key = "decisions.disagreement_overdue"
    label = gettext_lazy("A disagreement is overdue: to the chair")
    template = "decisions/emails/disagreement_overdue.txt"
    because = gettext_lazy("You get this because you chair the committee.")
    slots = days_after(3)
    told_at_once = False

    def audience(self, subject: Any) -> list[Person]:
        if not subject.is_open:
            return []
        chairs = CommitteeOffice.objects.current().filter(committee=subject.committee_id).values("person")
        return _who_may_read(subject, Person.objects.filter(pk__in=chairs).exclude(pk=subject.owner_id))


def _who_may_read(subject: Disagreement, people: Iterable[Person]) -> list[Person]:
    rows = Disagreement.objects.filter(pk=subject.pk)
    return [one for one in people if rows.visible_to(account_of(one)).exists()]
