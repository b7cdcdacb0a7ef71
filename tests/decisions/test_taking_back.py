"""A draft that was withdrawn is a draft again; what seats were asked about is not asked about again."""

import pytest
from django.urls import reverse

from accounts.models import TransitionError
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import restore_draft, withdraw_position
from history.actions import take_back
from history.models import Deed
from tests.decisions.making import committee_of, opened
from tests.factories import NOON, PositionFactory, user_with

pytestmark = pytest.mark.django_db


def test_a_withdrawn_draft_is_a_draft_again():
    staff, position = user_with("staff"), PositionFactory()
    withdraw_position(position, by=staff, reason="Overtaken", now=NOON)

    take_back(Deed.objects.get(), by=staff, now=NOON)

    position.refresh_from_db()
    assert (position.status, position.withdrawal_reason) == ("draft", "")


def test_what_was_left_undecided_is_withdrawn_from_its_page_and_undecided_again_once_that_is_taken_back(client):
    staff, asked = user_with("staff"), opened(committee_of(3), procedure="meeting", quorum="half")
    announce_closed_rounds(now=asked.closes_at)
    position = asked.version.position
    client.force_login(staff)

    page = client.get(reverse("decisions:position", args=[position.pk])).content.decode()
    withdraw_position(position, by=staff, reason="Overtaken", now=asked.closes_at)
    take_back(Deed.objects.get(), by=staff, now=asked.closes_at)

    assert reverse("decisions:withdraw", args=[position.pk]) in page
    position.refresh_from_db()
    assert (position.status, position.withdrawal_reason) == ("undecided", "")


def test_withdrawing_from_an_open_round_names_what_it_ends_and_leaves_nothing_to_take_back(client):
    staff = user_with("staff")
    position = opened(committee_of(3)).version.position
    client.force_login(staff)

    page = client.get(reverse("decisions:withdraw", args=[position.pk])).content.decode()
    withdraw_position(position, by=staff, reason="Overtaken", now=NOON)

    assert "Every seat that was asked is told" in page
    assert "This cannot be taken back." in page
    assert Deed.objects.count() == 0


def test_an_open_position_does_not_become_a_draft_under_its_seats():
    asked = opened(committee_of(3))

    with pytest.raises(TransitionError, match="Only a draft that was withdrawn"):
        restore_draft(asked.version.position, by=user_with("staff"), now=NOON)


def test_what_was_withdrawn_while_seats_were_asked_stays_withdrawn():
    staff, position = user_with("staff"), opened(committee_of(3)).version.position
    withdraw_position(position, by=staff, reason="Overtaken", now=NOON)

    with pytest.raises(TransitionError, match="Only a draft that was withdrawn"):
        restore_draft(position, by=staff, now=NOON)
