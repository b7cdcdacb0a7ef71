"""Who sees which position, in which state; and what of it."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import User
from decisions.actions.answering import propose_recusal
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Decision, Position
from members.models import Organisation
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import answer, answers, chair_of, committee_of, opened, say, speaker_of
from tests.factories import NOON, PositionFactory, RoundFactory, user_with

pytestmark = pytest.mark.django_db
ROLES = ["admin", "staff", "chair", "seat", "facilitator", "member", "nobody"]
INSIDE = {"admin", "staff", "chair", "seat"}


def who_sees(position: Position, committee) -> set[str]:
    return {
        role
        for role in ROLES
        if Position.objects.visible_to(user_with(role, committee)).filter(pk=position.pk).exists()
    }


@pytest.mark.parametrize("status", ["draft", "open", "rejected", "withdrawn"])
def test_what_is_not_adopted_stays_with_the_committee_and_staff(status):
    committee = committee_of(1)
    reason = {"withdrawal_reason": "No."} if status == "withdrawn" else {}
    position = PositionFactory(committee=committee, status=status, **reason)

    assert who_sees(position, committee) == INSIDE


@pytest.mark.parametrize("status", ["draft", "open"])
def test_a_draft_for_members_is_seen_by_members(status):
    committee = committee_of(1)
    position = PositionFactory(committee=committee, status=status, visibility="members")

    assert who_sees(position, committee) == INSIDE | {"facilitator", "member"}


@pytest.mark.parametrize("status", ["draft", "open", "rejected", "undecided", "withdrawn"])
def test_a_draft_for_staff_is_seen_by_its_committee_too_and_never_by_another(status):
    committee = committee_of(1, is_steering=False)
    reason = {"withdrawal_reason": "No."} if status == "withdrawn" else {}
    position = PositionFactory(committee=committee, visibility="staff", status=status, **reason)

    assert who_sees(position, committee) == INSIDE
    assert not Position.objects.visible_to(user_with("seat", committee_of(1))).exists()


def test_members_see_an_adopted_position():
    committee = committee_of(1)
    position = PositionFactory(committee=committee, status="adopted")

    assert who_sees(position, committee) == INSIDE | {"facilitator", "member"}


@pytest.mark.parametrize(("approvals", "seen"), [(2, True), (1, False)])
def test_members_see_it_from_the_closing_instant_though_nothing_was_announced(approvals, seen):
    committee, member = committee_of(3), user_with("member")
    closes_at = database_now() + timedelta(hours=1)
    position = PositionFactory(committee=committee, status="open")
    asked = RoundFactory(position=position, closes_at=closes_at)
    for elector in asked.electors.all()[:approvals]:
        say(elector, "approve", at=NOON)

    before = Position.objects.visible_to(member, closes_at - timedelta(microseconds=1)).exists()
    at_closing = Position.objects.visible_to(member, closes_at).exists()

    assert (before, at_closing) == (False, seen)
    assert not Position.objects.visible_to(member, Now()).exists()


def test_the_seats_that_were_asked_see_theirs_in_every_state():
    committee = committee_of(2, is_steering=False)
    asked = opened(committee)
    user = speaker_of(asked.electors.first())

    announce_closed_rounds(now=asked.closes_at)

    assert Position.objects.visible_to(user).get().status == Position.Status.REJECTED


@pytest.mark.parametrize(("role", "reads"), [(role, role != "nobody") for role in ROLES])
def test_every_member_reads_the_register(role, reads):
    committee = committee_of(1)
    asked = opened(committee)
    answers(asked, "approve", now=NOON + timedelta(hours=1))
    announce_closed_rounds(now=asked.closes_at)

    assert Decision.objects.visible_to(user_with(role, committee)).exists() == reads


def test_the_history_says_who_answered_what_to_the_committee_that_decides_and_to_no_other(client):
    committee, steering = committee_of(3, is_steering=False), committee_of(1)
    asked = opened(committee, now=NOON)
    first, second, third = asked.electors.order_by("term__seat__number")
    propose_recusal(second, by=chair_of(committee), reason="The grant is to their network.", now=NOON)
    answer(first, "recuse", now=NOON + timedelta(hours=1), reason="Our director is involved.")
    announce_closed_rounds(now=asked.closes_at)

    def page(user):
        client.force_login(user)
        return client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()

    for reader in (speaker_of(third), user_with("staff")):
        assert "recused itself: Our director is involved." in page(reader)
        assert "recuse itself: The grant is to their network." in page(reader)
    elsewhere = page(User.objects.get(person__seats_held__term__seat__committee=steering))
    assert asked.version.position.title in elsewhere
    assert "Our director is involved." not in elsewhere
    assert "The grant is to their network." not in elsewhere


@pytest.mark.parametrize(("role", "knows"), [("staff", True), ("seat", True), ("member", False)])
def test_who_assented_by_silence_or_objected_is_named_to_those_alone_who_may_know_the_organisation(client, role, knows):
    committee = committee_of(3)
    by_silence = opened(committee, procedure="silence", quorum="none", hours=72)
    by_vote = opened(committee, procedure="vote", quorum="none")
    Delivery.objects.by_mail().update(state="sent", settled_at=NOON)
    first, second, hidden = by_vote.electors.order_by("term__seat__number")
    for elector in (first, second):
        answer(elector, "approve", now=NOON + timedelta(hours=1))
    answer(hidden, "object", now=NOON + timedelta(hours=1), reason="Not in our name.", visibility="members")
    announce_closed_rounds(now=by_silence.closes_at)
    Organisation.objects.filter(pk=hidden.organisation_id).update(visibility="staff", name="Those unnamed")
    client.force_login(user_with(role, committee))

    pages = [
        client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()
        for asked in (by_silence, by_vote)
    ]

    assert ["Those unnamed" in page for page in pages] == [knows, knows]
    assert ("1 more organisation assented by silence that you may not see." in pages[0]) == (not knows)
    assert first.organisation.name in pages[0]


def test_the_mail_of_the_outcome_names_to_an_opener_who_left_only_whom_they_may_know():
    asked = opened(committee_of(2), procedure="silence", quorum="none", hours=72)
    Delivery.objects.by_mail().update(state="sent", settled_at=NOON)
    announce_closed_rounds(now=asked.closes_at)
    hidden = asked.electors.last().organisation
    Organisation.objects.filter(pk=hidden.pk).update(visibility="staff")

    def mail() -> str:
        row = Delivery.objects.by_mail().get(kind="decisions.outcome", person=asked.opened_by_id)
        return compose(row, row.subject, "chair@example.org", asked.closes_at).body

    in_office = mail()
    asked.opened_by.offices.update(until=NOON.date())

    assert (hidden.name in in_office, hidden.name in mail()) == (True, False)
