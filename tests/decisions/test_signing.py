"""The register's files say who signs: never whoever dissents; who dissents and why; and a reservation only where its author lets it be read."""

import csv
import io

import pytest
from django.urls import reverse

from members.models import Organisation
from tests.accounts.test_lists import sheet_of
from tests.decisions.test_decision_page import YES, decided
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def in_the_texts(client, column="Signatories"):
    head, *lines = csv.reader(io.StringIO(client.get(reverse("decisions:register_file")).content.decode("utf-8-sig")))
    return [dict(zip(head, line, strict=True))[column] for line in lines]


def in_the_csv(client, column="Signatories"):
    sent = b"".join(client.get(reverse("decisions:register"), {"as": "csv"})).decode("utf-8-sig")
    return [line[column] for line in csv.DictReader(io.StringIO(sent))]


def in_the_workbook(client, column="Signatories"):
    (head, *lines), _book = sheet_of(b"".join(client.get(reverse("decisions:register"), {"as": "xlsx"})))
    return [dict(zip(head, line, strict=True))[column] for line in lines]


FILES = pytest.mark.parametrize("told", [in_the_texts, in_the_csv, in_the_workbook])


def named(decision):
    return [one.organisation.name for one in decision.round.electors.order_by("term__seat__number")]


@FILES
@pytest.mark.parametrize(("role", "knows"), [("staff", True), ("member", False)])
def test_a_dissenting_organisation_does_not_sign_and_a_kept_reservation_stays_kept(client, told, role, knows):
    decision = decided(YES, YES, YES, ("reserve", "members"), ("reserve", "steering"), ("object", "steering"))
    names = named(decision)
    client.force_login(user_with(role))

    kept = f"{names[4]} (with a reservation)" if knows else names[4]
    assert told(client) == ["; ".join([*names[:3], f"{names[3]} (with a reservation)", kept])]


@FILES
@pytest.mark.parametrize(("role", "knows"), [("staff", True), ("member", False)])
def test_who_dissents_and_why_is_told_to_whoever_may_read_it(client, told, role, knows):
    decision = decided(YES, YES, YES, ("reserve", "members"), ("object", "steering"))
    names = named(decision)
    client.force_login(user_with(role))

    told_to_all, kept = (
        f"{names[3]} (with a reservation): zq reserve for members",
        f"{names[4]} (objects): zq object for steering",
    )
    assert told(client, "Dissent") == ["; ".join([told_to_all, kept][: 1 + knows])]


@FILES
def test_an_organisation_that_the_reader_may_not_know_is_counted_and_not_named(client, told):
    decision = decided(YES, YES)
    first, second = named(decision)
    Organisation.objects.filter(name=first).update(visibility="staff")
    client.force_login(user_with("member"))

    assert told(client) == [f"{second}; 1 more that you may not see"]


@pytest.mark.parametrize(
    ("told", "cell"),
    [(in_the_texts, "'=HYPERLINK(1)"), (in_the_csv, "'=HYPERLINK(1)"), (in_the_workbook, "=HYPERLINK(1)")],
)
def test_a_name_that_is_a_formula_does_not_run(client, told, cell):
    """In a workbook every cell is text: nothing in it runs."""
    decision = decided(YES)
    Organisation.objects.filter(name=named(decision)[0]).update(name="=HYPERLINK(1)")
    client.force_login(user_with("staff"))

    assert told(client) == [cell]


def test_the_list_shows_them_to_who_chooses_the_column(client):
    decision = decided(YES)
    client.force_login(user_with("member"))

    plain = client.get(reverse("decisions:register")).content.decode()
    chosen = client.get(reverse("decisions:register"), {"cols": "signatories"}).content.decode()

    assert (named(decision)[0] in plain, named(decision)[0] in chosen) == (False, True)
