"""The board: gaps, double cover, missing languages, in words; and the map beside them."""

import pytest
from django.urls import reverse

from accounts.models import Address, Person
from campaigns.coverage import Board, answering, boards, rows_of, uncovered
from campaigns.models import Scope
from campaigns.tiles import PLACES, tiles
from history.actions import newest
from members.countries import countries
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    MilestoneFactory,
    OwnRegionFactory,
    PersonFactory,
    ScopeFactory,
    user_with,
)

pytestmark = pytest.mark.django_db


def covered(campaign=None, lead="Lead", backup="Backup", **fields):
    scope = ScopeFactory(campaign=campaign or CampaignFactory(), **fields)
    for capacity, name in (("lead", lead), ("backup", backup)):
        if name:
            AssignmentFactory(scope=scope, capacity=capacity, person__display_name=name, languages=["en"])
    return scope


def region(code, campaign=None, **fields):
    return covered(campaign, theme="", region=code, **fields)


def rows():
    return rows_of(Scope.objects.with_people())


@pytest.mark.parametrize(
    ("lead", "backup", "gap"), [("A", "B", ""), ("A", "", "backup"), ("", "B", "lead"), ("", "", "nobody")]
)
def test_a_gap_says_who_is_missing(lead, backup, gap):
    covered(lead=lead, backup=backup)

    assert [row.gap for row in rows()] == [gap]


def test_a_language_that_neither_speaks_is_missing():
    covered(languages=["ar", "en", "fr"])

    assert [row.missing for row in rows()] == [["Arabic", "French"]]


def test_countries_in_two_regions_of_a_campaign_are_named_in_both():
    campaign = CampaignFactory()
    own = OwnRegionFactory(name="Lakes", countries=["KEN", "MLI", "UGA"])
    region("014", campaign)
    covered(campaign, theme="", own_region=own)
    covered(campaign)  # a theme covers no country
    region("014")  # nor does another campaign matter

    first, *_rest = boards(Scope.objects.with_people().filter(campaign=campaign).by_campaign())

    said = {str(row.scope): row.doubles for row in first.rows if row.scope.is_regional}
    assert said == {
        "Eastern Africa": ["Kenya, Uganda also in “Lakes”"],
        "Lakes": ["Kenya, Uganda also in “Eastern Africa”"],
    }
    assert first.faults == ["2 overlap with another."]


def test_many_countries_are_counted_not_named():
    campaign = CampaignFactory()
    region("002", campaign)
    region("014", campaign)

    sentence = rows()[1].doubles[0]

    assert sentence.endswith("countries also in “Africa”")
    assert sentence.split()[0].isdigit()


def test_a_board_comes_to_a_sentence():
    campaign = CampaignFactory()
    covered(campaign)
    covered(campaign, languages=["fr"])
    covered(campaign, lead="", backup="")

    board = Board(campaign, rows())

    assert board.summary == "2 of 3 have both a lead and a backup."
    assert board.faults == ["1 has no lead.", "1 lacks a working language."]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("laos", ["Asia"]), ("asi", ["Asia"]), ("TRANG", ["Asia"]), ("victim", ["Victim assistance"]), ("peru", [])],
)
def test_who_covers_it_is_found_by_country_region_theme_and_person(asked, found):
    region("142", lead="Phạm Thu Trang")
    covered(theme="Victim assistance")

    assert [str(row.scope) for row in answering(rows(), asked)] == found


def test_the_gaps_within_a_region_are_found_with_it():
    region("014", lead="", backup="")
    region("142")

    assert [str(row.scope) for row in answering(rows(), "africa")] == ["Eastern Africa"]


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("Asia", ["Central Asia", "Eastern Asia", "Southern Asia", "Western Asia"]),
        ("africa", ["Middle Africa", "Northern Africa", "Southern Africa", "Western Africa", "18 countries"]),
        ("west africa", ["Western Africa"]),
        ("Oceania", ["Oceania"]),
        ("Viet Nam", []),
        ("Japan", ["Japan"]),
        ("Victim assistance", []),
    ],
)
def test_what_nobody_covers_of_a_region_is_named_as_shortly_as_can_be(asked, left):
    region("035")
    region("034", lead="", backup="")
    covered(theme="", own_region=OwnRegionFactory(countries=["KEN", "UGA", "TZA", "RWA"]))

    assert uncovered(Scope.objects.with_people(), asked) == left


