"""What does it mean for a lead to hand over? What they lose unless they stay on as the backup, and what is then so."""

from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.coverage import if_lead_leaves
from campaigns.models import Assignment, Scope
from members.hats import hats


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
    return _(
        "Without the tick you no longer cover it and may no longer see what came with it: its contacts and handover "
        "notes and, if you have no other part in the coalition, all that is not public. Staff can give it back to you."
    )
