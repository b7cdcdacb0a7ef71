from datetime import date
from functools import partial

import pytest
from django.urls import reverse

from accounts.models import Person, TransitionError
from accounts.rules import Refused
from history.models import Entry
from history.panels import history
from members.actions.appointments import appoint, end_appointment
from members.actions.committees import name_holder
from members.actions.people import add_contact, add_person, edit_person, end_representation
from members.countries import in_region
from members.hats import hats
from members.models import Appointment, Representation, SeatHolder
from tests.factories import (
    NOON,
    AppointmentFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentationFactory,
    SeatHolderFactory,
    SeatTermFactory,
    UserFactory,
    user_with,
)
from tests.threads import together

pytestmark = pytest.mark.django_db


def page(client, name, *args, **query):
    return client.get(reverse(f"members:{name}", args=args), query)


def a_contact(organisation=None, **values):
    return add_contact(
        organisation or OrganisationFactory(),
        by=user_with("staff"),
        now=NOON,
        **{"role": "main", "display_name": "Fanta Coulibaly", "email": "fanta@fields.example", **values},
    )


def test_a_contact_is_a_person_with_an_address_who_speaks_for_the_organisation():
    organisation = OrganisationFactory()

    representation = a_contact(organisation, zone="Africa/Bamako", language="fr")

    person = representation.person
    assert (person.display_name, person.email, person.zone, person.language) == (
        "Fanta Coulibaly",
        "fanta@fields.example",
        "Africa/Bamako",
        "fr",
    )
    assert (representation.organisation, representation.since, representation.until) == (
        organisation,
        NOON.date(),
        None,
    )


def test_somebody_who_speaks_for_no_organisation_is_added_and_can_be_appointed(client):
    """A new colleague on the staff: nobody's contact."""
    client.force_login(admin := user_with("admin"))
    typed = {"display_name": "Aroha Ngata", "email": "aroha@coalition.example", "language": "en", "zone": "UTC"}

    shown = client.post(reverse("members:person_add"), typed, follow=True)

    person = Person.objects.get(display_name="Aroha Ngata")
    assert shown.redirect_chain == [(reverse("members:person", args=[person.pk]), 302)]
    assert reverse("members:person_appoint", args=[person.pk]) in shown.content.decode()
    assert (person.email, person.representations.count()) == ("aroha@coalition.example", 0)
    assert appoint(person, by=admin, role="staff", now=NOON).role == "staff"


def test_whom_we_know_already_is_shown_and_not_added_twice(client):
    known = PersonFactory(display_name="Fanta Coulibaly", email="office@fields.example")
    client.force_login(user_with("staff"))
    typed = {"display_name": "F. Coulibaly", "email": "office@fields.example", "language": "en", "zone": "UTC"}
    url, before = reverse("members:person_add"), Person.objects.count()

    asked = client.post(url, typed)
    shown = client.post(url, typed | {"person": str(known.pk)})

    assert "person" in asked.context["form"].errors
    assert shown["Location"] == reverse("members:person", args=[known.pk])
    assert (Person.objects.count(), Entry.objects.filter(object_id=known.pk).count()) == (before, 0)


@pytest.mark.parametrize("role", ["facilitator", "member"])
def test_nobody_but_staff_and_admins_adds_people(role):
    who = {"display_name": "Aroha Ngata", "email": "", "language": "en", "zone": "UTC"}

    with pytest.raises(Refused):
        add_person(by=user_with(role), now=NOON, **who)


def test_the_page_asks_whether_somebody_with_that_address_is_meant(client):
    known = PersonFactory(display_name="Fanta Coulibaly", email="Office@fields.example")
    organisation = OrganisationFactory()
    client.force_login(user_with("staff"))
    typed = {
        "display_name": "F. Coulibaly", "email": "office@fields.example", "role": "main", "language": "en", "zone": "UTC",
    }  # fmt: skip
    url = reverse("members:contact_add", args=[organisation.pk])

    asked = client.post(url, typed)
    client.post(url, typed | {"person": str(known.pk)})

    assert "person" in asked.context["form"].errors
    assert 'value="F. Coulibaly"' in asked.content.decode()
    assert list(organisation.representations.values_list("person", flat=True)) == [known.pk]


