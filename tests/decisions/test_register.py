"""The register, on the page and as a file."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from decisions.actions.closing import announce_closed_rounds
from decisions.models import Decision, Elector, Round
from tests.decisions.making import answer, answers, committee_of, opened
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def adopt(committee, *, days: int = 2, **fields) -> Decision:
    asked = opened(committee, hours=24 * days, **fields)
    answers(asked, "approve", now=LATER)
    announce_closed_rounds(now=asked.closes_at)
    return Decision.objects.get(round=asked)


def test_the_register_is_read_by_number_and_year(client):
    committee = committee_of(1)
    adopt(committee, title="This year")
    adopt(committee, title="Next year", days=300)
    client.force_login(user_with("member"))

    everything = client.get(reverse("decisions:register")).content.decode()
    next_year = client.get(reverse("decisions:register"), {"year": "2027"}).content.decode()
    nonsense = client.get(reverse("decisions:register"), {"year": "x"}).content.decode()

    assert everything.index("2027-001") < everything.index("2026-001")
    assert ("Next year" in next_year, "This year" in next_year) == (True, False)
    assert "This year" in nonsense
    assert "/positions/register/file/?year=2027" in next_year


def test_whoever_approves_with_a_reservation_has_approved(client):
    asked = opened(committee_of(2), hours=24)
    answers(asked, "approve", now=LATER, most=1)
    answer(asked.electors.order_by("term__seat__number").last(), "reserve", now=LATER, reason="But soon.")
    announce_closed_rounds(now=asked.closes_at)
    client.force_login(user_with("member"))

    register = client.get(reverse("decisions:register")).content.decode()
    file = client.get(reverse("decisions:register"), {"as": "csv"})

    assert "2 of 2" in register
    assert "2/2" in file.getvalue().decode()


def test_what_was_adopted_with_dissent_or_by_silence_says_so_in_the_list(client):
    committee = committee_of(3)
    adopt(committee, title="Plain")
    disputed = opened(committee, title="Disputed")
    answers(disputed, "approve", now=LATER, most=2)
    answer(disputed.electors.order_by("term__seat__number").last(), "object", now=LATER, reason="Too long.")
    announce_closed_rounds(now=disputed.closes_at)
    client.force_login(user_with("member"))

    page = client.get(reverse("decisions:register")).content.decode()
    rows = {title: page.partition(f"<bdi>{title}</bdi>")[2].partition("<tr")[0] for title in ("Plain", "Disputed")}

    assert {title: "Adopted with recorded dissent" in row for title, row in rows.items()} == {
        "Plain": False,
        "Disputed": True,
    }
    Round.objects.filter(pk=disputed.pk).update(outcome="silence")
    assert "Adopted by silence" in client.get(reverse("decisions:register")).content.decode()


def test_the_file_holds_what_the_page_shows_and_no_formula(client):
    committee = committee_of(1)
    adopt(committee, title="=HYPERLINK()", body="+1 for survivors.\n\nTwo.")
    adopt(committee, title="Next year", days=300)
    client.force_login(user_with("member"))

    response = client.get(reverse("decisions:register_file"), {"year": "2026"})
    speaks_for = Elector.objects.filter(round__decision__year=2026).get().organisation.name

    head, *lines = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert [dict(zip(head, line, strict=True)) for line in lines] == [
        {
            "Number": "2026-001",
            "Closed (UTC)": "2026-05-15 12:00",
            "Title": "'=HYPERLINK()",
            "Committee": committee.name,
            "Outcome": "Adopted",
            "How it was decided": "Explicit approval: counted of all seats",
            "Approved": "1",
            "With a reservation": "0",
            "Objected": "0",
            "Abstained": "0",
            "Recused": "0",
            "No answer": "0",
            "Seats counted": "1",
            "Reviewed on": "",
            "Superseded by": "",
            "Signatories": speaks_for,
            "Dissent": "",
            "Language": "en",
            "Text": "'+1 for survivors.\n\nTwo.",
        }
    ]


def test_only_members_export_the_register(client):
    client.force_login(user_with("nobody"))

    assert client.get(reverse("decisions:register_file")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_takes_the_same_statements_for_one_and_three(client, count, django_assert_num_queries):
    committee = committee_of(1)
    for _number in range(count):
        adopt(committee)
    client.force_login(user_with("member"))
    client.get(reverse("decisions:register"))

    with django_assert_num_queries(10):
        client.get(reverse("decisions:register"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_file_takes_the_same_statements_for_one_and_three(client, count, django_assert_num_queries):
    committee = committee_of(1)
    for _number in range(count):
        adopt(committee)
    client.force_login(user_with("member"))

    with django_assert_num_queries(9):
        client.get(reverse("decisions:register_file"))


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({}, ["New", "Old"]),
        ({"standing": "force"}, ["New"]),
        ({"standing": "superseded"}, ["Old"]),
        ({"standing": "review"}, ["New"]),
        ({"outcome": "dissent"}, []),
        ({"outcome": "adopted"}, ["New", "Old"]),
        ({"standing": "nonsense"}, ["New", "Old"]),
    ],
)
def test_the_register_is_narrowed_by_what_stands(client, wanted, titles):
    committee = committee_of(1)
    old, new = adopt(committee, title="Old"), adopt(committee, title="New", days=1)
    Decision.objects.filter(position__title="Old").update(superseded_by=Decision.objects.get(position__title="New"))
    Decision.objects.filter(position__title="New").update(review_on="2026-01-01", review_set_at=NOON)
    client.force_login(user_with("member"))

    page = client.get(reverse("decisions:register"), wanted).content.decode()
    lines = client.get(reverse("decisions:register_file"), wanted).content.decode()

    assert old != new
    assert [title for title in ("New", "Old") if f"<bdi>{title}</bdi>" in page] == titles
    assert [title for title in ("New", "Old") if f",{title}," in lines] == titles
