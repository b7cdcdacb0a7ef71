"""One search over everything a reader may see: what is found, by which words, and what it costs."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.clock import database_now
from campaigns.models import Campaign
from decisions.actions.answering import give_answer
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Decision, Elector
from home.findable import GROUPS
from home.search import FEW, MANY
from members.actions.organisations import index_words
from members.models import Organisation, OrganisationName, Word
from members.models.words import refill
from tests import factories as make
from tests.decisions.making import reply
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
SEARCH = reverse("home:search")


@pytest.fixture
def staff(client):
    user = user_with("staff")
    client.force_login(user)
    return user


def parts(client, text, **more):
    return client.get(SEARCH, {"q": text} | more).context["found"]


def found(client, text, **more):
    """{group: what its hits are called}."""
    return {part.group.name: [str(hit.row) for hit in part.hits] for part in parts(client, text, **more)}


def text_of(client, text, **more):
    """The page's own words, without its tags."""
    body = client.get(SEARCH, {"q": text} | more).content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def one_of_each(word: str) -> None:
    """One of every kind of thing, each with `word` in its name."""
    make.OrganisationFactory(name=f"{word} network", membership__since=make.LONG_AGO)
    make.OrganisationFactory(
        name=f"{word} league", membership=False, ended_on=make.LONG_AGO, end_reason="It was dissolved"
    )
    make.RepresentationFactory(person__display_name=f"Ana {word}")
    campaign = make.CampaignFactory(name=f"For {word}")
    make.MilestoneFactory(title=f"Day of {word}", campaign=campaign)
    make.TaskFactory(title=f"Errand of {word}", subject=campaign)
    make.MeetingFactory(title=f"Call on {word}")
    make.PositionFactory(title=f"Text on {word}")
    decision = decided(f"What {word} means")
    make.ConsultationFactory(version=decision.position.versions.get())
    make.CommitteeFactory(name=f"Working group {word}")


def decided(title: str) -> Decision:
    """A position of this title, adopted by the only seat of its committee."""
    holder = make.SeatHolderFactory(person=make.UserFactory().person)
    position = make.PositionFactory(title=title, committee=holder.term.seat.committee, status="open")
    asked = make.RoundFactory(position=position)
    give_answer(Elector.objects.get(round=asked), by=holder.person.user, reply=reply(asked, "approve"), now=NOON)
    announce_closed_rounds(now=asked.closes_at)
    return Decision.objects.get(position=position)


def test_every_kind_of_thing_is_found_each_in_its_group_with_a_line_of_fact(client, staff):
    one_of_each("Clearance")

    page = text_of(client, "clearance")

    assert list(found(client, "clearance")) == [group.name for group in GROUPS]
    for sentence in (
        "Clearance network Kenya · Member · Active",
        "Clearance league Kenya · Ended Wed 1 Jan 2020",
        "Ana Clearance Speaks for Organisation",
        "For Clearance Running since Wed 1 Jan 2020",
        "Day of Clearance 1 Jun 2026 · Planned · For Clearance",
        "Errand of Clearance Due Wed 10 Jun 2026 · Open",
        "Call on Clearance Mon 1 Jun 2026, 12:00",
        "Text on Clearance Draft",
        "What Clearance means Adopted Fri 15 May 2026, 12:00",
        "What Clearance means Closed · Sat 23 May 2026, 12:00",
        "Working group Clearance Committee or working group",
    ):
        assert sentence in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_as_many_statements_with_one_of_each_as_with_three(
    client, staff, count, django_assert_num_queries
):
    for _number in range(count):
        one_of_each(f"Clearance{_number}")
    client.get(SEARCH, {"q": "clearance"})

    with django_assert_num_queries(5):
        response = client.get(SEARCH, {"q": "clearance"})

    assert [len(part.hits) for part in response.context["found"]] == [count] * len(GROUPS)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("west africa", ["Western Africa"]),
        ("asie ouest", []),
        ("coree", ["Democratic People's Republic of Korea", "Republic of Korea"]),
        ("cote d'ivoire", ["Ivory Coast"]),
        ("肯尼亚", ["Kenya"]),
        ("guinea", ["Equatorial Guinea", "Guinea", "Guinea-Bissau", "Papua New Guinea"]),
        (
            "asia",
            ["Asia", "Central Asia", "Eastern Asia", "South-eastern Asia", "Southern Asia", "Western Asia"],
        ),
        ("nowhere", []),
    ],
)
def test_a_place_leads_to_the_organisations_in_it(client, staff, text, places):
    response = client.get(SEARCH, {"q": text})

    assert [name for name, _url in response.context["places"]] == places
    assert all(client.get(url).status_code == 200 for _name, url in response.context["places"])


