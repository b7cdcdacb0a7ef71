"""Every list: what its address asks for, what a view keeps of it, and what a file of it holds."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.actions import remove_view, save_view
from accounts.files import workbook
from accounts.lists import LISTS
from accounts.models import SavedView, TransitionError
from accounts.rules import Refused
from campaigns.columns import CAMPAIGNS
from decisions.columns import POSITIONS, REGISTER
from decisions.columns_of_disagreements import DISAGREEMENTS
from decisions.consultation_columns import CONSULTATIONS
from meetings.columns import MEETINGS
from members.columns import COMMITTEES, IMPORTS, ORGANISATIONS, PEOPLE
from tests.factories import (
    CampaignFactory,
    CommitteeFactory,
    MeetingFactory,
    OrganisationFactory,
    PositionFactory,
    SavedViewFactory,
    user_with,
)

pytestmark = pytest.mark.django_db
LIST = "/members/"
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


EVERY = [ORGANISATIONS, PEOPLE, COMMITTEES, IMPORTS, CAMPAIGNS, MEETINGS, POSITIONS, REGISTER]
EVERY += [CONSULTATIONS, DISAGREEMENTS]
# What a file says in any case; a page says it beside something else, or only if asked.
IN_FILES = {"Acronym", "Signatories", "Dissent"}
OF_ONE = {"decisions.contributions"}  # the list of one consultation: tested with its page


def asked(query, user):
    return ORGANISATIONS.asked(QueryDict(query), user)


def sheet_of(content):
    """[[text of a cell]] of the first sheet; formulas would be missing."""
    book = zipfile.ZipFile(io.BytesIO(content))
    rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{CELL}row")  # noqa: S314 - our own
    return [["".join(cell.itertext()) for cell in row] for row in rows], book


def test_the_address_says_which_columns_are_shown():
    staff = user_with("staff")

    found = {query: asked(query, staff).cols for query in ("", "cols=name", "cols=kind&cols=name", "cols=nonsense")}

    plain = {"name", "country", "category", "status", "since", "endorsed", "contact"}
    assert found == {
        "": plain,
        "cols=name": {"name"},
        "cols=kind&cols=name": {"name", "kind"},
        "cols=nonsense": plain,
    }


def test_a_column_for_staff_is_offered_to_nobody_else():
    assert "note" in asked("cols=note", user_with("staff")).cols
    assert "note" not in asked("cols=note", user_with("member")).cols


def test_the_address_says_in_which_order():
    staff = user_with("staff")

    found = {query: asked(query, staff).order for query in ("", "sort=-name", "sort=since", "sort=x", "sort=status")}

    assert found == {"": "key", "sort=-name": "-key", "sort=since": "joined", "sort=x": "key", "sort=status": "key"}


def test_a_heading_leads_to_its_order_and_then_to_the_other_way_round():
    staff = user_with("staff")

    fresh = {column.key: (url, sort) for column, url, sort in asked("country=KEN&after=x", staff).headings()}
    turned = {column.key: (url, sort) for column, url, sort in asked("sort=-since", staff).headings()}

    assert fresh["name"] == ("?country=KEN&sort=-name", "ascending")
    assert fresh["since"] == ("?country=KEN&sort=-since", "")
    assert fresh["country"] == ("", "")
    assert turned["since"] == ("?sort=since", "descending")


def test_rows_come_in_the_order_that_was_asked_for_from_page_to_page(client):
    client.force_login(user_with("staff"))
    for day in range(1, 28):
        OrganisationFactory(name=f"Group {day:02}", membership__since=f"2021-02-{day:02}")
    names = [f"Group {day:02}" for day in range(1, 28)]

    for sort, expected in {"-since": names[::-1], "since": names, "-name": names[::-1]}.items():
        first = client.get(LIST, {"sort": sort}).context["page"]
        second = client.get(LIST, {"sort": sort, "after": first.after}).context["page"]

        assert [row.name for row in [*first.rows, *second.rows]] == expected


def test_those_that_ended_come_in_one_order_only(client):
    client.force_login(user_with("staff"))

    shown = client.get(LIST, {"status": "ended", "sort": "-since"}).context["list"]

    assert (shown.order, shown.orders()) == ("key", [])


def test_every_list_is_known():
    assert {one.key for one in EVERY} | OF_ONE == set(LISTS)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_every_list_is_a_page_and_two_files_that_run_nothing(client, one):
    client.force_login(user_with("admin"))
    OrganisationFactory(name="=cmd|x")
    CampaignFactory(name="=campaign")
    CommitteeFactory(name="@committee")
    MeetingFactory(title="+meeting", starts_at=timezone.now() + timedelta(days=1))
    PositionFactory(title="-position")
    address = reverse(one.address)

    shown = client.get(address).context["list"]
    text = b"".join(client.get(address, {"as": "csv"})).decode()
    cells, book = sheet_of(b"".join(client.get(address, {"as": "xlsx"})))

    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[0] == cells[0]
    assert [label for label in rows[0] if label not in IN_FILES] == [str(column.label) for column in shown.columns]
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert len(rows) == len(cells)


def test_a_file_holds_what_is_filtered_in_the_columns_that_were_chosen(client):
    client.force_login(user_with("staff"))
    OrganisationFactory(name="=Here", acronym="HERE", country="SEN", kind="faith", note="Secret.")
    OrganisationFactory(name="Elsewhere", country="KEN")

    response = client.get(LIST, {"as": "xlsx", "region": "011", "cols": ["name", "kind", "note"]})

    cells, _book = sheet_of(response.content)
    # On the page the acronym stands beside the name, chosen or not.
    assert cells == [["Organisation", "Acronym", "Kind", "Note"], ["=Here", "HERE", "Faith body", "Secret."]]
    assert re.search(r'filename="organisations-\d{4}-\d\d-\d\d\.xlsx"', response["Content-Disposition"])


@pytest.mark.parametrize("one", [ORGANISATIONS, REGISTER], ids=lambda one: one.key)
def test_whoever_may_not_take_a_list_away_as_a_file_is_offered_none_and_refused_it(client, one):
    OrganisationFactory(visibility="public")
    client.force_login(user_with("nobody"))

    page, file = (client.get(reverse(one.address), asked) for asked in ({}, {"as": "csv"}))

    assert (page.status_code, "As a file:" in page.content.decode()) == (200, False)
    assert file.status_code == 403


def test_a_workbook_takes_any_name_and_any_length():
    cells, _book = sheet_of(workbook("'What? [all]/*", ["A"], [["x" * 40_000]]))

    assert [len(row[0]) for row in cells] == [1, 32_000]


def save(client, **more):
    kept = {"list_key": "members.organisations", "name": "Sahel", "query": "region=011&after=x~y&cols=name"} | more
    return client.post(reverse("accounts:view_save"), kept)


def test_a_view_keeps_filters_and_columns_and_stands_above_the_list(client):
    client.force_login(user_with("staff"))

    response = save(client)

    view = SavedView.objects.get()
    assert (view.query, response.url) == ("region=011&cols=name", "/members/?region=011&cols=name")
    assert client.get(response.url).context["list"].views() == [(view, True)]
    assert client.get(LIST).context["list"].views() == [(view, False)]


def test_the_same_name_replaces_ones_own_view_and_nobody_else_s(client):
    SavedViewFactory(name="Sahel", is_shared=True)
    client.force_login(user_with("staff"))

    save(client)
    save(client, query="country=MLI")

    assert sorted(SavedView.objects.values_list("query", flat=True)) == ["country=KEN", "country=MLI"]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 61}, {"list_key": "no.list"}, {"query": "x" * 2001}])
def test_what_is_no_view_is_refused_with_a_sentence(client, wrong):
    client.force_login(user_with("staff"))

    response = save(client, **wrong)

    assert response.status_code == 302
    assert "was not kept" in client.get(LIST).content.decode()
    assert not SavedView.objects.exists()


def test_only_staff_share_a_view(client):
    client.force_login(user_with("member"))

    assert save(client, is_shared="on").status_code == 403
    assert save(client).status_code == 302
    assert "For everybody" not in client.get(LIST).content.decode()


def test_a_shared_view_is_everybody_s_and_ones_own_is_not(client):
    shared, _own = SavedViewFactory(name="Shared", is_shared=True), SavedViewFactory(name="Another’s")
    client.force_login(user_with("member"))

    assert client.get(LIST).context["list"].views() == [(shared, False)]


def test_whoever_saved_a_view_removes_it_and_of_shared_ones_staff_too(client):
    member, staff = user_with("member"), user_with("staff")
    own, shared = SavedViewFactory(owner=member), SavedViewFactory(is_shared=True)

    with pytest.raises(Refused):
        remove_view(shared, by=member)
    remove_view(own, by=member)
    remove_view(own, by=member)  # a double click
    remove_view(shared, by=staff)

    assert not SavedView.objects.exists()


def test_there_is_a_bound_to_the_views_of_a_list():
    staff = user_with("staff")
    for number in range(SavedView.MOST):
        save_view(by=staff, list_key="members.organisations", name=f"View {number}", query="")

    with pytest.raises(TransitionError):
        save_view(by=staff, list_key="members.organisations", name="One more", query="")
    save_view(by=staff, list_key="members.people", name="One more", query="")
    save_view(by=staff, list_key="members.organisations", name="View 1", query="kind=ngo")

    assert SavedView.objects.get(name="View 1").query == "kind=ngo"
