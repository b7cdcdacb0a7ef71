from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import TransitionError
from accounts.rules import Refused
from history.panels import history
from members.actions.committees import (
    add_committee,
    add_seat,
    add_seats,
    edit_committee,
    end_holder,
    end_term,
    fill_seat,
    name_holder,
)
from members.actions.offices import appoint_officer, end_office
from members.hats import hats
from members.models import Committee, SeatHolder, SeatTerm
from members.seating import seating
from tests.factories import (
    NOON,
    CommitteeFactory,
    CommitteeOfficeFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentationFactory,
    SeatFactory,
    SeatHolderFactory,
    SeatTermFactory,
    user_with,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = timedelta(days=1)


def page(client, name, *args, **query):
    return client.get(reverse(f"members:{name}", args=args), query)


def send(client, name, pk, **values):
    return client.post(reverse(f"members:{name}", args=[pk]), values, follow=True)


def a_contact_of(term, **values):
    return RepresentationFactory(organisation=term.organisation, **values).person


def test_a_committee_gets_seats_numbered_in_order():
    staff = user_with("staff")
    committee = add_committee(by=staff, name="Finance", now=NOON)

    add_seats(committee, by=staff, constituencies=["Europe", "Asia"], now=NOON)
    add_seat(committee, by=staff, now=NOON)

    assert list(committee.seats.values_list("number", "constituency")) == [(1, "Europe"), (2, "Asia"), (3, "")]


def test_one_committee_steers_and_no_two_share_a_name():
    staff = user_with("staff")
    add_committee(by=staff, name="Steering committee", is_steering=True, now=NOON)

    with pytest.raises(TransitionError, match="there is only one such"):
        add_committee(by=staff, name="Another", is_steering=True, now=NOON)
    with pytest.raises(TransitionError, match="this name already"):
        add_committee(by=staff, name="Steering committee", now=NOON)


@pytest.mark.django_db(transaction=True)
def test_a_committee_set_up_twice_at_once_is_there_once():
    answers = together(*[partial(add_committee, by=user_with("staff"), name="Finance", now=NOON)] * 2)

    assert sorted(str(answer) for answer in answers) == ["Finance", "There is a committee with this name already."]


def test_an_edited_committee_tells_from_what_to_what():
    committee, staff = CommitteeFactory(name="Old"), user_with("staff")

    edit_committee(committee, by=staff, name="New", mandate="", is_steering=False, visibility="members", now=NOON)

    assert [line.changes for line in history(committee, staff)] == [[("Name", "Old", "New")]]


def test_a_filled_seat_belongs_to_the_organisation():
    seat, organisation = SeatFactory(), OrganisationFactory(name="Åpne Marker")
    staff = user_with("staff")

    term = fill_seat(seat, by=staff, organisation=organisation, planned_until=date(2028, 1, 1), now=NOON)

    assert (term.since, term.planned_until, term.until) == (TODAY, date(2028, 1, 1), None)
    assert [line.sentence for line in history(seat.committee, staff)] == [f"Seat {seat.number}: filled by Åpne Marker"]


def test_a_taken_seat_is_not_filled():
    term = SeatTermFactory()

    with pytest.raises(TransitionError, match="holds this seat then"):
        fill_seat(term.seat, by=user_with("staff"), organisation=OrganisationFactory(), now=NOON)


def test_terms_of_one_seat_do_not_overlap():
    term = SeatTermFactory(until=TODAY)
    staff, organisation = user_with("staff"), OrganisationFactory()

    with pytest.raises(TransitionError, match="holds this seat then"):
        fill_seat(term.seat, by=staff, organisation=organisation, since=TODAY - DAY, now=NOON)
    after = fill_seat(term.seat, by=staff, organisation=organisation, since=TODAY, now=NOON)

    assert after.since == term.until


def test_an_organisation_holds_at_most_one_seat_of_a_committee():
    term = SeatTermFactory(seat__number=4)
    staff = user_with("staff")

    with pytest.raises(TransitionError, match="holds seat 4 of this committee"):
        fill_seat(SeatFactory(committee=term.seat.committee), by=staff, organisation=term.organisation, now=NOON)
    elsewhere = fill_seat(SeatFactory(), by=staff, organisation=term.organisation, now=NOON)

    assert elsewhere.organisation == term.organisation


@pytest.mark.parametrize(
    "organisation",
    [
        lambda: OrganisationFactory(membership=False),
        lambda: OrganisationFactory(membership__status="suspended"),
        lambda: OrganisationFactory(
            ended_on=date(2026, 1, 1),
            end_reason="Dissolved",
            membership__status="ended",
            membership__until=TODAY,
            membership__reason="Dissolved",
        ),
    ],
)
def test_a_seat_is_for_an_organisation_that_is_a_member_now(organisation):
    with pytest.raises(TransitionError, match="is not a member"):
        fill_seat(SeatFactory(), by=user_with("staff"), organisation=organisation(), now=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_who_fill_a_seat_at_once_fill_it_once():
    seat, staff = SeatFactory(), user_with("staff")
    organisations = OrganisationFactory.create_batch(2)

    answers = together(*[partial(fill_seat, seat, by=staff, organisation=one, now=NOON) for one in organisations])

    assert SeatTerm.objects.count() == 1
    assert sum("holds this seat then" in str(answer) for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_an_organisation_never_wins_two_seats_at_once():
    committee, staff, organisation = CommitteeFactory(), user_with("staff"), OrganisationFactory()
    seats = SeatFactory.create_batch(2, committee=committee)

    answers = together(*[partial(fill_seat, seat, by=staff, organisation=organisation, now=NOON) for seat in seats])

    assert SeatTerm.objects.count() == 1
    assert sum("holds at most one" in str(answer) for answer in answers) == 1


def test_an_ended_term_vacates_the_seat_and_its_people_stop():
    holder = SeatHolderFactory()
    staff = user_with("staff")

    end_term(holder.term, by=staff, reason="Resigned", now=NOON)

    holder.refresh_from_db()
    assert (holder.term.until, holder.term.end_reason, holder.until) == (TODAY, "Resigned", TODAY)
    view = seating(holder.term.seat.committee, staff, TODAY)
    assert (view.filled, len(view.vacant), view.former) == (0, 1, [holder.term])


@pytest.mark.parametrize("until", [date(2019, 12, 31), TODAY + DAY])
def test_a_term_ends_between_its_first_day_and_today(until):
    term = SeatTermFactory()

    with pytest.raises(TransitionError, match="between the first day"):
        end_term(term, by=user_with("staff"), reason="Resigned", until=until, now=NOON)


def test_a_term_ends_once():
    term, staff = SeatTermFactory(), user_with("staff")
    end_term(term, by=staff, reason="Resigned", now=NOON)

    with pytest.raises(TransitionError, match="ended already"):
        end_term(term, by=staff, reason="Again", now=NOON)


def test_a_successor_takes_the_place_of_the_one_before():
    before = SeatHolderFactory()
    person = a_contact_of(before.term)

    name_holder(before.term, by=user_with("staff"), person=person, now=NOON)

    before.refresh_from_db()
    assert before.until == TODAY
    assert SeatHolder.objects.get(term=before.term, until=None).person == person


def test_representative_and_alternate_are_two_people():
    term, staff = SeatTermFactory(), user_with("staff")
    person = a_contact_of(term)
    name_holder(term, by=staff, person=person, now=NOON)

    with pytest.raises(TransitionError, match="named for this seat already"):
        name_holder(term, by=staff, person=person, capacity="alternate", now=NOON)


def test_only_a_contact_of_the_organisation_speaks_for_its_seat():
    term = SeatTermFactory()

    with pytest.raises(TransitionError, match="Add them to its contacts first"):
        name_holder(term, by=user_with("staff"), person=PersonFactory(), now=NOON)


def test_nobody_is_named_before_the_term_begins():
    term = SeatTermFactory(since=TODAY)

    with pytest.raises(TransitionError, match="begins later"):
        name_holder(term, by=user_with("staff"), person=a_contact_of(term), since=TODAY - DAY, now=NOON)


def test_who_stops_no_longer_sits():
    user = user_with("seat")
    holder = SeatHolder.objects.get(person=user.person)

    end_holder(holder, by=user_with("staff"), now=NOON)

    user = type(user).objects.get(pk=user.pk)
    assert hats(user).seated_in == frozenset()


def test_the_history_names_the_person_by_today_s_name():
    term, staff = SeatTermFactory(seat__number=3), user_with("staff")
    person = a_contact_of(term, person__display_name="Ingrid Solheim")
    holder = name_holder(term, by=staff, person=person, now=NOON)
    end_holder(holder, by=staff, now=NOON + DAY)

    assert [line.sentence for line in history(term.seat.committee, staff)] == [
        "Seat 3: Ingrid Solheim no longer representative",
        "Seat 3: Ingrid Solheim named as representative",
    ]


def test_one_person_chairs_and_others_may_co_chair():
    committee, staff = CommitteeFactory(), user_with("staff")
    chair = appoint_officer(committee, by=staff, person=PersonFactory(), now=NOON)

    with pytest.raises(TransitionError, match="choose co-chair"):
        appoint_officer(committee, by=staff, person=PersonFactory(), now=NOON)
    with pytest.raises(TransitionError, match="has an office"):
        appoint_officer(committee, by=staff, person=chair.person, office="co-chair", now=NOON)
    appoint_officer(committee, by=staff, person=PersonFactory(), office="co-chair", now=NOON)
    end_office(chair, by=staff, now=NOON)
    successor = appoint_officer(committee, by=staff, person=PersonFactory(), now=NOON)

    assert committee.offices.get(office="chair", until=None) == successor


@pytest.mark.parametrize("role", ["chair", "seat", "facilitator", "member", "nobody"])
def test_only_staff_change_committees(role):
    user, staff = user_with(role), user_with("staff")
    committee = Committee.objects.first() or CommitteeFactory()
    seat = SeatFactory(committee=committee, number=99)
    term = fill_seat(seat, by=staff, organisation=OrganisationFactory(), now=NOON)

    for act in (
        lambda: add_committee(by=user, name="Mine", now=NOON),
        lambda: add_seat(committee, by=user, now=NOON),
        lambda: end_term(term, by=user, reason="Enough", now=NOON),
        lambda: name_holder(term, by=user, person=a_contact_of(term), now=NOON),
        lambda: appoint_officer(committee, by=user, person=user.person, now=NOON),
    ):
        with pytest.raises(Refused, match="Only staff"):
            act()


def test_an_organisation_that_is_hidden_from_the_reader_is_named_nowhere(client):
    committee, staff = CommitteeFactory(), user_with("staff")
    seat = SeatFactory(committee=committee)
    hidden = OrganisationFactory(name="Canary Meadow", visibility="staff")
    term = fill_seat(seat, by=staff, organisation=hidden, now=NOON)
    end_term(term, by=staff, reason="Resigned", now=NOON)
    fill_seat(seat, by=staff, organisation=hidden, now=NOON)
    client.force_login(user_with("member"))

    text = page(client, "committee", committee.pk).content.decode()

    assert "Canary" not in text
    assert "not shown to you" in text


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [("members", {"admin", "staff", "seat", "chair", "member", "facilitator"}), ("staff", {"admin", "staff"})],
)
def test_a_committee_shows_itself_to_its_class(client, visibility, seen):
    committee = CommitteeFactory(visibility=visibility)
    found = set()
    for role in ("admin", "staff", "seat", "chair", "member", "facilitator", "nobody"):
        client.force_login(user_with(role))
        if page(client, "committee", committee.pk).status_code == 200:
            found.add(role)

    assert found == seen


def test_who_sits_on_a_committee_sees_it_whatever_its_class(client):
    committee = CommitteeFactory(visibility="staff")
    client.force_login(user_with("seat", committee))

    assert page(client, "committee", committee.pk).status_code == 200


def test_the_page_shows_seats_people_vacancy_and_balance(client):
    committee = CommitteeFactory()
    holder = SeatHolderFactory(
        term__seat__committee=committee, term__seat__number=1, term__organisation__country="KEN",
        person__display_name="Chanda Mwila",
    )  # fmt: skip
    SeatHolderFactory(term=holder.term, capacity="alternate", person__display_name="Mutale Banda")
    SeatFactory(committee=committee, number=2, constituency="Pacific")
    CommitteeOfficeFactory(committee=committee, person__display_name="Ingrid Solheim")
    client.force_login(user_with("member"))

    text = page(client, "committee", committee.pk).content.decode()

    for words in ("Chanda Mwila", "Mutale Banda", "Pacific", "Vacant", "Ingrid Solheim", "2 seats, 1 filled", "Africa"):
        assert words in text
    assert "Fill seat" not in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_as_many_statements_for_one_seat_as_for_three(client, number, django_assert_num_queries):
    committee, staff = CommitteeFactory(), user_with("staff")
    for one in SeatFactory.create_batch(number, committee=committee):
        term = fill_seat(one, by=staff, organisation=OrganisationFactory(), now=NOON)
        name_holder(term, by=staff, person=a_contact_of(term), now=NOON)
        CommitteeOfficeFactory(committee=committee, office="co-chair")
    client.force_login(staff)
    page(client, "committee", committee.pk)

    with django_assert_num_queries(11):
        page(client, "committee", committee.pk)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_one_as_for_three(client, number, django_assert_num_queries):
    SeatFactory.create_batch(number)
    client.force_login(user_with("staff"))
    page(client, "committees")

    with django_assert_num_queries(6):
        shown = page(client, "committees")

    assert [(one.seat_count, one.vacant_count) for one in shown.context["page"].rows] == [(1, 1)] * number


def test_staff_set_up_a_committee_from_page_to_page(client):
    client.force_login(user_with("staff"))
    organisation = OrganisationFactory(name="Association des agricultrices du Sahel")
    OrganisationFactory(name="Association of something else")
    person = RepresentationFactory(organisation=organisation).person

    client.post(reverse("members:committee_add"), {"name": "Finance", "visibility": "members"})
    committee = Committee.objects.get(name="Finance")
    send(client, "committee_seats", committee.pk, constituencies="Africa\n\n Asia ")
    seat = committee.seats.get(number=1)
    found = page(client, "seat_fill", seat.pk, q="assoc sahel").context["found"]
    url = reverse("members:seat_fill", args=[seat.pk])
    named = client.post(
        f"{url}?q=assoc", {"organisation": organisation.pk, "filled": "elected", "since": "2026-01-01"}, follow=True
    )
    term = SeatTerm.objects.get()
    send(client, "seat_holder", term.pk, person=person.pk, capacity="representative", since="2026-01-02")
    client.post(
        reverse("members:office_add", args=[committee.pk]), {"person": person.pk, "office": "chair"}, follow=True
    )
    last = send(client, "term_end", term.pk, reason="Resigned", until="2026-02-01")

    assert found == [organisation]
    assert named.request["PATH_INFO"] == reverse("members:seat_holder", args=[term.pk])
    assert [seat.constituency for seat in committee.seats.all()] == ["Africa", "Asia"]
    assert committee.offices.get().person == person
    term.refresh_from_db()
    assert (term.until, term.holders.get().until) == (date(2026, 2, 1), date(2026, 2, 1))
    assert "Who sat before" in last.content.decode()


def test_what_is_impossible_is_said_on_the_form_and_what_was_typed_is_kept(client):
    term = SeatTermFactory()
    seat = SeatFactory(committee=term.seat.committee)
    client.force_login(user_with("staff"))
    url = reverse("members:seat_fill", args=[seat.pk])

    answer = client.post(
        f"{url}?q={term.organisation.name}",
        {"organisation": term.organisation.pk, "filled": "founder", "since": "2026-01-01"},
    )

    assert answer.status_code == 200
    assert "holds at most one" in answer.content.decode()
    assert '<option value="founder" selected>' in answer.content.decode()


def test_a_search_offers_at_most_twenty_and_says_that_there_are_more(client):
    OrganisationFactory.create_batch(21)
    client.force_login(user_with("staff"))

    shown = page(client, "seat_fill", SeatFactory().pk, q="organ")

    assert len(shown.context["found"]) == 20
    assert "There are more" in shown.content.decode()


def test_the_term_of_another_class_s_organisation_is_not_there_for_members(client):
    term = SeatTermFactory(organisation__visibility="staff")
    client.force_login(user_with("member"))

    assert page(client, "term_end", term.pk).status_code == 404
    assert page(client, "seat_holder", term.pk).status_code == 404


def test_a_second_steering_committee_is_refused_at_its_box(client):
    CommitteeFactory(name="Steering", is_steering=True)
    client.force_login(user_with("staff"))

    response = client.post(
        reverse("members:committee_add"), {"name": "Second", "is_steering": "on", "visibility": "members"}
    )

    assert response.context["form"].errors == {
        "is_steering": ["“Steering” steers the coalition; there is only one such."]
    }
    assert Committee.objects.get().name == "Steering"


def test_a_term_that_has_not_begun_is_called_off_and_the_seat_filled_again(client):
    seat, staff = SeatFactory(), user_with("staff")
    later = timezone.now().date() + timedelta(days=200)
    term = fill_seat(seat, by=staff, organisation=OrganisationFactory(), since=later, now=timezone.now())
    client.force_login(staff)

    offered = page(client, "committee", seat.committee_id).content.decode()
    form = page(client, "term_end", term.pk)
    shown = send(client, "term_end", term.pk, reason="Declined").content.decode()
    again = fill_seat(seat, by=staff, organisation=term.organisation, now=timezone.now())

    term.refresh_from_db()
    assert reverse("members:term_end", args=[term.pk]) in offered
    assert list(form.context["form"].fields) == ["reason"]
    assert (term.since, term.until, term.end_reason) == (later, later, "Declined")
    assert "Nobody yet: no term has ended." in shown
    assert f"Fill seat {seat.number}" in shown
    assert again.until is None


def test_a_term_far_ahead_is_taken_for_a_slip():
    seat, organisation = SeatFactory(), OrganisationFactory()

    with pytest.raises(TransitionError, match="within a year"):
        fill_seat(seat, by=user_with("staff"), organisation=organisation, since=TODAY + 367 * DAY, now=NOON)

    assert not SeatTerm.objects.exists()
