"""What is sent about rounds, to whom, when, and how it reads."""

from datetime import timedelta

import pytest

from accounts.models import Person
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import withdraw_position
from members.models import Organisation, SeatHolder
from notices.actions.planning import plan
from notices.compose import compose
from notices.kind import KINDS
from notices.models import Delivery
from tests.decisions.making import alternate_of, answers, chair_of, committee_of, opened, speaker_of
from tests.factories import NOON, SeatHolderFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
ASK, REMIND, SAY = "decisions.round_opened", "decisions.answer_due", "decisions.outcome"


def told(kind: str) -> set:
    return set(Delivery.objects.by_mail().filter(kind=kind).waiting().values_list("person", flat=True))


def mail(kind: str, person: Person, now=LATER):
    row = Delivery.objects.by_mail().filter(kind=kind, person=person).first()
    return compose(row, row.subject, person.email, now)


def test_reminders_stand_24_and_4_hours_before_the_closing():
    committee = committee_of(1)
    Person.objects.update(zone="UTC", quiet_from="00:00", quiet_to="00:00")

    asked = opened(committee, hours=48)

    due = Delivery.objects.by_mail().filter(kind=REMIND).order_by("send_at").values_list("slot", "send_at")
    assert list(due) == [
        ("PT24H", asked.closes_at - timedelta(hours=24)),
        ("PT4H", asked.closes_at - timedelta(hours=4)),
    ]


def test_a_round_of_23_hours_asks_at_once_and_reminds_four_hours_before():
    opened(committee_of(1), hours=23)

    assert set(Delivery.objects.by_mail().filter(kind=REMIND).values_list("slot", flat=True)) == {"PT4H"}


def test_who_holds_two_seats_is_reminded_of_the_silent_one_only_through_others():
    asked = opened(committee_of(2))
    first, second = asked.electors.order_by("term__seat__number")
    both, other = speaker_of(first), speaker_of(second)
    SeatHolderFactory(term=second.term, person=both.person, capacity="alternate")

    answers(asked, "approve", now=LATER, most=1)

    assert told(REMIND) == {other.person_id}


def test_a_holder_named_after_the_opening_is_asked_too():
    asked = opened(committee_of(1))

    alternate = alternate_of(asked.electors.get())

    assert alternate.person in KINDS[REMIND].audience(asked)


def test_a_successor_in_a_seat_gets_the_present_reminder_once_and_who_left_gets_none():
    asked = opened(committee_of(1))
    leaver = SeatHolder.objects.get(term=asked.electors.get().term)
    soon = asked.closes_at - timedelta(hours=20)  # between the reminders of 24 and of 4 hours before

    leaver.until = soon.date()
    leaver.save()
    successor = SeatHolderFactory(term=leaver.term).person
    for minutes in range(0, 60, 10):
        plan(now=soon + timedelta(minutes=minutes))

    waiting = Delivery.objects.by_mail().waiting().filter(kind=REMIND)
    assert set(waiting.values_list("person", flat=True)) == {successor.pk}
    assert [row.slot for row in waiting.filter(send_at__lte=soon)] == ["PT24H"]


def test_nobody_is_reminded_of_what_has_ended():
    asked = opened(committee_of(2))
    announce_closed_rounds(now=asked.closes_at)

    assert (told(REMIND), KINDS[REMIND].anchor(type(asked).objects.get())) == (set(), None)


def test_the_outcome_goes_to_the_seats_the_opener_and_the_chair():
    committee, staff = committee_of(3), user_with("staff")
    asked = opened(committee)
    type(asked).objects.update(opened_by=staff.person)

    announce_closed_rounds(now=asked.closes_at)

    seats = set(asked.holders().values_list("pk", flat=True))
    assert told(SAY) == seats | {staff.person_id, chair_of(committee).person_id}


def test_the_mail_that_asks_holds_rule_text_hours_and_one_link():
    asked = opened(committee_of(12, vacant=1), title="Survivors & article 5", body="The treaty.\n\nThis <duty>.")
    elector = asked.electors.order_by("term__seat__number").first()
    Organisation.objects.filter(pk=elector.organisation_id).update(name="Campos & Abiertos")
    person = speaker_of(elector).person
    Person.objects.filter(pk=person.pk).update(zone="Asia/Yangon", display_name="Khin")
    person.refresh_from_db()

    message = mail(ASK, person)

    path = f"/positions/{asked.version.position_id}/answer/"
    assert message.subject == "Please answer by Fri 15 May 2026, 18:30 Yangon: Survivors & article 5"
    for line in (
        "Dear Khin,",
        "You speak for seat 1, Campos & Abiertos.",
        "Survivors & article 5, version 1",
        "Closes Fri 15 May 2026, 14:00 Zurich",
        "For you: Fri 15 May 2026, 18:30 Yangon",
        "  Fri 15 May 2026, 12:00 UTC",
        "That is in 1 day 23 hours.",
        "Passes if at least 7 of 12 seats approve before Fri 15 May 2026, 14:00 Zurich (18:30 for you, Yangon).",
        "1. The treaty.",
        "2. This <duty>.",
        "only you can answer",
    ):
        assert line in message.body
    assert message.body.count(path) == 1
    assert message.body.count("://") == 2


def test_the_reminder_says_who_else_could_answer():
    asked = opened(committee_of(1))
    alternate = alternate_of(asked.electors.get())
    Person.objects.filter(pk=alternate.person_id).update(display_name="Rana Khoury")

    message = mail(REMIND, speaker_of(asked.electors.get()).person)

    assert "Rana Khoury speaks for the same seat: one of you is enough." in message.body
    assert "has not answered yet" in message.body
    assert message.subject.startswith("Not answered yet, closes Fri 15 May 2026, 12:00 UTC")


@pytest.mark.parametrize(
    ("approvals", "subject"), [(2, "Adopted as 2026-001: Survivors"), (1, "Not adopted: Survivors")]
)
def test_the_outcome_is_said_with_its_counts(approvals, subject):
    committee = committee_of(3)
    asked = opened(committee, title="Survivors")
    answers(asked, "approve", now=LATER, most=approvals)
    announce_closed_rounds(now=asked.closes_at)

    message = mail(SAY, chair_of(committee).person, asked.closes_at)

    assert message.subject == subject
    assert f"Seats that approved: {approvals} of 3." in message.body
    assert f"No answer: {3 - approvals}." in message.body


def test_the_withdrawal_is_told_with_its_reason():
    asked = opened(committee_of(1), title="Survivors")
    withdraw_position(asked.version.position, by=user_with("staff"), reason="The draft fell behind.", now=LATER)

    message = mail("decisions.withdrawn", speaker_of(asked.electors.get()).person)

    assert message.subject == "Withdrawn, no answer needed: Survivors"
    assert "The reason: The draft fell behind." in message.body
    assert not Delivery.objects.by_mail().filter(kind=ASK).waiting().exists()
