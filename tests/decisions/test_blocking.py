"""Who is blocking what: for staff and chairs, the seats that have not acted, the nearest closing first."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.actions.commenting import settle_comment
from decisions.blocking import board
from decisions.models import Disagreement
from tests.decisions.making import answer, chair_of, committee_of, opened
from tests.decisions.members_asked import LATER, OVER, answers, comments, disposes, member
from tests.decisions.members_asked import opened as asks
from tests.decisions.test_comments import said
from tests.decisions.test_translations import rewritten, translated
from tests.factories import NOON, PositionFactory, user_with

pytestmark = pytest.mark.django_db


def shown(user):
    now = database_now()
    return board(user, now, now.date())


def test_it_names_the_seats_that_have_not_acted_and_who_speaks_for_them():
    now = database_now()
    asked = opened(committee_of(3), now=now - timedelta(hours=1))
    first, *others = asked.electors.order_by("term__seat__number")
    answer(first, "approve", now=now)

    (waiting,) = shown(user_with("staff")).rounds

    assert [seat.elector for seat in waiting.seats] == others
    assert [len(seat.speakers) for seat in waiting.seats] == [1, 1]
    assert (waiting.acted, waiting.base) == (1, 3)
    assert all(seat.next or seat.last for seat in waiting.seats)


@pytest.mark.parametrize(("role", "sees"), [("staff", True), ("member", False)])
def test_how_many_approvals_are_missing_is_said_to_those_who_may_see_answers(client, role, sees):
    now = database_now()
    asked = opened(committee_of(3), now=now - timedelta(hours=1), visibility="members")
    answer(asked.electors.first(), "reserve", reason="But soon.", now=now)
    client.force_login(user_with(role))

    page = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()

    assert [one.approvals_missing for one in shown(user_with("staff")).rounds] == [1]
    assert ("1 more seat must approve for it to pass." in page) == sees


def test_the_nearest_closing_comes_first_and_a_chair_sees_their_own_committee():
    now, ours, theirs = database_now(), committee_of(1), committee_of(1, is_steering=False)
    late, soon = opened(ours, now=now, hours=72), opened(theirs, now=now, hours=24)

    assert [one.round for one in shown(user_with("staff")).rounds] == [soon, late]
    assert [one.round for one in shown(chair_of(ours)).rounds] == [late]


def test_an_overdue_disagreement_stands_there_and_one_in_time_does_not():
    now = database_now()
    asked = opened(committee_of(2), now=now - timedelta(hours=1))
    answer(asked.electors.first(), "object", reason="No.", now=now)
    assert shown(user_with("staff")).disagreements == []

    Disagreement.objects.update(next_on=now.date() - timedelta(days=1))

    assert len(shown(chair_of(asked.committee)).disagreements) == 1


@pytest.mark.parametrize(("role", "status"), [("staff", 200), ("chair", 200), ("seat", 403), ("member", 403)])
def test_others_are_refused(client, role, status):
    client.force_login(user_with(role))

    assert client.get(reverse("decisions:blocking")).status_code == status


def test_a_running_consultation_names_members_that_have_not_answered():
    first, second = member(name="Antler"), member(name="Birch")
    consulted = asks(closes_at=NOON + timedelta(days=10))
    answers(consulted, first)

    (one,) = board(user_with("staff"), LATER, LATER.date()).consultations

    assert (one.is_running, one.members, one.answered, one.silent) == (True, 2, 1, ["Birch"])
    assert second.person.representations.get().organisation.name == "Birch"


def test_members_that_the_chair_may_not_know_are_counted_and_not_named():
    member(name="Antler", visibility="staff")
    member(name="Birch")
    committee = committee_of(1, is_steering=False)
    asks(PositionFactory(committee=committee))

    (one,) = board(chair_of(committee), LATER, LATER.date()).consultations

    seated = committee.seats.get().terms.get().organisation.name
    assert (one.members, one.silent, one.unnamed) == (3, ["Birch", seated], 1)


def test_a_closed_consultation_waits_for_dispositions_until_each_has_one():
    user, staff = member(), user_with("staff")
    consulted = asks(by=staff)
    said = [comments(consulted, user, text) for text in ("One", "Two")]
    before = board(staff, OVER, OVER.date()).consultations

    disposes(consulted, staff, *said)

    assert [(one.is_running, one.missing) for one in before] == [(False, 2)]
    assert board(staff, OVER, OVER.date()).consultations == []


def test_a_draft_waits_for_answers_to_comments_and_for_outdated_translations():
    position, staff = PositionFactory(body="One."), user_with("staff")
    PositionFactory()
    made = said(position)
    translated(position)
    fresh = shown(staff).drafts[0]

    rewritten(position)
    stale = shown(staff).drafts[0]
    settle_comment(made, by=staff, reason="Yes.", now=NOON)

    assert (fresh.unsettled, fresh.outdated) == (1, [])
    assert (stale.unsettled, stale.outdated) == (1, ["français"])
    assert [(one.pk, one.unsettled) for one in shown(staff).drafts] == [(position.pk, 0)]


def test_a_chair_sees_texts_of_their_own_committee_alone():
    ours, theirs = committee_of(1), committee_of(1, is_steering=False)
    for committee in (ours, theirs):
        position = PositionFactory(committee=committee, visibility="members")
        said(position)
        asks(position)

    found = board(chair_of(ours), LATER, LATER.date())

    assert [one.committee for one in found.drafts] == [ours]
    assert [one.position.committee for one in found.consultations] == [ours]


def test_the_page_says_what_waits_and_leads_there(client):
    member(name="Birch")
    position, now = PositionFactory(title="Fund"), database_now()
    said(position)
    consulted = asks(position, now=now, closes_at=now + timedelta(days=10))
    client.force_login(user_with("staff"))

    page = client.get(reverse("decisions:blocking")).content.decode()

    assert "0 of 1 member has answered officially." in page
    assert "<bdi>Birch</bdi>" in page
    assert reverse("decisions:consultation", args=[consulted.pk]) in page
    assert "1 comment or proposed wording waits for an answer" in page


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_statements_for_one_and_three(client, count, django_assert_num_queries):
    committee, now = committee_of(3), database_now()
    for _number in range(count):
        opened(committee, now=now)
        position = PositionFactory(committee=committee)
        said(position)
        asks(position, now=now, closes_at=now + timedelta(days=10))
    client.force_login(user_with("staff"))
    client.get(reverse("decisions:blocking"))

    with django_assert_num_queries(11):
        client.get(reverse("decisions:blocking"))


@pytest.mark.parametrize(("procedure", "is_closed"), [("vote", False), ("meeting", True)])
def test_one_that_closed_without_a_quorum_waits_for_seats_only_where_it_goes_on_once(procedure, is_closed):
    opened(committee_of(3), procedure=procedure, quorum="half", now=database_now() - timedelta(hours=49))

    assert [one.is_closed for one in shown(user_with("staff")).rounds] == [is_closed]
