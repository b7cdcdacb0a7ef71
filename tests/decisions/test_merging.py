"""Two edits of one text: put together where they touch different paragraphs, and never else."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from decisions.actions.drafting import newest_text
from decisions.merging import together
from decisions.models import Position
from decisions.wording import joined, paragraphs_of
from tests.factories import PositionFactory, user_with

BODIES = st.lists(st.sampled_from("abcdef"), max_size=6).map(joined)
BEGAN = "One.\n\nTwo.\n\nThree."


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("One!\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nThree!", "One!\n\nTwo.\n\nThree!"),
        ("One!\n\nTwo.\n\nThree.", "One.\n\nTwo!\n\nThree.", "One!\n\nTwo!\n\nThree."),
        ("One.\n\nTwo.\n\nNew.\n\nThree.", "One.\n\nThree.", "One.\n\nNew.\n\nThree."),
        ("One.\n\nTwo.\n\nThree.\n\nNew.", "One.\n\nThree.", "One.\n\nThree.\n\nNew."),
        ("One!\n\nTwo.\n\nThree.", "One?\n\nTwo.\n\nThree.", None),
        ("One!\n\nTwo.\n\nThree.", "One!\n\nTwo.\n\nThree.", "One!\n\nTwo.\n\nThree."),
        ("New.\n\nOne.\n\nTwo.\n\nThree.", "Other.\n\nOne.\n\nTwo.\n\nThree.", None),
    ],
)
def test_edits_of_different_paragraphs_go_together(mine, theirs, both):
    assert together(BEGAN, mine, theirs) == both
    assert together(BEGAN, theirs, mine) == both


@given(BODIES, BODIES)
def test_with_an_edit_that_changed_nothing_the_other_one_stands(began, edited):
    assert together(began, edited, began) == edited
    assert together(began, began, edited) == edited
    assert together(began, edited, edited) == edited


@given(BODIES, BODIES, BODIES)
def test_no_paragraph_comes_from_nowhere_and_none_that_somebody_added_is_lost(began, mine, theirs):
    both = together(began, mine, theirs)

    if both is not None:
        found, known = paragraphs_of(both), paragraphs_of(began)
        assert set(found) <= {*known, *paragraphs_of(mine), *paragraphs_of(theirs)}
        assert {*paragraphs_of(mine), *paragraphs_of(theirs)} - set(known) <= set(found)


def edited(client, position, user, name="edit_position", **changed):
    fields = {
        "title": position.title,
        "level": position.level_id,
        "visibility": position.visibility,
        "body": newest_text(position).body,
    }
    client.force_login(user)
    return client.post(reverse(f"decisions:{name}", args=[position.pk]), fields | changed)


def opened(client, position, user, name="edit_position"):
    """What the form carries along, hidden."""
    client.force_login(user)
    form = client.get(reverse(f"decisions:{name}", args=[position.pk])).context["form"]
    return {field: form[field].value() for field in ("seen", "began", "since") if field in form.fields}


def carried(form):
    """What the form that came back carries along, with the text as it was typed."""
    return {field: form[field].value() for field in ("seen", "began", "since", "body") if field in form.fields}


@pytest.mark.django_db
def test_a_crossed_edit_shows_what_the_other_changed_and_saves_both_with_one_button(client):
    position, one, other = PositionFactory(body=BEGAN), user_with("staff"), user_with("staff")
    mine, theirs = opened(client, position, one), opened(client, position, other)
    edited(client, position, other, **theirs, body="One.\n\nTwo.\n\nThree, by others.")

    crossed = edited(client, position, one, **mine, body="One, by me.\n\nTwo.\n\nThree.")
    form = crossed.context["form"]
    again = carried(form)
    done = edited(client, position, one, **again, together="1")

    said = crossed.content.decode()
    assert "What somebody else has changed meanwhile" in said
    assert "by others<span" in said
    assert "One, by me.\n\nTwo.\n\nThree.</textarea>" in said
    assert "Save both together" in said
    assert done.status_code == 302
    assert newest_text(position).body == "One, by me.\n\nTwo.\n\nThree, by others."


@pytest.mark.django_db
def test_edits_of_the_same_paragraph_are_not_put_together_and_the_next_save_replaces(client):
    position, one, other = PositionFactory(body=BEGAN), user_with("staff"), user_with("staff")
    mine, theirs = opened(client, position, one), opened(client, position, other)
    edited(client, position, other, **theirs, body="One, by others.\n\nTwo.\n\nThree.")

    crossed = edited(client, position, one, **mine, body="One, by me.\n\nTwo.\n\nThree.")
    form = crossed.context["form"]
    again = carried(form)
    forced = edited(client, position, one, **again, together="1").content.decode()
    edited(client, position, one, **again)

    assert "Save both together" not in crossed.content.decode()
    assert "Both edits touch the same paragraph now" in forced
    assert newest_text(position).body == "One, by me.\n\nTwo.\n\nThree."


@pytest.mark.django_db
def test_a_third_edit_in_between_is_not_overwritten_by_putting_two_together(client):
    position, one, other = PositionFactory(body=BEGAN), user_with("staff"), user_with("staff")
    mine, theirs = opened(client, position, one), opened(client, position, other)
    edited(client, position, other, **theirs, body="One.\n\nTwo.\n\nThree!")
    form = edited(client, position, one, **mine, body="One!\n\nTwo.\n\nThree.").context["form"]
    again = carried(form)
    edited(client, position, other, **opened(client, position, other), body="One.\n\nTwo!\n\nThree!")

    refused = edited(client, position, one, **again, together="1")

    assert "Somebody has changed the text" in refused.content.decode()
    assert newest_text(position).body == "One.\n\nTwo!\n\nThree!"


@pytest.mark.django_db
def test_versions_that_cross_are_told_apart_too(client):
    position, one, other = PositionFactory(body=BEGAN), user_with("staff"), user_with("staff")
    mine = opened(client, position, one, "new_version")
    theirs = opened(client, position, other, "new_version")
    edited(client, position, other, "new_version", **theirs, body="One.\n\nTwo.\n\nThree, by others.")

    form = edited(client, position, one, "new_version", **mine, body="One, by me.\n\nTwo.\n\nThree.").context["form"]
    again = carried(form)
    edited(client, position, one, "new_version", **again, together="1")

    text = newest_text(position)
    assert (text.version.number, text.body) == (3, "One, by me.\n\nTwo.\n\nThree, by others.")


@pytest.mark.django_db
def test_who_edits_the_text_does_not_undo_the_title_that_another_has_given_it_meanwhile(client):
    position, one, other = PositionFactory(body=BEGAN, title="Old title"), user_with("staff"), user_with("staff")
    mine, theirs = opened(client, position, one), opened(client, position, other)
    edited(client, position, other, **theirs, title="New title")

    refused = edited(client, position, one, **mine, body="One, by me.")
    form = refused.context["form"]
    again = carried(form) | {"title": form["title"].value()}
    before = Position.objects.get().title, newest_text(position).body
    edited(client, position, one, **again)

    assert "Somebody else has changed this since you opened the form." in refused.content.decode()
    assert "What has changed since you opened the form" in refused.content.decode()
    assert before == ("New title", BEGAN)
    assert (Position.objects.get().title, newest_text(position).body) == ("New title", "One, by me.")