def test_a_contact_is_taken_to_live_by_the_only_clock_of_the_country(client):
    client.force_login(user_with("staff"))

    kenya = page(client, "contact_add", OrganisationFactory(country="KEN").pk).context["form"]
    brazil = page(client, "contact_add", OrganisationFactory(country="BRA").pk).context["form"]

    assert (kenya["zone"].initial, brazil["zone"].initial) == ("Africa/Nairobi", "UTC")


def test_somebody_else_may_share_the_address(client):
    PersonFactory(email="office@fields.example")
    organisation = OrganisationFactory()
    client.force_login(user_with("staff"))

    client.post(
        reverse("members:contact_add", args=[organisation.pk]),
        {
            "display_name": "Sami", "email": "office@fields.example", "role": "main", "language": "en", "zone": "UTC",
            "person": "new",
        },
    )  # fmt: skip

    assert organisation.representations.get().person.display_name == "Sami"


def test_one_person_may_speak_for_two_organisations_but_not_twice_in_one_role():
    first = a_contact()

    second = a_contact(person=first.person)

    assert first.person.representations.count() == 2
    with pytest.raises(TransitionError, match="has that role here already"):
        a_contact(second.organisation, person=first.person)


def test_nobody_speaks_for_an_organisation_that_has_ended():
    organisation = OrganisationFactory(ended_on=date(2026, 1, 1), end_reason="Dissolved", membership=False)

    with pytest.raises(TransitionError, match="has ended"):
        a_contact(organisation)

    assert Representation.objects.count() == 0


def test_who_a_new_contact_is_stands_in_the_history_for_staff_and_the_committee_only():
    organisation = OrganisationFactory()
    a_contact(organisation)

    assert [line.sentence for line in history(organisation, user_with("staff"))] == [
        "Gained a contact: Fanta Coulibaly"
    ]
    assert history(organisation, user_with("member")) == []
    assert not any("Fanta" in str(entry.details) for entry in Entry.objects.all())


def test_the_history_says_the_name_a_person_has_today():
    representation = a_contact()
    Person.objects.update(display_name="Erased")

    lines = history(representation.organisation, user_with("staff"))

    assert [line.sentence for line in lines] == ["Gained a contact: Erased"]


def test_with_the_last_role_in_an_organisation_its_seats_are_left_too():
    holder = SeatHolderFactory()
    organisation, person = holder.term.organisation, holder.person
    main = RepresentationFactory(person=person, organisation=organisation)
    media = RepresentationFactory(person=person, organisation=organisation, role="media")
    staff = user_with("staff")

    end_representation(media, by=staff, now=NOON)
    still = SeatHolder.objects.get().until
    end_representation(main, by=staff, now=NOON)

    assert (still, SeatHolder.objects.get().until) == (None, NOON.date())


def test_a_new_address_takes_the_mail_and_the_old_one_is_kept():
    person = PersonFactory(email="old@fields.example")

    edit_person(
        person, by=user_with("staff"), display_name="X", email="new@fields.example", language="en", zone="UTC", now=NOON
    )

    person = Person.objects.get(pk=person.pk)
    assert person.email == "new@fields.example"
    assert [(one.email, one.is_primary) for one in person.addresses.all()] == [
        ("new@fields.example", True),
        ("old@fields.example", False),
    ]


def test_staff_make_somebody_s_mails_discreet_on_the_page_and_the_history_says_so(client):
    person = PersonFactory(email="amal@fields.example")
    client.force_login(user_with("staff"))
    same = {"display_name": person.display_name, "email": person.email, "language": "en", "zone": "UTC", "seen": 0}

    client.post(reverse("members:person_edit", args=[person.pk]), same | {"is_discreet": "on"})

    person.refresh_from_db()
    assert person.is_discreet
    assert Entry.objects.get(object_id=person.pk).details == {"fields": ["is_discreet"]}


