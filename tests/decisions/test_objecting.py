"""An objection ends a silence at once, and comes too late at the closing instant (scenario S4)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Person, TransitionError
from accounts.zones import in_words
from decisions.actions.asking import open_round
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import newest_text, write_version
from decisions.models import AnswerChange, Decision, Position
from notices.actions.arriving import arrive_due
from notices.compose import compose
from notices.kind import KINDS
from notices.models import Delivery
from tests.decisions.making import answer, chair_of, committee_of, opened, question, speaker_of
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
SHORT_BEFORE = timedelta(minutes=3)


@pytest.fixture
def asked():
    return opened(committee_of(5), procedure="silence", quorum="half", hours=72)


@pytest.fixture
def seat_b(asked):
    return asked.electors.get(term__seat__number=2)


def objected(seat_b, asked, now):
    return answer(seat_b, "object", reason="Article 5 is missing.", proposal="With article 5.", now=now)


def mails(kind):
    return Delivery.objects.by_mail().filter(kind=kind)


def test_three_minutes_before_the_closing_it_stops_at_once_as_broken_and_not_as_refused(asked, seat_b):
    objected(seat_b, asked, asked.closes_at - SHORT_BEFORE)

    old = asked.closes_at
    asked.refresh_from_db()
    position = Position.objects.get()
    assert (asked.outcome, position.status) == ("broken", "undecided")
    assert old - SHORT_BEFORE < asked.closes_at < old - SHORT_BEFORE + timedelta(seconds=1)
    assert asked.get_outcome_display() == "Silence broken"
    assert announce_closed_rounds(now=old) == 0
    assert not Decision.objects.exists()


def test_every_seat_is_told_at_once_with_the_reason_and_the_proposed_text(asked, seat_b):
    now = asked.closes_at - SHORT_BEFORE
    objected(seat_b, asked, now)

    told = mails("decisions.outcome").filter(send_at__lte=now + timedelta(seconds=1))
    assert set(told.values_list("person", flat=True)) >= set(asked.holders().values_list("pk", flat=True))
    one = told.select_related("person").get(person=asked.holders().first())
    asked.refresh_from_db()
    words = str(compose(one, asked, "a@example.org", now).message())
    assert "Article 5 is missing." in words
    assert "With article 5." in words


def test_what_was_still_to_be_asked_is_not_asked_any_more(asked, seat_b):
    objected(seat_b, asked, NOON + timedelta(hours=1))

    assert not mails("decisions.answer_due").waiting().exists()


def test_five_seconds_after_the_closing_it_is_late_changes_nothing_and_goes_to_the_chair(asked, seat_b):
    for elector in asked.electors.exclude(pk=seat_b.pk):
        answer(elector, "approve", now=NOON + timedelta(hours=1))
    Delivery.objects.by_mail().filter(object_id=asked.pk).update(state="sent", settled_at=NOON + timedelta(minutes=1))

    change = objected(seat_b, asked, asked.closes_at + timedelta(seconds=5))
    announce_closed_rounds(now=asked.closes_at + timedelta(seconds=6))

    asked.refresh_from_db()
    assert (change.is_late, asked.outcome) == (True, "silence")
    chair = chair_of(asked.committee)
    assert [row.person for row in mails("decisions.answered_late")] == [chair.person]
    row = mails("decisions.answered_late").get()
    words = str(compose(row, asked, "c@example.org", asked.closes_at + timedelta(seconds=7)).message())
    assert "Article 5 is missing." in words


def test_it_can_be_asked_again_with_another_text_and_at_least_the_shortest_window_again(asked, seat_b):
    now = asked.closes_at - SHORT_BEFORE
    objected(seat_b, asked, now)
    position, staff = Position.objects.get(), user_with("staff")
    seen = newest_text(position).sha256
    version = write_version(position, by=staff, body="With article 5.", seen=seen, now=now)
    chair, least = chair_of(asked.committee), timedelta(hours=position.level.least_hours)

    def again(window):
        put = question(position, version=version, procedure="silence", quorum="half", closes_at=now + window)
        return open_round(position, by=chair, question=put, now=now)

    with pytest.raises(TransitionError, match="only after at least 48 hours"):
        again(least - timedelta(seconds=1))
    second = again(least)

    assert not AnswerChange.objects.filter(elector__round=second).exists()


def test_in_an_explicit_approval_the_others_are_told_and_it_goes_on():
    asked = opened(committee_of(3))
    elector = asked.electors.first()
    answer(elector, "object", reason="No.", now=NOON + timedelta(hours=1))

    asked.refresh_from_db()
    assert asked.outcome is None
    told = mails("decisions.objected").values_list("person", flat=True)
    assert speaker_of(elector).person_id in told
    assert Person.objects.filter(pk__in=told).count() >= 3
    arrive_due(now=NOON + timedelta(hours=2))


def test_the_page_of_a_broken_silence_still_says_the_hour_that_was_announced(client, asked, seat_b):
    announced = in_words(asked.closes_at, asked.zone, "UTC")
    objected(seat_b, asked, NOON + timedelta(hours=1))
    client.force_login(chair_of(asked.committee))

    page = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()

    assert f"silence counts as assent after {announced}" in page
    assert "An objection ended the round before its closing hour." in page


def test_whoever_breaks_a_silence_reads_that_it_has_ended(client):
    asked = opened(committee_of(3), procedure="silence", quorum="half", now=database_now())
    seat = asked.electors.first()
    sent = {
        "version": asked.version_id,
        "elector": seat.pk,
        "choice": "object",
        "reason": "No.",
        "visibility": "steering",
    }
    client.force_login(speaker_of(seat))

    page = client.post(reverse("decisions:answer", args=[asked.version.position_id]), sent, follow=True)

    assert "“Object”. That ends the round; every seat is told." in page.content.decode()


def test_nobody_is_told_any_more_of_an_objection_that_was_taken_back():
    asked = opened(committee_of(3))
    seat = asked.electors.get(term__seat__number=2)
    kind = KINDS["decisions.objected"]
    objected(seat, asked, NOON + timedelta(hours=1))
    before = len(kind.audience(asked))

    answer(seat, "approve", now=NOON + timedelta(hours=2))

    assert (before > 0, list(kind.audience(asked))) == (True, [])
