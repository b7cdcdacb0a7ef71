"""The pages of the roster: what they show, to whom, and what they keep of what was typed."""

import pytest
from django.urls import reverse

from history.models import Entry
from members.actions.organisations import edit_organisation, end_organisation
from members.models import Membership, Organisation, Word
from tests.factories import (
    NOON,
    OrganisationFactory,
    PersonFactory,
    RepresentationFactory,
    SeatTermFactory,
    user_with,
)

pytestmark = pytest.mark.django_db
LIST = "/members/"
LIST_STATEMENTS = 9  # four of the frame, five of the list; from the 26th row on, one more counts
PAGE_STATEMENTS = 11


@pytest.fixture
def staff(client):
    user = user_with("staff")
    client.force_login(user)
    return user


def page(name, organisation):
    return reverse(f"members:{name}", args=[organisation.pk])


def names_on(response):
    return [organisation.name for organisation in response.context["page"].rows]


def shown(client, **filters):
    return names_on(client.get(LIST, filters))


def many(count):
    rows = [Organisation(name=f"Group {n:04}", key=f"group {n:04}", country="KEN") for n in range(count)]
    Organisation.objects.bulk_create(rows)
    Word.objects.bulk_create(Word(organisation=row, word=word) for row in rows for word in row.key.split())


@pytest.mark.parametrize("words", ["apne", "ÅPNE", "mark apn", "åm", "Marker Åpne", "أرض"])
def test_the_search_ignores_accents_case_and_order(client, staff, words):
    wanted = OrganisationFactory(name="Åpne Marker", acronym="ÅM")
    Word.objects.create(organisation=wanted, word="أرض")
    OrganisationFactory(name="Other")

    assert shown(client, q=words) == ["Åpne Marker"]


@pytest.mark.parametrize("words", ["pne", "marker x", "…"])
def test_the_search_finds_no_middle_of_a_word_nor_what_holds_nothing(client, staff, words):
    OrganisationFactory(name="Åpne Marker")

    response = client.get(LIST, {"q": words})

    assert names_on(response) == []
    assert "No organisation matches" in response.content.decode()


def test_filters_narrow_together(client, staff):
    OrganisationFactory(name="A", country="KEN")
    OrganisationFactory(name="B", country="MLI", membership__category="associate")
    OrganisationFactory(name="C", country="MLI", membership__status="dormant")
    OrganisationFactory(name="D", country=None, scope="international", membership=False)

    found = {
        "country": shown(client, country="MLI"),
        "region": shown(client, region="002"),
        "subregion": shown(client, region="014"),
        "category": shown(client, category="associate"),
        "status": shown(client, status="dormant"),
        "both": shown(client, status="active", region="011"),
        "none": shown(client, status="suspended"),
        "all": shown(client),
    }

    assert found == {
        "country": ["B", "C"],
        "region": ["A", "B", "C"],
        "subregion": ["A"],
        "category": ["B"],
        "status": ["C"],
        "both": ["B"],
        "none": [],
        "all": ["A", "B", "C", "D"],
    }


def test_those_that_ended_show_only_when_asked_for(client, staff):
    OrganisationFactory(name="Here")
    end_organisation(OrganisationFactory(name="Gone"), by=staff, now=NOON, reason="Closed.")

    assert shown(client) == ["Here"]
    assert shown(client, status="ended") == ["Gone"]
    assert shown(client, status="ended", category="observer") == []


def test_a_filter_in_use_is_a_link_that_takes_it_away(client, staff):
    response = client.get(LIST, {"q": "aid", "country": "KEN", "after": "x~y"})

    chips = response.context["filter"].chips()
    assert [(chip["label"], chip["url"]) for chip in chips] == [
        ("“aid” in the name", "?country=KEN"),
        ("Country: Kenya", "?q=aid"),
    ]


def test_a_filter_that_there_is_not_finds_nothing_and_says_so(client, staff):
    OrganisationFactory()

    response = client.get(LIST, {"status": "asleep"})

    assert names_on(response) == []
    assert "asleep" in response.content.decode()