def test_somebody_whose_address_was_taken_away_gets_no_mail_at_the_old_one():
    person, staff = PersonFactory(email="old@fields.example"), user_with("staff")

    for _twice in range(2):
        edit_person(person, by=staff, display_name="X", email="", language="en", zone="UTC", now=NOON)

    assert Person.objects.get(pk=person.pk).email == ""
    assert [one.is_primary for one in person.addresses.all()] == [False]
    assert [entry.verb for entry in Entry.objects.filter(object_id=person.pk)].count("Changed the e-mail address") == 1


def test_an_address_somebody_had_before_can_take_the_mail_again():
    person, staff = PersonFactory(email="old@fields.example"), user_with("staff")
    for email in ("new@fields.example", "OLD@fields.example"):
        edit_person(person, by=staff, display_name="X", email=email, language="en", zone="UTC", now=NOON)

    assert Person.objects.get(pk=person.pk).email == "old@fields.example"


def test_an_appointment_opens_what_the_role_may_do():
    user = UserFactory()

    appoint(user.person, by=user_with("admin"), role="facilitator", region="011", now=NOON)

    user = type(user).objects.get(pk=user.pk)
    assert hats(user).countries == set(in_region("011"))


def test_only_facilitators_have_a_region():
    with pytest.raises(TransitionError, match="Only facilitators"):
        appoint(PersonFactory(), by=user_with("admin"), role="staff", region="011", now=NOON)


def test_nobody_is_appointed_twice_to_the_same():
    admin, person = user_with("admin"), PersonFactory()
    appoint(person, by=admin, role="staff", now=NOON)

    with pytest.raises(TransitionError, match="already"):
        appoint(person, by=admin, role="staff", now=NOON)


@pytest.mark.parametrize("role", ["staff", "chair", "seat", "facilitator", "member", "nobody"])
def test_only_administrators_appoint(role):
    with pytest.raises(Refused, match="Only administrators"):
        appoint(PersonFactory(), by=user_with(role), role="admin", now=NOON)

    assert not Appointment.objects.filter(since=NOON.date()).exists()


def test_the_last_administrator_who_can_sign_in_stays():
    admin = user_with("admin")
    AppointmentFactory(role="admin")  # without an account

    with pytest.raises(TransitionError, match="last administrator"):
        end_appointment(admin.person.appointments.get(), by=admin, now=NOON)

    assert admin.person.appointments.get().until is None


