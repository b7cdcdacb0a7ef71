from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.answering import give_answer, press_seen
from decisions.actions.closing import announce_closed_rounds, close_early
from decisions.models import Answer, AnswerChange, Decision, Disagreement, Elector
from history.models import Entry
from history.verifying import verify
from notices.models import Delivery
from tests.decisions.making import (
    alternate_of,
    answers,
    chair_of,
    committee_of,
    opened,
    reply,
    say,
    speaker_of,
    tally_of,
)
from tests.factories import NOON, AppointmentFactory, SeatHolderFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def first_of(asked) -> Elector:
    return asked.electors.order_by("term__seat__number").first()


def answer(asked, choice="approve", *, by=None, now=LATER, reason=""):
    elector = first_of(asked)
    return give_answer(elector, by=by or speaker_of(elector), reply=reply(asked, choice, reason), now=now)


def test_a_seat_answers_twice_and_the_last_counts():
    asked = opened(committee_of(3))

    answer(asked, "approve")
    answer(asked, "object", reason="Article 5 is missing.", now=LATER + timedelta(hours=1))

    assert (Answer.objects.get().choice, tally_of(asked).object, tally_of(asked).approve) == ("object", 1, 0)
    assert list(AnswerChange.objects.order_by("at").values_list("choice", flat=True)) == ["approve", "object"]


def test_representative_and_alternate_are_one_voice_and_both_are_kept():
    asked = opened(committee_of(3))
    alternate = alternate_of(first_of(asked))

    answer(asked, "approve")
    answer(asked, "abstain", by=alternate, now=LATER + timedelta(hours=1))

    assert (Answer.objects.get().choice, Answer.objects.get().by) == ("abstain", alternate.person)
    assert set(AnswerChange.objects.values_list("by", flat=True)) == {
        speaker_of(first_of(asked)).person_id,
        alternate.person_id,
    }


def test_a_double_click_is_one_answer():
    asked = opened(committee_of(3))

    answer(asked, "approve")
    answer(asked, "approve", now=LATER + timedelta(milliseconds=20))

    assert (Answer.objects.count(), AnswerChange.objects.count()) == (1, 1)


def test_whoever_answers_last_stands_last_even_by_a_slower_clock():
    asked = opened(committee_of(3))

    answer(asked, "approve", now=LATER)
    answer(asked, "abstain", now=LATER - timedelta(milliseconds=2))

    assert (Answer.objects.get().choice, AnswerChange.objects.latest("at").choice) == ("abstain", "abstain")


@pytest.mark.parametrize("role", ["admin", "staff", "chair", "facilitator", "member", "nobody"])
def test_only_the_seats_own_people_answer(role):
    committee = committee_of(3)
    asked = opened(committee)

    with pytest.raises(Refused, match="Only the seat’s representative and alternate"):
        answer(asked, by=user_with(role, committee))

    assert AnswerChange.objects.count() == 0


def test_another_seats_representative_does_not_answer_for_it():
    asked = opened(committee_of(3))
    other = speaker_of(asked.electors.order_by("term__seat__number").last())

    with pytest.raises(Refused):
        answer(asked, by=other)


def test_staff_do_not_answer_even_from_a_seat():
    asked = opened(committee_of(3))
    user = speaker_of(first_of(asked))
    AppointmentFactory(person=user.person)

    with pytest.raises(Refused):
        answer(asked, by=user)


def test_who_no_longer_holds_the_seat_does_not_answer():
    asked = opened(committee_of(3))
    user = speaker_of(first_of(asked))
    first_of(asked).term.holders.update(until=NOON.date())

    with pytest.raises(Refused):
        answer(asked, by=user)


