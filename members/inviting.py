"""Many people at once: who would be invited to sign in, and who not and why. Writes and sends nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person, User
from accounts.rules import allows
from members.models import Invitation

MOST = 200  # people at once: each gets a mail


@dataclass(frozen=True)
class Guest:
    """`why_not`: why no invitation would go out; empty if one would."""

    person: Person
    why_not: str = ""


def guests(people: Iterable[Person], *, user: Any, now: datetime) -> tuple[list[Guest], list[Guest]]:
    """Those who would be invited, and the others. Reads `addresses`, `appointments`, `user` and `open_invitations`."""
    rows = list(people)
    emails = {person.email.lower() for person in rows}
    taken = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    invited, staying, used = list[Guest](), list[Guest](), set[str]()
    for person in rows:
        email = person.email.lower()
        why_not = _why_not(person, user, now) or (
            _("Somebody else signs in with this address.") if email in taken else ""
        )
        if not why_not and email in used:
            why_not = _("Another of these people has the same address.")
        if why_not:
            staying.append(Guest(person, why_not))
        else:
            used.add(email)
            invited.append(Guest(person))
    return invited, staying


def _why_not(person: Any, user: Any, now: datetime) -> str:
    if not allows(user, "members.invite", person):
        return _("Only administrators invite administrators.")
    if getattr(person, "user", None) is not None:
        return _("They have an account already.")
    if not person.email:
        return _("There is no e-mail address. Enter one first.")
    standing: list[Invitation] = person.open_invitations
    if any(not invitation.problem(now) for invitation in standing):
        return _("They were invited already, and the link still works.")
    return ""
