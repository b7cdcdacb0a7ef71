"""The page of a decision: who signs it, and what each reader may know of those who do not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Decision
from decisions.register_page import entry_of
from tests.decisions.making import answer, committee_of, opened
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def decided(*choices, seats=None, **fields) -> Decision:
    """Adopted by these choices, pairs of (choice, who reads its reason), in seat order."""
    asked = opened(committee_of(seats or len(choices)), **fields)
    for elector, (choice, seen) in zip(asked.electors.order_by("term__seat__number"), choices, strict=False):
        answer(elector, choice, reason=f"zq {choice} for {seen}", visibility=seen, now=LATER)
    announce_closed_rounds(now=asked.closes_at)
    return Decision.objects.select_related("position", "round__committee", "text").get(round=asked)


YES = ("approve", "steering")


def test_who_objected_abstained_or_recused_itself_does_not_sign():
    decision = decided(YES, YES, YES, YES, ("reserve", "members"), ("object", "members"), ("abstain", "steering"))
    names = [one.organisation.name for one in decision.round.electors.order_by("term__seat__number")]

    entry = entry_of(decision, user_with("member"), database_now())

    assert [one.elector.organisation.name for one in entry.signing.signatories] == names[:5]
    assert [one.has_reservation for one in entry.signing.signatories] == [False, False, False, False, True]


@pytest.mark.parametrize(("role", "reads"), [("staff", True), ("member", False), ("facilitator", False)])
def test_dissent_kept_to_the_committee_stays_there(client, role, reads):
    decision = decided(YES, YES, YES, ("object", "steering"), ("reserve", "steering"), ("object", "members"))
    client.force_login(user_with(role))

    said = client.get(reverse("decisions:decision", args=[decision.label])).content.decode()

    assert ("zq object for steering" in said, "zq reserve for steering" in said) == (reads, reads)
    assert "zq object for members" in said
    assert ("(with a reservation)" in said) == reads


def test_the_number_is_the_address_and_what_is_no_number_is_not_there(client):
    decision = decided(YES)
    client.force_login(user_with("member"))

    assert reverse("decisions:decision", args=[decision.label]) == "/positions/register/2026-001/"
    assert client.get("/positions/register/2026-001/").status_code == 200
    assert [client.get(f"/positions/register/{label}/").status_code for label in ("2026-002", "x", "2026")] == [404] * 3


@pytest.mark.parametrize("seats", [1, 3])
def test_it_takes_the_same_statements_for_one_seat_and_three(client, seats, django_assert_num_queries):
    decision = decided(*[YES] * seats)
    client.force_login(user_with("member"))
    page = reverse("decisions:decision", args=[decision.label])
    client.get(page)

    with django_assert_num_queries(11):
        client.get(page)