def test_one_person_wears_one_hat_per_position():
    asked = opened(committee_of(2))
    first, second = asked.electors.order_by("term__seat__number")
    user = speaker_of(first)
    SeatHolderFactory(term=second.term, person=user.person, capacity="alternate")
    answer(asked)

    with pytest.raises(TransitionError, match="You have answered for another seat"):
        give_answer(second, by=user, reply=reply(asked, "approve"), now=LATER)

    assert not Elector.objects.unanswered_by(user.person, LATER).exists()


@pytest.mark.parametrize("choice", ["object", "reserve", "recuse"])
@pytest.mark.parametrize("model", [Answer, AnswerChange])
def test_some_answers_need_a_reason(model, choice):
    elector = first_of(opened(committee_of(3)))
    more = {"version": elector.round.version} if model is AnswerChange else {}

    with pytest.raises(IntegrityError, match="has_its_reason"):
        model.objects.create(elector=elector, choice=choice, **more, by=speaker_of(elector).person, at=LATER)


def test_an_answer_to_another_version_is_not_taken():
    asked, other = opened(committee_of(3)), opened(committee_of(3, is_steering=False))
    elector = first_of(asked)

    with pytest.raises(TransitionError, match="The text has changed"):
        give_answer(elector, by=speaker_of(elector), reply=reply(other, "approve"), now=LATER)


@pytest.mark.parametrize("after", [timedelta(0), timedelta(seconds=5), timedelta(days=3)])
def test_a_late_answer_is_kept_and_changes_nothing(after):
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER, most=2)

    change = answer(asked, "object", reason="Too late.", now=asked.closes_at + after)
    announce_closed_rounds(now=asked.closes_at + after)

    assert (change.is_late, change.at) == (True, asked.closes_at + after)
    counts = Decision.objects.get().counts
    assert (counts["base"], counts["approve"], counts["object"], counts["silent"]) == (3, 2, 0, 1)


def test_an_answer_just_before_the_closing_instant_counts():
    asked = opened(committee_of(1))

    change = answer(asked, now=asked.closes_at - timedelta(microseconds=1))

    assert (change.is_late, tally_of(asked).approve) == (False, 1)


def test_an_answer_that_waited_while_the_chair_closed_is_late_though_its_clock_was_read_before():
    committee = committee_of(1)
    asked = opened(committee)
    answer(asked, "approve")
    close_early(asked, by=chair_of(committee), now=LATER + timedelta(seconds=1))

    change = answer(asked, "abstain", now=LATER + timedelta(milliseconds=900))

    assert (change.is_late, Answer.objects.get().choice) == (True, "approve")


def test_every_change_is_append_only():
    asked = opened(committee_of(3))
    change = answer(asked)

    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AnswerChange.objects.filter(pk=change.pk).update(choice="abstain")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AnswerChange.objects.filter(pk=change.pk).delete()


def test_what_waits_for_a_person_is_what_nobody_answered_for_their_seat_yet():
    asked = opened(committee_of(3))
    elector = first_of(asked)
    person = speaker_of(elector).person

    assert list(Elector.objects.unanswered_by(person, LATER)) == [elector]
    assert not Elector.objects.unanswered_by(person, asked.closes_at).exists()
    say(elector, "approve", at=LATER)
    assert not Elector.objects.unanswered_by(person, LATER).exists()


def test_an_answer_ends_the_reminders_of_its_seat_and_of_no_other():
    asked = opened(committee_of(3), hours=72)
    alternate = alternate_of(first_of(asked))
    answers(asked, "approve", now=LATER, most=1)

    waiting = Delivery.objects.by_mail().filter(kind="decisions.answer_due").waiting()

    silent = {speaker_of(elector).person_id for elector in asked.electors.silent()}
    assert set(waiting.values_list("person", flat=True)) == silent
    assert waiting.count() == 4
    assert alternate.person_id not in silent


