"""A text that replaces an earlier decision: said when it is put to the seats, and kept by itself when they adopt it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.asking import open_round
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.register import keep_decision
from decisions.models import Decision, Round
from history.models import Entry
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import answers, chair_of, committee_of, opened, question, speaker_of
from tests.decisions.test_register import adopt
from tests.factories import NOON, PositionFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def mail_of(asked, kind):
    row = Delivery.objects.by_mail().filter(kind=kind, object_id=asked.pk).first()
    return compose(row, row.subject, "seat@example.org", LATER).body


def test_an_adopted_text_supersedes_what_its_round_said_it_would():
    committee = committee_of(1)
    older = adopt(committee)
    asked = opened(committee, would_supersede=older)
    answers(asked, "approve", now=LATER)

    announce_closed_rounds(now=asked.closes_at)

    older.refresh_from_db()
    assert older.superseded_by == asked.decision
    assert Entry.objects.of(older).first().sentence == "Changed its review or what supersedes it"
    assert f"It replaces decision {older.label}" in mail_of(asked, "decisions.outcome")


def test_a_text_that_is_not_adopted_supersedes_nothing():
    committee = committee_of(1)
    older = adopt(committee)
    asked = opened(committee, would_supersede=older)

    announce_closed_rounds(now=asked.closes_at)

    older.refresh_from_db()
    assert Round.objects.get(pk=asked.pk).outcome == "rejected"
    assert older.superseded_by is None
    assert "It replaces" not in mail_of(asked, "decisions.outcome")


def test_what_was_superseded_meanwhile_stays_as_the_register_has_it():
    committee = committee_of(1)
    older, other = adopt(committee), adopt(committee)
    asked = opened(committee, would_supersede=older)
    keep_decision(older, by=chair_of(committee), review_on=None, superseded_by=other, now=LATER)
    answers(asked, "approve", now=LATER)

    announce_closed_rounds(now=asked.closes_at)

    older.refresh_from_db()
    assert older.superseded_by == other
    assert "It replaces" not in mail_of(asked, "decisions.outcome")


def test_every_seat_reads_in_the_mail_what_the_text_would_replace():
    committee = committee_of(2)
    older = adopt(committee, title="Old")

    asked = opened(committee, would_supersede=older)

    assert f"If adopted, this replaces decision {older.label}, “Old”." in mail_of(asked, "decisions.round_opened")


def test_a_chair_replaces_no_decision_of_another_committee():
    committee, others = committee_of(1), committee_of(1, is_steering=False)
    older, draft = adopt(others), PositionFactory(committee=committee)

    with pytest.raises(Refused):
        open_round(draft, by=chair_of(committee), question=question(draft, would_supersede=older), now=NOON)


def test_what_is_superseded_already_is_not_replaced_again():
    committee = committee_of(1)
    older, newer, draft = adopt(committee), adopt(committee), PositionFactory(committee=committee)
    keep_decision(older, by=chair_of(committee), review_on=None, superseded_by=newer, now=NOON)

    with pytest.raises(TransitionError, match="superseded already"):
        open_round(draft, by=user_with("staff"), question=question(draft, would_supersede=older), now=NOON)


def test_a_changed_text_still_replaces_it(client):
    committee = committee_of(1)
    older = adopt(committee)
    asked = opened(committee, would_supersede=older, now=database_now())
    client.force_login(user_with("staff"))
    url = reverse("decisions:change_text", args=[asked.version.position_id])
    form = client.get(url).context["form"]
    fields = {name: form[name].value() for name in ("seen", "closes_on", "closes_hour", "zone")}

    client.post(url, fields | {"body": "Other words.", "despite": "on"})

    assert Round.objects.get(replaces=asked).would_supersede == older


def test_both_pages_say_it_while_the_seats_are_asked(client):
    committee = committee_of(2)
    older = adopt(committee, title="Old")
    asked = opened(committee, title="New", would_supersede=older, now=database_now())
    client.force_login(speaker_of(asked.electors.first()))

    new = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()
    old = client.get(reverse("decisions:decision", args=[older.label])).content.decode()

    assert f'If adopted, this replaces <a href="/positions/register/{older.label}/">{older.label}' in new
    assert "If adopted, it replaces this decision." in old


def test_who_may_not_read_the_decision_is_told_nothing_of_it(client):
    committee, author = committee_of(1), UserFactory()
    older = adopt(committee, title="Old")
    asked = opened(committee, would_supersede=older, author=author.person, now=database_now())
    client.force_login(author)

    page = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()

    assert not Decision.objects.visible_to(author).exists()
    assert "this replaces" not in page
    assert older.label not in page


def test_the_number_is_typed_when_the_round_is_opened(client):
    committee = committee_of(1)
    older, draft = adopt(committee), PositionFactory(committee=committee)
    client.force_login(user_with("staff"))
    url = reverse("decisions:open_round", args=[draft.pk])
    form = client.get(url).context["form"]
    names = ("procedure", "quorum", "threshold", "closes_on", "closes_hour", "zone", "version", "seen")
    fields = {name: form[name].value() for name in names} | {"despite": "on", "meeting": ""}

    unknown = client.post(url, fields | {"would_supersede": "2026-999"})
    client.post(url, fields | {"would_supersede": older.label})

    assert "There is no decision of this number." in unknown.content.decode()
    assert Round.objects.get(version__position=draft).would_supersede == older