@pytest.mark.django_db(transaction=True)
def test_nobody_is_named_for_a_seat_while_they_stop_being_a_contact():
    term, staff = SeatTermFactory(), user_with("staff")
    row = RepresentationFactory(organisation=term.organisation)

    together(
        partial(end_representation, row, by=staff, now=NOON),
        partial(name_holder, term, by=staff, person=row.person, now=NOON),
    )

    assert not SeatHolder.objects.filter(until=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_dismiss_each_other_at_once_leave_one():
    pair = [user_with("admin"), user_with("admin")]

    def dismiss(other, by):
        try:
            return end_appointment(other.person.appointments.get(), by=by, now=NOON)
        except Refused as refusal:
            return refusal

    answers = together(partial(dismiss, *pair), partial(dismiss, *reversed(pair)))

    assert [isinstance(answer, Appointment) for answer in answers].count(True) == 1
    assert Appointment.objects.filter(role="admin", until=None).count() == 1


def test_staff_do_not_change_where_an_administrator_s_mail_goes():
    admin = user_with("admin")

    with pytest.raises(Refused, match="only administrators"):
        edit_person(
            admin.person,
            by=user_with("staff"),
            display_name="X",
            email="x@x.example",
            language="en",
            zone="UTC",
            now=NOON,
        )


@pytest.mark.parametrize("search", ["coulibaly", "COULIB", "fan cou", "aïssata", "aissata", "Aissata@Fields.example"])
def test_people_are_found_by_the_beginnings_of_words_or_a_whole_address(client, search):
    wanted = PersonFactory(display_name="Aïssata Fanta Coulibaly", email="aissata@fields.example")
    PersonFactory(display_name="Rana Khoury")
    client.force_login(user_with("staff"))

    found = page(client, "people", q=search).context["page"].rows

    assert found == [wanted]


def test_people_come_in_pages(client):
    PersonFactory.create_batch(30)
    client.force_login(user_with("staff"))

    first = page(client, "people")
    second = page(client, "people", after=first.context["page"].after)

    assert [len(one.context["page"].rows) for one in (first, second)] == [25, 6]
    assert "25 of 31 people" in first.content.decode()


@pytest.mark.parametrize("role", ["chair", "seat", "facilitator", "member", "nobody"])
def test_a_person_s_page_is_for_staff_and_themselves(client, role):
    user, other = user_with(role), PersonFactory()
    client.force_login(user)

    assert page(client, "person", other.pk).status_code == 404
    assert page(client, "person", user.person_id).status_code == 200
    assert page(client, "people").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_one_as_for_three(client, number, django_assert_num_queries):
    for one in RepresentationFactory.create_batch(number):
        AppointmentFactory(person=one.person)
    client.force_login(user_with("staff"))
    page(client, "people")

    with django_assert_num_queries(10):
        page(client, "people")


@pytest.mark.parametrize("number", [1, 3])
def test_a_person_s_page_takes_as_many_statements_for_one_as_for_three(client, number, django_assert_num_queries):
    person = PersonFactory()
    SeatHolderFactory.create_batch(number, person=person)
    RepresentationFactory.create_batch(number, person=person)
    for role in Appointment.Role.values[:number]:
        AppointmentFactory(person=person, role=role)
    client.force_login(user_with("admin"))
    page(client, "person", person.pk)

    with django_assert_num_queries(11):
        page(client, "person", person.pk)


def test_a_person_s_page_shows_everything_they_are(client):
    holder = SeatHolderFactory(term__seat__number=7, term__seat__committee__name="Finance")
    person = holder.person
    RepresentationFactory(person=person, organisation__name="Terre Sûre", until=date(2024, 1, 1))
    AppointmentFactory(person=person, role="facilitator", region="011")
    client.force_login(user_with("admin"))

    text = page(client, "person", person.pk).content.decode()

    for words in ("Terre Sûre", "Finance", "seat 7", "Western Africa", "not invited", person.email):
        assert words in text


def test_each_button_of_a_person_s_page_does_what_it_says(client):
    person = PersonFactory()
    organisation = OrganisationFactory()
    client.force_login(user_with("admin"))

    def press(name, pk, **values):
        return client.post(reverse(f"members:{name}", args=[pk]), values, follow=True)

    press("person_appoint", person.pk, role="staff", region="")
    press("appointment_end", person.appointments.get().pk)
    press("person_invite", person.pk)
    press("invitation_resend", person.invitations.get().pk)
    last = press("invitation_revoke", person.invitations.get(revoked_at=None).pk)
    row = Representation.objects.create(person=person, organisation=organisation, since=date(2026, 1, 1))
    press("representation_end", row.pk)
    typed = {"display_name": "Bríd Nolan", "email": "b@x.example", "language": "en", "zone": "UTC", "seen": 0}
    edited = press("person_edit", person.pk, **typed)

    row.refresh_from_db()
    assert person.appointments.get().until is not None
    assert row.until is not None
    assert "withdrawn" in last.content.decode()
    assert "Bríd Nolan" in edited.content.decode()


def test_what_is_refused_is_said_on_the_page(client):
    client.force_login(user_with("staff"))

    text = client.post(
        reverse("members:person_invite", args=[PersonFactory(email="").pk]), follow=True
    ).content.decode()

    assert "has no e-mail address. Enter one first." in text


@pytest.mark.django_db(transaction=True)
def test_two_who_edit_each_other_at_once_do_not_wait_in_a_circle():
    """Each holds the other's row and writes a line of history that names its author."""
    both = [user_with("admin"), user_with("admin")]

    def edit(person, by):
        same = {"email": person.email, "language": "en", "zone": "UTC"}
        for turn in range(20):
            edit_person(person, by=by, display_name=f"Name {turn}", now=NOON, **same)

    together(partial(edit, both[0].person, both[1]), partial(edit, both[1].person, both[0]))

    assert {Person.objects.get(pk=user.person_id).display_name for user in both} == {"Name 19"}
