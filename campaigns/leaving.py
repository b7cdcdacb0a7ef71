"""What does it mean for a lead to hand over? What they lose unless they stay on as the backup, and what is then so."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.coverage import if_lead_leaves
from campaigns.models import Assignment, Scope
from members.hats import account_of, hats
from members.models import Appointment


def without_staying(scope: Scope, reader: User) -> str:
    """What it means not to stay, to `reader`: for themselves if they are the lead, and for the part of the work."""
    return f"{_for_the_lead(scope, reader)} {if_lead_leaves(scope)}" if scope.lead else if_lead_leaves(scope)


def handed_over(before: Scope, reader: User, *, stays: bool) -> str:
    """Who has it in hand now, and who is told. `before`: as it was read, with the lead and backup who changed."""
    old, new = before.lead, before.backup
    assert old is not None  # noqa: S101 - for mypy: the action refuses otherwise
    assert new is not None  # noqa: S101
    return _said_to(reader, old, stays=stays) % {"new": new.person, "old": old.person, "scope": before}


def _said_to(reader: User, old: Assignment, *, stays: bool) -> str:
    if old.person_id == reader.person_id:
        if stays:
            return _("Handed over: %(new)s leads “%(scope)s” now, and you are the backup. Both of you are told.")
        return _("Handed over: %(new)s leads “%(scope)s” now, and it has no backup. Both of you are told.")
    if stays:
        return _("Handed over: %(new)s leads “%(scope)s” now, and %(old)s is the backup. Both are told.")
    return _("Handed over: %(new)s leads “%(scope)s” now, and it has no backup. %(new)s and %(old)s are told.")


def _for_the_lead(scope: Scope, reader: User) -> str:
    lead = scope.lead
    assert lead is not None  # noqa: S101 - for mypy: asked of scopes with a lead alone
    if lead.person_id != reader.person_id:
        named = {"name": lead.person}
        return _("Without the tick, %(name)s no longer covers it and may no longer see what came with it.") % named
    if hats(reader).is_staff:
        return _("Without the tick you no longer cover it; as staff you go on seeing it.")
    kept = _kept(lead)
    if not kept and not _has_an_organisation_or_committee(lead):
        return _(
            "It is your only part in the coalition: without the tick you may then no longer see its members, campaigns "
            "and meetings, only what is public. Staff can give it back to you."
        )
    if scope.countries - frozenset[str]().union(*(one.countries for one in kept)):
        return _(
            "Without the tick you may then no longer see the contacts in its countries, change its organisations or "
            "read its handover notes. Staff can give it back to you."
        )
    return _("Without the tick you may then no longer read its handover notes. Staff can give it back to you.")


def _kept(lead: Assignment) -> list[Any]:
    """The appointments as facilitator that they still have; one that assignments gave ends with the last of these."""
    rows = Appointment.objects.current().filter(person=lead.person_id, role=Appointment.Role.FACILITATOR)
    others = Assignment.objects.filter(appointment=lead.appointment_id, until=None).exclude(pk=lead.pk)
    if lead.appointment_id and not others.exists():
        rows = rows.exclude(pk=lead.appointment_id)
    return list(rows.select_related("own_region"))


def _has_an_organisation_or_committee(lead: Assignment) -> bool:
    worn = hats(account_of(lead.person))
    return bool(worn.organisations or worn.seated_in or worn.chairs)
