"""What do we send about members? The invitation to sign in."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Person
from members.models import Invitation
from notices import kind


class InvitationKind(kind.Kind):
    key = "members.invitation"
    label = gettext_lazy("Invitation to sign in")
    model = Invitation
    template = "members/emails/invitation.txt"
    because = gettext_lazy(
        "You get this because the staff asked you in. If you did not expect it, do nothing: no account is made."
    )
    act = gettext_lazy("Choose your password")
    has_inbox = False  # whoever gets it cannot sign in yet
    must_send = True  # its seven days run from the moment somebody pressed the button

    def audience(self, subject: Any) -> Iterable[Person]:
        return [subject.person] if subject.is_open else []

    def why_not(self, subject: Any, person: Person, now: datetime) -> str:
        """The link makes an account for the address that was invited: it goes to no other."""
        if subject.problem(now):
            return gettext_noop("the invitation no longer works")
        if person.email.lower() != subject.email:
            return gettext_noop("the address has changed")
        return ""

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        return {"organisations": [row.organisation for row in _represented(person)], "inviter": subject.invited_by}

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        """Nothing to add to whom it goes to; and its page is for nobody else."""
        return dict.fromkeys(ids, "")

    def path(self, subject: Any) -> str:
        return reverse("members:invitation_accept", args=[subject.token])


def _represented(person: Person) -> Iterable[Any]:
    return person.representations.filter(until=None).select_related("organisation")


def register() -> None:
    """The kinds of notices about members."""
    kind.register(InvitationKind())
