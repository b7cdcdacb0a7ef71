"""Silence adopts only what every seat was told of and enough seats saw; the clock decides, whoever is away (S3, A1)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.actions.answering import press_seen
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Decision, Elector
from members.models import SeatHolder
from notices.compose import compose
from notices.models import Bounce, Delivery, Suppression
from tests.decisions.making import answer, committee_of, opened, speaker_of
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
SIX_HOURS = timedelta(hours=6)


@pytest.fixture
def asked():
    """Five seats under silence, all of which were reached by mail; three have pressed seen."""
    return prepared(opened(committee_of(5), procedure="silence", quorum="half", hours=72))


def prepared(asked, *, seen=3):
    opens = asked.opens_at
    asks = Delivery.objects.by_mail().filter(kind="decisions.round_opened", object_id=asked.pk)
    asks.update(state="sent", settled_at=opens + timedelta(minutes=1))
    for elector in asked.electors.order_by("term__seat__number")[:seen]:
        press_seen(elector, by=speaker_of(elector), version=asked.version, now=opens + timedelta(hours=1))
    return asked


def last_of(asked) -> Elector:
    return asked.electors.order_by("term__seat__number").last()


def mail_to(elector) -> Delivery:
    person = speaker_of(elector).person
    return Delivery.objects.by_mail().get(kind="decisions.round_opened", person=person)


@pytest.mark.parametrize(("procedure", "may_press"), [("silence", True), ("explicit", False), ("vote", False)])
def test_only_under_silence_do_the_page_and_the_mail_speak_of_pressing_seen(client, procedure, may_press):
    asked = opened(committee_of(3), procedure=procedure, quorum="half", now=database_now())
    client.force_login(speaker_of(last_of(asked)))

    page = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()
    row = mail_to(last_of(asked))

    assert [shown in page for shown in ("press “seen”", "Seen: we let it pass")] == [may_press, may_press]
    assert ("ress “seen”" in compose(row, row.subject, "seat@example.org", asked.opens_at).body) == may_press


def outcome_of(asked, at):
    announce_closed_rounds(now=at)
    asked.refresh_from_db()
    return asked.outcome


def test_what_all_were_told_of_and_enough_have_seen_is_adopted_by_silence(asked):
    assert outcome_of(asked, asked.closes_at) == "silence"
    assert Decision.objects.get().counts["silent"] == 5


def test_a_mail_that_came_back_blocks_silence(asked):
    Bounce.objects.create(delivery=mail_to(last_of(asked)), status="5.1.1", is_final=True, read_at=LATER)

    assert outcome_of(asked, asked.closes_at) is None  # it goes on once
    assert outcome_of(asked, asked.closes_at) == "no_quorum"


def test_a_mail_that_is_only_delayed_blocks_nothing(asked):
    Bounce.objects.create(delivery=mail_to(last_of(asked)), status="4.4.1", is_final=False, read_at=LATER)

    assert outcome_of(asked, asked.closes_at) == "silence"


def test_an_address_from_which_another_mail_came_back_blocks_silence_until_staff_take_it_up_again(asked):
    row = mail_to(last_of(asked))
    bounce = Bounce.objects.create(
        delivery=mail_to(asked.electors.first()), status="5.1.1", is_final=True, read_at=LATER
    )
    email = row.person.addresses.get(is_primary=True).email.lower()
    stopped = Suppression.objects.create(person=row.person, email=email, bounce=bounce, since=LATER)

    assert asked.standing(LATER).tally.unreached == 1
    stopped.lifted_at, stopped.lifted_by, stopped.lift_reason = LATER, user_with("staff"), "It works."
    stopped.save()
    assert outcome_of(asked, asked.closes_at) == "silence"


def test_a_mail_that_came_back_does_not_matter_of_a_seat_that_was_heard(asked):
    elector = last_of(asked)
    Bounce.objects.create(delivery=mail_to(elector), status="5.1.1", is_final=True, read_at=LATER)
    answer(elector, "approve", now=LATER)

    assert outcome_of(asked, asked.closes_at) == "silence"


@pytest.mark.parametrize("state", ["failed", "cancelled", "expired", "unconfirmed", "planned"])
def test_a_mail_that_never_left_reaches_nobody(asked, state):
    """Without an address, suppressed, refused: whatever the reason, it was not sent."""
    row = mail_to(last_of(asked))
    Delivery.objects.filter(pk=row.pk).update(state=state)

    assert asked.standing(LATER).tally.unreached == 1


def test_the_alternate_who_was_reached_is_enough(asked):
    """One of those who speak for the seat knows of it."""
    elector = last_of(asked)
    row = mail_to(elector)
    Bounce.objects.create(delivery=row, status="5.1.1", is_final=True, read_at=LATER)
    other = speaker_of(asked.electors.first()).person
    SeatHolder.objects.create(term=elector.term, person=other, capacity="alternate", since=NOON.date())

    assert asked.standing(LATER).tally.unreached == 0


def test_a_worker_that_is_away_for_six_hours_changes_nothing_but_the_hour_of_the_announcement(asked):
    at = asked.closes_at + SIX_HOURS

    assert asked.standing(at).outcome == "silence"  # what a page shows meanwhile
    assert outcome_of(asked, at) == "silence"
    decision = Decision.objects.get()
    assert (decision.decided_at, asked.announced_at) == (decision.round.closes_at, at)


def test_who_leaves_a_seat_while_the_worker_is_away_changes_nothing(asked):
    elector = last_of(asked)
    SeatHolder.objects.filter(term=elector.term).update(until=(asked.closes_at + timedelta(days=1)).date())

    assert outcome_of(asked, asked.closes_at + timedelta(days=3)) == "silence"


def test_a_worker_away_over_the_extension_changes_nothing_but_the_hour_of_the_announcement():
    one = prepared(opened(committee_of(5), procedure="silence", quorum="half", hours=72), seen=1)
    closing = one.closes_at + timedelta(hours=36)

    assert outcome_of(one, closing + SIX_HOURS) == "no_quorum"
    assert (one.closes_at, one.extended_from) == (closing, closing - timedelta(hours=36))


def test_a_seat_that_is_reached_while_the_announcing_worker_is_away_is_reached_within_the_extension(asked):
    first_end = asked.closes_at
    Delivery.objects.filter(pk=mail_to(last_of(asked)).pk).update(settled_at=first_end + SIX_HOURS)

    assert asked.standing(first_end).outcome is None
    assert outcome_of(asked, first_end + timedelta(hours=40)) == "silence"


def test_an_answer_that_comes_while_the_worker_is_away_counts_in_the_extension():
    one = prepared(opened(committee_of(5), procedure="silence", quorum="half", hours=72), seen=2)

    answer(last_of(one), "approve", now=one.closes_at + SIX_HOURS)

    assert outcome_of(one, one.closes_at + timedelta(hours=40)) == "silence"


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Pacific/Kiritimati", "2026-06-04T17:00"),
        ("Asia/Kathmandu", "2026-06-04T17:00"),
        ("Europe/Zurich", "2026-10-26T17:00"),  # the clocks go back on the 25th
        ("America/New_York", "2026-03-09T17:00"),  # and forward on the 8th
    ],
)
def test_a_round_closes_at_its_instant_wherever_its_hour_was_meant(zone, local):
    closes_at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    opens = closes_at - timedelta(hours=72)
    asked = prepared(opened(committee_of(5), procedure="silence", quorum="half", hours=72, now=opens, zone=zone))

    assert outcome_of(asked, closes_at - timedelta(microseconds=1)) is None
    assert outcome_of(asked, closes_at) == "silence"
    assert Decision.objects.get().decided_at == closes_at


def mailed(kind, asked) -> str:
    row = Delivery.objects.by_mail().filter(kind=kind, object_id=asked.pk).first()
    return " ".join(compose(row, row.subject, "seat@example.org", asked.closes_at).body.split())


def test_the_mails_say_that_silence_failed_for_a_seat_that_was_not_reached_and_not_for_too_few(asked):
    Bounce.objects.create(delivery=mail_to(last_of(asked)), status="5.1.1", is_final=True, read_at=LATER)
    outcome_of(asked, asked.closes_at)
    outcome_of(asked, asked.closes_at)

    said = mailed("decisions.outcome", asked)

    assert "is not decided: 1 seat was never reached by mail, and silence counts only for those who were told." in said
    assert "Too few seats" not in said


def test_where_no_silence_counts_the_mails_speak_of_seats_that_took_part_and_not_of_those_reached():
    voting = opened(committee_of(3), procedure="vote", quorum="half")
    outcome_of(voting, voting.closes_at)

    assert "with only 0 of 3 seats having taken part" in mailed("decisions.extended", voting)
    outcome_of(voting, voting.closes_at)
    assert "also after the round went on once" in mailed("decisions.outcome", voting)


def test_a_meeting_without_a_quorum_did_not_go_on_once():
    there = opened(committee_of(3), procedure="meeting", quorum="half")
    outcome_of(there, there.closes_at)

    said = mailed("decisions.outcome", there)

    assert "Too few seats took part in deciding" in said
    assert "went on once" not in said
