"""Who is blocking what: for staff and chairs, the seats that have not acted, the nearest closing first."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.blocking import board
from decisions.models import Disagreement
from tests.decisions.making import answer, chair_of, committee_of, opened
from tests.factories import user_with

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


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_statements_for_one_and_three(client, count, django_assert_num_queries):
    committee, now = committee_of(3), database_now()
    for _number in range(count):
        opened(committee, now=now)
    client.force_login(user_with("staff"))
    client.get(reverse("decisions:blocking"))

    with django_assert_num_queries(12):
        client.get(reverse("decisions:blocking"))