def test_the_page_says_what_of_a_region_nobody_covers(client):
    region("035")
    client.force_login(user_with("staff"))

    page = client.get(reverse("campaigns:all_coverage"), {"q": "Asia"}).content.decode()

    assert "Nobody covers Central Asia, Eastern Asia, Southern Asia, Western Asia." in page


def test_every_country_has_its_tile():
    placed = {*PLACES, "830", ""}

    assert {country.subregion for country in countries().values()} <= placed
    assert len({(column, row) for column, row, *_names in PLACES.values()}) == len(PLACES) == 22


def test_a_tile_is_shaded_by_how_many_countries_are_covered_and_how_well():
    region("014", backup="")
    region("011")
    covered(theme="", own_region=OwnRegionFactory(countries=["ZAF"]))
    region("009", lead="", backup="")

    steps = {tile.code: tile.step for tile in tiles(Scope.objects.with_people())}

    assert {code: steps[code] for code in ("014", "011", "018", "053")} == {"014": 2, "011": 3, "018": 1, "053": 0}


@pytest.mark.parametrize("number", [1, 3])
def test_a_board_costs_the_same_with_one_scope_and_with_three(client, django_assert_num_queries, number):
    campaign = CampaignFactory()
    for code in ("014", "011", "142")[:number]:
        region(code, campaign)
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:coverage", args=[campaign.pk]))

    with django_assert_num_queries(7):
        page = client.get(reverse("campaigns:coverage", args=[campaign.pk]))

    assert len(page.context["board"].rows) == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_board_of_all_costs_the_same_with_one_campaign_and_with_three(client, django_assert_num_queries, number):
    for code in ("014", "011", "142")[:number]:
        region(code)
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:all_coverage"))

    with django_assert_num_queries(6):
        page = client.get(reverse("campaigns:all_coverage"))

    assert len(page.context["boards"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_scope_costs_the_same_with_one_milestone_and_with_three(client, django_assert_num_queries, number):
    scope = region("014")
    MilestoneFactory.create_batch(number, campaign=scope.campaign, scope=scope, owner=PersonFactory())
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:scope", args=[scope.pk]))

    with django_assert_num_queries(9):
        client.get(reverse("campaigns:scope", args=[scope.pk]))


def test_reassigning_takes_few_statements(client, django_assert_num_queries):
    scope = region("014", lead="Wanjiru Kamau", backup="Neema Mushi")
    client.force_login(user_with("staff"))

    with django_assert_num_queries(9):
        client.get(reverse("campaigns:reassign", args=[scope.pk]))


def test_staff_reassign_in_one_screen(client):
    scope = region("014", lead="Wanjiru Kamau", backup="Neema Mushi")
    new = PersonFactory(display_name="Tigist Alemu")
    client.force_login(user_with("staff"))
    url = reverse("campaigns:reassign", args=[scope.pk])
    form = client.get(url).context["form"]

    client.post(
        url,
        {
            "lead": "Tigist Alemu",
            "lead_languages": "Amharic, english",
            "backup": form["backup"].value(),
            "backup_languages": "",
            "note": "Wanjiru is ill.",
            "seen": form["seen"].value(),
        },
    )

    standing = {row.capacity: row for row in scope.assignments.filter(until=None)}
    assert (standing["lead"].person, standing["lead"].languages) == (new, ["am", "en"])
    assert str(standing["backup"].person) == "Neema Mushi"
    assert scope.assignments.get(until__isnull=False).note == "Wanjiru is ill."


def test_what_somebody_else_changed_meanwhile_is_put_together_with_what_was_typed(client):
    scope = covered(theme="Victims", languages=["en"])
    client.force_login(user_with("staff"))
    url = reverse("campaigns:edit_scope", args=[scope.pk])
    seen = client.get(url).context["form"]["seen"].value()
    client.post(url, {"theme": "Victims", "languages": "English, French", "seen": seen})

    page = client.post(url, {"theme": "Victim assistance", "languages": "English", "seen": seen})
    form = page.context["form"]
    client.post(url, {name: form[name].value() for name in form.fields})

    scope.refresh_from_db()
    assert page.context["theirs"]
    assert (scope.theme, scope.languages) == ("Victim assistance", ["en", "fr"])


def test_a_language_nobody_knows_is_said_and_what_was_typed_stays(client):
    client.force_login(user_with("staff"))
    url = reverse("campaigns:add_scope", args=[CampaignFactory().pk])

    page = client.post(url, {"theme": "X" * 300, "languages": "Klingon, French\0"}).content.decode()
    again = client.post(url, {"place": "014", "theme": "Victims", "languages": "Klingon"}).content.decode()

    assert Scope.objects.count() == 0
    assert "X" * 300 in page
    assert "“Klingon” is no language we know." in again
    assert "Choose a region or name a theme, not both." in again


def test_handover_notes_are_read_by_staff_and_those_who_cover_it(client):
    user = user_with("facilitator")
    scope = covered()
    scope.assignments.filter(capacity="lead").update(note="Between us.")
    mine = AssignmentFactory(scope=ScopeFactory(campaign=scope.campaign), person=user.person, note="My own.")

    read = {}
    for reader, shown in (("staff", scope), ("member", scope), (user, scope), (user, mine.scope)):
        client.force_login(user_with(reader) if isinstance(reader, str) else reader)
        page = client.get(reverse("campaigns:scope", args=[shown.pk])).content.decode()
        read[str(reader), shown.pk] = "Between us." in page or "My own." in page

    assert list(read.values()) == [True, False, False, True]


def test_a_facilitator_edits_a_milestone_of_theirs_but_cannot_give_it_away(client):
    user = user_with("facilitator")
    mine = AssignmentFactory(person=user.person)
    milestone = MilestoneFactory(campaign=mine.scope.campaign, scope=mine.scope)
    client.force_login(user)
    url = reverse("campaigns:edit_milestone", args=[milestone.pk])
    data = {
        "title": "New",
        "kind": "internal",
        "starts_on": "2026-06-02",
        "precision": "day",
        "zone": "UTC",
        "seen": newest(milestone),
        "scope": "",
    }

    client.post(url, data)

    milestone.refresh_from_db()
    assert (milestone.title, milestone.scope) == ("New", mine.scope)


def test_a_facilitator_finds_their_scope_on_the_home_page(client):
    user = user_with("facilitator")
    scope = AssignmentFactory(person=user.person, scope__theme="Victim assistance").scope
    client.force_login(user)

    page = client.get(reverse("home:home")).content.decode()

    assert reverse("campaigns:scope", args=[scope.pk]) in page


@pytest.mark.parametrize(
    ("role", "is_listed", "is_told"),
    [("member", True, True), ("member", False, False), ("nobody", True, False), ("seat", False, True)],
)
def test_the_address_of_whoever_covers_it_is_there_for_those_who_may_know_it(client, role, is_listed, is_told):
    scope = covered(backup="")
    lead = Person.objects.get(display_name="Lead")
    Person.objects.filter(pk=lead.pk).update(is_listed=is_listed)
    Address.objects.filter(person=lead).update(email="lead@people.example")
    client.force_login(user_with(role))

    page = client.get(reverse("campaigns:scope", args=[scope.pk])).content.decode()

    assert ("mailto:lead@people.example" in page) is is_told
