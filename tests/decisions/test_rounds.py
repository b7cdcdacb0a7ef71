from datetime import date, timedelta

import pytest

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.asking import base_of, open_round
from decisions.actions.closing import announce_closed_rounds, close_early, confirm_outcome
from decisions.actions.drafting import newest_text, write_version
from decisions.models import Decision, Elector, Position
from decisions.outcome import Outcome
from decisions.words import arithmetic
from members.models import Membership, Organisation, SeatHolder
from notices.models import Delivery
from tests.decisions.making import alternate_of, answers, chair_of, committee_of, opened, question
from tests.factories import NOON, PositionFactory, SeatFactory, SeatTermFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def test_thirteen_seats_less_one_vacant_leave_twelve():
    asked = opened(committee_of(12, vacant=1))

    assert (asked.seats, asked.vacant, asked.base, asked.electors.count()) == (13, 1, 12, 12)
    assert arithmetic(seats=13, vacant=1) == "13 seats, less 1 vacant, leaves 12. More than half of 12 is 7."


def test_ended_and_suspended_organisations_and_second_seats_are_left_out():
    committee = committee_of(4)
    ended, suspended, twice, _last = Organisation.objects.filter(seat_terms__seat__committee=committee).order_by(
        "seat_terms__seat__number"
    )
    Organisation.objects.filter(pk=ended.pk).update(ended_on=date(2026, 1, 1), end_reason="Dissolved")
    Membership.objects.filter(organisation=suspended).update(status="suspended")
    SeatTermFactory(seat=SeatFactory(committee=committee, number=9), organisation=twice)

    asked = opened(committee)

    assert (asked.seats, asked.vacant, asked.suspended, asked.doubled, asked.base) == (5, 0, 2, 1, 2)
    assert asked.electors.count() == 2


def test_the_electors_stay_as_they_were_when_the_round_opened():
    committee = committee_of(3)
    asked = opened(committee)

    SeatTermFactory(seat=SeatFactory(committee=committee, number=9))

    assert (asked.electors.count(), len(base_of(committee).terms)) == (3, 4)


@pytest.mark.parametrize(("role", "may"), [("staff", True), ("chair", True), ("seat", False), ("member", False)])
def test_staff_and_the_chair_open_a_round(role, may):
    committee = committee_of(3)
    position, user = PositionFactory(committee=committee), user_with(role, committee)

    if may:
        assert open_round(position, by=user, question=question(position), now=NOON).outcome is None
    else:
        with pytest.raises(Refused):
            open_round(position, by=user, question=question(position), now=NOON)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"closes_at": NOON}, "must lie ahead"),
        ({"procedure": "silence", "closes_at": NOON + timedelta(hours=47)}, "only after at least 48 hours"),
    ],
)
def test_a_round_that_cannot_work_is_refused(changed, sentence):
    committee = committee_of(3)
    position = PositionFactory(committee=committee)

    with pytest.raises(TransitionError, match=sentence):
        open_round(position, by=chair_of(committee), question=question(position, **changed), now=NOON)


def test_a_committee_without_seats_is_not_asked():
    committee = committee_of(0, vacant=2)
    position = PositionFactory(committee=committee)

    with pytest.raises(TransitionError, match="Seat the committee first"):
        open_round(position, by=chair_of(committee), question=question(position), now=NOON)


def test_only_the_newest_version_is_asked_about():
    committee = committee_of(3)
    position, staff = PositionFactory(committee=committee), user_with("staff")
    old = position.versions.get()
    write_version(position, by=staff, body="New.", seen=newest_text(position).sha256, now=NOON)

    with pytest.raises(TransitionError, match="There is a newer version"):
        open_round(position, by=staff, question=question(position, version=old), now=NOON)


def test_a_second_round_does_not_open_beside_the_first():
    asked = opened(committee_of(3))

    with pytest.raises(TransitionError, match="“Open for sign-off” cannot become"):
        open_round(asked.version.position, by=user_with("staff"), question=question(asked.version.position), now=NOON)


def test_opening_tells_every_representative_and_alternate():
    committee = committee_of(3)
    first = SeatHolder.objects.filter(term__seat__committee=committee).first().term
    alternate_of(Elector(term=first))

    asked = opened(committee)

    told = Delivery.objects.by_mail().filter(kind="decisions.round_opened")
    assert set(told.values_list("person", flat=True)) == set(asked.holders().values_list("pk", flat=True))
    assert told.count() == 4


def test_a_round_is_not_closed_early_while_one_seat_is_silent():
    committee = committee_of(3)
    asked = opened(committee)
    answers(asked, "approve", now=LATER, most=2)

    with pytest.raises(TransitionError, match="1 seat has not answered yet"):
        close_early(asked, by=chair_of(committee), now=LATER)

    asked.refresh_from_db()
    assert asked.closes_at == NOON + timedelta(hours=48)


