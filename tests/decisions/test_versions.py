"""The versions of a position: their list, and any two beside each other."""

from datetime import timedelta

import pytest
from django.urls import reverse

from decisions.actions.drafting import newest_text, write_version
from tests.decisions.making import committee_of
from tests.factories import NOON, PositionFactory, user_with

pytestmark = pytest.mark.django_db


def written(*bodies: str, committee=None):
    """A position with a version for each of `bodies`."""
    first, *others = bodies
    position = PositionFactory(body=first, **({"committee": committee} if committee else {}))
    for number, body in enumerate(others, start=1):
        seen = newest_text(position).sha256
        write_version(position, by=user_with("staff"), body=body, seen=seen, now=NOON + timedelta(hours=number))
    return position


def page(client, name, position, user=None, **query):
    client.force_login(user or user_with("staff"))
    return client.get(reverse(f"decisions:{name}", args=[position.pk]), query)


def test_the_list_says_what_each_version_changed(client):
    position = written(
        "The ban covers all mines.", "The ban covers every known mine.", "The ban covers every known mine."
    )

    said = page(client, "versions", position).content.decode()

    assert "Words added: 3, removed: 2." in said
    assert "Its words are those of the version before." in said
    assert "The first one." in said
    assert newest_text(position).sha256 in said


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ({"from": "1", "to": "3"}, "From version 1 to version 3"),
        ({"from": "3", "to": "1"}, "From version 3 to version 1"),
        ({}, "From version 2 to version 3"),
        ({"from": "1"}, "From version 1 to version 3"),
        ({"to": "1"}, "From version 1 to version 1"),
        ({"from": "99", "to": "x"}, "From version 2 to version 3"),
    ],
)
def test_any_two_versions_are_compared(client, asked, heading):
    position = written("One.", "Two.", "Three.")

    assert heading in page(client, "compare", position, **asked).content.decode()


def test_the_difference_is_said_to_who_listens_and_html_in_a_text_stays_text(client):
    position = written("The ban <b>covers</b> all mines.", "The ban <i>covers</i> all mines.")

    said = page(client, "compare", position).content.decode()

    assert '<del><span class="visually-hidden">[removed: </span>b<span class="visually-hidden">]</span></del>' in said
    assert '<ins><span class="visually-hidden">[added: </span>i<span class="visually-hidden">]</span></ins>' in said
    assert "<b>covers" not in said


@pytest.mark.parametrize("name", ["versions", "compare"])
@pytest.mark.parametrize(("role", "status"), [("chair", 200), ("seat", 200), ("member", 403), ("facilitator", 403)])
def test_earlier_wordings_are_for_the_committee_and_staff(client, name, role, status):
    committee = committee_of(1)
    position = written("One.", "Two.", committee=committee)
    position.status = "adopted"
    position.save()

    assert page(client, name, position, user_with(role, committee)).status_code == status


@pytest.mark.parametrize("name", ["versions", "compare"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_statements_for_one_version_and_three(client, name, count, django_assert_num_queries):
    position = written(*["One.", "Two.", "Three."][:count])
    page(client, name, position)

    with django_assert_num_queries(6):
        client.get(reverse(f"decisions:{name}", args=[position.pk]))