def test_pages_follow_each_other_forwards_and_backwards(client, staff):
    many(60)
    names = [f"Group {n:04}" for n in range(60)]

    first = client.get(LIST, {"q": "group"})
    second = client.get(LIST, {"q": "group", "after": first.context["page"].after})
    third = client.get(LIST, {"q": "group", "after": second.context["page"].after})
    back = client.get(LIST, {"q": "group", "before": third.context["page"].before})
    start = client.get(LIST, {"q": "group", "before": back.context["page"].before})

    assert [names_on(one) for one in (first, second, third)] == [names[:25], names[25:50], names[50:]]
    assert [names_on(one) for one in (back, start)] == [names[25:50], names[:25]]
    ends = (first.context["page"].before, third.context["page"].after, start.context["page"].before)
    assert ends == ("", "", "")


@pytest.mark.parametrize("cursor", ["", "x", "~", "a~b", "\0~", "group~00000000-0000-0000-0000-000000000000"])
def test_a_broken_cursor_shows_a_page_all_the_same(client, staff, cursor):
    OrganisationFactory(name="Group")

    assert client.get(LIST, {"after": cursor}).status_code == 200
    assert client.get(LIST, {"before": cursor}).status_code == 200


@pytest.mark.parametrize(("count", "words"), [(30, "25 of 30"), (1000, "25 of 1000"), (1001, "25 of more than 1000")])
def test_counts_are_exact_up_to_a_thousand(client, staff, count, words):
    many(count)

    for filters in ({}, {"q": "group"}, {"country": "KEN"}):
        assert f"{words} organisations" in client.get(LIST, filters).content.decode()


def test_an_organisation_with_many_words_alike_counts_once(client, staff):
    many(700)
    rows = Organisation.objects.all()
    Word.objects.bulk_create(Word(organisation=row, word=f"g{n}") for row in rows for n in range(3))

    assert "25 of 700 organisations" in client.get(LIST, {"q": "g"}).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_statements_for_three_as_for_one(client, staff, django_assert_num_queries, count):
    for _ in range(count):
        RepresentationFactory()
    client.get(LIST)

    for columns in ("", "?cols=kind&cols=note"):
        with django_assert_num_queries(LIST_STATEMENTS):
            client.get(LIST + columns)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_as_many_statements_for_three_as_for_one(client, staff, django_assert_num_queries, count):
    organisation = OrganisationFactory()
    for n in range(count):
        RepresentationFactory(organisation=organisation)
        SeatTermFactory(organisation=organisation)
        edit_organisation(organisation, by=staff, now=NOON, acronym=f"A{n}")
    client.get(page("organisation", organisation))

    with django_assert_num_queries(PAGE_STATEMENTS):
        client.get(page("organisation", organisation))


def test_a_member_sees_the_contacts_who_chose_to_be_listed(client):
    client.force_login(user_with("member"))
    organisation = OrganisationFactory(note="Canary")
    RepresentationFactory(organisation=organisation, person=PersonFactory(display_name="Listed", is_listed=True))
    RepresentationFactory(organisation=organisation, person=PersonFactory(display_name="Hidden", email="h@x.example"))

    detail, listed = client.get(page("organisation", organisation)), client.get(LIST)

    for response in (detail, listed):
        text = response.content.decode()
        assert "Listed" in text
        assert not {word for word in ("Hidden", "h@x.example", "Canary") if word in text}


@pytest.mark.parametrize("name", ["organisation", "organisation_edit", "organisation_names", "organisation_end"])
def test_what_one_may_not_see_is_not_there(client, name):
    client.force_login(user_with("member"))
    hidden = OrganisationFactory(name="Hidden", visibility="staff")

    assert client.get(page(name, hidden)).status_code == 404
    assert shown(client, q="hidden") == []


@pytest.mark.parametrize(
    "name", ["organisation_edit", "organisation_names", "organisation_end", "organisation_membership"]
)
def test_a_member_reads_who_may_change_an_organisation(client, name):
    client.force_login(user_with("member"))
    organisation = OrganisationFactory()

    for method in (client.get, client.post):
        response = method(page(name, organisation))
        assert response.status_code == 403
        assert "Only staff and " in response.content.decode()
    assert not Entry.objects.exists()


def facts(**more):
    return {"name": "Aid Watch", "kind": "ngo", "scope": "national", "country": "KEN", "visibility": "members"} | more


