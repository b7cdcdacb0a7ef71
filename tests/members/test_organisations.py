"""What can happen to an organisation."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from accounts.models import Stale, TransitionError
from accounts.rules import Refused
from history.models import Entry
from history.panels import history
from members.actions.organisations import (
    Namesake,
    add_name,
    add_organisation,
    change_membership,
    edit_organisation,
    end_organisation,
)
from members.keys import name_words
from members.models import Membership, Organisation, Representation, ReviewedPair, SeatTerm
from tests.factories import NOON, OrganisationFactory, PersonFactory, RepresentationFactory, SeatTermFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return user_with("staff")


def words_of(organisation):
    return set(organisation.words.values_list("word", flat=True))


def test_an_organisation_is_added_with_its_membership_and_words(staff):
    added = add_organisation(
        by=staff, now=NOON, name="Åpne Marker", acronym="ÅM", country="NOR", since=date(2019, 5, 1)
    )

    membership = added.membership
    assert (added.key, added.country, added.version, added.distinct_no) == ("apne marker", "NOR", 1, 0)
    assert (membership.category, membership.status, membership.since) == ("member", "active", date(2019, 5, 1))
    assert words_of(added) == {"apne", "marker", "am"}
    assert [line.sentence for line in history(added, staff)] == ["Added the organisation"]


def test_a_name_needs_a_letter(staff):
    with pytest.raises(TransitionError):
        add_organisation(by=staff, now=NOON, name=" — ", country="NOR")

    assert not Organisation.objects.exists()


@pytest.mark.parametrize("role", ["chair", "seat", "facilitator", "member", "nobody"])
def test_only_staff_change_the_roster(role):
    user, organisation = user_with(role), OrganisationFactory()
    before = Organisation.objects.values().get(pk=organisation.pk)

    for act in (
        lambda: add_organisation(by=user, now=NOON, name="New"),
        lambda: edit_organisation(organisation, by=user, now=NOON, name="Other"),
        lambda: change_membership(organisation, by=user, now=NOON, category="observer"),
        lambda: add_name(organisation, by=user, now=NOON, text="Alias"),
        lambda: end_organisation(organisation, by=user, now=NOON, reason="So."),
    ):
        with pytest.raises(Refused):
            act()

    assert Organisation.objects.values().get(pk=organisation.pk) == before
    assert not Entry.objects.exists()


def test_another_spelling_in_the_same_country_is_a_namesake(staff):
    first = OrganisationFactory(name="AID/ WATCH", country="KEN")

    with pytest.raises(Namesake) as caught:
        add_organisation(by=staff, now=NOON, name="Aid/Watch", country="KEN")

    assert caught.value.organisation == first
    assert str(caught.value) == "“AID/ WATCH” (Kenya) is in the list already."


def test_namesakes_without_a_country_meet_too(staff):
    OrganisationFactory(name="Aid Watch", country=None, scope="international")

    with pytest.raises(Namesake):
        add_organisation(by=staff, now=NOON, name="Aid Watch", scope="international")


def test_another_country_makes_another_organisation(staff):
    OrganisationFactory(name="Aid Watch", country="KEN")

    added = add_organisation(by=staff, now=NOON, name="Aid Watch", country="UGA")

    assert added.distinct_no == 0


def test_a_namesake_said_to_be_another_is_numbered_and_kept_as_reviewed(staff):
    first = OrganisationFactory(name="Aid Watch")
    second = add_organisation(by=staff, now=NOON, name="Aid Watch", country="KEN", distinct=True)
    third = add_organisation(by=staff, now=NOON, name="Aid-Watch", country="KEN", distinct=True)

    pairs = set(ReviewedPair.objects.values_list("organisation", "other", "reviewed_by"))
    assert (second.distinct_no, third.distinct_no) == (1, 2)
    assert pairs == {(second.pk, first.pk, staff.pk), (third.pk, first.pk, staff.pk), (third.pk, second.pk, staff.pk)}


def test_the_name_of_one_that_ended_is_free(staff):
    gone = OrganisationFactory(name="Aid Watch")
    end_organisation(gone, by=staff, now=NOON, reason="Closed.")

    again = add_organisation(by=staff, now=NOON, name="Aid Watch", country="KEN")

    assert again.distinct_no == 0


def test_an_edit_says_from_what_to_what(staff):
    organisation = OrganisationFactory(name="Aid Watch", country="KEN")

    edited = edit_organisation(organisation, by=staff, now=NOON, name="Aid Watch Africa", country="UGA", seen=0)

    newest = history(edited, staff)[0]
    assert (edited.version, edited.key) == (2, "aid watch africa")
    assert sorted(newest.changes) == [("Country", "Kenya", "Uganda"), ("Name", "Aid Watch", "Aid Watch Africa")]
    assert words_of(edited) == {"aid", "watch", "africa"}


def test_an_edit_that_changes_nothing_leaves_no_trace(staff):
    organisation = OrganisationFactory(name="Aid Watch")

    edited = edit_organisation(organisation, by=staff, now=NOON, name="Aid Watch", country="KEN")

    assert edited.version == 1
    assert history(edited, staff) == []


def test_a_former_name_is_kept_when_it_was_in_use(staff):
    organisation = OrganisationFactory(name="Old Name")

    edited = edit_organisation(organisation, by=staff, now=NOON, name="New Name", former=True)

    assert [(name.kind, name.text) for name in edited.names.all()] == [("former", "Old Name")]
    assert words_of(edited) == {"old", "new", "name"}


def test_an_edit_from_an_old_form_is_refused(staff):
    organisation = OrganisationFactory()
    edit_organisation(organisation, by=staff, now=NOON, acronym="A", seen=0)

    with pytest.raises(Stale):
        edit_organisation(organisation, by=staff, now=NOON, acronym="B", seen=0)

    organisation.refresh_from_db()
    assert organisation.acronym == "A"


def test_renaming_onto_a_namesake_is_refused(staff):
    taken, organisation = OrganisationFactory(name="Taken"), OrganisationFactory(name="Free")

    with pytest.raises(Namesake) as caught:
        edit_organisation(organisation, by=staff, now=NOON, name="TAKEN")

    assert caught.value.organisation == taken


def test_another_spelling_of_the_own_name_is_no_namesake(staff):
    OrganisationFactory(name="Aid Watch")
    second = add_organisation(by=staff, now=NOON, name="Aid Watch", country="KEN", distinct=True)

    edited = edit_organisation(second, by=staff, now=NOON, name="Aid/Watch")

    assert edited.distinct_no == 1


def test_the_note_changes_before_the_eyes_of_staff_alone(staff):
    organisation = OrganisationFactory()
    member = user_with("member")

    edit_organisation(organisation, by=staff, now=NOON, note="Late with everything.")

    assert history(organisation, member) == []
    assert history(organisation, staff)[0].changes == [("Note", "nothing", "Late with everything.")]


def test_standing_changes_with_a_reason(staff):
    organisation = OrganisationFactory()

    change_membership(organisation, by=staff, now=NOON, status="dormant", reason="No answer for a year.")
    change_membership(organisation, by=staff, now=NOON, category="observer")

    membership = organisation.memberships.get()
    assert (membership.status, membership.category, membership.reason) == (
        "dormant",
        "observer",
        "No answer for a year.",
    )
    assert sorted(history(organisation, staff)[1].changes) == [
        ("Reason", "nothing", "No answer for a year."),
        ("Status", "Active", "Dormant"),
    ]


@pytest.mark.parametrize(
    ("status", "reason"), [("dormant", ""), ("dormant", "  "), ("ended", "Closed.")], ids=["none", "blank", "ended"]
)
def test_standing_does_not_change_without_reason_nor_end_here(staff, status, reason):
    organisation = OrganisationFactory()

    with pytest.raises(TransitionError):
        change_membership(organisation, by=staff, now=NOON, status=status, reason=reason)

    assert organisation.memberships.get().status == "active"


def test_a_dormant_member_is_not_suspended(staff):
    organisation = OrganisationFactory(membership__status="dormant")

    with pytest.raises(TransitionError, match="cannot become"):
        change_membership(organisation, by=staff, now=NOON, status="suspended", reason="So.")


def test_an_end_takes_membership_and_contacts_along_and_deletes_nothing(staff):
    organisation = OrganisationFactory()
    contact = RepresentationFactory(organisation=organisation)

    ended = end_organisation(organisation, by=staff, now=NOON, reason="Merged with another.")

    membership = Membership.objects.get(organisation=organisation)
    assert (ended.ended_on, ended.end_reason) == (NOON.date(), "Merged with another.")
    assert (membership.status, membership.until) == ("ended", NOON.date())
    assert Representation.objects.get(pk=contact.pk).until == NOON.date()
    assert history(ended, staff)[0].sentence == "Ended the organisation: Merged with another."


def test_an_end_stands_in_the_history_of_each_contact_once(staff):
    organisation, person = OrganisationFactory(name="Terre Sûre"), PersonFactory()
    for role in ("main", "media"):
        RepresentationFactory(organisation=organisation, person=person, role=role)

    end_organisation(organisation, by=staff, now=NOON, reason="So.")

    assert [line.sentence for line in history(person, staff)] == ["Stopped being a contact of Terre Sûre"]


def test_whoever_holds_a_seat_does_not_end(staff):
    term = SeatTermFactory(seat__committee__name="Steering committee", seat__number=5)

    with pytest.raises(TransitionError) as caught:
        end_organisation(term.organisation, by=staff, now=NOON, reason="So.")

    assert str(caught.value) == "End its seat first: Steering committee, Seat 5."


def test_a_seat_given_up_does_not_hold_back_an_end(staff):
    term = SeatTermFactory()
    SeatTerm.objects.update(until=NOON.date(), end_reason="Given up.")

    assert end_organisation(term.organisation, by=staff, now=NOON, reason="So.").ended_on == NOON.date()


def test_one_that_ended_is_not_changed(staff):
    organisation = end_organisation(OrganisationFactory(), by=staff, now=NOON, reason="So.")

    with pytest.raises(Refused):
        edit_organisation(organisation, by=staff, now=NOON, name="Other")
    with pytest.raises(Refused):
        end_organisation(organisation, by=staff, now=NOON, reason="Again.")


def test_it_is_found_by_other_names(staff):
    organisation = OrganisationFactory(name="Fields", acronym="F")

    add_name(organisation, by=staff, now=NOON, text="الأرض", kind="translation", language="ar")

    assert Organisation.objects.named(name_words("الأرض")).get() == organisation
    assert history(organisation, staff)[0].sentence == "Added the translated name “الأرض”"


def test_a_name_is_added_once(staff):
    organisation = OrganisationFactory(name="Fields")
    add_name(organisation, by=staff, now=NOON, text="Meadows")

    for text in ("Meadows", "Fields"):
        with pytest.raises(TransitionError):
            add_name(organisation, by=staff, now=NOON, text=text)

    assert organisation.names.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_name_at_once_make_one():
    staff, outcomes = user_with("staff"), []
    meet = threading.Barrier(2)

    def add() -> None:
        try:
            with transaction.atomic():
                meet.wait(timeout=10)
                add_organisation(by=staff, now=NOON, name="Aid Watch", country="KEN")
            outcomes.append("added")
        except Namesake:
            outcomes.append("namesake")
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["added", "namesake"]
    assert Organisation.objects.filter(key="aid watch").count() == 1
