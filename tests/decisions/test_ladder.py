"""Who hears, one after the other, of a seat that has not answered: who speaks for it, its alternate, the chair."""

from datetime import timedelta

import pytest

from accounts.models import Person
from decisions.actions.answering import press_seen
from decisions.actions.closing import announce_closed_rounds
from members.models import CommitteeOffice, SeatHolder
from notices.actions.planning import plan
from notices.compose import compose, written
from notices.kind import KINDS
from notices.models import Delivery
from tests.decisions.making import alternate_of, answer, chair_of, committee_of, opened, speaker_of
from tests.factories import NOON, SeatHolderFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
REMIND, SILENT = "decisions.answer_due", "decisions.seats_silent"


def awake():
    """At any hour, so that slots stand where they are counted."""
    Person.objects.update(zone="UTC", quiet_from="00:00", quiet_to="00:00")


def first_of(asked):
    return asked.electors.order_by("term__seat__number").first()


def round_with_alternate(seats=2, **fields):
    """A round of 48 hours, planned, whose first seat has an alternate; and that alternate."""
    committee = committee_of(seats)
    term = SeatHolder.objects.get(term__seat__committee=committee, term__seat__number=1).term
    SeatHolderFactory(term=term, capacity="alternate")
    awake()
    return opened(committee, **fields), SeatHolder.objects.get(term=term, capacity="alternate").person


def waiting(kind):
    """{(slot, person)} of the mails that are to go out."""
    return set(Delivery.objects.by_mail().waiting().filter(kind=kind).values_list("slot", "person"))


def test_the_representative_is_reminded_first_then_also_the_alternate_then_the_chair_hears():
    asked, alternate = round_with_alternate(seats=1)
    representative, chair = speaker_of(first_of(asked)).person_id, chair_of(asked.committee).person_id

    rows = Delivery.objects.by_mail().waiting().filter(kind__in=[REMIND, SILENT]).order_by("send_at")

    told = [(row.slot, row.person_id, asked.closes_at - row.send_at) for row in rows]
    hour = timedelta(hours=1)
    assert told[0] == ("PT24H", representative, 24 * hour)
    assert set(told[1:3]) == {("PT4H", representative, 4 * hour), ("PT4H", alternate.pk, 4 * hour)}
    assert told[3:] == [("PT2H", chair, 2 * hour)]


def test_an_alternate_without_a_representative_is_reminded_as_one():
    asked, alternate = round_with_alternate(seats=1)
    SeatHolder.objects.filter(term=first_of(asked).term, capacity="representative").update(until=NOON.date())

    plan(now=LATER)

    assert waiting(REMIND) == {("PT24H", alternate.pk), ("PT4H", alternate.pk)}


def test_an_alternate_who_was_reminded_is_not_reminded_again_when_the_representative_leaves():
    asked, alternate = round_with_alternate(seats=1)
    near = asked.closes_at - timedelta(hours=3)
    rows = Delivery.objects.by_mail().filter(kind=REMIND)
    rows.update(state="sent", settled_at=near)
    SeatHolder.objects.filter(term=first_of(asked).term, capacity="representative").update(until=NOON.date())

    plan(now=near)

    assert list(rows.filter(person=alternate).values_list("slot", "state")) == [("PT4H", "sent")]
    assert waiting(REMIND) == set()


def test_who_becomes_alternate_after_the_first_reminder_gets_only_the_second():
    asked = opened(committee_of(1))
    awake()
    alternate = alternate_of(first_of(asked))
    awake()

    plan(now=asked.closes_at - timedelta(hours=20))

    assert ("PT4H", alternate.person_id) in waiting(REMIND)
    assert ("PT24H", alternate.person_id) not in waiting(REMIND)


def test_the_answer_of_one_ends_the_ladder_of_its_seat_for_all():
    asked, _alternate = round_with_alternate(seats=1)

    answer(first_of(asked), "approve", now=LATER)

    assert (waiting(REMIND), waiting(SILENT)) == (set(), set())


@pytest.mark.parametrize(
    ("procedure", "what", "reason"),
    [
        ("explicit", "answers", "the seat has answered"),
        ("silence", "presses seen", "the seat has pressed “seen”"),
        ("explicit", "is left", "no longer asked"),
    ],
)
def test_what_is_cancelled_says_whether_the_seat_has_been_heard_or_somebody_left_it(procedure, what, reason):
    asked, _alternate = round_with_alternate(seats=1, procedure=procedure, hours=72)
    one, now = first_of(asked), asked.closes_at - timedelta(hours=30)
    plan(now=now)

    if what == "answers":
        answer(one, "approve", now=now)
    elif what == "presses seen":
        press_seen(one, by=speaker_of(one), version=asked.version, now=now)
    else:
        SeatHolder.objects.filter(term=one.term).update(until=NOON.date())
    plan(now=now)

    cancelled = Delivery.objects.filter(kind=REMIND, state="cancelled")
    assert set(cancelled.values_list("reason", flat=True)) == {reason}


