"""What do we send about facilitators? To those it concerns, who has a scope in hand now."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Person
from campaigns.models import Assignment, Scope
from members.hats import account_of
from notices.kind import Kind


class Reassigned(Kind):
    """To whoever takes over, hands over, or has another beside them now; tells how it stands when it is sent."""

    key = "campaigns.reassigned"
    label = gettext_lazy("Facilitators have changed")
    model = Assignment
    template = "campaigns/emails/reassigned.txt"
    digestable = True
    because = gettext_lazy("You get this because you cover it or did until now.")

    def audience(self, subject: Any) -> list[Person]:
        return [subject.person]

    def why_not(self, subject: Any, person: Person, now: datetime) -> str:
        """Whoever changed places in the scope, from lead to backup, is told once."""
        if subject.until is None:
            return ""
        stays = Assignment.objects.filter(scope=subject.scope_id, person=person, until=None).exists()
        return gettext_noop("told of their new place") if stays else ""

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        scope = Scope.objects.with_people().get(pk=subject.scope_id)
        ended = scope.assignments.exclude(pk=subject.pk).filter(until__isnull=False).exclude(note="")
        is_seen = Scope.objects.visible_to(account_of(person)).filter(pk=scope.pk).exists()
        newest = ended.select_related("person").order_by("-until", "-epoch").first()
        is_left = newest is not None and newest.person_id != person.pk  # nobody is sent what they wrote themselves
        return {
            "assignment": subject,
            "scope": scope,
            "others": [one for one in (scope.lead, scope.backup) if is_seen and one and one.person_id != person.pk],
            "before": newest if is_left and is_seen and not subject.until else None,
            "is_seen": is_seen,
        }

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        # Their own part, also when it was the last one and its campaign is closed to them since.
        seen = Assignment.objects.visible_to(user) | Assignment.objects.filter(person=user.person_id)
        rows = seen.select_related("scope__campaign", "scope__own_region").in_bulk(ids)
        return {pk: in_campaign(row.scope) for pk, row in rows.items()}

    def path(self, subject: Any) -> str:
        return reverse("campaigns:scope", args=[subject.scope_id])


def in_campaign(scope: Scope) -> str:
    return _("%(scope)s, %(campaign)s") % {"scope": scope, "campaign": scope.campaign}
