"""What do we send about decisions of the register? That the day of a review has come."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Person
from decisions.models import Decision
from members.hats import account_of
from members.models import CommitteeOffice
from notices.kind import Kind, days_before


class ReviewDue(Kind):
    """Seven days before and on the day: to whoever opened the round and the chairs, while the decision is in force."""

    key = "decisions.review_due"
    label = gettext_lazy("A decision is to be reviewed")
    model = Decision
    reads = ("round", "position")
    template = "decisions/emails/review_due.txt"
    digestable = True
    because = gettext_lazy("You get this because you asked for this decision or chair its committee.")
    slots = days_before(7, 0)

    def subjects(self, since: datetime, until: datetime) -> Iterable[Decision]:
        # A day begins and ends earlier or later than in UTC somewhere: a day on each side.
        first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
        return Decision.objects.in_force().filter(review_on__range=(first, last)).select_related("round", "position")

    def anchor(self, subject: Any) -> date | None:
        return subject.review_on if subject.superseded_by_id is None else None

    def since(self, subject: Any) -> datetime | None:
        return subject.review_set_at

    def audience(self, subject: Any) -> list[Person]:
        if self.anchor(subject) is None:
            return []
        chairs = CommitteeOffice.objects.current().filter(committee=subject.committee_id).values("person")
        people = Person.objects.filter(Q(pk__in=chairs) | Q(pk=subject.round.opened_by_id))
        rows = Decision.objects.filter(pk=subject.pk)
        return [one for one in people if rows.visible_to(account_of(one)).exists()]

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        return dict(Decision.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "title"))

    def parts_of(self, pk: UUID) -> QuerySet[Decision]:
        return Decision.objects.filter(position=pk)

    def path(self, subject: Any) -> str:
        return reverse("decisions:decision", args=[subject.label])
