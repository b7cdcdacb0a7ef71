"""What can happen between an organisation and the call: it endorses it, and may withdraw."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from history.actions import record
from members.models import Endorsement, Organisation
from members.models.terms import utc_day


@transaction.atomic
def endorse(
    organisation: Organisation,
    *,
    by: User,
    now: datetime,
    since: date | None = None,
    how: str = Endorsement.How.FORM,
) -> Endorsement:
    """Record that it stands behind the call from `since` (default: today, UTC), said by `how`.

    Raises Refused, TransitionError (it endorses already; a day to come).
    """
    organisation = _locked(organisation, by)
    since = since or utc_day(now)
    if since > utc_day(now):
        raise TransitionError(_("That day is still to come. Enter the day on which it endorsed the call."))
    standing = organisation.endorsement
    if standing:
        raise TransitionError(_("It has endorsed the call already, on %(day)s.") % {"day": standing.since.isoformat()})
    made = Endorsement.objects.create(organisation=organisation, since=since, how=how)
    changed = {"since": [None, made.since], "how": ["", made.how]}
    _record(gettext_noop("Endorsed the call"), made, changed, by=by, now=now)
    return made


@transaction.atomic
def withdraw_endorsement(organisation: Organisation, *, by: User, now: datetime, reason: str) -> Endorsement:
    """It no longer stands behind the call, from today, for a reason.

    Raises Refused, TransitionError (there is none to withdraw; no reason).
    """
    organisation = _locked(organisation, by)
    standing = organisation.endorsement
    if standing is None:
        raise TransitionError(_("It has no endorsement that could be withdrawn."))
    if not reason.strip():
        raise TransitionError(_("Say why it is withdrawn."))
    standing.until, standing.end_reason = max(standing.since, utc_day(now)), reason
    standing.save(update_fields=["until", "end_reason"])
    changed = {"until": [None, standing.until], "end_reason": ["", reason]}
    _record(gettext_noop("Withdrew the endorsement of the call"), standing, changed, by=by, now=now)
    return standing


def _locked(organisation: Organisation, by: User) -> Organisation:
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    require(by, "members.edit_organisation", organisation)
    return organisation


def _record(verb: str, endorsement: Endorsement, changed: dict, *, by: User, now: datetime) -> None:
    organisation = endorsement.organisation
    organisation.version += 1
    organisation.save(update_fields=["version"])
    record(
        verb,
        organisation,
        by=by,
        now=now,
        of="members.endorsement",  # whose fields these are
        endorsement=endorsement.pk,
        version=organisation.version,
        changes=changed,
    )