@pytest.mark.parametrize(("text", "is_asked"), [("eastern africa", True), ("transition periods", False)])
def test_who_covers_it_is_asked_of_places_alone(client, staff, text, is_asked):
    decided("Transition periods")

    page = client.get(SEARCH, {"q": text}).content.decode()

    assert ("Who covers “" in page) == is_asked


def test_the_organisations_of_a_region_are_one_step_from_its_name(client, staff):
    make.OrganisationFactory(name="Terre libre", country="SEN")
    make.OrganisationFactory(name="Kenyan fields", country="KEN")
    [(_name, url)] = client.get(SEARCH, {"q": "West Africa"}).context["places"]

    page = client.get(url).content.decode()

    assert ("Terre libre" in page, "Kenyan fields" in page) == (True, False)


TITLES = [
    ("Réunion à Genève", "reunion geneve"),
    ("Łódź Ørsted", "LODZ"),
    ("Mezőink jövője", "jovo mezo"),
    ("Αγρός Χωρίς Φόβο", "χωρις"),
    ("جمعية الأرض الآمنة", "الأرض"),
    ("جمعية الأرض الآمنة", "أرض"),
    ("ရွာလယ်ကွင်း ဖွံ့ဖြိုးရေးအသင်း", "ဖွံ့ဖြိုး"),
    ("ရွာလယ်ကွင်း ဖွံ့ဖြိုးရေးအသင်း", "အသင်း"),
    ("มูลนิธิเพื่อผู้บริโภค", "ผู้บริโภค"),
    ("អង្គការសិទ្ធិមនុស្ស", "សិទ្ធិមនុស្ស"),
    ("ສະມາຄົມຊາວນາ", "ຊາວນາ"),
    ("国际禁止地雷运动", "地雷"),
    ("地雷廃絶日本キャンペーン", "キャンペーン"),
    ("지뢰금지국제운동", "국제운동"),
    ("भूमि सुरक्षा मंच", "सुरक्षा"),
]


@pytest.mark.parametrize(("title", "text"), TITLES)
def test_titles_and_names_are_found_in_any_script_without_accents_and_case(client, staff, title, text):
    make.MeetingFactory(title=title)
    index_words(make.OrganisationFactory(name=title))
    make.MeetingFactory(title="Another")
    make.OrganisationFactory(name="Another")

    assert found(client, text) == {"organisations": [title], "meetings": [title]}


@pytest.mark.parametrize(("title", "text"), [("Clearance", "learance"), ("Réunion", "union"), ("地雷运动", "雷动")])
def test_letters_within_a_word_find_nothing_where_words_have_spaces_nor_letters_that_are_apart(
    client, staff, title, text
):
    make.MeetingFactory(title=title)

    assert found(client, text) == {}


def test_all_words_must_begin_one_of_the_names(client, staff):
    make.MeetingFactory(title="Steering call in Oslo")
    make.MeetingFactory(title="Steering call in Lima")

    assert found(client, "os steer") == {"meetings": ["Steering call in Oslo"]}


def test_an_organisation_is_found_by_a_name_it_had(client, staff):
    organisation = make.OrganisationFactory(name="Open Fields")
    OrganisationName.objects.create(organisation=organisation, kind="former", text="Handicap Fund", key="handicap fund")
    index_words(organisation)

    assert found(client, "handicap") == {"organisations": ["Open Fields"]}


def test_what_is_renamed_is_found_by_its_new_name_alone(client, staff):
    campaign = make.CampaignFactory(name="Earlier")
    campaign.name = "Later"
    campaign.save()

    assert (found(client, "later"), found(client, "earlier")) == ({"campaigns": ["Later"]}, {})


def test_rows_that_were_there_before_the_words_are_found_once_they_are_refilled(client, staff):
    make.CampaignFactory(name="Old one")
    Campaign.objects.update(words="")
    before = found(client, "old")
    refill(Campaign.objects.all())

    assert (before, found(client, "old")) == ({}, {"campaigns": ["Old one"]})


@pytest.mark.parametrize("text", ["{label}", " {label} ", "{year}/{number}", "{year}–{number}", "periods trans"])
def test_a_decision_is_found_by_its_number_and_its_title_and_not_twice(client, staff, text):
    decision = decided("Transition periods")
    decided("Other")

    shown = found(client, text.format(label=decision.label, year=decision.year, number=decision.number))

    assert shown == {"decisions": [str(decision)]}


@pytest.mark.parametrize("text", ["2026-9999", "9999-0000", "2026-99999999999999999999"])
def test_a_number_of_no_decision_finds_nothing(client, staff, text):
    decided("Transition periods")

    assert found(client, text) == {}


