"""What becomes of contributions: taken, partly or not, with a reason; sign-off waits for it; contributors are told."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.asking import open_round
from decisions.actions.consulting import tend_consultations
from decisions.actions.disposing import DisposedMeanwhile, dispose, tell_contributors, undisposed
from decisions.models import Disposition, Position, Round
from notices.models import Delivery
from tests.decisions.making import chair_of, committee_of, question
from tests.decisions.members_asked import (
    CLOSING,
    LATER,
    OVER,
    answers,
    colleague_of,
    comments,
    disposes,
    member,
    opened,
)
from tests.factories import PositionFactory, user_with

pytestmark = pytest.mark.django_db


def signed_off(position: Position, by, now=OVER):
    put = question(position, closes_at=now + (CLOSING - LATER), zone="UTC")
    return open_round(position, by=by, question=put, now=now)


def told() -> list:
    return sorted(
        Delivery.objects.by_mail().filter(kind="decisions.contributors_told").values_list("person", flat=True)
    )


def test_several_are_disposed_of_at_once_with_one_reason():
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    said = [comments(consultation, user, text) for text in ("One", "Two")]

    done = disposes(consultation, staff, *said, outcome="partly", reason="The second half is law already.")

    assert done == 2
    assert set(Disposition.objects.values_list("outcome", "reason")) == {("partly", "The second half is law already.")}
    assert undisposed(consultation.position) == 0


@pytest.mark.parametrize("outcome", ["partly", "not"])
def test_what_is_not_wholly_taken_needs_a_reason(outcome):
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    said = comments(consultation, user)

    with pytest.raises(TransitionError, match="Say why"):
        disposes(consultation, staff, said, outcome=outcome, reason="  ")
    with pytest.raises(IntegrityError, match="has_a_reason"), transaction.atomic():
        Disposition.objects.create(contribution=said, outcome=outcome, by=staff.person, at=OVER)


def test_staff_and_the_seats_of_the_committee_dispose_and_nobody_else():
    committee = committee_of(1)
    user = member()
    consultation = opened(PositionFactory(committee=committee))
    said = comments(consultation, user)

    for other in (user, user_with("facilitator"), user_with("chair", committee_of(1, is_steering=False))):
        with pytest.raises(Refused):
            disposes(consultation, other, said)
    assert disposes(consultation, user_with("seat", committee), said) == 1


def test_nothing_is_disposed_of_while_people_may_change_their_words():
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    said = comments(consultation, user)

    with pytest.raises(TransitionError, match="still open"):
        dispose(consultation, by=staff, seen={said.pk: 0}, outcome="taken", now=LATER)


def test_two_who_work_through_them_do_not_overwrite_each_other_unseen():
    user, staff, other = member(), user_with("staff"), user_with("staff")
    consultation = opened(by=staff)
    first, second = (comments(consultation, user, text) for text in ("One", "Two"))
    disposes(consultation, staff, first)

    with pytest.raises(DisposedMeanwhile) as refusal:
        disposes(consultation, other, first, second, outcome="not", reason="Out of scope.")

    assert refusal.value.contributions == [first]
    assert list(Disposition.objects.values_list("outcome", flat=True)) == ["taken"]


def test_a_disposition_can_be_changed_by_whoever_saw_it_and_a_double_click_is_one():
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    said = comments(consultation, user)
    for _time in range(2):
        disposes(consultation, staff, said)

    dispose(consultation, by=staff, seen={said.pk: 1}, outcome="not", reason="Out of scope.", now=OVER)

    row = Disposition.objects.get()
    assert (row.outcome, row.edits) == ("not", 2)


def test_sign_off_waits_until_everything_said_in_time_has_a_disposition():
    committee = committee_of(1)
    user, position = member(), PositionFactory(committee=committee)
    consultation = opened(position)
    answers(consultation, user, "Ours")
    said = comments(consultation, user)
    comments(consultation, user, "Late", now=OVER)

    with pytest.raises(TransitionError, match="2 contributions of the consultation have no disposition"):
        signed_off(position, chair_of(committee))
    disposes(consultation, chair_of(committee), said, *consultation.contributions.filter(kind="official"))

    assert signed_off(position, chair_of(committee))


def test_sign_off_does_not_open_while_members_are_asked():
    committee = committee_of(1)
    member()
    position = PositionFactory(committee=committee)
    opened(position)

    with pytest.raises(TransitionError, match="being consulted"):
        signed_off(position, chair_of(committee), now=LATER)


def test_who_was_not_asked_or_said_nothing_stops_no_sign_off():
    committee = committee_of(1)
    user = member()
    unasked, silent = PositionFactory(committee=committee), PositionFactory(committee=committee)
    answers(opened(silent), user, "")

    tend_consultations(now=OVER)
    for position in (unasked, silent):
        signed_off(position, chair_of(committee))

    assert Round.objects.count() == 2
    assert told() == []


def test_contributors_are_told_once_by_hand_or_when_the_sign_off_opens():
    committee = committee_of(1)
    user, silent = member(), member()
    position = PositionFactory(committee=committee)
    consultation = opened(position)
    colleague = colleague_of(user)
    answers(consultation, user, "First")
    answers(consultation, colleague, "Second")
    disposes(consultation, chair_of(committee), *consultation.contributions.all())

    tell_contributors(consultation, by=chair_of(committee), now=OVER)
    with pytest.raises(TransitionError, match="told already"):
        tell_contributors(consultation, by=chair_of(committee), now=OVER)
    signed_off(position, chair_of(committee))

    assert told() == sorted([user.person_id, colleague.person_id])
    assert silent.person_id not in told()


def test_opening_the_sign_off_tells_them_by_itself():
    committee = committee_of(1)
    user, position = member(), PositionFactory(committee=committee)
    consultation = opened(position)
    disposes(consultation, chair_of(committee), comments(consultation, user))

    signed_off(position, chair_of(committee))

    consultation.refresh_from_db()
    assert (told(), consultation.told_at) == ([user.person_id], OVER)


def test_nobody_is_told_while_a_disposition_is_missing():
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    comments(consultation, user)

    with pytest.raises(TransitionError, match="1 contribution has no disposition"):
        tell_contributors(consultation, by=staff, now=OVER)


def test_what_contributors_were_told_stands():
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    said = comments(consultation, user)
    disposes(consultation, staff, said)
    tell_contributors(consultation, by=staff, now=OVER)

    with pytest.raises(TransitionError, match="it stands"):
        dispose(consultation, by=staff, seen={said.pk: 1}, outcome="not", reason="No.", now=OVER)
