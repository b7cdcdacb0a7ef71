"""Real threads on PostgreSQL: one official answer, and in time exactly when it is not late, whoever comes first."""

from datetime import timedelta

import pytest

from accounts.clock import database_now
from decisions.actions.asking import open_round
from decisions.actions.consulting import end_consultation_early, tend_consultations
from decisions.actions.disposing import dispose
from decisions.models import Consultation, Consulted, Contribution, ContributionChange, Disposition
from tests.decisions.making import committee_of, question
from tests.decisions.members_asked import CLOSING, OVER, answers, colleague_of, comments, member, opened, row_of
from tests.factories import PositionFactory, user_with
from tests.threads import in_turn, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_contacts_answer_at_once_and_the_second_is_told_of_the_first():
    user = member()
    consultation, people = opened(), [user, colleague_of(user)]

    done = together(*[lambda by=by: answers(consultation, by, f"By {by.pk}", seen=0) for by in people])

    assert sorted(type(one).__name__ for one in done) == ["AnsweredMeanwhile", "bool"]
    assert (Contribution.objects.count(), ContributionChange.objects.count(), Consulted.objects.get().edits) == (
        1,
        1,
        1,
    )


def test_one_form_sent_ten_times_at_once_is_one_answer_and_one_comment():
    user = member()
    consultation = opened()

    together(*[lambda: answers(consultation, user, "Same", seen=0) for _time in range(10)])
    together(*[lambda: comments(consultation, user, "Same comment") for _time in range(10)])

    assert (Contribution.objects.count(), ContributionChange.objects.count()) == (2, 2)


def test_a_contribution_against_the_closing_is_in_time_exactly_when_it_is_not_late():
    user = member()
    for number in range(12):
        now = database_now()
        consultation = opened(now=now, closes_at=now + timedelta(milliseconds=5 * number + 1))

        def say(consultation=consultation):
            return comments(consultation, user, now=database_now())

        def announce():
            while not tend_consultations(now=database_now()):
                pass

        said, _done = together(say, announce)

        consultation = Consultation.objects.get(pk=consultation.pk)
        assert said.is_late == (said.at >= consultation.closes_at)
        assert said.is_late or said.at < consultation.announced_at


def test_an_early_closing_comes_after_everything_that_came_in_time():
    user, staff = member(), user_with("staff")
    for _time in range(8):
        consultation = opened(now=database_now(), closes_at=database_now() + timedelta(days=9))

        said, _done = together(
            lambda c=consultation: comments(c, user, now=database_now()),
            lambda c=consultation: end_consultation_early(c, by=staff, reason="Done", now=database_now()),
        )

        assert said.is_late == (said.at >= Consultation.objects.get(pk=consultation.pk).closes_at) or said.is_late


def test_two_dispose_of_the_same_at_once_and_one_stands():
    user, staff = member(), user_with("staff")
    consultation = opened(by=staff)
    said = comments(consultation, user)

    def say(outcome):
        return lambda: dispose(consultation, by=staff, seen={said.pk: 0}, outcome=outcome, reason="So.", now=OVER)

    done = together(say("not"), say("partly"))

    assert sorted(type(one).__name__ for one in done) == ["DisposedMeanwhile", "int"]
    assert Disposition.objects.get().edits == 1
    assert row_of(consultation, user).edits == 0


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "second"])
def test_a_comment_against_the_sign_off_is_late_or_waits_for_its_disposition_and_never_stays_without_one(is_first):
    """The comment's clock was read just before the closing, and its row waits for the lock."""
    user, staff = member(), user_with("staff")
    position = PositionFactory(committee=committee_of(3, is_steering=False))
    consultation = opened(position)
    asked = question(position, closes_at=CLOSING + timedelta(days=3))

    def says():
        return comments(consultation, user, now=CLOSING - timedelta(microseconds=1))

    def opens():
        return open_round(position, by=staff, question=asked, now=CLOSING)

    acts = [says, opens] if is_first else [opens, says]
    in_turn(Consultation.objects.filter(pk=consultation.pk), *acts)

    consultation.refresh_from_db()
    assert (consultation.told_at is None, Contribution.objects.get().is_late) == (is_first, not is_first)
    assert Contribution.objects.undisposed().exists() == is_first