@pytest.mark.parametrize("role", ["staff", "admin", "seat", "member"])
def test_only_the_chair_closes_a_round_early(role):
    committee = committee_of(3)
    asked = opened(committee)
    answers(asked, "approve", now=LATER)

    with pytest.raises(Refused):
        close_early(asked, by=user_with(role, committee), now=LATER)


def test_the_chair_brings_the_closing_forward_once_all_have_answered():
    committee = committee_of(3)
    asked = opened(committee)
    answers(asked, "approve", now=LATER)
    two_hours_on = NOON + timedelta(hours=2)

    closed = close_early(asked, by=chair_of(committee), now=two_hours_on)

    assert (closed.closes_at, closed.epoch, announce_closed_rounds(now=two_hours_on)) == (two_hours_on, 1, 1)
    assert Decision.objects.get().decided_at == two_hours_on


def test_an_answer_by_a_clock_ahead_of_the_chairs_still_counts():
    committee = committee_of(3)
    asked = opened(committee)
    answers(asked, "approve", now=LATER + timedelta(milliseconds=3))

    closed = close_early(asked, by=chair_of(committee), now=LATER)
    announce_closed_rounds(now=closed.closes_at)

    assert Decision.objects.get().counts["approve"] == 3


def test_a_closed_round_is_not_closed_again():
    committee = committee_of(3)
    asked = opened(committee)
    answers(asked, "approve", now=LATER)

    with pytest.raises(TransitionError, match="has closed already"):
        close_early(asked, by=chair_of(committee), now=asked.closes_at)


def test_the_chair_confirms_what_was_announced_once():
    committee = committee_of(3)
    asked = opened(committee)
    answers(asked, "approve", now=LATER)
    chair, after = chair_of(committee), asked.closes_at

    with pytest.raises(TransitionError, match="no announced outcome"):
        confirm_outcome(asked, by=chair, now=after)
    announce_closed_rounds(now=after)
    with pytest.raises(Refused):
        confirm_outcome(asked, by=user_with("staff"), now=after)
    confirm_outcome(asked, by=chair, now=after)
    with pytest.raises(TransitionError, match="already"):
        confirm_outcome(asked, by=chair, now=after)

    asked.refresh_from_db()
    assert (asked.confirmed_by, asked.confirmed_at) == (chair.person, after)


def test_announcing_twice_changes_nothing():
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER, most=2)

    counted = [announce_closed_rounds(now=asked.closes_at), announce_closed_rounds(now=asked.closes_at)]

    assert counted == [1, 0]
    assert (Decision.objects.count(), Delivery.objects.by_mail().filter(kind="decisions.outcome").count()) == (1, 4)


def test_nothing_is_announced_before_the_closing_instant():
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER)

    assert announce_closed_rounds(now=asked.closes_at - timedelta(microseconds=1)) == 0


def test_six_hours_without_a_worker_change_only_the_hour_of_the_announcement():
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER, most=2)

    announce_closed_rounds(now=asked.closes_at + timedelta(hours=6))

    asked.refresh_from_db()
    assert (asked.outcome, asked.decision.decided_at) == (Outcome.ADOPTED, asked.closes_at)


def test_numbers_follow_the_closing_instants_and_only_adopted_ones_get_one():
    committee = committee_of(1)
    late, rejected, early = (opened(committee, hours=hours, title=str(hours)) for hours in (9, 5, 3))
    for asked in (late, early):
        answers(asked, "approve", now=LATER)

    announce_closed_rounds(now=NOON + timedelta(days=1))

    numbered = Decision.objects.order_by("number").values_list("number", "title", "year")
    assert list(numbered) == [(1, "3", 2026), (2, "9", 2026)]
    rejected.refresh_from_db()
    assert (rejected.outcome, rejected.version.position.status) == (Outcome.REJECTED, Position.Status.REJECTED)


def test_numbers_begin_anew_each_year_by_utc():
    committee = committee_of(1)
    to_new_year = 24 * (date(2027, 1, 1) - NOON.date()).days - 12
    for hours in (to_new_year - 1, to_new_year, to_new_year + 1):
        answers(opened(committee, hours=hours), "approve", now=LATER)

    announce_closed_rounds(now=NOON + timedelta(days=400))

    labels = [decision.label for decision in Decision.objects.order_by("decided_at")]
    assert labels == ["2026-001", "2027-001", "2027-002"]


def test_a_round_that_cannot_be_announced_keeps_no_other_waiting(caplog):
    committee = committee_of(1)
    spoilt, other = opened(committee, hours=24), opened(committee, hours=48)
    for one in (spoilt, other):
        answers(one, "approve", now=NOON + timedelta(hours=1))
    Position.objects.filter(pk=spoilt.version.position_id).update(status="draft")  # as no action leaves it

    announced = [announce_closed_rounds(now=other.closes_at) for _turn in range(2)]

    assert announced == [1, 0]
    assert Decision.objects.get().round == other
    assert caplog.text.count(f"The outcome of round {spoilt.pk} cannot be announced") == 2
