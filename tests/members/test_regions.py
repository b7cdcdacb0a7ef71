"""The coalition's own regions, and what a facilitator sees and edits in theirs."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import TransitionError
from accounts.rules import Refused
from members.actions.appointments import appoint
from members.actions.organisations import change_membership, edit_organisation
from members.actions.regions import add_region, edit_region
from members.hats import hats
from members.languages import languages_in
from members.models import Organisation, OwnRegion, Representation
from members.picking import findable_by
from tests.factories import (
    NOON,
    AppointmentFactory,
    OrganisationFactory,
    OwnRegionFactory,
    RepresentationFactory,
    UserFactory,
    user_with,
)
from tests.threads import alone, wait_until_blocked

pytestmark = pytest.mark.django_db


def a_facilitator(**where):
    user = UserFactory()
    AppointmentFactory(person=user.person, role="facilitator", **where or {"region": "014"})
    return user


def test_an_own_region_has_a_name_once_and_real_codes():
    OwnRegionFactory(name="Sahel")

    with pytest.raises(TransitionError, match="already"):
        add_region(by=user_with("staff"), now=NOON, name="SAHEL", countries=["MLI"])
    with pytest.raises(IntegrityError, match="own_region_holds_iso_codes"), transaction.atomic():
        OwnRegionFactory(countries=["Mali"])
    with pytest.raises(IntegrityError, match="own_region_holds_iso_codes"), transaction.atomic():
        OwnRegionFactory(countries=[])


@pytest.mark.django_db(transaction=True)
def test_a_region_that_is_added_twice_at_once_is_one_and_the_second_is_told_so():
    """Both have looked for a twin when the first of them is written."""
    staff = user_with("staff")
    act = partial(add_region, by=staff, now=NOON, name="Sahel", countries=["MLI"])
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE members_ownregion IN SHARE MODE")  # read, and not written
            futures = [pool.submit(alone, act) for _time in range(2)]
            wait_until_blocked(2)
        done = [future.result(timeout=60) for future in futures]

    assert sorted(type(one).__name__ for one in done) == ["OwnRegion", "TransitionError"]


def test_countries_are_named_in_any_of_our_languages(client):
    client.force_login(user_with("staff"))
    typed = {"name": "Sahel", "countries": "Mali, Niger\nBolivia (Plurinational State of)\n乍得"}

    client.post(reverse("members:region_add"), typed)
    page = client.post(reverse("members:region_add"), {"name": "Other", "countries": "Mali, Atlantis"})

    assert OwnRegion.objects.get().countries == ["BOL", "MLI", "NER", "TCD"]
    assert "“Atlantis” is no country we know." in page.content.decode()


def test_a_region_that_grows_gives_its_facilitators_more():
    own = OwnRegionFactory(countries=["MLI"])
    user = a_facilitator(own_region=own)

    edit_region(own, by=user_with("staff"), now=NOON, name="Sahel", countries=["NER", "MLI"])

    assert hats(user).countries == {"MLI", "NER"}


def test_hats_are_read_in_one_statement(django_assert_num_queries):
    user = a_facilitator(own_region=OwnRegionFactory())
    AppointmentFactory(person=user.person, role="facilitator", region="011")

    with django_assert_num_queries(1):
        assert {"UGA", "MLI"} <= hats(user).countries


def test_everywhere_is_every_country_and_no_region_is_none():
    everywhere, theme = UserFactory(), UserFactory()
    for user, region in ((everywhere, "001"), (theme, "")):
        appoint(user.person, by=user_with("admin"), role="facilitator", region=region, now=NOON)

    assert (len(hats(everywhere).countries), len(hats(theme).countries)) == (249, 0)


def test_a_facilitator_sees_the_contacts_in_their_region_and_no_others():
    user = a_facilitator()
    inside = RepresentationFactory(organisation__country="KEN")
    RepresentationFactory(organisation__country="MLI")
    RepresentationFactory(organisation__country="KEN", organisation__visibility="staff")
    RepresentationFactory(organisation__country=None, organisation__scope="international")

    assert list(Representation.objects.visible_to(user)) == [inside]
    assert set(findable_by(user)) == {inside.person, user.person}


def test_a_facilitator_edits_the_facts_and_nothing_that_is_for_staff(client):
    user, organisation = a_facilitator(), OrganisationFactory(country="KEN", note="For staff alone.")
    client.force_login(user)
    url = reverse("members:organisation_edit", args=[organisation.pk])

    page = client.get(url).content.decode()
    data = {"name": "Mashamba", "kind": "ngo", "scope": "national", "country": "KEN", "seen": 0}
    client.post(url, data | {"visibility": "staff", "note": "Gone."})

    organisation.refresh_from_db()
    assert "For staff alone." not in page
    assert (organisation.name, organisation.visibility, organisation.note) == (
        "Mashamba",
        "members",
        "For staff alone.",
    )
    with pytest.raises(Refused):
        edit_organisation(organisation, by=user, now=NOON, note="Gone.")
    with pytest.raises(Refused):
        change_membership(organisation, by=user, now=NOON, category="endorser")


def test_a_facilitator_moves_no_organisation_out_of_their_region():
    user, organisation = a_facilitator(), OrganisationFactory(country="KEN")

    with pytest.raises(TransitionError, match="You look after other countries"):
        edit_organisation(organisation, by=user, now=NOON, country="MLI")
    edit_organisation(organisation, by=user, now=NOON, country="UGA")

    assert Organisation.objects.get(pk=organisation.pk).country == "UGA"


def test_a_facilitator_learns_nothing_of_a_namesake_that_is_hidden_from_them():
    user, organisation = a_facilitator(), OrganisationFactory(country="KEN")
    hidden = OrganisationFactory(name="Quiet Fields", country="KEN", visibility="staff")

    edit_organisation(organisation, by=user, now=NOON, name=hidden.name)

    organisation.refresh_from_db()
    assert (organisation.name, organisation.distinct_no) == ("Quiet Fields", 1)


@pytest.mark.parametrize(
    ("text", "codes", "strange"),
    [("French, العربية; SW", ["ar", "fr", "sw"], []), ("Lao\nKlingon", ["lo"], ["Klingon"]), (" , ", [], [])],
)
def test_languages_are_named_as_people_write_them(text, codes, strange):
    assert languages_in(text) == (codes, strange)
