"""What is ended on the roster, in committees and among people comes back as it was, or a sentence says why it cannot."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import TransitionError
from history.actions import take_back
from history.models import Deed, Entry
from members.actions import appointments, committees, invitations, offices, people
from members.actions.organisations import Namesake, add_organisation, change_membership, end_organisation
from members.models import Appointment, Invitation, Membership, Representation, SeatHolder
from notices.models import Delivery
from tests import factories as make
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)


@pytest.fixture
def staff():
    return user_with("staff")


@pytest.fixture
def admin():
    return user_with("admin")


def undo(by, subject, now=LATER):
    """Take back what was done to `subject` last; it as it is then."""
    take_back(Deed.objects.filter(object_id=subject.pk).latest("at"), by=by, now=now)
    subject.refresh_from_db()
    return subject


def test_an_organisation_that_ended_is_back_with_its_membership_and_its_contacts(staff):
    contact = make.RepresentationFactory()
    organisation = contact.organisation
    change_membership(organisation, by=staff, now=NOON, status="dormant", reason="Silent for a year")
    before = Membership.objects.values().get()
    gone = make.RepresentationFactory(organisation=organisation, until=date(2025, 1, 1))
    end_organisation(organisation, by=staff, now=NOON, reason="Closed")

    undo(staff, organisation)

    assert (organisation.ended_on, organisation.end_reason) == (None, "")
    assert Membership.objects.values().get() == before
    assert list(Representation.objects.filter(until=None)) == [contact]
    assert Representation.objects.get(pk=gone.pk).until == date(2025, 1, 1)
    assert Entry.objects.of(organisation)[0].sentence == "Took back that it ended"


def test_an_organisation_whose_name_was_taken_meanwhile_stays_ended(staff):
    organisation = make.OrganisationFactory(name="Clear Ground")
    end_organisation(organisation, by=staff, now=NOON, reason="Closed")
    add_organisation(by=staff, now=NOON, name="Clear Ground", country="KEN")

    with pytest.raises(Namesake):
        undo(staff, organisation)


def test_ending_twice_is_taken_back_once_each(staff):
    organisation = make.OrganisationFactory()
    end_organisation(organisation, by=staff, now=NOON, reason="Closed")
    first = Deed.objects.get()
    undo(staff, organisation)
    end_organisation(organisation, by=staff, now=LATER, reason="Closed after all")

    with pytest.raises(TransitionError, match="taken back already"):
        take_back(first, by=staff, now=LATER)
    assert undo(staff, organisation).ended_on is None


def test_a_changed_membership_is_what_it_was(staff):
    organisation = make.OrganisationFactory()
    membership = Membership.objects.get()
    fields = {"status": "suspended", "category": "endorser", "since": date(2024, 5, 1)}
    change_membership(organisation, by=staff, now=NOON, reason="Did not answer", **fields)

    undo(staff, membership)

    told = (membership.status, membership.category, membership.since, membership.reason)
    assert told == ("active", "member", make.LONG_AGO, "")


def test_a_membership_that_changed_again_is_left_alone(staff):
    organisation = make.OrganisationFactory()
    change_membership(organisation, by=staff, now=NOON, category="endorser")
    deed = Deed.objects.get()
    change_membership(organisation, by=staff, now=NOON, category="observer")

    with pytest.raises(TransitionError, match="has changed since"):
        take_back(deed, by=staff, now=LATER)


def test_a_vacated_seat_is_the_organisations_again_with_those_who_speak_for_it(staff):
    holder = make.SeatHolderFactory()
    make.RepresentationFactory(person=holder.person, organisation=holder.term.organisation)
    committees.end_term(holder.term, by=staff, reason="Resigned", now=NOON)

    term = undo(staff, holder.term)

    holder.refresh_from_db()
    assert (term.until, term.end_reason, holder.until) == (None, "", None)


def test_a_seat_that_was_filled_meanwhile_stays_with_the_new_organisation(staff):
    term = make.SeatTermFactory()
    committees.end_term(term, by=staff, reason="Resigned", now=NOON)
    new = make.OrganisationFactory(name="Newcomers")
    committees.fill_seat(term.seat, by=staff, organisation=new, now=NOON)

    with pytest.raises(TransitionError, match="Newcomers holds this seat then"):
        undo(staff, term)


def test_a_seat_stays_vacant_when_its_speaker_is_no_contact_any_more(staff):
    holder = make.SeatHolderFactory()
    committees.end_term(holder.term, by=staff, reason="Resigned", now=NOON)

    with pytest.raises(TransitionError, match="does not speak for"):
        undo(staff, holder.term)

    holder.term.refresh_from_db()
    assert holder.term.until is not None


def test_whoever_stopped_speaking_for_a_seat_speaks_again(staff):
    holder = make.SeatHolderFactory()
    make.RepresentationFactory(person=holder.person, organisation=holder.term.organisation)
    committees.end_holder(holder, by=staff, now=NOON)

    assert undo(staff, holder).until is None


def test_nobody_takes_the_place_of_a_new_speaker(staff):
    holder = make.SeatHolderFactory()
    for person in (holder.person, make.PersonFactory(display_name="Amira")):
        make.RepresentationFactory(person=person, organisation=holder.term.organisation)
    committees.end_holder(holder, by=staff, now=NOON)
    committees.name_holder(holder.term, by=staff, person=person, now=NOON)

    with pytest.raises(TransitionError, match="Amira was named for this seat meanwhile"):
        undo(staff, holder)


def test_a_contact_that_ended_speaks_again_for_the_organisation_and_its_seat(staff):
    holder = make.SeatHolderFactory()
    contact = make.RepresentationFactory(person=holder.person, organisation=holder.term.organisation)
    people.end_representation(contact, by=staff, now=NOON)

    undo(staff, contact)

    assert (contact.until, SeatHolder.objects.get().until) == (None, None)


def test_a_contact_of_an_organisation_that_ended_since_stays_ended(staff):
    contact = make.RepresentationFactory()
    people.end_representation(contact, by=staff, now=NOON)
    end_organisation(contact.organisation, by=staff, now=NOON, reason="Closed")

    with pytest.raises(TransitionError, match="nobody can speak for it"):
        undo(staff, contact)


def test_an_office_and_an_appointment_that_ended_hold_again(admin):
    officer = make.CommitteeOfficeFactory()
    appointment = make.AppointmentFactory(role="observer")
    offices.end_office(officer, by=admin, now=NOON)
    appointments.end_appointment(appointment, by=admin, now=NOON)

    assert undo(admin, officer).until is None
    assert undo(admin, appointment).until is None


def test_nobody_takes_the_office_of_a_new_chair_nor_a_role_twice(admin):
    officer = make.CommitteeOfficeFactory()
    offices.end_office(officer, by=admin, now=NOON)
    offices.appoint_officer(officer.committee, by=admin, person=make.PersonFactory(display_name="Amira"), now=NOON)
    appointment = make.AppointmentFactory(role="observer")
    appointments.end_appointment(appointment, by=admin, now=NOON)
    appointments.appoint(appointment.person, by=admin, role="observer", now=NOON)

    with pytest.raises(TransitionError, match="Amira chairs by now"):
        undo(admin, officer)
    with pytest.raises(TransitionError, match="holds that role already"):
        undo(admin, appointment)
    assert Appointment.objects.filter(role="observer", until=None).count() == 1


def test_an_invitation_that_was_withdrawn_works_again_and_its_held_back_mail_goes_out(staff):
    person = make.PersonFactory()
    invitation = invitations.invite(person, by=staff, now=NOON)
    invitations.revoke_invitation(invitation, by=staff, now=NOON)
    assert Delivery.objects.get().state == "cancelled"

    undo(staff, invitation)

    assert invitation.problem(LATER) == ""
    assert Delivery.objects.get().state == "planned"


def test_an_invitation_that_expired_or_was_renewed_since_stays_withdrawn(staff):
    invitation = invitations.invite(make.PersonFactory(), by=staff, now=NOON)
    invitations.revoke_invitation(invitation, by=staff, now=NOON)

    with pytest.raises(TransitionError, match="has expired meanwhile"):
        undo(staff, invitation, now=NOON + timedelta(days=8))
    invitations.invite(invitation.person, by=staff, now=NOON)
    with pytest.raises(TransitionError, match="has changed since"):
        undo(staff, invitation)
    assert Invitation.objects.open().count() == 1


@pytest.mark.parametrize("fault", [{"until": NOON}, {"taken_back_at": NOON}])
def test_the_database_holds_how_a_deed_can_stand(staff, fault):
    organisation = make.OrganisationFactory()
    end_organisation(organisation, by=staff, now=NOON, reason="Closed")

    with pytest.raises(IntegrityError), transaction.atomic():
        Deed.objects.update(**fault)