def test_an_organisation_is_added_by_its_form(client, staff):
    typed = facts(category="associate", since="2019-05-01", website="aidwatch.example")

    response = client.post(reverse("members:organisation_add"), typed)

    added = Organisation.objects.get()
    assert response.url == page("organisation", added)
    assert (added.website, added.membership.category) == ("https://aidwatch.example", "associate")


@pytest.mark.parametrize("visibility", ["group", "restricted"])
def test_nobody_hides_an_organisation_from_those_who_keep_it(client, staff, visibility):
    response = client.post(
        reverse("members:organisation_add"), facts(category="member", visibility=visibility), follow=True
    )

    assert list(response.context["form"].errors) == ["visibility"]
    assert not Organisation.objects.exists()


def test_a_national_organisation_needs_its_country(client, staff):
    response = client.post(reverse("members:organisation_add"), facts(country="", category="member"))

    assert response.context["form"].errors == {
        "country": ["Choose the country of a national organisation, or another scope."]
    }


def test_a_namesake_is_shown_and_the_form_can_be_sent_again(client, staff):
    first = OrganisationFactory(name="AID/ WATCH", country="KEN")
    typed = facts(category="member", acronym="AW", description="Typed with care.")

    asked = client.post(reverse("members:organisation_add"), typed)
    sent = client.post(reverse("members:organisation_add"), typed | {"distinct": "on"})

    text = asked.content.decode()
    assert page("organisation", first) in text
    assert "It is another organisation of the same name" in text
    assert "Typed with care." in text
    assert sent.status_code == 302
    assert Organisation.objects.count() == 2


def test_a_stale_form_says_who_changed_what_and_keeps_what_was_typed(client, staff):
    organisation = OrganisationFactory(name="Aid Watch")
    other = user_with("staff")
    edit_organisation(organisation, by=other, now=NOON, website="https://new.example/", acronym="THEIRS")
    typed = facts(seen=0, acronym="MINE", description="Typed with care.")

    told = client.post(page("organisation_edit", organisation), typed)
    form = told.context["form"]
    again = {name: form[name].value() or "" for name in form.fields if name not in {"former", "distinct"}}
    kept = client.post(page("organisation_edit", organisation), again)

    text = told.content.decode()
    organisation.refresh_from_db()
    assert "Somebody else has changed this since you opened the form" in text
    assert str(other.person) in text
    assert "https://new.example/" in text
    assert kept.status_code == 302
    assert (organisation.acronym, organisation.website, organisation.description) == (
        "MINE",
        "https://new.example/",
        "Typed with care.",
    )


def test_an_end_is_refused_in_place_while_a_seat_is_held(client, staff):
    term = SeatTermFactory()

    response = client.post(page("organisation_end", term.organisation), {"reason": "Typed with care."})

    text = response.content.decode()
    assert "End its seat first" in text
    assert "Typed with care." in text


def test_standing_and_names_change_by_their_forms(client, staff):
    organisation = OrganisationFactory()
    standing = {"status": "suspended", "category": "observer", "since": "2020-01-01", "reason": "Fees.", "seen": 0}

    client.post(page("organisation_membership", organisation), standing)
    client.post(page("organisation_names", organisation), {"text": "Second", "kind": "alias"})
    client.post(page("organisation_end", organisation), {"reason": "Closed."})

    membership = Membership.objects.get(organisation=organisation)
    assert (membership.status, membership.category, membership.reason) == ("ended", "observer", "Closed.")
    assert organisation.names.get().text == "Second"
    text = client.get(page("organisation", organisation)).content.decode()
    assert "Closed." in text
    assert page("organisation_edit", organisation) not in text


def test_a_description_in_the_website_is_no_link(client, staff):
    organisation = OrganisationFactory(website="javascript:alert(1)")

    assert 'href="javascript' not in client.get(page("organisation", organisation)).content.decode()


def test_a_contact_reads_on_their_organisation_s_page_who_invites_people(client):
    contact = user_with("member")
    own = contact.person.representations.get().organisation
    client.force_login(contact)

    texts = [client.get(page("organisation", one)).content.decode() for one in (own, OrganisationFactory())]

    assert ["Staff and administrators add people here" in text for text in texts] == [True, False]