def test_a_reader_finds_what_they_may_see_and_meets_people_where_they_can(client):
    user = user_with("member")
    client.force_login(user)
    make.CampaignFactory(name="Field for members")
    make.CampaignFactory(name="Field for staff", visibility="staff")
    listed = make.RepresentationFactory(person__display_name="Field Listed", person__is_listed=True)
    make.RepresentationFactory(person__display_name="Field Shy")

    shown, page = found(client, "field"), client.get(SEARCH, {"q": "field"}).content.decode()

    assert shown == {"people": ["Field Listed"], "campaigns": ["Field for members"]}
    assert reverse("members:organisation", args=[listed.organisation_id]) in page
    assert reverse("members:person", args=[listed.person_id]) not in page


def test_a_group_shows_a_few_and_leads_to_the_list_of_all(client, staff):
    for number in range(FEW + 2):
        make.OrganisationFactory(name=f"Field {number} field")
        make.MeetingFactory(title=f"Field call {number}")

    organisations, meetings = parts(client, "field")
    page = client.get(SEARCH, {"q": "field"}).content.decode()
    listed = client.get(organisations.listed).context["page"].total
    alone = found(client, "field", **{"in": "meetings"})

    assert [len(organisations.hits), len(meetings.hits)] == [FEW, FEW]
    assert organisations.total == meetings.total == listed == len(alone["meetings"]) == FEW + 2
    assert f"All {FEW + 2} in the list" in page
    assert "?q=field&amp;in=meetings" in page


def test_one_group_alone_is_bounded_too_and_says_so(client, staff):
    for number in range(MANY + 1):
        make.MeetingFactory(title=f"Field call {number}")

    page = text_of(client, "field", **{"in": "meetings"})

    assert page.count("Field call") == MANY
    assert f"These are the first {MANY}." in page


def test_more_than_can_be_counted_are_not_counted(client, staff):
    rows = [Organisation(name=f"Field {n}", key=f"field {n}", country="KEN") for n in range(1001)]
    Organisation.objects.bulk_create(rows)
    Word.objects.bulk_create(Word(organisation=row, word="field") for row in rows)

    (part,) = parts(client, "field")

    assert part.total is None
    assert "All of them in the list" in text_of(client, "field")


def test_the_list_of_people_is_offered_only_to_who_may_read_it(client):
    client.force_login(user_with("seat"))
    for number in range(FEW + 1):
        make.RepresentationFactory(person__display_name=f"Field {number}")

    (part,) = parts(client, "field")

    assert (part.listed, part.total) == ("", FEW + 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x\0y", "Null characters are not allowed."),
        ("z" * 10_000, "Ensure this value has at most 200 characters"),
        ("… — !", "Write at least one letter or digit"),
        ("a b c d e f g h i j k", "Search for at most 10 words at a time."),
    ],
)
def test_what_cannot_be_sought_is_said_in_place_and_kept(client, staff, text, sentence):
    response = client.get(SEARCH, {"q": text})

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert response.context["form"]["q"].value() == text


@pytest.mark.parametrize("text", ["_field", "fie%", "!field", "field & call", "call:*", "'field'", "field\\"])
def test_signs_are_no_operators(client, staff, text):
    make.MeetingFactory(title="Field, call")

    assert found(client, text) == {"meetings": ["Field, call"]}


@pytest.mark.parametrize("text", ["%", "'", "\\", "field | other", "!other", "<b>", "' or '1'='1"])
def test_signs_find_nothing_more(client, staff, text):
    make.MeetingFactory(title="Field, call")

    assert found(client, text) == {}


def test_a_title_of_the_longest_kind_is_kept_and_found(client, staff):
    title = "㌀" * 200  # each becomes four letters
    make.MeetingFactory(title=title)

    assert found(client, "アパ") == {"meetings": [title]}


def test_an_unknown_group_is_taken_as_all_of_them(client, staff):
    make.MeetingFactory(title="Field call")

    assert found(client, "field", **{"in": "no-such-group"}) == {"meetings": ["Field call"]}


def test_nothing_found_says_what_to_try_and_an_empty_field_what_to_write(client, staff):
    assert "Try the beginning of one word" in text_of(client, "nothing")
    assert "Write the beginning of one or more words" in text_of(client, "")


def test_the_field_stands_on_every_page_for_who_is_signed_in(client, staff):
    inside = client.get(reverse("home:home")).content.decode()
    client.logout()
    outside = client.get(reverse("account_login")).content.decode()

    assert inside.count(f'action="{SEARCH}"') == 2  # wide, and in the menu
    assert "js/search" in inside
    assert (SEARCH in outside, "<script" in outside) == (False, False)


def test_a_round_that_has_closed_is_not_shown_as_open(client, staff):
    closes = database_now().replace(microsecond=0)
    position = make.PositionFactory(title="Field text", status="open")
    make.SeatTermFactory(seat__committee=position.committee)
    make.RoundFactory(position=position, opens_at=datetime(2026, 1, 1, tzinfo=UTC), closes_at=closes)

    assert "Closed, being announced" in text_of(client, "field")
