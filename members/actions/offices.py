"""Who chairs a committee. An office is not a seat and has no vote."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from history.actions import can_be_taken_back, record
from members.actions.committees import lock
from members.models import Committee, CommitteeOffice
from members.models.terms import utc_day

ELECTED = {
    CommitteeOffice.Office.CHAIR: gettext_noop("%(person)s became chair"),
    CommitteeOffice.Office.CO_CHAIR: gettext_noop("%(person)s became co-chair"),
}


@transaction.atomic
def appoint_officer(
    committee: Committee, *, by: User, person: Person, now: datetime, office: str = CommitteeOffice.Office.CHAIR
) -> CommitteeOffice:
    """`person` chairs from today. Raises Refused, or TransitionError when they have an office or somebody chairs."""
    committee = lock(committee)
    require(by, "members.manage_committees", committee)
    standing = committee.offices.filter(until=None).select_related("person")
    if standing.filter(person=person).exists():
        raise TransitionError(_("%(name)s has an office in this committee already.") % {"name": person})
    if office == CommitteeOffice.Office.CHAIR and (chair := standing.filter(office=office).first()):
        raise TransitionError(_("%(name)s chairs. End that office first, or choose co-chair.") % {"name": chair.person})
    officer = CommitteeOffice.objects.create(committee=committee, person=person, office=office, since=utc_day(now))
    record(ELECTED[CommitteeOffice.Office(office)], committee, by=by, now=now, person=person.pk)
    return officer


@transaction.atomic
def end_office(officer: CommitteeOffice, *, by: User, now: datetime) -> CommitteeOffice:
    """Somebody stops chairing, today. Raises Refused, or TransitionError when they stopped before."""
    committee = lock(officer.committee)
    officer = CommitteeOffice.objects.select_for_update().get(pk=officer.pk)
    require(by, "members.manage_committees", committee)
    if officer.until is not None:
        raise TransitionError(_("%(name)s stopped already.") % {"name": officer.person})
    officer.until = max(utc_day(now), officer.since)
    officer.save(update_fields=["until"])
    record(gettext_noop("%(person)s stopped chairing"), committee, by=by, now=now, person=officer.person_id)
    can_be_taken_back("members.end_office", officer, by=by, now=now)
    return officer