@pytest.mark.parametrize("kind", [REMIND, "decisions.extended"])
def test_staff_read_that_a_mail_in_their_hands_is_not_due_since_the_seat_has_answered(kind):
    asked, _alternate = round_with_alternate(seats=1)
    answer(first_of(asked), "approve", now=LATER)
    person = speaker_of(first_of(asked)).person

    assert KINDS[kind].why_not(asked, person, LATER) == "the seat has answered"


def test_a_seat_that_recuses_itself_is_named_to_nobody():
    asked, _alternate = round_with_alternate(seats=1)

    answer(first_of(asked), "recuse", now=LATER, reason="We wrote it.")

    assert (waiting(REMIND), waiting(SILENT)) == (set(), set())


def test_under_silence_who_pressed_seen_is_not_named_to_the_chair():
    asked, _alternate = round_with_alternate(seats=1, procedure="silence", hours=72)

    press_seen(first_of(asked), by=speaker_of(first_of(asked)), version=asked.version, now=LATER)

    assert waiting(SILENT) == set()


def test_a_chair_is_not_told_that_their_own_seat_is_silent():
    asked, _alternate = round_with_alternate(seats=2)
    own, other = asked.electors.order_by("term__seat__number")
    holder = SeatHolder.objects.get(term=own.term, capacity="representative")
    SeatHolder.objects.filter(pk=holder.pk).update(person=chair_of(asked.committee).person_id)

    answer(other, "approve", now=LATER)
    plan(now=LATER)

    assert waiting(SILENT) == set()


def test_who_no_longer_chairs_the_committee_hears_nothing():
    asked, _alternate = round_with_alternate()
    CommitteeOffice.objects.filter(committee=asked.committee).update(until=NOON.date())

    plan(now=LATER)

    assert waiting(SILENT) == set()


def test_a_round_that_goes_on_is_told_once_and_not_as_moved_too():
    asked, _alternate = round_with_alternate(seats=3)
    type(asked).objects.filter(pk=asked.pk).update(quorum="half")
    Delivery.objects.by_mail().filter(kind__in=[REMIND, SILENT]).update(state="sent", settled_at=asked.closes_at)

    announce_closed_rounds(now=asked.closes_at)

    assert len(waiting("decisions.extended")) == 4
    assert {slot for slot, _person in waiting(REMIND) | waiting(SILENT)} == {"PT4H", "PT2H"}


def test_nothing_is_told_of_a_round_that_has_ended():
    asked, _alternate = round_with_alternate()

    announce_closed_rounds(now=asked.closes_at)

    assert [KINDS[key].audience(type(asked).objects.get()) for key in (REMIND, SILENT)] == [(), []]
    assert (waiting(REMIND), waiting(SILENT)) == (set(), set())


def test_the_chairs_mail_names_the_silent_seats_and_who_speaks_for_them():
    asked, alternate = round_with_alternate(seats=3, title="Survivors")
    one, two, three = asked.electors.order_by("term__seat__number")
    SeatHolder.objects.filter(term=three.term).update(until=NOON.date())
    answer(two, "approve", now=LATER)
    chair = chair_of(asked.committee).person
    Person.objects.filter(pk=chair.pk).update(zone="America/Bogota")
    row = Delivery.objects.by_mail().get(kind=SILENT, person=chair)

    message = compose(row, row.subject, chair.email, asked.closes_at - timedelta(hours=2))

    assert message.subject == "2 seats have not answered, closes Fri 15 May 2026, 07:00 Bogotá: Survivors"
    assert "Closes Fri 15 May 2026, 14:00 Zurich" in message.body
    named = f"  Seat 1, {one.organisation.name}\n  Representative: {speaker_of(one).person}\n  Alternate: {alternate}\n"
    assert named in message.body
    assert f"  Seat 3, {three.organisation.name}\n  Nobody speaks for it today.\n" in message.body
    assert two.organisation.name not in message.body
    assert "That is in 2 hours." in message.body


def test_who_reads_it_in_the_inbox_after_all_have_answered_is_told_so():
    asked, _alternate = round_with_alternate(seats=1)
    chair = chair_of(asked.committee)
    row = Delivery.objects.get(channel="inbox", kind=SILENT, person=chair.person)

    answer(first_of(asked), "approve", now=LATER)

    assert "All of them have answered since." in written(row, row.subject, LATER, by_mail=False)[1]