def test_seen_counts_where_silence_does_and_is_refused_elsewhere():
    vote = opened(committee_of(3), procedure="vote")
    silence = opened(committee_of(3, is_steering=False), procedure="silence")

    press_seen(first_of(silence), by=speaker_of(first_of(silence)), version=silence.version, now=LATER)
    with pytest.raises(TransitionError, match="Here only answers count"):
        press_seen(first_of(vote), by=speaker_of(first_of(vote)), version=vote.version, now=LATER)

    waits = [
        first_of(asked) in Elector.objects.unanswered_by(speaker_of(first_of(asked)).person, LATER)
        for asked in (vote, silence)
    ]
    reminded = [speaker_of(first_of(asked)).person in asked.holders_to_remind() for asked in (vote, silence)]
    assert (waits, reminded) == ([True, False], [True, False])


@pytest.mark.parametrize("procedure", ["explicit", "silence"])
def test_an_answer_that_is_still_being_written_down_at_the_closing_is_late(procedure):
    """The last reading before the commit decides; of what was written in time, nothing stands."""
    asked = opened(committee_of(3), procedure=procedure)
    earlier = answers(asked, "approve", now=LATER)  # there is a quorum: it does not go on
    elector, told = first_of(asked), Delivery.objects.exclude(kind="decisions.answered_late").count()
    said = reply(asked, "object", "Article 5 is missing.")
    just_before = asked.closes_at - timedelta(microseconds=1)

    change = give_answer(elector, by=speaker_of(elector), reply=said, now=just_before, clock=lambda: asked.closes_at)

    asked.refresh_from_db()
    assert (change.is_late, set(elector.changes.all())) == (True, {earlier[0], change})
    assert set(Answer.objects.values_list("choice", flat=True)) == {"approve"}
    assert not Disagreement.objects.exists()
    assert (asked.announced_at, asked.brought_forward_from) == (None, None)
    assert Delivery.objects.exclude(kind="decisions.answered_late").count() == told
    assert verify().found == []


@pytest.mark.parametrize("procedure", ["explicit", "silence"])
def test_an_answer_that_is_still_being_written_down_when_a_round_goes_on_counts_in_it(procedure):
    """Those sent just before that instant and just after it count; so does the one between."""
    asked = opened(committee_of(3), procedure=procedure, quorum="two_thirds")
    first_end, elector = asked.closes_at, first_of(asked)
    just_before = first_end - timedelta(microseconds=1)

    change = give_answer(
        elector,
        by=speaker_of(elector),
        reply=reply(asked, "object", "Article 5 is missing."),
        now=just_before,
        clock=lambda: first_end + timedelta(seconds=1),
    )

    asked.refresh_from_db()
    assert (change.is_late, change.at) == (False, first_end + timedelta(seconds=1))
    assert (asked.extended_from, asked.outcome) == (first_end, "broken" if procedure == "silence" else None)
    assert list(Answer.objects.values_list("choice", "at")) == [("object", change.at)]
    assert Disagreement.objects.count() == AnswerChange.objects.count() == 1
    assert verify().found == []


def test_seen_that_is_still_being_written_down_when_a_silence_goes_on_counts_in_it():
    asked = opened(committee_of(3), procedure="silence")
    first_end, elector = asked.closes_at, first_of(asked)

    seen = press_seen(elector, by=speaker_of(elector), version=asked.version, now=LATER, clock=lambda: first_end)

    asked.refresh_from_db()
    assert (seen.seen_at, asked.extended_from) == (first_end, first_end)
    assert Entry.objects.filter(verb__contains="has seen the text").count() == 1


def test_seen_that_is_still_being_written_down_at_the_closing_does_not_count():
    asked = opened(committee_of(3), procedure="silence")
    announce_closed_rounds(now=asked.closes_at)  # nobody was reached: it goes on, once
    asked.refresh_from_db()
    elector = first_of(asked)

    with pytest.raises(TransitionError, match="had closed before you pressed it"):
        press_seen(elector, by=speaker_of(elector), version=asked.version, now=LATER, clock=lambda: asked.closes_at)

    elector.refresh_from_db()
    assert elector.seen_at is None
