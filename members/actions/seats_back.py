"""Taking back the ends of terms, of those who speak for seats, and of offices. Locks as members/actions/committees.py."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from history.actions import record
from members.actions.committees import lock, record_holder, record_term, refuse_double
from members.models import CommitteeOffice, Organisation, Representation, Seat, SeatHolder, SeatTerm

Kept = dict[str, Any]
BACK = {
    SeatHolder.Capacity.REPRESENTATIVE: gettext_noop("Seat %(number)s: %(person)s is representative again"),
    SeatHolder.Capacity.ALTERNATE: gettext_noop("Seat %(number)s: %(person)s is alternate again"),
}


@transaction.atomic
def restore_term(term: SeatTerm, *, kept: Kept, by: User, now: datetime) -> SeatTerm:
    """The organisation holds the seat again, and whoever spoke for it speaks.

    Raises Refused; TransitionError when the seat or the organisation is taken by now, or a speaker is no contact.
    """
    committee = lock(term.seat.committee)
    seat = Seat.objects.select_for_update().get(pk=term.seat_id)
    term = SeatTerm.objects.select_for_update().get(pk=term.pk)
    require(by, "members.manage_committees", committee)
    organisation = Organisation.objects.select_for_update().get(pk=term.organisation_id)
    if term.until is not None:  # whoever has held the seat since then stands in the way
        refuse_double(committee, seat, organisation, term.until)
    term.until, term.end_reason = None, ""
    term.save(update_fields=["until", "end_reason"])
    record_term(gettext_noop("Seat %(number)s: the term of %(organisation)s goes on"), term, by=by, now=now)
    for holder in SeatHolder.objects.filter(pk__in=kept["holders"]).select_related("term__seat__committee", "person"):
        return_to_seat(holder, by=by, now=now)
    return term


@transaction.atomic
def restore_holder(holder: SeatHolder, *, kept: Kept, by: User, now: datetime) -> SeatHolder:
    """They speak for the seat again. Raises Refused, TransitionError as `return_to_seat`."""
    committee = lock(holder.term.seat.committee)
    require(by, "members.manage_committees", committee)
    Organisation.objects.select_for_update().get(pk=holder.term.organisation_id)
    return return_to_seat(holder, by=by, now=now)


@transaction.atomic
def restore_office(officer: CommitteeOffice, *, kept: Kept, by: User, now: datetime) -> CommitteeOffice:
    """They chair again. Raises Refused, or TransitionError when somebody else chairs, or they have an office."""
    committee = lock(officer.committee)
    require(by, "members.manage_committees", committee)
    officer = CommitteeOffice.objects.select_for_update().get(pk=officer.pk)
    standing = committee.offices.filter(until=None).select_related("person")
    if standing.filter(person=officer.person_id).exists():
        raise TransitionError(_("%(name)s has an office in this committee already.") % {"name": officer.person})
    if officer.office == CommitteeOffice.Office.CHAIR and (chair := standing.filter(office=officer.office).first()):
        raise TransitionError(_("%(name)s chairs by now.") % {"name": chair.person})
    officer.until = None
    officer.save(update_fields=["until"])
    record(gettext_noop("%(person)s chairs again"), committee, by=by, now=now, person=officer.person_id)
    return officer


def return_to_seat(holder: SeatHolder, *, by: User, now: datetime) -> SeatHolder:
    """They speak for the seat as before. Part of an action, which holds the committee and requires.

    Raises TransitionError when the term is over, somebody else was named, or they are no contact any more.
    """
    holder = SeatHolder.objects.select_for_update(of=("self",)).select_related("person", "term").get(pk=holder.pk)
    term = SeatTerm.objects.select_related("seat__committee", "organisation").get(pk=holder.term_id)
    if term.until is not None:
        raise TransitionError(_("This term has ended already."))
    others = term.holders.filter(until=None).select_related("person")
    if other := others.filter(capacity=holder.capacity).first() or others.filter(person=holder.person_id).first():
        raise TransitionError(_("%(name)s was named for this seat meanwhile.") % {"name": other.person})
    contacts = Representation.objects.current().filter(person=holder.person_id, organisation=term.organisation_id)
    if not contacts.exists():
        raise TransitionError(
            _("%(person)s does not speak for %(organisation)s any more.")
            % {"person": holder.person, "organisation": term.organisation}
        )
    holder.until, holder.term = None, term
    holder.save(update_fields=["until"])
    record_holder(BACK, holder, by=by, now=now)
    return holder
