"""A slip of writing in a text that seats are asked about: two others approve, the answers stand, all can see it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.correcting import approve_correction, drop_correction, propose_correction
from decisions.actions.drafting import newest_text
from decisions.models import Answer, Correction, Round
from tests.decisions.making import alternate_of, answers, chair_of, committee_of, opened, speaker_of
from tests.factories import NOON, AppointmentFactory, SeatHolderFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
CORRECTED = "First paragraph, corrected.\n\nSecond paragraph."


@pytest.fixture
def asked():
    return opened(committee_of(3))


@pytest.fixture
def seats(asked):
    return [speaker_of(one) for one in asked.electors.order_by("term__seat__number")]


def proposed(asked, by, now=LATER):
    position = asked.version.position
    seen = newest_text(position).sha256
    return propose_correction(position, by=by, body=CORRECTED, seen=seen, now=now)


def test_two_others_approve_it_and_the_answers_stand(asked, seats):
    answers(asked, "approve", now=LATER, most=2)
    made = proposed(asked, seats[0])

    approve_correction(made, by=seats[1], now=LATER)
    asked.refresh_from_db()
    assert asked.version.number == 1
    approve_correction(made, by=chair_of(asked.committee), now=LATER)

    asked.refresh_from_db()
    assert (asked.version.number, asked.version.is_correction, asked.version.author) == (2, True, seats[0].person)
    assert Answer.objects.filter(elector__round=asked).count() == 2
    assert newest_text(asked.version.position).body == CORRECTED


def test_whoever_proposed_it_is_none_of_the_two_and_nobody_is_both(asked, seats):
    made = proposed(asked, seats[0])
    approve_correction(made, by=seats[1], now=LATER)

    with pytest.raises(TransitionError, match="two others"):
        approve_correction(made, by=seats[0], now=LATER)
    with pytest.raises(TransitionError, match="already"):
        approve_correction(made, by=seats[1], now=LATER)


def test_one_that_was_dropped_is_not_made_by_a_page_that_still_shows_it(asked, seats):
    made = proposed(asked, seats[0])
    approve_correction(made, by=seats[1], now=LATER)
    drop_correction(made, by=seats[2], now=LATER)

    with pytest.raises(TransitionError, match="does not wait any more"):
        approve_correction(made, by=seats[2], now=LATER)

    assert Correction.objects.get().version is None


def test_staff_propose_and_never_approve(asked):
    staff = user_with("staff")

    with pytest.raises(Refused):
        approve_correction(proposed(asked, staff), by=staff, now=LATER)


def test_after_the_closing_the_text_stays(asked, seats):
    made = proposed(asked, seats[0])

    with pytest.raises(TransitionError, match="has closed"):
        approve_correction(made, by=seats[1], now=asked.closes_at)
    with pytest.raises(TransitionError, match="has closed"):
        proposed(asked, seats[0], now=asked.closes_at)


def test_the_versions_page_says_that_it_was_a_correction(client, asked, seats):
    made = proposed(asked, seats[0])
    for by in seats[1:]:
        approve_correction(made, by=by, now=LATER)
    client.force_login(seats[2])

    page = client.get(reverse("decisions:versions", args=[asked.version.position_id])).content.decode()

    assert "a correction of slips of writing, which two others approved" in page


def test_two_who_speak_for_one_seat_are_one_voice_in_approving(asked, seats):
    first = asked.electors.get(term__seat__number=2)
    made = proposed(asked, user_with("staff"))
    approve_correction(made, by=seats[1], now=LATER)

    with pytest.raises(TransitionError, match="waits for another seat"):
        approve_correction(made, by=alternate_of(first), now=LATER)

    approve_correction(made, by=seats[2], now=LATER)
    assert Correction.objects.get().version is not None


def test_the_other_voice_of_the_seat_that_proposed_it_is_no_second_pair_of_eyes(asked, seats):
    other = alternate_of(asked.electors.get(term__seat__number=1))
    made = proposed(asked, other)

    with pytest.raises(TransitionError, match="waits for another seat"):
        approve_correction(made, by=seats[0], now=LATER)


def test_a_seat_that_recused_itself_or_was_not_asked_does_not_approve(asked, seats):
    answers(asked, "recuse", now=LATER, most=1, reason="Our grant.")
    made = proposed(asked, user_with("staff"))

    with pytest.raises(TransitionError, match="has recused itself"):
        approve_correction(made, by=seats[0], now=LATER)
    with pytest.raises(TransitionError, match="not asked in this round"):
        approve_correction(made, by=user_with("seat", asked.committee), now=LATER)


def test_staff_do_not_approve_from_a_seat_either(asked, seats):
    AppointmentFactory(person=seats[1].person, role="staff")

    with pytest.raises(Refused, match="staff never do"):
        approve_correction(proposed(asked, seats[0]), by=seats[1], now=LATER)


def test_the_button_and_what_waits_for_somebody_are_for_those_whose_voice_is_missing(client, asked, seats):
    other = alternate_of(asked.electors.get(term__seat__number=2))
    added = user_with("seat", asked.committee)
    answers(asked, "recuse", now=LATER, most=1, reason="Our grant.")
    made = proposed(asked, other)
    chair = chair_of(asked.committee)
    Round.objects.update(closes_at=database_now() + timedelta(hours=1))

    def is_offered(user) -> bool:
        client.force_login(user)
        page = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()
        return "It changes nothing of the meaning" in page

    awaited = {user: Correction.objects.awaiting(user.person).exists() for user in (*seats, other, added, chair)}

    assert [awaited[user] for user in (*seats, other, added, chair)] == [False, False, True, False, False, True]
    assert {user: is_offered(user) for user in awaited} == awaited
    approve_correction(made, by=chair, now=LATER)
    assert not is_offered(chair)


def test_who_shares_another_committees_seat_with_the_proposer_is_still_another_voice(asked, seats):
    elsewhere = SeatHolderFactory(person=seats[0].person, term__seat__committee=committee_of(1, is_steering=False))
    SeatHolderFactory(person=seats[1].person, term=elsewhere.term, capacity="alternate")
    made = proposed(asked, seats[0])

    assert Correction.objects.awaiting(seats[1].person).exists()
    approve_correction(made, by=seats[1], now=LATER)
