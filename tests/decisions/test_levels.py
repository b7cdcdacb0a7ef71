"""Levels of decision: rows that say what a text goes through, changed by admins alone."""

import pytest
from django.urls import reverse

from decisions.models import Level
from history.actions import newest
from history.models import Entry
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def fields_of(level, **changed):
    names = ("name", "examples", "consultation_days", "languages", "procedure", "window_hours", "least_hours")
    fields = {name: getattr(level, name) for name in (*names, "quorum", "threshold")}
    return fields | {"seen": newest(level)} | changed


def send(client, level, **changed):
    client.force_login(user_with("admin"))
    return client.post(reverse("decisions:edit_level", args=[level.pk]), fields_of(level, **changed), follow=True)


def test_a_coalition_begins_with_five_levels():
    assert list(Level.objects.values_list("rank", "procedure", "window_hours")) == [
        (1, "vote", 336),
        (2, "explicit", 240),
        (3, "silence", 72),
        (4, "silence", 24),
        (5, "silence", 12),
    ]


def test_an_admin_changes_a_level_and_the_history_says_what(client):
    level = Level.objects.get(rank=3)

    page = send(client, level, window_hours=96).content.decode()

    level.refresh_from_db()
    assert level.window_hours == 96
    assert "It holds for what is opened from now on." in page
    assert Entry.objects.of(level).get().details["changes"] == {"window_hours": [72, 96]}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"least_hours": 200}, "The usual hours cannot be fewer than the fewest"),
        ({"languages": 0}, "greater than or equal to 1"),
        ({"quorum": "most"}, "Select a valid choice"),
    ],
)
def test_a_level_that_cannot_be_is_refused_in_a_sentence(client, changed, sentence):
    level = Level.objects.get(rank=3)

    assert sentence in send(client, level, **changed).content.decode()
    assert Entry.objects.of(level).count() == 0


def test_everybody_reads_the_levels(client):
    client.force_login(user_with("member"))

    page = client.get(reverse("decisions:levels")).content.decode()

    assert "Policy position" in page
    assert "under silence never less than 2 days" in page
    assert "Change “" not in page


def test_two_who_change_a_level_at_once_undo_nothing_of_each_other(client):
    level = Level.objects.get(rank=3)
    send(client, level, window_hours=96, seen=0)

    crossed = send(client, level, window_hours=72, quorum="two_thirds", seen=0)
    form = crossed.context["form"]
    send(client, level, **{name: form[name].value() for name in ("window_hours", "quorum", "seen")})

    assert "Somebody else has changed this since you opened the form." in crossed.content.decode()
    level.refresh_from_db()
    assert (level.window_hours, level.quorum) == (96, "two_thirds")
