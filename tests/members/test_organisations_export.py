"""The roster as a file: what it says, to whom, and that no spreadsheet runs it."""

import csv
import io
import logging

import pytest
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.files import safe_cell, unsafe_cell
from accounts.rules import Refused
from members.exports import choice_named, roster
from members.models import Membership, Organisation
from tests.factories import OrganisationFactory, user_with

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
UNSEEN = ["", "\ufeff", " ", "\u00a0", "\u3000", "\u200e", "\u200f", "\u061c", "\u202e", "\u2068", "\u200b", "\0"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_cell_that_would_run_is_quoted(start, unseen):
    text = f"{unseen}{start}HYPERLINK(1)"

    assert safe_cell(text) == f"'{text}"
    assert unsafe_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["", " ", "Aid Watch", "'t Veld", "’s-Gravenhage", "A = B", "3-D", "'", "''"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text
    assert unsafe_cell(text) == text


@pytest.mark.parametrize("text", ["'=1", "''=1", "'\ufeff=1"])
def test_an_apostrophe_of_its_own_survives(text):
    assert unsafe_cell(safe_cell(text)) == text


CELLS = st.text(st.one_of(st.sampled_from([*STARTS, *UNSEEN[1:], "'", "a"]), st.characters(codec="utf-8")), max_size=12)


@given(CELLS)
@example("'" * 5 + "=")
def test_every_text_comes_back_as_it_was(text):
    assert unsafe_cell(safe_cell(text)) == text


@given(CELLS)
def test_no_exported_cell_begins_as_a_formula(text):
    assert not safe_cell(text).lstrip("".join(UNSEEN)).startswith(tuple(STARTS))


def test_choices_are_read_back_by_value_and_label():
    assert choice_named(Membership.Category, "National affiliate") == "affiliate"
    assert choice_named(Membership.Category, "AFFILIATE") == "affiliate"
    assert choice_named(Organisation.Kind, "") is None


def rows_of(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.django_db
def test_the_file_holds_what_is_filtered_and_nothing_else(client, caplog):
    staff = user_with("staff")
    client.force_login(staff)
    OrganisationFactory(name="=cmd|x", country="KEN", note="Secret.", website="https://a.example/", kind="faith")
    OrganisationFactory(name="Elsewhere", country="UGA")
    caplog.set_level(logging.INFO, "members.export")

    rows = rows_of(client.get(reverse("members:organisations_export"), {"country": "KEN"}))

    heading = ["Name", "Acronym", "Country", "Kind", "Category", "Status", "Since", "Website", "Note"]
    found = ["'=cmd|x", "", "Kenya", "Faith body", "Member", "Active", "2020-01-01", "https://a.example/", "Secret."]
    assert rows == [heading, found]
    assert f"user {staff.pk} exported 1 organisations" in caplog.text


@pytest.mark.django_db
def test_a_member_gets_neither_notes_nor_what_members_do_not_see(client):
    client.force_login(user_with("member"))
    OrganisationFactory(name="Seen", note="Secret.")
    OrganisationFactory(name="Unseen", visibility="staff")
    OrganisationFactory(name="Scattered", country=None, scope="regional")

    rows = rows_of(client.get(reverse("members:organisations_export"), {"q": "se"}))
    everything = rows_of(client.get(reverse("members:organisations_export")))

    assert [row[0] for row in rows] == ["Name", "Seen"]
    assert "Note" not in rows[0]
    assert "Regional" in [row[2] for row in everything]


@pytest.mark.django_db
def test_who_is_no_member_exports_nothing(client):
    user = user_with("nobody")
    client.force_login(user)

    with pytest.raises(Refused):
        roster(Organisation.objects.visible_to(user), by=user)

    assert client.get(reverse("members:organisations_export")).status_code == 403
